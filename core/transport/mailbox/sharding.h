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

namespace locus {

struct Sharding {
  std::vector<std::int32_t> input_begin;    // (shards + 1)
  std::vector<std::int32_t> rate_begin;     // (shards + 1)
  std::vector<std::int32_t> readout_begin;  // (shards + 1)

  int shards() const { return static_cast<int>(rate_begin.size()) - 1; }
};

/// The shard of neuron `index`, given a layer's ranges.
inline int shard_of(const std::vector<std::int32_t>& begin, std::int32_t index) {
  return static_cast<int>(std::upper_bound(begin.begin(), begin.end(), index) - begin.begin()) - 1;
}

}  // namespace locus
