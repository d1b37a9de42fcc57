// Sharding: which shard each actor sits on. A shard is what one task of the mailbox handles; a
// synapse sits with its postsynaptic neuron.
//
// Shards are ranges of neurons, in order: shard s holds neurons begin[s] .. begin[s + 1] - 1 of a
// layer. Since a receiver drains its queues sender shard by sender shard, it meets its messages in
// the senders' order for any number of shards: results depend on no sharding and on no threads.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/wire/topology.h"

namespace locus {

struct Sharding {
  std::vector<std::int32_t> input_begin;    // (shards + 1)
  std::vector<std::int32_t> rate_begin;     // (shards + 1)
  std::vector<std::int32_t> readout_begin;  // (shards + 1)

  int shards() const { return static_cast<int>(rate_begin.size()) - 1; }
  const std::vector<std::int32_t>& begin_of(Layer layer) const {
    return layer == Layer::kInput ? input_begin : layer == Layer::kRate ? rate_begin : readout_begin;
  }
  /// The neurons of [begin, begin + size) of a layer that sit on this shard: first .. last - 1.
  struct Range {
    std::int32_t first, last;
  };
  Range on(int shard, Layer layer, std::int32_t begin, std::int32_t size) const {
    const std::vector<std::int32_t>& of_layer = begin_of(layer);
    return {std::max(of_layer[static_cast<std::size_t>(shard)], begin),
            std::min(of_layer[static_cast<std::size_t>(shard) + 1], begin + size)};
  }
};

/// The shard of neuron `index`, given a layer's ranges.
inline int shard_of(const std::vector<std::int32_t>& begin, std::int32_t index) {
  return static_cast<int>(std::upper_bound(begin.begin(), begin.end(), index) - begin.begin()) - 1;
}

}  // namespace locus
