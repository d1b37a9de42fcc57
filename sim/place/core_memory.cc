#include "sim/place/core_memory.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/protocol/closed_form.h"
#include "core/protocol/sensitivity_pattern.h"

namespace locus {
namespace {

class Keeper {
 public:
  Keeper(const Topology& topology, const Placement& placement, const Learning& learning)
      : topology_(topology),
        placement_(placement),
        learning_(learning),
        memories_(static_cast<std::size_t>(placement.mesh.cores()) + 1) {
    for (std::size_t p = 0; p < memories_.size(); ++p) memories_[p].place = static_cast<std::int32_t>(p) - 1;
    for (const std::int32_t core : placement.rate) ++at(core).neurons;
    for (const std::int32_t core : placement.readout) ++at(core).neurons;
  }

  void keep_synapses(bool waits, int means) {
    const bool learns = rule(learning_.kind).drive != Drive::kNothing;
    for (const Projection& projection : topology_.projections) {
      const bool changes = learns && projection.plastic;
      const bool listed = !projection.dense && !projection.hollow;
      const std::int64_t traces = traces_of_synapse(learning_, topology_, projection);
      std::int32_t target = projection.target_begin;
      for (const std::int64_t synapses : projection.fan_in()) {
        CoreMemory& core = at(placement_.core_of(projection.target_layer, target++));
        core.weights += synapses;
        core.narrow_weights += learning_.synapses.weight && !projection.is_bias ? synapses : 0;
        core.sources += listed ? synapses : 0;
        core.changes += changes && waits ? synapses : 0;
        core.means += changes ? means * synapses : 0;
        core.traces += traces * synapses;
        core.narrow_traces += rounds_traces(learning_, projection) ? traces * synapses : 0;
      }
    }
    if (learning_.local) return keep_neurons(*learning_.local);
    if (rule(learning_.kind).drive == Drive::kFactors) return keep_factors();
    if (rule(learning_.kind).drive != Drive::kSensitivity) return;
    const SensitivityPattern pattern(topology_, learning_);
    for (std::size_t k = 0; k < placement_.rate.size(); ++k)
      at(placement_.rate[k]).traces += pattern.scalars(static_cast<std::int32_t>(k));
  }

  /// R where it learns, with its rate neurons; fixed feedback is not counted.
  void keep_feedback(const std::vector<Projection>& feedback, bool waits, int means) {
    for (const Projection& wires : feedback) {
      if (!wires.plastic) continue;
      std::int32_t target = wires.target_begin;
      for (const std::int64_t synapses : wires.fan_in()) {
        CoreMemory& core = at(placement_.core_of(Layer::kRate, target++));
        core.weights += synapses;
        core.changes += waits ? synapses : 0;
        core.means += means * synapses;
        core.traces += topology_.has_leaky_readouts() ? 1 : 0;  // the neuron filters its activity
      }
    }
  }

  void keep_history(const TrialShape& trial) {
    const bool sweeps = rule(learning_.kind).drive == Drive::kSweep;
    at(kHost).history += under_way(topology_, Layer::kInput);
    if (sweeps) at(kHost).history += std::int64_t{learning_.depth} * topology_.input_neurons();
    for (const Population& population : topology_.populations) {
      if (population.layer == Layer::kInput) continue;
      const bool rate = population.layer == Layer::kRate;
      const std::int64_t late = rate ? longest_wait(topology_, population) : 0;
      const bool spiking = rate && population.spiking;
      // of a tick: gain, voltage and, if it is no spike, activity
      const std::int64_t recalled = (population.recalls_voltage ? 1 : 0) + (rate && !population.constant_gain ? 1 : 0) +
                                    (rate && !spiking ? 1 : 0);
      const std::int64_t agent = rate ? std::min(learning_.stride, trial.window) - 1 + late : 0;
      for (std::int32_t i = population.begin; i < population.begin + population.size; ++i) {
        const std::int32_t core = placement_.core_of(population.layer, i);
        (spiking ? at(core).spikes : at(core).history) += late;
        if (!sweeps) continue;
        at(core).history += std::int64_t{learning_.depth} * recalled;
        at(core).spikes += spiking ? learning_.depth : 0;
        at(placement_.spread_agent ? core : placement_.agent).history += agent;
      }
    }
  }

  void keep_axons(const std::vector<Projection>& feedback) {
    const Reach reach(topology_, feedback, placement_, learning_);
    const std::vector<std::vector<Stream>> tables = {
        {stream_of(Phase::kAxonB)}, {stream_of(Phase::kAxonW), stream_of(Phase::kAxonA)}, {stream_of(Phase::kFeedback)}};
    std::vector<std::int32_t> places;
    for (const std::vector<Stream>& streams : tables) {
      for (std::int32_t key = 0; key < reach.keys(streams.front()); ++key) {
        places.clear();
        for (const Stream stream : streams) {
          for (const Leg& leg : reach.legs(stream, key)) places.push_back(leg.to);
        }
        std::ranges::sort(places);
        const std::int32_t from = reach.from(streams.front(), key);
        for (std::size_t k = 0; k < places.size(); ++k) {
          if (places[k] == from || (k > 0 && places[k] == places[k - 1])) continue;
          ++at(places[k]).axons_in;
          ++at(from).axons_out;
        }
      }
    }
  }

  std::vector<CoreMemory> take() { return std::move(memories_); }

 private:
  /// The traces that neurons keep under a local rule.
  void keep_neurons(const LocalRule& local) {
    std::vector<std::uint8_t> learns(placement_.rate.size(), 0);
    for (const Projection& projection : topology_.projections) {
      if (!projection.plastic || projection.target_layer != Layer::kRate) continue;
      for (std::int32_t j = 0; j < projection.source_size; ++j) {
        const std::int32_t place = placement_.core_of(projection.source_layer, projection.source_begin + j);
        at(place).traces += local.states(TraceAt::kSource);
      }
      std::fill_n(learns.begin() + projection.target_begin, projection.target_size, std::uint8_t{1});
    }
    for (std::size_t i = 0; i < learns.size(); ++i)
      at(placement_.rate[i]).traces += learns[i] != 0 ? local.states(TraceAt::kTarget) : 0;
  }

  /// A number of each neuron, and one of each of its plastic synapses.
  void keep_factors() {
    for (const std::int32_t core : placement_.rate) ++at(core).traces;
    for (const Projection& projection : topology_.projections) {
      if (!projection.plastic || projection.target_layer != Layer::kRate) continue;
      std::int32_t target = projection.target_begin;
      for (const std::int64_t synapses : projection.fan_in())
        at(placement_.core_of(Layer::kRate, target++)).traces += synapses;
    }
  }

  CoreMemory& at(std::int32_t place) { return memories_[static_cast<std::size_t>(place + 1)]; }

  const Topology& topology_;
  const Placement& placement_;
  const Learning& learning_;
  std::vector<CoreMemory> memories_;
};

}  // namespace

std::int64_t bits_of_weights(const CoreMemory& memory, const MemoryBits& bits) {
  return bits.scalar * (memory.weights - memory.narrow_weights) + bits.weight * memory.narrow_weights;
}

std::int64_t bits_of_traces(const CoreMemory& memory, const MemoryBits& bits) {
  return bits.scalar * (memory.traces - memory.narrow_traces) + bits.trace * memory.narrow_traces;
}

std::int64_t bits_of_history(const CoreMemory& memory, const MemoryBits& bits) {
  return bits.scalar * memory.history + memory.spikes;
}

std::int64_t bits_of(const CoreMemory& memory, const MemoryBits& bits) {
  return bits_of_weights(memory, bits) + bits_of_traces(memory, bits) + bits_of_history(memory, bits) +
         bits.scalar * (memory.changes + memory.means) +
         bits.address * (memory.sources + memory.axons_in + memory.axons_out);
}

std::vector<CoreMemory> core_memories(const Topology& topology, const std::vector<Projection>& feedback,
                                      const Placement& placement, const Learning& learning, const TrialShape& trial) {
  const Optimizer& optimizer = learning.optimizer;
  Keeper keeper(topology, placement, learning);
  const int means = (optimizer.keeps_first() ? 1 : 0) + (optimizer.keeps_second() ? 1 : 0);
  keeper.keep_synapses(!trial.commits_every_tick, means);
  keeper.keep_feedback(feedback, !trial.commits_every_tick, means);
  keeper.keep_history(trial);
  keeper.keep_axons(feedback);
  return keeper.take();
}

const CoreMemory& fullest_core(const std::vector<CoreMemory>& memories, const MemoryBits& bits) {
  CHECK(memories.size() > 1, "a chip has a core");
  return *std::max_element(memories.begin() + 1, memories.end(),
                           [&](const CoreMemory& a, const CoreMemory& b) { return bits_of(a, bits) < bits_of(b, bits); });
}

}  // namespace locus
