// Limits for all models, however small their files.
//
// They bound memory and time before anything is taken.
#pragma once

#include <cstddef>
#include <cstdint>

namespace locus {

inline constexpr std::int64_t kMostNeurons = 100'000'000;  // of a network
// of a model with teacher, feedback and bases; and values of trials
inline constexpr std::int64_t kMostSynapses = 4'000'000'000;
inline constexpr std::int64_t kMostPopulations = 10'000;  // of a network
// of a model; each may have feedback for every population
inline constexpr std::int64_t kMostRules = 1'000;
// of a model: each is a file that stays open during its rule
inline constexpr std::int64_t kMostRecords = 100;
// side of an orthogonal basis, whose cost is the third power of it
inline constexpr std::int64_t kLargestBasis = 4096;
// ticks: a ledger has an entry for each lag
inline constexpr std::int64_t kLongestTrial = 10'000'000;
inline constexpr std::int64_t kMostPatterns = 1'000'000;  // of drawn inputs
inline constexpr std::int64_t kLongestSide = 1024;        // cores of a mesh
inline constexpr std::int64_t kMostCount = INT32_MAX;     // updates, trials of a batch and so on
// bytes; names are printed, and become names of files
inline constexpr std::size_t kLongestName = 100;
// values of one array with faults of their own
inline constexpr std::size_t kMostFaultsOfArray = 100;

}  // namespace locus
