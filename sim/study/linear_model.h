// A model as matrices, for the theory; or the reason why the theory does not cover it.
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
  theory::Bases bases;  // of the aligned part of the teacher; one column for each mode
  // of the teacher, in the order of the file if it is written as modes; empty if it is not aligned
  std::vector<theory::Mode> modes;
};

/// A, W, B of the network with one entry of `weights` for each projection. Populations of one kind
/// are concatenated in the order of the file. Throws UsageError if a rate neuron is not linear with
/// leak 1 or a projection is sparse.
theory::LinearNetwork matrices_of(const NetworkSpec& network, const std::vector<Weights>& weights,
                                  const std::string& whose = "the student's");

/// The bases and modes of the aligned part of the teacher (take_apart says what it leaves out).
/// Modes that the model writes as modes keep their numbers and their order. The result is empty if
/// the teacher is not aligned. Throws UsageError if the model has no teacher or the teacher is not
/// linear and dense with leak 1.
std::optional<theory::AlignedNetwork> teacher_modes(const Spec& spec);

/// Throws UsageError if the theory does not cover the model.
LinearModel linear_model(const Spec& spec);

/// The rule with its feedback as a matrix. Throws UsageError if the rule has no theory.
theory::ExactRule exact_rule_of(const Spec& spec, const RuleSpec& rule);

/// True if the matrices lie entirely in these bases: A = U diag P^T, B = P diag V^T, and W keeps
/// the span of P and is diagonal in it.
bool lies_in(const theory::LinearNetwork& network, const theory::Bases& bases);

/// True if every column of P has one entry of +-1 and zeros.
bool is_signed_permutation(const theory::Matrix& p);

}  // namespace locus
