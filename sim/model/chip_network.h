// The network of a chip as its routers see it: flits, cycles and queues.
#pragma once

#include <cstdint>
#include <optional>

namespace locus {

/// The fate of a packet for which a queue has no room.
enum class QueuePolicy : std::uint8_t {
  kStall,  // it waits in the queue before
  kDrop,   // it is lost
};

struct ChipNetworkSpec {
  std::int32_t flit_bits = 64;
  std::int32_t header_bits = 0;  // of each packet
  // of each scalar in it; absent: those of the precision
  std::optional<std::int32_t> scalar_bits = {};
  std::int32_t cycles_per_hop = 1;               // of a head over a link
  std::optional<std::int64_t> queue_flits = {};  // of each link; absent: no limit
  QueuePolicy policy = QueuePolicy::kStall;      // with queue_flits
  std::int64_t every = 1;                        // updates
  friend bool operator==(const ChipNetworkSpec&, const ChipNetworkSpec&) = default;
};

}  // namespace locus
