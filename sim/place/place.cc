#include "sim/place/place.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace locus {
namespace {

/// Cuts neurons 0 .. weight.size() - 1 into ranges of about equal total weight; each neuron weighs
/// one more than told.
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

template <class R>
int shards_for(const Network<R>& network) {
  return static_cast<int>(std::clamp<std::int64_t>(network.topology->synapses() / 4096, 1, 16));
}

template <class R>
Sharding place(const Network<R>& network, int shards) {
  std::vector<std::int64_t> input(static_cast<std::size_t>(network.inputs.size), 0);
  std::vector<std::int64_t> rate(static_cast<std::size_t>(network.rate.size), 0);
  std::vector<std::int64_t> readout(static_cast<std::size_t>(network.readouts.size), 0);
  for (const Projection& projection : network.projections()) {
    auto& targets = projection.target_layer == Layer::kRate ? rate : readout;
    for (std::int64_t k = 0; k < projection.size(); ++k) {
      ++targets[static_cast<std::size_t>(projection.target_begin + projection.target_of(k))];
    }
    if (projection.source_layer != Layer::kInput) continue;
    for (std::int32_t j = 0; j < projection.source_size; ++j)
      input[static_cast<std::size_t>(projection.source_begin + j)] += projection.fan_out(j);
  }
  return {cut(input, shards), cut(rate, shards), cut(readout, shards)};
}

template int shards_for(const Network<double>&);
template int shards_for(const Network<float>&);
template Sharding place(const Network<double>&, int);
template Sharding place(const Network<float>&, int);

}  // namespace locus
