#include "sim/theory/exact.h"

#include <algorithm>
#include <cmath>

#include "core/base/check.h"

namespace locus::theory {
namespace {

/// C_k, k = 0..T-1 (each o x m).
std::vector<Matrix> errors_by_lag(const LinearNetwork& student, const LinearNetwork& teacher, int ticks) {
  std::vector<Matrix> errors;
  errors.reserve(static_cast<std::size_t>(ticks));
  Matrix reach = student.a;  // A W^k (o x n)
  Matrix teacher_reach = teacher.a;
  for (int k = 0; k < ticks; ++k) {
    errors.emplace_back(reach * student.b - teacher_reach * teacher.b);
    reach = reach * student.w;
    teacher_reach = teacher_reach * teacher.w;
  }
  return errors;
}

double loss_of(const std::vector<Matrix>& errors, const ExactTrial& trial) {
  double sum = 0;
  for (std::size_t k = 0; k < errors.size(); ++k) sum += trial.weight(static_cast<int>(k)) * errors[k].squaredNorm();
  return sum / 2;
}

bool has_feedback(RuleKind kind) { return rule(kind).signal == SignalSource::kFeedback; }

/// G_j M: moves the signal one tick further back.
void step_back(Matrix& signal, const LinearNetwork& student, const ExactRule& rule) {
  switch (locus::rule(rule.kind).decay) {
    case DecaySource::kConstant: signal *= rule.decay; return;
    case DecaySource::kNeuron: signal = signal * student.w.diagonal().asDiagonal(); return;
    case DecaySource::kZero:     // sweeps walk back over the weights
    case DecaySource::kNoTrace:  // sensitivities are carried forward over them
      signal = signal * student.w;
      return;
    case DecaySource::kText: CHECK(false, "no formula is known of a rule that a model writes itself");
  }
}

bool all_finite(const LinearNetwork& network) {
  return network.a.allFinite() && network.w.allFinite() && network.b.allFinite();
}

}  // namespace

double exact_loss(const LinearNetwork& student, const LinearNetwork& teacher, const ExactTrial& trial) {
  return loss_of(errors_by_lag(student, teacher, trial.ticks), trial);
}

ExactUpdate exact_update(const LinearNetwork& student, const LinearNetwork& teacher, const ExactRule& rule,
                         const ExactTrial& trial) {
  const int ticks = trial.ticks;
  CHECK(ticks >= 1 && trial.window >= 1 && trial.window <= ticks, "a trial has a tick with an error");
  CHECK(locus::rule(rule.kind).drive != Drive::kNothing, "an update needs a rule that learns");
  CHECK(is_of_theory(locus::rule(rule.kind)), "no closed form is known of a rule that keeps some sensitivities, or draws");
  CHECK(!has_feedback(rule.kind) || (rule.feedback.rows() == student.a.rows() && rule.feedback.cols() == student.a.cols()),
        "feedback has the shape of the readout");
  std::vector<Matrix> errors = errors_by_lag(student, teacher, ticks);
  const double loss = loss_of(errors, trial);
  for (int k = 0; k < ticks; ++k) errors[static_cast<std::size_t>(k)] *= trial.weight(k);
  const auto last = errors.size() - 1;
  std::vector<Matrix> tails(errors.size());  // D_j (o x n)
  tails[last] = Matrix::Zero(student.a.rows(), student.a.cols());
  for (std::size_t j = last; j-- > 0;)
    tails[j] = errors[j + 1] * student.b.transpose() + tails[j + 1] * student.w.transpose();

  ExactUpdate update;
  update.loss = loss;
  update.delta.a = errors[0] * student.b.transpose() + tails[0] * student.w.transpose();
  update.delta.w = Matrix::Zero(student.w.rows(), student.w.cols());
  update.delta.b = Matrix::Zero(student.b.rows(), student.b.cols());
  const bool truncated = takes(locus::rule(rule.kind), Argument::What::kDepth) && rule.depth > 0;
  const auto depth = static_cast<std::size_t>(truncated ? std::min(rule.depth, ticks) : ticks);
  Matrix signal = has_feedback(rule.kind) ? rule.feedback : student.a;
  for (std::size_t j = 0; j < depth; ++j) {
    update.delta.b.noalias() += signal.transpose() * errors[j];
    update.delta.w.noalias() += signal.transpose() * tails[j];
    step_back(signal, student, rule);
  }
  return update;
}

ExactTraining exact_training(LinearNetwork student, const LinearNetwork& teacher, const ExactRule& rule,
                             const ExactTrial& trial, double learning_rate, std::int64_t updates,
                             const std::atomic<bool>* interrupt) {
  ExactTraining result;
  for (std::int64_t update = 0; update < updates; ++update) {
    result.interrupted = interrupt != nullptr && interrupt->load(std::memory_order_relaxed);
    if (result.interrupted) break;
    const ExactUpdate step = exact_update(student, teacher, rule, trial);
    LinearNetwork next = student;
    next.a -= learning_rate * step.delta.a;
    next.w -= learning_rate * step.delta.w;
    next.b -= learning_rate * step.delta.b;
    if (!std::isfinite(step.loss) || !all_finite(next)) {
      result.diverged = true;
      break;
    }
    result.losses.push_back(step.loss);
    student = std::move(next);
  }
  const double loss = exact_loss(student, teacher, trial);
  if (!result.diverged && !std::isfinite(loss)) result.diverged = true;
  if (!result.diverged) result.losses.push_back(loss);
  result.student = std::move(student);
  return result;
}

}  // namespace locus::theory
