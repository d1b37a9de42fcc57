#include "sim/run/spectrum.h"

#include <cmath>

#include <Eigen/SVD>

namespace locus {

Spectrum spectrum_of(const Eigen::MatrixXd& change, double tolerance, double negligible) {
  Spectrum result;
  result.tolerance = tolerance;
  result.singular_values = Eigen::BDCSVD<Eigen::MatrixXd>(change).singularValues();
  if (result.singular_values.size() == 0 || result.singular_values(0) <= negligible) return result;
  const double sum = result.singular_values.sum();
  double entropy = 0;
  for (const double sigma : result.singular_values) {
    if (sigma > tolerance * result.singular_values(0)) ++result.rank;
    if (sigma > 0) entropy -= sigma / sum * std::log(sigma / sum);
  }
  result.effective_rank = std::exp(entropy);
  return result;
}

}  // namespace locus
