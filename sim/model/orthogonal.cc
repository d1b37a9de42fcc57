#include "sim/model/orthogonal.h"

#include <Eigen/QR>

namespace locus {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using MapOfConst = Eigen::Map<const RowMajor>;

MapOfConst map(const DenseMatrix& matrix) { return {matrix.values.data(), matrix.rows, matrix.cols}; }

DenseMatrix dense(const RowMajor& matrix) {
  return {matrix.rows(), matrix.cols(), {matrix.data(), matrix.data() + matrix.size()}};
}

}  // namespace

DenseMatrix orthogonal_factor(const DenseMatrix& matrix) {
  const Eigen::HouseholderQR<Eigen::MatrixXd> decomposition(map(matrix));
  Eigen::MatrixXd q = decomposition.householderQ();
  for (Eigen::Index j = 0; j < matrix.cols; ++j) {
    if (decomposition.matrixQR()(j, j) < 0) q.col(j) = -q.col(j);
  }
  return dense(q);
}

double off_orthogonal(const DenseMatrix& q) {
  return (map(q).transpose() * map(q) - RowMajor::Identity(q.rows, q.cols)).cwiseAbs().maxCoeff();
}

DenseMatrix from_modes(const DenseMatrix& left, std::span<const double> values, const DenseMatrix& right) {
  const auto modes = static_cast<Eigen::Index>(values.size());
  const Eigen::Map<const Eigen::VectorXd> diagonal(values.data(), modes);
  return dense(map(left).leftCols(modes) * diagonal.asDiagonal() * map(right).leftCols(modes).transpose());
}

}  // namespace locus
