#include <algorithm>

#include "core/base/count.h"
#include "core/base/product.h"
#include "core/protocol/phase_table.h"
#include "core/transport/batched.h"
#include "core/transport/no_offence.h"

namespace locus {
template <class R>
void Batched<R>::targets(const R* target, R scale) {
  ReadoutLayer<R>& k = network_.readouts;
  const auto messages = static_cast<std::int64_t>(k.output.size());
  door_.pass<Channel::kTarget, Party::kEnvironment, Party::kReadout>(0, messages, 1, no_offence);
  record_each(door_.traffic(), stream_of(Phase::kTarget), 0, k.size, lanes_);
  for (std::size_t cell = 0; cell < k.output.size(); ++cell) {
    on(readout(cell), Target<R>{target[cell]}, scale);
  }
}

template <class R>
std::int64_t Batched<R>::count_errors(const Projection& projection, const Block& block) {
  const R* epsilon = network_.readouts.epsilon.data() + std::ptrdiff_t{projection.target_begin} * lanes_;
  if (projection.dense)
    return count_said(epsilon, std::int64_t{projection.target_size} * lanes_) * projection.source_size;
  std::int64_t count = 0;
  for (std::int32_t k = 0; k < projection.target_size; ++k) {
    count += count_nonzero(epsilon + std::ptrdiff_t{k} * lanes_, lanes_) * block.fan_in[static_cast<std::size_t>(k)];
  }
  return count;
}

/// sums (lanes x sources of the layer) += errors (lanes x targets) W: TRANSPORT of every synapse at
/// once; `transported` is bilinear.
template <class R>
void Batched<R>::transport_errors(const Projection& projection, const R* weights, const R* errors, R* sums) {
  const R* from = errors + std::ptrdiff_t{projection.target_begin} * lanes_;
  R* to = sums + std::ptrdiff_t{projection.source_begin} * lanes_;
  constexpr std::int32_t kChunk = 128;  // sources; the same whatever the threads
  const int chunks = chunks_of(projection.size() * lanes_, projection.source_size, kChunk);
  if (chunks == 1 && projection.dense) {
    return add_transposed_product<R>({weights, projection.target_size, projection.source_size, projection.target_size},
                                     from, lanes_, to);
  }
  executor_(chunks, [&](int chunk) {
    const std::int32_t first = chunks == 1 ? 0 : chunk * kChunk;
    const std::int32_t width = chunks == 1 ? projection.source_size : std::min(kChunk, projection.source_size - first);
    if (projection.dense) {
      const R* weight = weights + projection.begin_of(first);
      add_transposed_product<R>({weight, projection.target_size, width, projection.target_size}, from, lanes_,
                                to + std::ptrdiff_t{first} * lanes_);
      return;
    }
    for (std::int32_t j = first; j < first + width; ++j) {
      for (std::int64_t k = projection.begin_of(j); k < projection.begin_of(j + 1); ++k) {
        const R weight = weights[k];
        const R* error = from + std::ptrdiff_t{projection.target_of(k)} * lanes_;
        for (std::int32_t lane = 0; lane < lanes_; ++lane)
          to[std::ptrdiff_t{j} * lanes_ + lane] += weight * error[lane];
      }
    }
  });
}

template <class R>
void Batched<R>::report_errors(Answers<R> answers) {
  const std::int32_t row = door_.now().value - 1;
  from_readouts_.signal = network_.readouts.epsilon;
  for (const std::int32_t p : onto_readouts_) {
    const Projection& projection = network_.projections()[static_cast<std::size_t>(p)];
    Block& block = blocks_[static_cast<std::size_t>(p)];
    if (!projection.plastic && !answers) continue;
    const std::int64_t messages = count_errors(projection, block);
    const std::int64_t scalars = scalars_of(rule(learning_.kind), Channel::kPost, false);
    door_.pass<Channel::kPost, Party::kReadout, Party::kSynapse>(0, messages, scalars, no_offence);
    if (block.way == Way::kFused) block.heard = Learn::kPost;
    if (block.way == Way::kLoop) loop_lanes(p, Learn::kPost, from_readouts_);
    if (!answers) continue;
    pass_transports(door_, answers.to, 0, messages, [&] {
      std::int64_t first = 0;  // the first synapse whose readout has an error, in any lane
      const auto silent = [&](std::int64_t k) {
        const R* epsilon = network_.readouts.epsilon.data() +
                           (std::ptrdiff_t{projection.target_begin} + projection.target_of(k)) * lanes_;
        return std::all_of(epsilon, epsilon + lanes_, [](R value) { return value == R(0); });
      };
      while (silent(first)) ++first;
      const std::int32_t source = projection.source_begin + projection.source_of(first);
      return Endpoints{{Party::kSynapse, p, first},
                       answers.to == Party::kAgent ? Endpoint{Party::kAgent, 0, 0} : Endpoint{Party::kRate, 0, source}};
    });
    const R* epsilon = network_.readouts.epsilon.data() + std::ptrdiff_t{projection.target_begin} * lanes_;
    record_targets(door_.traffic(), 0, projection, block.fan_in.data(), epsilon, lanes_);
    if (!answers.later)
      transport_errors(projection, weight_of(p), network_.readouts.epsilon.data(), answers.sums_of(network_, projection));
  }
  if (epsilons_.empty()) return;
  epsilons_.write(row, network_.readouts.epsilon.data());
  reported_.mark(row);
}

template <class R>
void Batched<R>::feedback() {
  for (std::size_t r = 0; r < network_.feedback.size(); ++r) {
    const Projection& wires = network_.feedback[r];
    const R* epsilon = network_.readouts.epsilon.data() + std::ptrdiff_t{wires.source_begin} * lanes_;
    door_.pass<Channel::kFeedback, Party::kReadout, Party::kRate>(0, count_axons(wires, epsilon), 1, no_offence);
    record_sources(door_.traffic(), stream_of(Phase::kFeedback), 0, wires, epsilon, lanes_);
    send_product(wires, network_.feedback_weights[r].data(), epsilon,
                 network_.rate.signal.data() + std::ptrdiff_t{wires.target_begin} * lanes_);
  }
}

template <class R>
void Batched<R>::own_weights(std::int32_t ticks) {
  const std::int64_t messages = static_cast<std::int64_t>(network_.topology->autapses.size()) * lanes_ * ticks;
  pass_dendrites(door_, Layer::kRate, messages, 1, no_offence);
  for (const Autapse& autapse : network_.topology->autapses) {
    const R weight = network_.synapses[static_cast<std::size_t>(autapse.projection.value)]
                         .weight[static_cast<std::size_t>(autapse.synapse.value)];
    for (std::int32_t lane = 0; lane < lanes_; ++lane) {
      on(neuron(static_cast<std::size_t>(autapse.neuron.value) * static_cast<std::size_t>(lanes_) +
                static_cast<std::size_t>(lane)),
         OwnWeight<R>{weight});
    }
  }
}

/// What each neuron makes of its own weight: the decay that it tells its synapses in the tick of
/// this row.
template <class R>
void Batched<R>::note_decays(std::int32_t row) {
  if (decays_.repeats() && row > 0) return;
  for (const Neurons& population : network_.rate.populations) {
    const std::size_t first = static_cast<std::size_t>(population.begin) * static_cast<std::size_t>(lanes_);
    const std::size_t last = first + static_cast<std::size_t>(population.size) * static_cast<std::size_t>(lanes_);
    const Step<R> clock{static_cast<R>(population.leak)};
#pragma GCC ivdep
    for (std::size_t cell = first; cell < last; ++cell) from_rate_.decay[cell] = own_decay(neuron(cell), clock);
  }
  if (!decays_.empty()) decays_.write(row, from_rate_.decay.data());
}

template <class R>
void Batched<R>::post(bool tick_has_error) {
  const Rule& rule_row = rule(learning_.kind);
  const std::int32_t row = door_.now().value - 1;
  if (each_hears_) {
    from_rate_.gain = network_.rate.gain;
    from_rate_.signal = network_.rate.signal;
  }
  if (rule_row.decay == DecaySource::kNeuron) note_decays(row);
  if (!coefficients_.empty() && (tick_has_error || !gains_.empty()))
    coefficients_.write(row, network_.rate.signal.data());
  for (const std::int32_t p : onto_rate_) {
    const Projection& projection = network_.projections()[static_cast<std::size_t>(p)];
    Block& block = blocks_[static_cast<std::size_t>(p)];
    if (!projection.plastic) continue;
    if (!block.seen.empty()) see_traces(projection, block);
    if (block.way == Way::kEvents) {
      door_.pass<Channel::kPost, Party::kRate, Party::kSynapse>(0, count_news(projection, block), kSpikingPostScalars,
                                                                no_offence);
      continue;
    }
    const bool known_gain = block.identity && rule_row.decay == DecaySource::kConstant;
    const Learn learn = known_gain && !tick_has_error ? Learn::kDrift : Learn::kPost;
    if (learn == Learn::kPost) {
      const std::int64_t scalars = scalars_of(rule_row, Channel::kPost, true);
      door_.pass<Channel::kPost, Party::kRate, Party::kSynapse>(0, projection.size() * lanes_, scalars, no_offence);
    }
    if (block.way == Way::kFused) block.heard = learn;
    if (block.way == Way::kLoop) loop_lanes(p, learn, from_rate_);
    if (block.way == Way::kShared && tick_has_error)
      block.traces.write(row - (trial_.ticks - trial_.window), block.trace.data());
  }
  if (tick_has_error) learnt_.mark(row);
}

template <class R>
void Batched<R>::adjoint(const R* delta, std::int32_t lag) {
  const auto cells = static_cast<std::int64_t>(network_.rate.signal.size());
  door_.pass<Channel::kAdjoint, Party::kAgent, Party::kRate>(lag, cells, 1, [] {
    return Endpoints{{Party::kAgent, 0, 0}, {Party::kRate, 0, 0}};
  });
  record_each(door_.traffic(), stream_of(Phase::kAdjoint), lag, network_.rate.size, lanes_);
  for (std::size_t cell = 0; cell < network_.rate.signal.size(); ++cell) on(neuron(cell), Adjoint<R>{delta[cell]});
  if (lag == 0) each_spiking([&](std::size_t cell, const Neurons&) { on(spiking(cell), SweepBegin{}); });
}

/// What the sources recall is on the tapes already: only the door hears of it.
template <class R>
void Batched<R>::replay(Tick revisited, std::int32_t lag) {
  for (const std::int32_t p : onto_rate_) {
    const Block& block = blocks_[static_cast<std::size_t>(p)];
    if (block.sent.empty()) continue;
    const Projection& projection = network_.projections()[static_cast<std::size_t>(p)];
    pass_axons(door_, projection.source_layer, lag, sent_at(p, revisited), no_offence);
    record_replay(projection, revisited, lag);
  }
}

/// Row s - 1 holds what arrived at s where nothing is late: x_s of the inputs, h_{s-1} of the rate
/// neurons.
template <class R>
void Batched<R>::record_replay(const Projection& projection, Tick revisited, std::int32_t lag) {
  if (door_.traffic() == nullptr) return;
  const std::int32_t row = revisited.value - 1 - projection.wait;
  if (row < 0) return;
  Tape<R>& sent = projection.source_layer == Layer::kInput ? inputs_ : activities_;
  const Stream stream = axon_stream(projection.source_layer, projection.target_layer, true);
  for (std::int32_t j = 0; j < projection.source_size; ++j) {
    for (std::int32_t lane = 0; lane < lanes_; ++lane) {
      if (sent.at(row, projection.source_begin + j)[lane] != R(0))
        door_.traffic()->add(stream, lag, projection.source_begin + j, lane, projection.fan_out(j));
    }
  }
}

template <class R>
void Batched<R>::post_back(Tick revisited, std::int32_t lag, Answers<R> answers) {
  if (spikes_) {
    keep_spiking_errors_back(revisited.value - 1);
  } else {
    keep_errors_back(revisited.value - 1, network_.rate.signal.data());
  }
  for (const std::int32_t p : onto_rate_) {
    const Projection& projection = network_.projections()[static_cast<std::size_t>(p)];
    R* const sums = projection.source_layer == Layer::kRate ? answers.sums_of(network_, projection) : nullptr;
    const bool transports = sums != nullptr;
    if (!projection.plastic && !transports) continue;
    const std::int64_t messages = projection.size() * lanes_;
    const std::int64_t scalars = scalars_of(rule(learning_.kind), Channel::kPost, true);
    door_.pass<Channel::kPost, Party::kRate, Party::kSynapse>(lag, messages, scalars, no_offence);
    if (!transports) continue;
    pass_transports(door_, answers.to, lag, messages, [&] {
      return Endpoints{{Party::kSynapse, p, 0}, {Party::kAgent, 0, 0}};
    });
    const R* all = nullptr;
    record_targets(door_.traffic(), lag, projection, blocks_[static_cast<std::size_t>(p)].fan_in.data(), all, lanes_);
    transport_errors(projection, weight_of(p), errors_back_.data(), sums);
  }
}

template void Batched<double>::targets(const double*, double);
template void Batched<double>::report_errors(Answers<double>);
template void Batched<double>::feedback();
template void Batched<double>::own_weights(std::int32_t);
template void Batched<double>::note_decays(std::int32_t);
template void Batched<double>::post(bool);
template void Batched<double>::adjoint(const double*, std::int32_t);
template void Batched<double>::replay(Tick, std::int32_t);
template void Batched<double>::record_replay(const Projection&, Tick, std::int32_t);
template void Batched<double>::post_back(Tick, std::int32_t, Answers<double>);
template void Batched<float>::targets(const float*, float);
template void Batched<float>::report_errors(Answers<float>);
template void Batched<float>::feedback();
template void Batched<float>::own_weights(std::int32_t);
template void Batched<float>::note_decays(std::int32_t);
template void Batched<float>::post(bool);
template void Batched<float>::adjoint(const float*, std::int32_t);
template void Batched<float>::replay(Tick, std::int32_t);
template void Batched<float>::record_replay(const Projection&, Tick, std::int32_t);
template void Batched<float>::post_back(Tick, std::int32_t, Answers<float>);

}  // namespace locus
