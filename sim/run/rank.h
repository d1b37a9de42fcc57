// The rank of what a rule has learnt: singular values of W_K - W_0 (arXiv:2606.00243: RFLO is
// restricted to low-rank changes of its initial weights).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/run/result.h"

namespace locus {

/// The largest smaller side of a projection whose singular values every run takes.
inline constexpr std::int64_t kLargestRankedSide = 512;

/// Numerical rank counts sigma_i > tolerance * sigma_1, tolerance 1e-9 for weights of float64 and
/// 1e-4 of float32; it and the effective rank are 0 where the change is 0 or sigma_1 <= 1e-13 |W_0|
/// (Frobenius): nothing but rounding. None where the smaller side exceeds `largest_side`, or where
/// a weight is not finite. Cost: a singular value decomposition.
std::optional<RankReport> rank_of_change(const ProjectionWeights& before, const ProjectionWeights& after,
                                         Precision precision, std::int64_t largest_side);

/// The reason why rank_of_change gives none for these weights.
std::string unranked(const ProjectionWeights& after, std::int64_t largest_side);

}  // namespace locus
