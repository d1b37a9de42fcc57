#include "sim/model/read_bases.h"

#include <algorithm>
#include <iterator>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "sim/model/matrices.h"
#include "sim/model/network_size.h"
#include "sim/model/read_network.h"

namespace locus {
namespace {

// largest entry of Q^T Q - I: room for numbers written with seven digits
constexpr double kOrthogonal = 1e-6;

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// A square matrix of a side, orthogonal; a fault otherwise.
DenseMatrix read_basis(v1::Matrix& message, std::int64_t side, const std::string& side_of, const FieldPath& where,
                       Reading& reading) {
  if (side == kUnknown) return {};
  if (side < 1 || side > kLargestBasis) {
    reading.faults.error(where, fmt::format("would be {} x {}, {}", side, side, side_of),
                         fmt::format("a basis is 1 x 1 to {} x {}", kLargestBasis, kLargestBasis));
    return {};
  }
  DenseMatrix basis = read_dense(message, {side, side, side_of, side_of}, where, reading);
  // Looked at, not asked of the faults: one that follows from another is not told, and is there all
  // the same.
  if (std::ssize(basis.values) != side * side || !all_finite(basis.values)) return basis;
  const Eigen::Map<const RowMajor> q(basis.values.data(), side, side);
  const double off = (q.transpose() * q - RowMajor::Identity(side, side)).cwiseAbs().maxCoeff();
  if (!(off <= kOrthogonal)) {
    reading.faults.error(
        where, fmt::format("is not orthogonal: an entry of its transpose times itself, less the identity, is {:.3g}", off),
        fmt::format("must be at most {}", kOrthogonal));
  }
  return basis;
}

}  // namespace

AlignedUse aligned_use(const Spec& spec) {
  AlignedUse use;
  bool student = has_aligned(spec.network);
  for (const RuleSpec& rule : spec.rules) {
    student = student || std::any_of(rule.feedback.begin(), rule.feedback.end(), [](const FeedbackSpec& feedback) {
                return std::holds_alternative<AlignedWeights>(feedback.weights);
              });
  }
  if (student) use.rate_neurons.push_back(known_neurons(spec.network, PopulationKind::kRate));
  const auto* task = std::get_if<StudentTeacherTask>(&spec.task);
  if (task != nullptr && has_aligned(task->teacher))
    use.rate_neurons.push_back(known_neurons(task->teacher, PopulationKind::kRate));
  return use;
}

BasesSpec read_bases(v1::Bases& message, const Spec& spec, const FieldPath& where, Reading& reading) {
  BasesSpec bases;
  const AlignedUse use = aligned_use(spec);
  if (!use.any()) {
    reading.faults.warning(where, "has no use", "no weights of the model are aligned");
  }
  const std::int64_t own = use.any() ? use.rate_neurons[0] : known_neurons(spec.network, PopulationKind::kRate);
  if (message.has_u())
    bases.u = read_basis(*message.mutable_u(), known_neurons(spec.network, PopulationKind::kReadout),
                         "the number of readouts", where.at("u"), reading);
  if (message.has_p()) {
    bases.p = read_basis(*message.mutable_p(), own, "the number of rate neurons", where.at("p"), reading);
    const bool differ = std::any_of(use.rate_neurons.begin(), use.rate_neurons.end(),
                                    [&](std::int64_t side) { return side != own && side != kUnknown; });
    if (differ)
      reading.faults.error(where.at("p"),
                           fmt::format("is given, and student and teacher have {} and {} rate neurons",
                                       use.rate_neurons[0], use.rate_neurons[1]),
                           "they cannot share it");
  }
  if (message.has_v())
    bases.v = read_basis(*message.mutable_v(), known_neurons(spec.network, PopulationKind::kInput),
                         "the number of inputs", where.at("v"), reading);
  return bases;
}

}  // namespace locus
