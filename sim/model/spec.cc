#include "sim/model/spec.h"

#include <algorithm>
#include <cmath>

namespace locus {

std::int32_t window_of(const TrainingSpec& training) {
  switch (training.loss) {
    case Loss::kFinal: return 1;
    case Loss::kSequence:
    case Loss::kSum:
    case Loss::kCrossEntropy: break;
  }
  return training.window > 0 ? training.window : training.ticks - training.warmup;
}

double decay_of(double tau, double dt) { return tau > 0 ? std::exp(-dt / tau) : 0; }

namespace {

double membrane_decay(double tau, double dt, Integration integration) {
  return integration == Integration::kEuler ? 1 - dt / tau : decay_of(tau, dt);
}

}  // namespace

LifParameters lif_parameters(const LifSpec& lif, double dt, std::size_t neuron) {
  LifParameters p;
  p.decay = membrane_decay(lif.leak.tau_m.of(neuron), dt, lif.integration);
  if (lif.integer) p.decay = lif.integer->on_grid(p.decay);
  p.gain = lif.leak.normalise_input ? 1 - p.decay : 1;
  p.threshold = lif.threshold.of(neuron);
  p.refractory = std::round(lif.refractory / dt);
  p.adaptation_decay = decay_of(lif.adaptation_tau.of(neuron), dt);
  p.adaptation = lif.adaptation.of(neuron);
  p.surrogate = lif.surrogate;
  p.height = lif.height;
  p.width = lif.width;
  p.has_current = lif.current_tau.has_value();
  if (p.has_current) p.current_decay = membrane_decay(lif.current_tau->of(neuron), dt, lif.integration);
  p.reset = lif.reset;
  p.reset_to = lif.reset_to.of(neuron);
  p.rest = (1 - p.decay) * lif.rest.of(neuron);
  p.above = lif.above;
  p.cuts_reset_gradient = lif.cuts_reset_gradient;
  return p;
}

bool neurons_differ(const PopulationSpec& population) {
  if (!population.lif) return population.kind == PopulationKind::kRate && population.leak.varies();
  const LifSpec& lif = *population.lif;
  return lif.leak.tau_m.varies() || lif.threshold.varies() || lif.adaptation_tau.varies() || lif.adaptation.varies() ||
         (lif.current_tau && lif.current_tau->varies()) || lif.reset_to.varies() || lif.rest.varies();
}

std::string_view name(Loss loss) {
  switch (loss) {
    case Loss::kFinal: return "FINAL";
    case Loss::kSequence: return "SEQUENCE";
    case Loss::kSum: return "SUM";
    case Loss::kCrossEntropy: return "CROSS_ENTROPY";
  }
  return "";
}

std::int64_t rows_of(const RecordedTrial& trial) {
  return std::visit([](const auto& input) { return input.rows; }, trial.input);
}

bool has_target(const RecordedTrial& trial) { return trial.target.rows > 0 || trial.label != kNoClass; }

bool has_classes(const TaskSpec& task, std::int64_t readouts) {
  const auto labelled = [](const RecordedTrial& trial) { return trial.label != kNoClass; };
  if (const auto* recorded = std::get_if<RecordedTask>(&task)) {
    return std::ranges::any_of(recorded->trials, labelled) || std::ranges::any_of(recorded->evaluation_trials, labelled);
  }
  if (const auto* synthetic = std::get_if<SyntheticTask>(&task)) return readouts > 1 && has_choices(*synthetic);
  if (const auto* supplied = std::get_if<SuppliedTask>(&task)) return supplied->has_classes;
  const auto* drawn = std::get_if<DrawnTask>(&task);
  return drawn != nullptr && std::ranges::any_of(drawn->targets, [](const DrawnTargetSpec& target) {
           return std::holds_alternative<ClassSpec>(target);
         });
}

bool weighs_errors(const RecordedTrial& trial, std::int32_t ticks) {
  return trial.mask.rows > 0 || rows_of(trial) < ticks;
}

bool weighs_errors(const TaskSpec& task, std::int32_t ticks) {
  if (const auto* supplied = std::get_if<SuppliedTask>(&task)) return supplied->has_mask || supplied->has_lengths;
  const auto* recorded = std::get_if<RecordedTask>(&task);
  const auto weighs = [&](const RecordedTrial& trial) { return weighs_errors(trial, ticks); };
  return recorded != nullptr && std::ranges::any_of(recorded->trials, weighs);
}

DenseMatrix target_of_class(std::int32_t chosen, std::int64_t ticks, std::int64_t readouts) {
  DenseMatrix target{ticks, readouts, {}};
  target.values.assign(static_cast<std::size_t>(ticks * readouts), 0);
  for (std::int64_t t = 0; t < ticks; ++t) target.values[static_cast<std::size_t>(t * readouts + chosen)] = 1;
  return target;
}

bool feedback_learns(const RuleSpec& rule) {
  return std::ranges::any_of(rule.feedback, [](const FeedbackSpec& feedback) { return feedback.learn.has_value(); });
}

std::string_view name(Precision precision) { return precision == Precision::kFloat32 ? "FLOAT32" : "FLOAT64"; }

int scalar_bytes(Precision precision) { return precision == Precision::kFloat32 ? 4 : 8; }

std::string_view name(Quantity quantity) {
  switch (quantity) {
    case Quantity::kActivity: return "ACTIVITY";
    case Quantity::kOutput: return "OUTPUT";
    case Quantity::kError: return "ERROR";
    case Quantity::kLearningSignal: return "LEARNING_SIGNAL";
    case Quantity::kTrace: return "TRACE";
    case Quantity::kWeights: return "WEIGHTS";
    case Quantity::kSingularValues: return "SINGULAR_VALUES";
    case Quantity::kVoltage: return "VOLTAGE";
    case Quantity::kCurrent: return "CURRENT";
  }
  return "";
}

bool is_of_projection(Quantity quantity) {
  return quantity == Quantity::kTrace || quantity == Quantity::kWeights || quantity == Quantity::kSingularValues;
}

bool is_of_ticks(Quantity quantity) { return quantity != Quantity::kWeights && quantity != Quantity::kSingularValues; }

bool is_of_evaluation(Quantity quantity) {
  return is_of_ticks(quantity) && quantity != Quantity::kLearningSignal && quantity != Quantity::kTrace;
}

}  // namespace locus
