// Runs of ticks, one lane: what goes forward until weights change, then the errors of all those ticks, then their sweeps.
//
// Why: a tick of few neurons is less work than a dozen calls that each look after a handful of numbers. In a run only what must wait for the tick
// before it is done tick by tick. What was sent is on the tapes, and passes the door once a channel for the run, or for the lags of a sweep.
// A budget that a sweep may break lets none of it pass together: then the first message that breaks it is the one it always was.
// tests/transport/runs_test.cc holds runs against their ticks one by one, and against the mailbox.
#include <algorithm>
#include <array>

#include "core/base/count.h"
#include "core/base/product.h"
#include "core/transport/batched.h"
#include "core/transport/no_offence.h"

namespace locus {
namespace {

/// How many sources spoke, summed over the rows.
template <class R>
std::int64_t count_said(RowsView<R> said) {
  if (said.neurons == said.by_row) return count_nonzero(said.value, std::int64_t{said.rows} * said.neurons);
  std::int64_t count = 0;
  for (std::int32_t row = 0; row < said.rows; ++row)
    count += count_nonzero(said.value + row * said.by_row, said.neurons);
  return count;
}

}  // namespace

/// What a run rests on: tapes that hold all that is sent, tick by tick, and no message that is late or must be told one by one.
template <class R>
bool Batched<R>::can_run() const {
  const Drive drive = rule(learning_.kind).drive;
  if (lanes_ > 1 || activities_.empty() || ahead_.empty() || outputs_are_seen_) return false;
  if (drive != Drive::kSweep && drive != Drive::kOnline) return false;
  return std::ranges::all_of(network_.projections, [&](const Projection<R>& projection) {
    const Block& block = blocks_[static_cast<std::size_t>(&projection - network_.projections.data())];
    const bool waits = block.way == Way::kStatic || block.way == Way::kDeferred || block.way == Way::kShared;
    const bool known = projection.source_layer != Layer::kInput || block.ahead;
    return projection.dense && projection.wait == 0 && waits && known && !block.spiking && !block.target->leaky();
  });
}

template <class R>
bool Batched<R>::runs() const {
  return runs_ && door_.traffic() == nullptr &&
         std::ranges::all_of(blocks_, [](const Block& block) { return block.seen.empty(); });
}

/// One lane. What inputs send is known for the whole trial: the currents of a run of ticks are computed together, as one product a projection.
/// Returns those of the tick of this row; rows are asked for one after the other.
template <class R>
R* Batched<R>::currents_ahead(std::int32_t row) {
  const std::int32_t m = network_.inputs.size;
  ahead_row_ = row == 0 || ahead_row_ + 1 == ahead_ticks_ ? 0 : ahead_row_ + 1;
  if (ahead_row_ == 0) {
    const std::int32_t ticks = std::min(ahead_ticks_, trial_.ticks - row);
    std::ranges::fill(ahead_, R(0));
    for (const std::int32_t p : onto_rate_) {
      if (!blocks_[static_cast<std::size_t>(p)].ahead) continue;
      const Projection<R>& b = network_.projections[static_cast<std::size_t>(p)];
      const RowsView<R> said{shown_ + std::ptrdiff_t{row} * m + b.source_begin, ticks, b.source_size, m, 1};
      add_products<R>({b.weight.data(), b.target_size, b.source_size, b.target_size}, said,
                      ahead_.data() + b.target_begin, network_.rate.size);
    }
  }
  return ahead_.data() + std::ptrdiff_t{ahead_row_} * network_.rate.size;
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
  for (Tick now = first; now <= last; ++now.value) {
    door_.tick(now);
    R* current = currents_ahead(now.value - 1);  // in the place where they are known ahead
    for (const std::int32_t p : onto_rate_) {
      const Projection<R>& projection = network_.projections[static_cast<std::size_t>(p)];
      Block& block = blocks_[static_cast<std::size_t>(p)];
      const R* activity = said_from(projection, now, 1).value;
      if (!block.ahead) send_product(projection, activity, current + projection.target_begin);
      if (block.way == Way::kShared) drift_shared(block, activity);
    }
    for (const Population& population : network_.rate.populations) {
      const auto begin = static_cast<std::size_t>(population.begin);
      step_population(population, begin, begin + static_cast<std::size_t>(population.size), current);
    }
    keep_activities();
    if (!decays_.empty()) note_decays(now.value - 1);
  }
  count_axons_of_run(first, ticks);
  if (!online) return;
  if (!coefficients_.empty() && !gains_.empty())
    std::fill_n(coefficients_.at(row, 0), std::ptrdiff_t{ticks} * network_.rate.size, R(0));
  count_posts_of_run(ticks);
}

/// What the sources of a projection sent in `ticks` ticks from `first` on: x_t, h_{t-1} over W, h_t over A.
template <class R>
RowsView<R> Batched<R>::said_from(const Projection<R>& projection, Tick first, std::int32_t ticks) const {
  const std::int32_t m = network_.inputs.size;
  if (projection.source_layer == Layer::kInput)
    return {shown_ + std::ptrdiff_t{first.value - 1} * m + projection.source_begin, ticks, projection.source_size, m, 1};
  const std::int32_t row = projection.target_layer == Layer::kRate ? first.value - 1 : first.value;
  return activities_.rows(row, ticks, projection.source_begin, projection.source_size);
}

template <class R>
void Batched<R>::count_axons_of_run(Tick first, std::int32_t ticks) {
  for (std::size_t p = 0; p < blocks_.size(); ++p) {
    const Projection<R>& projection = network_.projections[p];
    const std::int64_t messages = count_said(said_from(projection, first, ticks)) * projection.target_size;
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
  const Projection<R>& projection = network_.projections[static_cast<std::size_t>(p)];
  if (sent == kUncounted) sent = count_said(said_from(projection, revisited, 1)) * projection.target_size;
  return sent;
}

/// POST of ticks without an error; where the synapse knows its gain, nothing is told.
template <class R>
void Batched<R>::count_posts_of_run(std::int32_t ticks) {
  const Rule& rule_row = rule(learning_.kind);
  for (const std::int32_t p : onto_rate_) {
    const Projection<R>& projection = network_.projections[static_cast<std::size_t>(p)];
    const bool known_gain = blocks_[static_cast<std::size_t>(p)].identity && rule_row.decay == DecaySource::kConstant;
    if (!projection.plastic || known_gain) continue;
    door_.pass<Channel::kPost, Party::kRate, Party::kSynapse>(0, projection.size() * ticks,
                                                              scalars_of(rule_row, Channel::kPost, true), no_offence);
  }
}

template <class R>
bool Batched<R>::runs_errors() const {
  return runs() && !answered_.empty() && !trial_.classes && is_open(std::min(learning_.depth, trial_.ticks));
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

template <class R>
void Batched<R>::compare(Tick first, Tick last, const R* target, R scale) {
  const std::int32_t ticks = last.value + 1 - first.value;
  const std::int32_t o = network_.readouts.size;
  const std::int32_t n = network_.rate.size;
  R* currents = compared_.data() + in_window(first, o);
  R* errors = compared_errors_.data() + in_window(first, o);
  R* epsilons = reports_.data() + in_window(first, o);
  R* answers = answered_.data() + in_window(first, n);
  std::fill_n(currents, std::ptrdiff_t{ticks} * o, R(0));
  std::fill_n(answers, std::ptrdiff_t{ticks} * n, R(0));
  for (const std::int32_t p : onto_readouts_) {
    const Projection<R>& a = network_.projections[static_cast<std::size_t>(p)];
    add_products<R>({a.weight.data(), a.target_size, a.source_size, a.target_size}, said_from(a, first, ticks),
                    currents + a.target_begin, o);
  }
  R output = 0;  // of a readout without memory: heard again in every tick
  R norm = 0;
  for (std::ptrdiff_t cell = 0; cell < std::ptrdiff_t{ticks} * o; ++cell) {
    const Readout<R> k{currents[cell], output, errors[cell], epsilons[cell], norm};
    step(k, Leaky<R>{R(0), R(1)});
    on(k, Target<R>{target[cell]}, scale);
  }
  door_.pass<Channel::kTarget, Party::kEnvironment, Party::kReadout>(0, std::int64_t{ticks} * o, 1, no_offence);
  const std::int64_t scalars = scalars_of(rule(learning_.kind), Channel::kPost, false);
  for (const std::int32_t p : onto_readouts_) {
    const Projection<R>& a = network_.projections[static_cast<std::size_t>(p)];
    const RowsView<R> reported{epsilons + a.target_begin, ticks, a.target_size, o, 1};
    const std::int64_t messages = count_said(reported) * a.source_size;
    door_.pass<Channel::kPost, Party::kReadout, Party::kSynapse>(0, messages, scalars, no_offence);
    door_.pass<Channel::kTransport, Party::kSynapse, Party::kAgent>(0, messages, 1, no_offence);
    add_transposed_products<R>({a.weight.data(), a.target_size, a.source_size, a.target_size}, reported,
                               answers + a.source_begin, n);
  }
  if (epsilons_.empty()) return;
  std::copy_n(epsilons, std::ptrdiff_t{ticks} * o, epsilons_.at(first.value - 1, 0));
  for (std::int32_t row = first.value - 1; row < last.value; ++row) reported_.mark(row);
}

template <class R>
const R* Batched<R>::errors_at(Tick tick) const {
  return compared_errors_.data() + in_window(tick, network_.readouts.size);
}

template <class R>
void Batched<R>::answer(Tick tick, Answers<R> answers) {
  const R* told = answered_.data() + in_window(tick, network_.rate.size);
  for (std::int32_t cell = 0; cell < network_.rate.size; ++cell)
    on(AgentCell<R>{answers.sums[cell]}, Transport<R>{told[cell]});
}

/// AXON recalled, tick by tick back from `now`: x_s over B, h_{s-1} over W. Rows in which nobody is silent are counted together.
template <class R>
void Batched<R>::pass_replayed(const Projection<R>& projection, Tick now, std::int32_t visits) {
  constexpr std::int32_t kTogether = 8;
  const RowsView<R> said = said_from(projection, Tick{now.value - visits + 1}, visits);
  const auto pass = [&](std::int32_t row, std::int32_t rows, std::int64_t sources) {
    const std::int32_t lag = visits - row - rows;
    const std::int64_t messages = sources * projection.target_size;
    if (projection.source_layer == Layer::kInput) {
      door_.pass_each<Channel::kAxon, Party::kInput, Party::kSynapse>(lag, rows, messages, 1);
    } else {
      door_.pass_each<Channel::kAxon, Party::kRate, Party::kSynapse>(lag, rows, messages, 1);
    }
  };
  const auto sources_of = [&](std::int32_t row, std::int32_t rows) {
    return count_said<R>({said.value + row * said.by_row, rows, said.neurons, said.by_row, 1});
  };
  for (std::int32_t row = 0; row < visits; row += kTogether) {
    const std::int32_t rows = std::min(kTogether, visits - row);
    if (sources_of(row, rows) == std::int64_t{rows} * said.neurons) {
      pass(row, rows, said.neurons);
      continue;
    }
    for (std::int32_t k = row; k < row + rows; ++k) pass(k, 1, sources_of(k, 1));
  }
}

template <class R>
bool Batched<R>::pass_sweep(Tick now, std::int32_t visits) {
  if (!runs() || !is_open(visits)) return false;
  door_.pass_each<Channel::kAdjoint, Party::kAgent, Party::kRate>(0, visits, network_.rate.size, 1);
  const std::int64_t scalars = scalars_of(rule(learning_.kind), Channel::kPost, true);
  for (const std::int32_t p : onto_rate_) {
    const Projection<R>& projection = network_.projections[static_cast<std::size_t>(p)];
    const std::int32_t transports = projection.source_layer == Layer::kRate ? visits - 1 : 0;  // stages before the last
    if (projection.plastic) pass_replayed(projection, now, visits);
    door_.pass_each<Channel::kPost, Party::kRate, Party::kSynapse>(0, projection.plastic ? visits : transports,
                                                                   projection.size(), scalars);
    door_.pass_each<Channel::kTransport, Party::kSynapse, Party::kAgent>(0, transports, projection.size(), 1);
  }
  return true;
}

template <class R>
void Batched<R>::stage(const R* delta, Tick revisited, Answers<R> answers) {
  for (std::size_t cell = 0; cell < network_.rate.signal.size(); ++cell) on(neuron(cell), Adjoint<R>{delta[cell]});
  keep_errors_back(revisited.value - 1);
  for (const std::int32_t p : onto_rate_) {
    const Projection<R>& projection = network_.projections[static_cast<std::size_t>(p)];
    if (projection.source_layer != Layer::kRate) continue;
    if (R* const sums = answers.sums_of(network_, projection)) transport_errors(projection, errors_back_.data(), sums);
  }
}

template bool Batched<double>::can_run() const;
template bool Batched<double>::runs() const;
template double* Batched<double>::currents_ahead(std::int32_t);
template void Batched<double>::run(Tick, Tick);
template std::int64_t Batched<double>::sent_at(std::int32_t, Tick);
template bool Batched<double>::runs_errors() const;
template void Batched<double>::compare(Tick, Tick, const double*, double);
template const double* Batched<double>::errors_at(Tick) const;
template void Batched<double>::answer(Tick, Answers<double>);
template bool Batched<double>::pass_sweep(Tick, std::int32_t);
template void Batched<double>::stage(const double*, Tick, Answers<double>);
template bool Batched<float>::can_run() const;
template bool Batched<float>::runs() const;
template float* Batched<float>::currents_ahead(std::int32_t);
template void Batched<float>::run(Tick, Tick);
template std::int64_t Batched<float>::sent_at(std::int32_t, Tick);
template bool Batched<float>::runs_errors() const;
template void Batched<float>::compare(Tick, Tick, const float*, float);
template const float* Batched<float>::errors_at(Tick) const;
template void Batched<float>::answer(Tick, Answers<float>);
template bool Batched<float>::pass_sweep(Tick, std::int32_t);
template void Batched<float>::stage(const float*, Tick, Answers<float>);

}  // namespace locus
