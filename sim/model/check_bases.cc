// Given orthogonal bases of aligned weights: U over readouts, P over rate neurons, V over inputs.
#include <algorithm>

#include <fmt/format.h>

#include "sim/model/check_matrices.h"
#include "sim/model/checks.h"
#include "sim/model/orthogonal.h"

namespace locus {
namespace {

// largest entry of Q^T Q - I: room for numbers written with seven digits
constexpr double kOrthogonal = 1e-6;

bool is_aligned(const ProjectionSpec& projection) { return std::holds_alternative<AlignedWeights>(projection.weights); }

/// Rate neurons of each network whose weights (or feedback) are aligned; each of them uses P at its
/// own size.
std::vector<std::int64_t> rate_neurons_of_aligned(const Spec& spec) {
  std::vector<std::int64_t> sides;
  bool student = std::ranges::any_of(spec.network.projections, is_aligned);
  const auto look_at = [&](const std::vector<RuleSpec>& rules) {
    for (const RuleSpec& rule : rules) {
      student = student || std::ranges::any_of(rule.feedback, [](const FeedbackSpec& feedback) {
                  return std::holds_alternative<AlignedWeights>(feedback.weights);
                });
    }
  };
  look_at(spec.rules);
  if (spec.compare) look_at(spec.compare->rules);
  if (student) sides.push_back(known_neurons(spec.network, PopulationKind::kRate));
  const auto* task = std::get_if<StudentTeacherTask>(&spec.task);
  if (task != nullptr && std::ranges::any_of(task->teacher.projections, is_aligned))
    sides.push_back(known_neurons(task->teacher, PopulationKind::kRate));
  return sides;
}

/// A square matrix of a side, orthogonal; a fault otherwise.
void check_basis(const DenseMatrix& basis, std::int64_t side, const std::string& side_of, const FieldPath& where,
                 Checking& checking) {
  if (side == kUnknown) return;
  if (side < 1 || side > kLargestBasis) {
    checking.faults.error(where, fmt::format("would be {} x {}, {}", side, side, side_of),
                          fmt::format("a basis is 1 x 1 to {} x {}", kLargestBasis, kLargestBasis));
    return;
  }
  check_matrix(basis, {side, side, side_of, side_of}, where, checking.budget, checking.faults);
  if (basis.rows != side || basis.cols != side || std::ssize(basis.values) != side * side || !all_finite(basis.values))
    return;  // told already
  const double off = off_orthogonal(basis);
  if (!(off <= kOrthogonal)) {
    checking.faults.error(
        where, fmt::format("is not orthogonal: an entry of its transpose times itself, less the identity, is {:.3g}", off),
        fmt::format("must be at most {}", kOrthogonal));
  }
}

}  // namespace

void check_bases(Checking& checking) {
  const Spec& spec = checking.spec;
  const BasesSpec& bases = spec.bases;
  if (!bases.u && !bases.p && !bases.v) return;
  const FieldPath where = FieldPath().at("bases");
  const std::vector<std::int64_t> sides = rate_neurons_of_aligned(spec);
  if (sides.empty()) checking.faults.warning(where, "has no use", "no weights of the model are aligned");
  const std::int64_t own = sides.empty() ? known_neurons(spec.network, PopulationKind::kRate) : sides[0];
  if (bases.u)
    check_basis(*bases.u, known_neurons(spec.network, PopulationKind::kReadout), "the number of readouts",
                where.at("u"), checking);
  if (bases.p) {
    check_basis(*bases.p, own, "the number of rate neurons", where.at("p"), checking);
    const bool differ = std::ranges::any_of(sides, [&](std::int64_t side) { return side != own && side != kUnknown; });
    if (differ)
      checking.faults.error(
          where.at("p"), fmt::format("is given, and student and teacher have {} and {} rate neurons", sides[0], sides[1]),
          "they cannot share it");
  }
  if (bases.v)
    check_basis(*bases.v, known_neurons(spec.network, PopulationKind::kInput), "the number of inputs", where.at("v"),
                checking);
}

}  // namespace locus
