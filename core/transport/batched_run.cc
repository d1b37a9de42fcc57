// Runs of ticks, one lane: what goes forward until weights change, then the errors of all those
// ticks, and their sweeps (batched_sweep.cc).
//
// Why: a tick of few neurons is less work than a dozen calls that each look after a handful of
// numbers. In a run only what must wait for the tick before it is done tick by tick. What was sent
// is on the tapes, and passes the door once a channel for the run, or for the lags of a sweep. A
// budget that a sweep may break lets none of it pass together: then the first message that breaks
// it is the one it always was. tests/transport/runs_test.cc holds runs against their ticks one by
// one, and against the mailbox.
#include <algorithm>
#include <array>

#include "core/actor/recurrence.h"
#include "core/base/count.h"
#include "core/base/product.h"
#include "core/base/registers.h"
#include "core/transport/batched.h"
#include "core/transport/no_offence.h"

namespace locus {

/// What a run rests on: tapes that hold all that is sent, tick by tick, and no message that is late
/// or must be told one by one.
template <class R>
bool Batched<R>::can_run() const {
  const Drive drive = rule(learning_.kind).drive;
  // one is enough: the agent then keeps what comes back from each population apart
  if (leaky_readouts_) return false;
  if (spikes_) return false;
  if (lanes_ > 1 || activities_.empty() || ahead_.empty() || outputs_are_seen_) return false;
  if (drive != Drive::kSweep && drive != Drive::kOnline) return false;
  return std::ranges::all_of(network_.projections(), [&](const Projection& projection) {
    const Block& block = blocks_[static_cast<std::size_t>(&projection - network_.projections().data())];
    const bool waits = block.way == Way::kStatic || block.way == Way::kDeferred || block.way == Way::kShared;
    const bool known = projection.source_layer != Layer::kInput || block.ahead;
    return projection.dense && projection.wait == 0 && waits && known && !block.spiking && !block.target->leaky();
  });
}

/// The one projection that tells the neurons of the one population, all of them, of each other,
/// where its weights are near and one thread sends it; else below 0.
template <class R>
std::int32_t Batched<R>::recurrent() const {
  std::int32_t found = -1;
  for (const std::int32_t p : onto_rate_) {
    if (blocks_[static_cast<std::size_t>(p)].ahead) continue;
    const Projection& w = network_.projections()[static_cast<std::size_t>(p)];
    const bool own =
        w.source_layer == Layer::kRate && w.source_size == network_.rate.size && w.target_size == network_.rate.size;
    const bool far = is_far(WeightsView<R>{weight_of(p), w.target_size, w.source_size, w.target_size});
    if (found >= 0 || !own || far || chunks_of(w.size(), 2, 1) > 1) return -1;
    found = p;
  }
  return network_.rate.populations.size() == 1 ? found : -1;
}

template <class R>
bool Batched<R>::runs() const {
  return runs_ && door_.traffic() == nullptr &&
         std::ranges::all_of(blocks_, [](const Block& block) { return block.seen.empty(); });
}

/// One lane. What inputs send is known for the whole trial: the currents of a run of ticks are
/// computed together, as one product a projection. Returns those of the tick of this row; rows are
/// asked for one after the other.
template <class R>
R* Batched<R>::currents_ahead(std::int32_t row) {
  const std::int32_t m = network_.inputs.size;
  ahead_row_ = row == 0 || ahead_row_ + 1 == ahead_ticks_ ? 0 : ahead_row_ + 1;
  if (ahead_row_ == 0) {
    const std::int32_t ticks = std::min(ahead_ticks_, trial_.ticks - row);
    std::ranges::fill(ahead_, R(0));
    for (const std::int32_t p : onto_rate_) {
      if (!blocks_[static_cast<std::size_t>(p)].ahead) continue;
      const Projection& b = network_.projections()[static_cast<std::size_t>(p)];
      const RowsView<R> said{shown_ + std::ptrdiff_t{row} * m + b.source_begin, ticks, b.source_size, m, 1};
      add_products<R>({weight_of(p), b.target_size, b.source_size, b.target_size}, said, ahead_.data() + b.target_begin,
                      network_.rate.size);
    }
  }
  return ahead_.data() + std::ptrdiff_t{ahead_row_} * network_.rate.size;
}

/// One population whose neurons hear of each other over one projection, and of nothing else that is
/// not known ahead: straight from one row of the tapes into the next. Everything is as in
/// run_ticks(), to the last bit.
template <class R>
void Batched<R>::run_recurrent(std::int32_t row, std::int32_t ticks) {
  RateLayer<R>& rate = network_.rate;
  const Neurons& population = rate.populations.front();
  const R* weight = weight_of(recurrent_);
  const Recurrence<R> recurrence{{weight, rate.size, rate.size, rate.size},
                                 population.activation,
                                 static_cast<R>(population.leak),
                                 rate.own_weight.data()};
  const std::int32_t end = row + ticks;
  while (row < end) {
    RecurrentRows<R> rows;
    rows.current = currents_ahead(row);
    rows.before = activities_.at(row, 0);
    rows.activity = activities_.at(row + 1, 0);
    if (!gains_.empty()) rows.gain = gains_.at(row, 0);
    if (!decays_.empty()) rows.decay = decays_.at(row, 0);
    rows.one_gain = gains_.repeats();
    rows.one_decay = decays_.repeats();
    const std::int32_t together = std::min(ahead_ticks_ - ahead_row_, end - row);
    advance(recurrence, rows, together);
    ahead_row_ += together - 1;
    row += together;
  }
  std::copy_n(activities_.at(end, 0), rate.size, rate.activity.begin());
  if (!gains_.empty()) std::copy_n(gains_.at(end - 1, 0), rate.size, rate.gain.begin());
}

template <class R>
void Batched<R>::run_ticks(Tick first, Tick last) {
  for (Tick now = first; now <= last; ++now.value) {
    door_.tick(now);
    R* current = currents_ahead(now.value - 1);  // in the place where they are known ahead
    for (const std::int32_t p : onto_rate_) {
      const Projection& projection = network_.projections()[static_cast<std::size_t>(p)];
      if (blocks_[static_cast<std::size_t>(p)].ahead) continue;
      send_product(projection, weight_of(p), said_from(projection, now, 1).value, current + projection.target_begin);
    }
    for (const Neurons& population : network_.rate.populations) {
      const auto begin = static_cast<std::size_t>(population.begin);
      step_population(population, begin, begin + static_cast<std::size_t>(population.size), current);
    }
    keep_activities(0, network_.rate.size);
    if (!decays_.empty()) note_decays(now.value - 1);
  }
}

template <class R>
void Batched<R>::run(Tick first, Tick last) {
  const std::int32_t ticks = last.value + 1 - first.value;
  const std::int32_t row = first.value - 1;
  const std::int32_t m = network_.inputs.size;
  const Rule& rule_row = rule(learning_.kind);
  const bool online = rule_row.drive == Drive::kOnline;
  if (!inputs_.empty()) std::copy_n(shown_ + std::ptrdiff_t{row} * m, std::ptrdiff_t{ticks} * m, inputs_.at(row, 0));
  if (online && rule_row.decay == DecaySource::kNeuron) own_weights(ticks);
  if (recurrent_ >= 0) {
    run_recurrent(row, ticks);
  } else {
    run_ticks(first, last);
  }
  rate_said_ = kUncounted;
  door_.tick(last);
  count_axons_of_run(first, ticks);
  // no error comes
  const std::int32_t quiet = std::clamp(trial_.ticks - trial_.window - row, 0, ticks);
  for (const std::int32_t p : onto_rate_) {
    const Projection& projection = network_.projections()[static_cast<std::size_t>(p)];
    Block& block = blocks_[static_cast<std::size_t>(p)];
    if (block.way != Way::kShared) continue;
    drift_shared(block, said_from(projection, first, quiet));
    for (Tick now{first.value + quiet}; now <= last; ++now.value) {
      drift_shared(block, said_from(projection, now, 1));
      block.traces.write(now.value - 1 - (trial_.ticks - trial_.window), block.trace.data());
    }
  }
  if (!online) return;
  if (!coefficients_.empty() && !gains_.empty())
    std::fill_n(coefficients_.at(row, 0), std::ptrdiff_t{quiet} * network_.rate.size, R(0));
  count_posts_of_run(quiet, ticks - quiet);
}

/// What the sources of a projection sent in `ticks` ticks from `first` on: x_t, h_{t-1} over W, h_t
/// over A.
template <class R>
RowsView<R> Batched<R>::said_from(const Projection& projection, Tick first, std::int32_t ticks) const {
  const std::int32_t m = network_.inputs.size;
  if (projection.source_layer == Layer::kInput)
    return {shown_ + std::ptrdiff_t{first.value - 1} * m + projection.source_begin, ticks, projection.source_size, m, 1};
  const std::int32_t row = projection.target_layer == Layer::kRate ? first.value - 1 : first.value;
  return activities_.rows(row, ticks, projection.source_begin, projection.source_size);
}

template <class R>
void Batched<R>::count_axons_of_run(Tick first, std::int32_t ticks) {
  for (std::size_t p = 0; p < blocks_.size(); ++p) {
    const Projection& projection = network_.projections()[p];
    const std::int64_t messages = count_nonzero(said_from(projection, first, ticks)) * projection.target_size;
    const bool onto_rate = projection.target_layer == Layer::kRate;
    pass_axons(door_, projection.source_layer, 0, messages, no_offence);
    pass_dendrites(door_, projection.target_layer, messages,
                   scalars_of(rule(learning_.kind), Channel::kDendrite, onto_rate), no_offence);
    if (!blocks_[p].sent.empty()) std::fill_n(blocks_[p].sent.begin() + first.value, ticks, kUncounted);
  }
}

/// The AXON messages of a tick that a sweep revisits, counted when they are first recalled.
template <class R>
std::int64_t Batched<R>::sent_at(std::int32_t p, Tick revisited) {
  std::int64_t& sent = blocks_[static_cast<std::size_t>(p)].sent[static_cast<std::size_t>(revisited.value)];
  const Projection& projection = network_.projections()[static_cast<std::size_t>(p)];
  if (sent == kUncounted) sent = count_nonzero(said_from(projection, revisited, 1)) * projection.target_size;
  return sent;
}

/// POST of ticks without an error, where the synapse does not know its gain, and of those with one.
template <class R>
void Batched<R>::count_posts_of_run(std::int32_t quiet, std::int32_t loud) {
  const Rule& rule_row = rule(learning_.kind);
  for (const std::int32_t p : onto_rate_) {
    const Projection& projection = network_.projections()[static_cast<std::size_t>(p)];
    if (!projection.plastic) continue;
    const bool known_gain = blocks_[static_cast<std::size_t>(p)].identity && rule_row.decay == DecaySource::kConstant;
    const std::int32_t ticks = known_gain ? loud : quiet + loud;
    door_.pass<Channel::kPost, Party::kRate, Party::kSynapse>(0, projection.size() * ticks,
                                                              scalars_of(rule_row, Channel::kPost, true), no_offence);
  }
}

template <class R>
bool Batched<R>::runs_errors() const {
  if (!runs() || trial_.classes) return false;
  if (rule(learning_.kind).drive == Drive::kSweep) return is_open(std::min(learning_.depth, trial_.ticks));
  return rule(learning_.kind).signal != SignalSource::kSymmetric || door_.is_open(Channel::kTransport, 0);
}

/// To all that a sweep of so many stages sends.
template <class R>
bool Batched<R>::is_open(std::int32_t visits) const {
  constexpr std::array kSwept = {Channel::kAdjoint, Channel::kAxon, Channel::kPost, Channel::kTransport};
  return std::ranges::all_of(kSwept, [&](Channel channel) { return door_.is_open(channel, visits - 1); });
}

/// Where a tick stands among those with an error, times the width of a row.
template <class R>
std::ptrdiff_t Batched<R>::in_window(Tick tick, std::int32_t width) const {
  return std::ptrdiff_t{tick.value - (trial_.ticks - trial_.window) - 1} * width;
}

/// Each tick by itself, so that sums are those of ticks that somebody looks at.
template <class R>
void Batched<R>::compare(Tick first, Tick last, const R* target, R scale) {
  const std::int32_t ticks = last.value + 1 - first.value;
  const std::int32_t o = network_.readouts.size;
  R* currents = compared_.data() + in_window(first, o);
  R* errors = compared_errors_.data() + in_window(first, o);
  R* epsilons = epsilons_.at(first.value - 1, 0);
  std::fill_n(currents, std::ptrdiff_t{ticks} * o, R(0));
  for (const std::int32_t p : onto_readouts_) {
    const Projection& a = network_.projections()[static_cast<std::size_t>(p)];
    for (std::int32_t row = 0; row < ticks; ++row) {
      const R* activity = said_from(a, Tick{first.value + row}, 1).value;
      send_product(a, weight_of(p), activity, currents + std::ptrdiff_t{row} * o + a.target_begin);
    }
  }
  by_cells<R>(0, std::ptrdiff_t{ticks} * o, [&]<std::size_t kCells>(std::ptrdiff_t begin) {
    using Run = Cells<R, kCells>;
    Run current = Run::load(currents + begin);
    Run asked = Run::load(target + begin);
    Run output{};  // of readouts without memory: heard again in every tick
    Run norm{};
    Run error{};
    Run epsilon{};
    for (std::size_t k = 0; k < kCells; ++k) {
      const Readout<R> readout{current[k], output[k], error[k], epsilon[k], norm[k]};
      step(readout, Leaky<R>{R(0), R(1)});
      on(readout, Target<R>{asked[k]}, scale);
    }
    error.store(errors + begin);
    epsilon.store(epsilons + begin);
  });
  door_.pass<Channel::kTarget, Party::kEnvironment, Party::kReadout>(0, std::int64_t{ticks} * o, 1, no_offence);
  for (std::int32_t row = first.value - 1; row < last.value; ++row) reported_.mark(row);
  report_run(first, ticks);
}

/// POST and TRANSPORT, or FEEDBACK, of ticks that have been compared; online, the signals that they
/// bring.
template <class R>
void Batched<R>::report_run(Tick first, std::int32_t ticks) {
  const Rule& rule_row = rule(learning_.kind);
  const std::int32_t o = network_.readouts.size;
  const R* epsilons = epsilons_.at(first.value - 1, 0);
  const bool sweeps = rule_row.drive == Drive::kSweep;
  const bool answers = rule_row.signal != SignalSource::kFeedback;
  for (const std::int32_t p : onto_readouts_) {
    const Projection& a = network_.projections()[static_cast<std::size_t>(p)];
    if (!a.plastic && !answers) continue;
    const RowsView<R> reported{epsilons + a.target_begin, ticks, a.target_size, o, 1};
    const std::int64_t messages = count_nonzero(reported) * a.source_size;
    door_.pass<Channel::kPost, Party::kReadout, Party::kSynapse>(
        0, messages, scalars_of(rule_row, Channel::kPost, false), no_offence);
    if (answers) pass_transports(door_, sweeps ? Party::kAgent : Party::kRate, 0, messages, no_offence);
  }
  if (sweeps) return;  // the agent asks, tick by tick
  const bool heard = !coefficients_.empty();
  for (std::int32_t row = 0; row < ticks; ++row) {
    const R* epsilon = epsilons + std::ptrdiff_t{row} * o;
    const Tick now{first.value + row};
    learnt_.mark(now.value - 1);
    R* signal = heard ? coefficients_.at(now.value - 1, 0) : nullptr;
    if (heard) std::fill_n(signal, network_.rate.size, R(0));
    if (answers) {
      if (heard) answer(now, {Party::kRate, signal});
      continue;
    }
    for (std::size_t r = 0; r < network_.feedback.size(); ++r) {
      const Projection& wires = network_.feedback[r];
      const R* said = epsilon + wires.source_begin;
      door_.pass<Channel::kFeedback, Party::kReadout, Party::kRate>(0, count_axons(wires, said), 1, no_offence);
      if (heard) send_product(wires, network_.feedback_weights[r].data(), said, signal + wires.target_begin);
    }
  }
}

template <class R>
const R* Batched<R>::errors_at(Tick tick) const {
  return compared_errors_.data() + in_window(tick, network_.readouts.size);
}

/// What the synapses onto readouts were told at a tick stands on a tape, and no commit has come
/// since: what they answered can be computed when it is asked for.
template <class R>
void Batched<R>::answer(Tick tick, Answers<R> answers) {
  const std::int32_t row = tick.value - 1;
  const R* epsilon = epsilons_.at(row, 0);
  if (lanes_ > 1) {
    epsilons_.zip(row, recalled_.data(), [](const R& kept, R& said) { said = kept; });
    epsilon = recalled_.data();
  }
  for (const std::int32_t p : onto_readouts_) {
    const Projection& projection = network_.projections()[static_cast<std::size_t>(p)];
    transport_errors(projection, weight_of(p), epsilon, answers.sums_of(network_, projection));
  }
}

template bool Batched<double>::can_run() const;
template std::int32_t Batched<double>::recurrent() const;
template bool Batched<double>::runs() const;
template double* Batched<double>::currents_ahead(std::int32_t);
template void Batched<double>::run(Tick, Tick);
template std::int64_t Batched<double>::sent_at(std::int32_t, Tick);
template bool Batched<double>::runs_errors() const;
template void Batched<double>::compare(Tick, Tick, const double*, double);
template const double* Batched<double>::errors_at(Tick) const;
template void Batched<double>::answer(Tick, Answers<double>);
template bool Batched<float>::can_run() const;
template std::int32_t Batched<float>::recurrent() const;
template bool Batched<float>::runs() const;
template float* Batched<float>::currents_ahead(std::int32_t);
template void Batched<float>::run(Tick, Tick);
template std::int64_t Batched<float>::sent_at(std::int32_t, Tick);
template bool Batched<float>::runs_errors() const;
template void Batched<float>::compare(Tick, Tick, const float*, float);
template const float* Batched<float>::errors_at(Tick) const;
template void Batched<float>::answer(Tick, Answers<float>);

}  // namespace locus
