#include "sim/run/rank.h"

#include <algorithm>

#include "sim/run/spectrum.h"

namespace locus {
namespace {

constexpr double kTolerance64 = 1e-9;  // of sigma_1
constexpr double kTolerance32 = 1e-4;  // of sigma_1
constexpr double kRounding = 1e-13;    // of |W_0|: a change below is none

Eigen::MatrixXd dense(const std::variant<DenseMatrix, SparseMatrix>& matrix) {
  if (const auto* full = std::get_if<DenseMatrix>(&matrix)) {
    using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    return Eigen::Map<const RowMajor>(full->values.data(), full->rows, full->cols);
  }
  const auto& sparse = std::get<SparseMatrix>(matrix);
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(sparse.rows, sparse.cols);
  for (std::size_t k = 0; k < sparse.values.size(); ++k) out(sparse.row[k], sparse.col[k]) = sparse.values[k];
  return out;
}

}  // namespace

std::optional<RankReport> rank_of_change(const ProjectionWeights& before, const ProjectionWeights& after,
                                         Precision precision, std::int64_t largest_side) {
  const auto smaller_side =
      std::visit([](const auto& matrix) { return std::min(matrix.rows, matrix.cols); }, after.matrix);
  if (smaller_side > largest_side) return std::nullopt;
  const Eigen::MatrixXd start = dense(before.matrix);
  const Eigen::MatrixXd change = dense(after.matrix) - start;
  if (!change.allFinite()) return std::nullopt;

  RankReport report;
  report.projection = after.projection;
  report.tolerance = precision == Precision::kFloat32 ? kTolerance32 : kTolerance64;
  const Spectrum spectrum = spectrum_of(change, report.tolerance, kRounding * start.norm());
  report.singular_values.assign(spectrum.singular_values.begin(), spectrum.singular_values.end());
  report.rank = spectrum.rank;
  report.effective_rank = spectrum.effective_rank;
  return report;
}

}  // namespace locus
