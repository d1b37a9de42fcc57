// EngineSynapses: the synapses of one projection with the integers and the arithmetic of a learning
// engine, as near to its bits as is published.
//
// In a tick the traces of spikes move, then all products are formed from the accesses and from the
// variables as they were before the tick; each sum begins with its variable, shifted to the bits of
// the sum, and saturates after each product; it is then rounded to the bits of the variable. What
// lies below the last bit of the sum is cut off towards 0. Random roundings are numbers of their
// place (synapse, trial, tick), so that they are the same in any order.
// Source: Davies et al., IEEE Micro 38(1), 2018; the widths of models/engines.
// Cost: the products of all synapses, a tick.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/random.h"
#include "sim/engine/binding.h"

namespace locus {

/// The values of a projection's neurons in a tick.
struct EngineTick {
  std::int64_t trial = 0;          // from 0
  std::int64_t tick = 0;           // from 1
  std::span<const double> sent;    // pre of each source
  std::span<const double> spiked;  // 1 or 0 of each target; empty: none spikes
  // by access of the target that takes no spikes, then by target: the number in the rule's units
  std::span<const std::vector<double>> values;
  double reward = 0;
};

/// The nearest integer, the one below, or one of the two by a number in (0, 1).
std::int64_t rounded(double number, EngineRounding rounding, double draw);

class EngineSynapses {
 public:
  /// source, target: of each synapse. `binding` fits, and it and the engine outlive this.
  EngineSynapses(const Binding& binding, const EngineSpec& engine, std::vector<std::int32_t> source,
                 std::vector<std::int32_t> target, std::int32_t sources, std::int32_t targets, std::uint64_t seed);

  /// Weights in the rule's units, to the nearest of the grid.
  void set_weights(std::span<const double> weights);
  double weight(std::size_t synapse) const;
  /// Traces and all variables but the weight are 0.
  void begin_trial();
  void tick(const EngineTick& now);

  /// The stored integers of a variable, without offset (synapses).
  const std::vector<std::int64_t>& stored(int variable) const { return stored_[static_cast<std::size_t>(variable)]; }
  /// The stored integers of an access, by neuron.
  const std::vector<std::int64_t>& read(bool of_target, int access) const {
    return (of_target ? target_reads_ : source_reads_)[static_cast<std::size_t>(access)];
  }

 private:
  void move(const BoundAccess& access, std::uint64_t salt, std::span<const double> spikes, const EngineTick& now,
            std::vector<std::int64_t>& reads) const;
  std::int64_t sum_of(std::size_t variable, std::size_t synapse, const EngineTick& now) const;
  std::int64_t product_of(const BoundProduct& product, std::size_t synapse, const EngineTick& now) const;

  const Binding& binding_;
  const EngineSpec& engine_;
  std::vector<std::int32_t> source_;
  std::vector<std::int32_t> target_;
  RandomKey trace_key_;
  RandomKey sum_key_;
  std::vector<int> bits_;                                // of each variable
  std::vector<std::vector<std::int64_t>> stored_;        // by variable (synapses)
  std::vector<std::vector<std::int64_t>> next_;          // the same, of the tick
  std::vector<std::vector<std::int64_t>> source_reads_;  // by access (sources)
  std::vector<std::vector<std::int64_t>> target_reads_;  // by access (targets)
};

}  // namespace locus
