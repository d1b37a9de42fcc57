// Eligibility traces that somebody looks at: each synapse's own, whatever its projection's way
// makes of them.
//
// Most ways keep no trace of a synapse: it waits on tapes, is one for all synapses of a source, or
// stands behind by a tick. Where it is to be seen, the messages of the tick go to the same handlers
// once more, over columns that nothing else reads: so no sum, no count and no bit of the run
// depends on who looks. tests/run/recorder_test.cc holds them against the mailbox's, and against
// what the weights moved by.
#include "core/transport/batched.h"

namespace locus {

template <class R>
void Batched<R>::watch_trace(ProjectionId id) {
  const Projection& projection = network_.projections()[static_cast<std::size_t>(id.value)];
  CHECK(rule(learning_.kind).drive == Drive::kOnline && projection.plastic && projection.target_layer == Layer::kRate,
        "only synapses that learn as they go keep a trace");
  Block& block = blocks_[static_cast<std::size_t>(id.value)];
  const auto lanes = static_cast<std::size_t>(lanes_);
  block.pre.assign(static_cast<std::size_t>(projection.source_size) * lanes, R(0));
  block.seen.resize(static_cast<std::size_t>(projection.size()) * lanes);
}

template <class R>
R Batched<R>::trace(ProjectionId id, SynapseId synapse, Lane lane) const {
  return blocks_[static_cast<std::size_t>(id.value)].seen[static_cast<std::size_t>(synapse.value * lanes_ + lane.value)].low_pass;
}

/// The tick's POST, or its clock, of every synapse and lane of a projection that is watched.
template <class R>
void Batched<R>::see_traces(const Projection& projection, Block& block) {
  const bool own_decay = rule(learning_.kind).decay == DecaySource::kNeuron;
  const bool spiking = block.target->lif.has_value();
  const bool filters = spiking && own_decay;  // e-prop onto spiking neurons
  Eligible<R> clock{};
  R decay = block.decay;
  if (spiking) {
    const LifParameters& lif = *block.target->lif;
    clock = {static_cast<R>(lif.decay), static_cast<R>(lif.gain), static_cast<R>(lif.adaptation_decay),
             static_cast<R>(lif.adaptation), static_cast<R>(learning_.filter)};
    decay = learning_.trace_decay ? static_cast<R>(*learning_.trace_decay) : clock.decay;
  }
  R none = 0;  // weight, sum and change of a synapse that is only looked at
  for (std::int32_t j = 0; j < projection.source_size; ++j) {
    for (std::int64_t k = projection.begin_of(j); k < projection.begin_of(j + 1); ++k) {
      const std::size_t cell =
          static_cast<std::size_t>(projection.target_begin + projection.target_of(k)) * static_cast<std::size_t>(lanes_);
      for (std::size_t lane = 0; lane < static_cast<std::size_t>(lanes_); ++lane) {
        Seen& seen = block.seen[static_cast<std::size_t>(k * lanes_) + lane];
        R& pre = block.pre[static_cast<std::size_t>(j * lanes_) + lane];
        const R gain = network_.rate.gain[cell + lane];
        if (filters) {
          on(EligibleSynapse<R>{none, pre, seen.trace, seen.adapted, seen.low_pass, none, none},
             Post<R>{R(0), gain, R(0)}, clock);
          continue;
        }
        const R of_neuron = own_decay ? from_rate_.decay[cell + lane] : decay;
        on(Eligibility<R>{seen.low_pass, pre}, Drift<R>{of_neuron, spiking ? gain * clock.gain : gain});
      }
    }
  }
}

template void Batched<double>::watch_trace(ProjectionId);
template double Batched<double>::trace(ProjectionId, SynapseId, Lane) const;
template void Batched<double>::see_traces(const Projection&, Block&);
template void Batched<float>::watch_trace(ProjectionId);
template float Batched<float>::trace(ProjectionId, SynapseId, Lane) const;
template void Batched<float>::see_traces(const Projection&, Block&);

}  // namespace locus
