#include <algorithm>

#include <fmt/format.h>

#include "sim/model/checks.h"
#include "sim/model/signs.h"

namespace locus {
namespace {

/// The first initial weight that a sign forbids; the diagonal of a matrix without autapses holds no
/// weight.
struct CheckSign {
  const ProjectionSpec& projection;
  const FieldPath& where;
  FaultList& faults;

  int sign() const { return projection.limits.sign; }

  void tell(double weight, const FieldPath& field) const {
    faults.error(field, "is " + shown(weight), std::string(allowed_by_sign(sign())));
  }
  void one(double weight, const FieldPath& field) const {
    if (!fits_sign(sign(), weight)) tell(weight, field);
  }

  void operator()(const DenseMatrix& matrix) const {
    const std::int64_t cols = std::max<std::int64_t>(matrix.cols, 1);
    for (std::size_t k = 0; k < matrix.values.size(); ++k) {
      const auto place = static_cast<std::int64_t>(k);
      const bool diagonal = !projection.autapses && place / cols == place % cols;
      if (diagonal || fits_sign(sign(), matrix.values[k])) continue;
      return tell(matrix.values[k], where.at("dense").at("values").element(k));
    }
  }
  void operator()(const SparseMatrix& matrix) const {
    const auto broken = std::ranges::find_if(matrix.values, [&](double weight) { return !fits_sign(sign(), weight); });
    if (broken == matrix.values.end()) return;
    const auto k = static_cast<std::size_t>(broken - matrix.values.begin());
    tell(*broken, where.at("sparse").at("values").element(k));
  }
  void operator()(const ConstantWeights& weights) const { one(weights.value, where.at("constant").at("value")); }
  void operator()(const AlignedWeights&) const {
    faults.error(where.at("aligned"), fmt::format("is given, and sign is {}", sign_name(sign())),
                 "aligned weights have both signs; sign must be ANY");
  }
  void operator()(const GaussianWeights&) const {}  // drawn with the sign
  void operator()(const SparseRandomWeights& weights) const {
    if (weights.stddev <= 0) one(weights.mean, where.at("sparse_random").at("constant").at("value"));
  }
};

}  // namespace

void check_limits(const ProjectionSpec& projection, const FieldPath& where, FaultList& faults) {
  const WeightLimits& limits = projection.limits;
  check_range(limits.sign, -1, 1, where.at("sign"), faults);
  if (limits.min) check_finite(*limits.min, where.at("weight_min"), faults);
  if (limits.max) check_finite(*limits.max, where.at("weight_max"), faults);
  if (limits.decay) check_not_negative(*limits.decay, where.at("weight_decay"), faults);
  const FieldPath weights = where.at("weights");
  if (limits.sign != 0 && !faults.is_silenced(weights.at("form")))
    std::visit(CheckSign{projection, weights, faults}, projection.weights);
}

void check_room(const NetworkSpec& network, const Optimizer& optimizer, const std::string& whose, FaultList& faults) {
  const FieldPath projections = FieldPath().at("network");
  for (std::size_t i = 0; i < network.projections.size(); ++i) {
    const ProjectionSpec& projection = network.projections[i];
    const WeightLimits& limits = projection.limits;
    if (!projection.plastic || (limits.sign == 0 && !limits.min && !limits.max)) continue;
    const Optimizer own = optimizer_of(optimizer, limits);
    if (!own.weight_min || !own.weight_max || *own.weight_min <= *own.weight_max) continue;
    faults.error(projections.at("projections", static_cast<int>(i)),
                 fmt::format("bounds its weights from {} to {}{}", shown(*own.weight_min), shown(*own.weight_max), whose),
                 "sign, weight_min and weight_max must leave room for a weight");
  }
}

}  // namespace locus
