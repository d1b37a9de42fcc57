#include "sim/run/rank.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "sim/run/spectrum.h"

namespace locus {
namespace {

constexpr double kTolerance64 = 1e-9;  // of sigma_1
constexpr double kTolerance32 = 1e-4;  // of sigma_1
constexpr double kRounding = 1e-13;    // of |W_0|: a change below is none

/// The matrix with all its entries, row-major.
std::vector<double> entries(const std::variant<DenseMatrix, SparseMatrix>& matrix) {
  if (const auto* full = std::get_if<DenseMatrix>(&matrix)) return full->values;
  const auto& sparse = std::get<SparseMatrix>(matrix);
  std::vector<double> all(static_cast<std::size_t>(sparse.rows * sparse.cols), 0.0);
  for (std::size_t k = 0; k < sparse.values.size(); ++k)
    all[static_cast<std::size_t>(sparse.row[k] * sparse.cols + sparse.col[k])] = sparse.values[k];
  return all;
}

std::pair<std::int64_t, std::int64_t> sides_of(const ProjectionWeights& weights) {
  return std::visit([](const auto& matrix) { return std::pair(matrix.rows, matrix.cols); }, weights.matrix);
}

}  // namespace

std::string unranked(const ProjectionWeights& after, std::int64_t largest_side) {
  const auto [rows, cols] = sides_of(after);
  if (std::min(rows, cols) <= largest_side) return "a weight is not finite";
  return fmt::format("both sides exceed {} ({} x {}); --rank computes them", largest_side, rows, cols);
}

std::optional<RankReport> rank_of_change(const ProjectionWeights& before, const ProjectionWeights& after,
                                         Precision precision, std::int64_t largest_side) {
  const auto [rows, cols] = sides_of(after);
  if (std::min(rows, cols) > largest_side) return std::nullopt;
  DenseMatrix change = {rows, cols, entries(after.matrix)};
  double square = 0;  // |W_0|^2
  const std::vector<double> start = entries(before.matrix);
  for (std::size_t i = 0; i < start.size(); ++i) {
    change.values[i] -= start[i];
    square += start[i] * start[i];
    if (!std::isfinite(change.values[i])) return std::nullopt;
  }

  RankReport report;
  report.projection = after.projection;
  report.tolerance = precision == Precision::kFloat32 ? kTolerance32 : kTolerance64;
  Spectrum spectrum = spectrum_of(change, report.tolerance, kRounding * std::sqrt(square));
  report.singular_values = std::move(spectrum.singular_values);
  report.rank = spectrum.rank;
  report.effective_rank = spectrum.effective_rank;
  return report;
}

}  // namespace locus
