// The least amount of work for which each faster way pays. Measured (docs/performance.md). None
// depends on the number of threads, so no sum does.
#pragma once

#include <cstdint>

namespace locus {

// Work below these stays on one thread, for waking another costs more than it saves.
// synapses that learn: bound by memory
inline constexpr std::int64_t kWorthPass = std::int64_t{1} << 17;
// synapses of a product with one lane
inline constexpr std::int64_t kWorthColumn = std::int64_t{1} << 18;
// synapse-lanes of a product with several lanes: a dozen a nanosecond and more
inline constexpr std::int64_t kWorthProduct = std::int64_t{1} << 20;
// messages of one lane: ten microseconds
inline constexpr std::int64_t kWorthSending = std::int64_t{1} << 12;
// additions of a commit, event by event
inline constexpr std::int64_t kWorthEvents = std::int64_t{1} << 18;
// Neurons and lanes that step or hear something, and messages that wait for their step.
inline constexpr std::int64_t kWorthSharing = 4096;

// Bytes of weights, and as many of traces, that stay in a near cache during a pass.
inline constexpr std::int64_t kNearPass = std::int64_t{1} << 16;

// Ticks of which the inputs' currents are one product: at least so many, and as many more as give
// so many currents, which a near cache holds.
inline constexpr std::int32_t kAheadTicks = 32;
inline constexpr std::int32_t kAheadCells = 4096;

// A pass that threads share out goes by ranges of sources: at most so many, each of so many.
inline constexpr std::int32_t kPassRanges = 16;
inline constexpr std::int32_t kPassSources = 64;

/// Into how many chunks of `chunk` neurons a product of `width` neurons is cut; `work` is its
/// synapses times lanes (and rows).
constexpr int chunks_of(std::int64_t work, std::int32_t lanes, std::int32_t width, std::int32_t chunk) {
  return work < (lanes == 1 ? kWorthColumn : kWorthProduct) ? 1 : (width + chunk - 1) / chunk;
}

}  // namespace locus
