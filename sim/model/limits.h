// Limits that no model may pass, however small its file.
//
// Why: they bound memory and time before anything is taken.
#pragma once

#include <cstddef>
#include <cstdint>

namespace locus {

inline constexpr std::int64_t kMostNeurons = 100'000'000;  // of a network
// of a model, teacher, feedback and bases counted; and values of trials
inline constexpr std::int64_t kMostSynapses = 4'000'000'000;
inline constexpr std::int64_t kMostPopulations = 10'000;  // of a network
// of a model; each may hold feedback for every population
inline constexpr std::int64_t kMostRules = 1'000;
// of a model: each is a file that stays open while its rule runs
inline constexpr std::int64_t kMostRecords = 100;
// side of an orthogonal basis: making one costs its third power
inline constexpr std::int64_t kLargestBasis = 4096;
inline constexpr std::int64_t kLongestTrial = 10'000'000;  // ticks: a ledger has an entry a lag
inline constexpr std::int64_t kMostPatterns = 1'000'000;   // of drawn inputs
inline constexpr std::int64_t kLongestSide = 1024;         // cores of a mesh
inline constexpr std::int64_t kMostCount = INT32_MAX;      // updates, trials of a batch and so on
// bytes; names are shown, and become file names
inline constexpr std::size_t kLongestName = 100;
inline constexpr std::size_t kMostFaultsOfArray = 100;  // values of one array that are told singly

}  // namespace locus
