#include "sim/run/spectrum.h"

#include <cmath>

#include <Eigen/SVD>

namespace locus {

Spectrum spectrum_of(const DenseMatrix& change, double tolerance, double negligible) {
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::MatrixXd matrix = Eigen::Map<const RowMajor>(change.values.data(), change.rows, change.cols);
  const Eigen::VectorXd values = Eigen::BDCSVD<Eigen::MatrixXd>(matrix).singularValues();
  Spectrum result;
  result.tolerance = tolerance;
  result.singular_values.assign(values.begin(), values.end());
  if (values.size() == 0 || values(0) <= negligible) return result;
  const double sum = values.sum();
  double entropy = 0;
  for (const double sigma : values) {
    if (sigma > tolerance * values(0)) ++result.rank;
    if (sigma > 0) entropy -= sigma / sum * std::log(sigma / sum);
  }
  result.effective_rank = std::exp(entropy);
  return result;
}

}  // namespace locus
