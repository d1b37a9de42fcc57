// A model as matrices: what the theory can speak of, and a reason where it cannot.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/model/realise.h"
#include "sim/model/spec.h"
#include "sim/theory/alignment.h"
#include "sim/theory/exact.h"
#include "sim/theory/linear_network.h"

namespace locus {

struct LinearModel {
  theory::LinearNetwork student, teacher;
  theory::Bases bases;  // the teacher's, as far as it is aligned; a column a mode
  // of the teacher, in file order where it is written as modes; empty where it is not aligned
  std::vector<theory::Mode> modes;
};

/// A, W, B of the network with these weights, one a projection; populations of a kind are
/// concatenated in file order. Throws UsageError where a rate neuron is not linear with leak 1, or
/// a projection is sparse.
theory::LinearNetwork matrices_of(const NetworkSpec& network, const std::vector<Weights>& weights,
                                  const std::string& whose = "the student's");

/// The teacher's bases and modes, as far as it is aligned (take_apart says what is left out; modes
/// that the model writes as modes keep their numbers and their order). None where it is not. Throws
/// UsageError where the model has no teacher, or one that is not linear, dense, with leak 1.
std::optional<theory::AlignedNetwork> teacher_modes(const Spec& spec);

/// Throws UsageError where the model is outside the theory.
LinearModel linear_model(const Spec& spec);

/// The rule with its feedback as a matrix. Throws UsageError where it has none in the theory.
theory::ExactRule exact_rule_of(const Spec& spec, const RuleSpec& rule);

/// Whether the matrices lie in these bases and nowhere else: A = U diag P^T, B = P diag V^T, and W
/// keeps the span of P and is diagonal in it.
bool lies_in(const theory::LinearNetwork& network, const theory::Bases& bases);

/// P with one entry of +-1 a column.
bool is_signed_permutation(const theory::Matrix& p);

}  // namespace locus
