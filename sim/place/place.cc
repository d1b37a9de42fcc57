#include "sim/place/place.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace locus {
namespace {

/// Cuts neurons 0 .. weight.size() - 1 into ranges of about equal total weight; the weight of a
/// neuron is one more than its entry.
std::vector<std::int32_t> cut(const std::vector<std::int64_t>& weight, int shards) {
  std::int64_t total = 0;
  for (const std::int64_t own : weight) total += own + 1;
  std::vector<std::int32_t> begin = {0};
  std::int64_t reached = 0;
  std::int32_t neuron = 0;
  for (int shard = 1; shard < shards; ++shard) {
    while (neuron < static_cast<std::int32_t>(weight.size()) && reached < total * shard / shards) {
      reached += weight[static_cast<std::size_t>(neuron++)] + 1;
    }
    begin.push_back(neuron);
  }
  begin.push_back(static_cast<std::int32_t>(weight.size()));
  return begin;
}

}  // namespace

int shards_for(const Topology& topology) {
  return static_cast<int>(std::clamp<std::int64_t>(topology.synapses() / 4096, 1, 16));
}

Sharding place(const Topology& topology, int shards) {
  std::vector<std::int64_t> input(static_cast<std::size_t>(topology.sizes.inputs), 0);
  std::vector<std::int64_t> rate(static_cast<std::size_t>(topology.sizes.rate_neurons), 0);
  std::vector<std::int64_t> readout(static_cast<std::size_t>(topology.sizes.readouts), 0);
  for (const Projection& projection : topology.projections) {
    auto& targets = projection.target_layer == Layer::kRate ? rate : readout;
    auto target = static_cast<std::size_t>(projection.target_begin);
    for (const std::int64_t synapses : projection.fan_in()) targets[target++] += synapses;
    if (projection.source_layer != Layer::kInput) continue;
    for (std::int32_t j = 0; j < projection.source_size; ++j)
      input[static_cast<std::size_t>(projection.source_begin + j)] += projection.fan_out(j);
  }
  return {cut(input, shards), cut(rate, shards), cut(readout, shards)};
}

}  // namespace locus
