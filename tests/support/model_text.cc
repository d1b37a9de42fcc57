#include "tests/support/model_text.h"

#include <sstream>
#include <stdexcept>

namespace locus {
namespace {

template <class T>
std::string list(const std::string& field, const std::vector<T>& values) {
  std::ostringstream text;
  text.precision(17);
  text << ' ' << field << ": [";
  for (std::size_t k = 0; k < values.size(); ++k) text << (k > 0 ? ", " : "") << values[k];
  text << ']';
  return text.str();
}

std::string number(double value) {
  std::ostringstream text;
  text.precision(17);
  text << value;
  return text.str();
}

std::string extent(std::int64_t rows, std::int64_t cols) {
  return " rows: " + std::to_string(rows) + " cols: " + std::to_string(cols);
}

std::string dense_text(const DenseMatrix& matrix) {
  return extent(matrix.rows, matrix.cols) + list("values", matrix.values);
}

std::string sparse_text(const SparseMatrix& matrix) {
  return extent(matrix.rows, matrix.cols) + list("row", matrix.row) + list("col", matrix.col) +
         list("values", matrix.values);
}

std::string weights_text(const WeightsSpec& weights) {
  if (const auto* dense = std::get_if<DenseMatrix>(&weights)) return "weights { dense {" + dense_text(*dense) + " } }";
  if (const auto* sparse = std::get_if<SparseMatrix>(&weights))
    return "weights { sparse {" + sparse_text(*sparse) + " } }";
  if (const auto* gaussian = std::get_if<GaussianWeights>(&weights)) {
    return "weights { gaussian { stddev: " + number(gaussian->stddev) + " } }";
  }
  if (const auto* constant = std::get_if<ConstantWeights>(&weights))
    return "weights { constant { value: " + number(constant->value) + " } }";
  return "weights { aligned {" + list("values", std::get<AlignedWeights>(weights).values) + " } }";
}

/// One number, or a list of them.
std::string numbers(const std::string& field, const PerNeuron& constant) {
  if (constant.values.size() == 1) return " " + field + ": " + number(constant.first());
  return list(field, constant.values);
}

std::string integer_text(const IntegerState& state) {
  std::string text = " integer { bits: " + std::to_string(state.bits) + " leak_bits: " + std::to_string(state.leak_bits);
  if (state.rounding == LeakRounding::kStochastic) text += " rounding: STOCHASTIC";
  if (!state.registers) return text + " }";
  text += " registers {";
  for (const std::int32_t seed : state.registers->seeds) text += " seed: " + std::to_string(seed);
  return text + " length: " + std::to_string(state.registers->length) + " tap: " + std::to_string(state.registers->tap) +
         " first_tick: " + std::to_string(state.registers->first_tick) + " } }";
}

std::string lif_text(const LifSpec& lif) {
  std::string text = "lif {" + numbers("tau_m", lif.leak.tau_m) + numbers("threshold", lif.threshold) +
                     " refractory: " + number(lif.refractory);
  if (lif.leak.normalise_input) text += " normalise_input: true";
  text += " surrogate { kind: " + std::string(name(lif.surrogate)) + " height: " + number(lif.height) +
          " width: " + number(lif.width) + " }";
  if (lif.adapts())
    text += " adaptation {" + numbers("tau", lif.adaptation_tau) + numbers("beta", lif.adaptation) + " }";
  if (lif.current_tau) text += " current {" + numbers("tau", *lif.current_tau) + " }";
  text += " reset: " + std::string(name(lif.reset));
  if (lif.reset == Reset::kZero) text += numbers("reset_to", lif.reset_to);
  if (lif.rest != 0) text += numbers("rest", lif.rest);
  if (lif.above) text += " above: true";
  if (lif.integration == Integration::kEuler) text += " integration: EULER";
  if (lif.cuts_reset_gradient) text += " reset_gradient: CUT";
  if (lif.integer) text += integer_text(*lif.integer);
  return text + " }";
}

std::string memory_text(const std::optional<LeakSpec>& memory) {
  if (!memory) return "readout { }";
  return "readout { tau_m: " + number(memory->tau_m) + (memory->normalise_input ? " normalise_input: true }" : " }");
}

/// The biases of population p; empty if its neurons have none.
std::string bias_text(const NetworkSpec& network, std::size_t p) {
  for (const ProjectionSpec& projection : network.projections) {
    if (!projection.is_bias || projection.target != static_cast<std::int32_t>(p)) continue;
    std::string text = "bias {" + list("value", std::get<DenseMatrix>(projection.weights).values);
    if (!projection.plastic) text += " plastic: false";
    if (projection.learning_rate) text += " learning_rate: " + number(*projection.learning_rate);
    return text + " } ";
  }
  return "";
}

std::string population_text(const NetworkSpec& network, std::size_t p) {
  const PopulationSpec& population = network.populations[p];
  std::string kind = population.constant ? "input { constant: " + number(*population.constant) + " }" : "input {}";
  if (population.kind == PopulationKind::kReadout) kind = memory_text(population.memory);
  if (population.kind == PopulationKind::kRate) {
    kind = "rate { activation: " + std::string(name(population.activation)) + numbers("leak", population.leak);
    for (const double value : population.initial) kind += " initial: " + number(value);
    kind += " }";
  }
  if (population.lif) kind = lif_text(*population.lif);
  kind.insert(kind.rfind('}'), bias_text(network, p));
  if (population.noise)
    kind += " noise { stddev: " + number(population.noise->stddev) +
            (population.noise->on_activity ? " on: ACTIVITY }" : " }");
  return "  populations { name: \"" + population.name + "\" size: " + std::to_string(population.size) + " " + kind + " }\n";
}

std::string projection_text(const NetworkSpec& network, const ProjectionSpec& projection) {
  const auto& source = network.populations[static_cast<std::size_t>(projection.source)];
  const auto& target = network.populations[static_cast<std::size_t>(projection.target)];
  std::string text = "  projections { name: \"" + projection.name + "\" source: \"" + source.name + "\" target: \"" +
                     target.name + "\" ";
  text += weights_text(projection.weights);
  if (!projection.plastic) text += " plastic: false";
  if (!projection.autapses) text += " autapses: false";
  if (projection.delay) text += " delay: " + std::to_string(*projection.delay);
  if (projection.learning_rate) text += " learning_rate: " + number(*projection.learning_rate);
  const WeightLimits& limits = projection.limits;
  if (limits.sign != 0) text += std::string(" sign: ") + (limits.sign > 0 ? "NON_NEGATIVE" : "NON_POSITIVE");
  if (limits.min) text += " weight_min: " + number(*limits.min);
  if (limits.max) text += " weight_max: " + number(*limits.max);
  if (limits.decay) text += " weight_decay: " + number(*limits.decay);
  return text + " }\n";
}

std::string task_text(const TaskSpec& task) {
  const auto* recorded = std::get_if<RecordedTask>(&task);
  if (recorded == nullptr) throw std::invalid_argument("model_text writes recorded tasks only");
  std::string text = "task { recorded {\n";
  const auto write = [&text](const char* field, const RecordedTrial& trial) {
    text += std::string("  ") + field + " { ";
    if (const auto* dense = std::get_if<DenseMatrix>(&trial.input)) text += "input {" + dense_text(*dense) + " }";
    if (const auto* sparse = std::get_if<SparseMatrix>(&trial.input))
      text += "sparse_input {" + sparse_text(*sparse) + " }";
    if (trial.target.rows > 0) text += " target {" + dense_text(trial.target) + " }";
    if (trial.label >= 0) text += " class: " + std::to_string(trial.label);
    if (trial.mask.rows > 0) text += " mask {" + dense_text(trial.mask) + " }";
    text += " }\n";
  };
  for (const RecordedTrial& trial : recorded->trials) write("trials", trial);
  for (const RecordedTrial& trial : recorded->evaluation_trials) write("evaluation_trials", trial);
  if (recorded->shuffle) text += "  shuffle: true\n";
  return text + "} }\n";
}

std::string optimizer_text(const Optimizer& optimizer) {
  std::string text = " optimizer {";
  if (optimizer.adam) {
    text += " adam { beta1: " + number(optimizer.adam->beta1) + " beta2: " + number(optimizer.adam->beta2) +
            " epsilon: " + number(optimizer.adam->epsilon) + " }";
  }
  if (optimizer.momentum) text += " sgd { momentum: " + number(*optimizer.momentum) + " }";
  if (optimizer.weight_decay != 0) text += " weight_decay: " + number(optimizer.weight_decay);
  if (optimizer.weight_min) text += " weight_min: " + number(*optimizer.weight_min);
  if (optimizer.weight_max) text += " weight_max: " + number(*optimizer.weight_max);
  return text + " }";
}

std::string clip_text(const Optimizer& optimizer) {
  if (optimizer.element) return " clip { element: " + number(*optimizer.element) + " }";
  return optimizer.norm ? " clip { global_norm: " + number(*optimizer.norm) + " }" : "";
}

std::string training_text(const TrainingSpec& training) {
  std::string text = "training { loss: ";
  text += std::string(name(training.loss)) + " dt_ms: " + number(training.dt);
  if (training.window > 0) text += " window: " + std::to_string(training.window);
  text += optimizer_text(training.optimizer) + clip_text(training.optimizer);
  text += " ticks: " + std::to_string(training.ticks) + " batch: " + std::to_string(training.batch);
  text +=
      " updates: " + std::to_string(training.updates) + " learning_rate: " + number(training.learning_rate.value_or(0));
  if (training.warmup > 0) text += " warmup_ticks: " + std::to_string(training.warmup);
  if (training.carry_state) text += " carry_state: true";
  if (training.average_over_window) text += " average_over_window: true";
  if (training.evaluation) {
    text += " evaluation { every: " + std::to_string(training.evaluation->every) +
            " trials: " + std::to_string(training.evaluation->trials) + " }";
  }
  text += training.commit == CommitWhen::kEveryTick ? " commit: EVERY_TICK" : " commit: END_OF_BATCH";
  return text + " }\n";
}

std::string local_text(const LocalText& text) {
  static constexpr const char* kAt[] = {"SYNAPSE", "SOURCE", "TARGET"};
  static constexpr const char* kOn[] = {"change", "change_on_pre_spike", "change_on_post_spike", "change_on_error",
                                        "change_on_end"};
  static constexpr const char* kSignals[] = {"NONE", "FEEDBACK", "SYMMETRIC", "REWARD"};
  static constexpr const char* kRewards[] = {"TRIALS", "TICK_LOSS", "TRIAL_LOSS"};
  std::string body;
  for (const ConstantText& constant : text.constants)
    body += "constant { name: \"" + constant.name + "\" value: " + number(constant.value) + " } ";
  for (const TraceText& trace : text.traces) {
    body += "trace { name: \"" + trace.name + "\" next: \"" + trace.next +
            "\" at: " + kAt[static_cast<std::size_t>(trace.at)] + " } ";
  }
  for (const ChangeText& change : text.changes)
    body += std::string(kOn[static_cast<std::size_t>(change.on)]) + ": \"" + change.change + "\" ";
  body += std::string("signal: ") + kSignals[static_cast<std::size_t>(text.signal)] + " ";
  return body + "reward: " + kRewards[static_cast<std::size_t>(text.reward)] + " ";
}

std::string rule_text(const NetworkSpec& network, const RuleSpec& rule) {
  std::string body;
  for (const FeedbackSpec& feedback : rule.feedback) {
    const auto& population = network.populations[static_cast<std::size_t>(feedback.population)];
    body += "feedback { population: \"" + population.name + "\" " + weights_text(feedback.weights) +
            (feedback.learn ? " learn { decay: " + number(feedback.learn->decay) + " }" : "") +
            (feedback.concordant ? " concordant: true" : "") + " } ";
  }
  std::string kind;
  switch (rule.kind) {
    case RuleKind::kNone: kind = "none"; break;
    case RuleKind::kBptt: kind = "bptt"; break;
    case RuleKind::kTbptt:
      kind = "tbptt";
      if (rule.depth > 0) body += "depth: " + std::to_string(rule.depth) + " ";
      body += "stride: " + std::to_string(rule.stride) + " ";
      break;
    case RuleKind::kRflo:
      kind = "rflo";
      if (rule.trace_decay) body += "trace_decay: " + number(*rule.trace_decay) + " ";
      break;
    case RuleKind::kEprop:
    case RuleKind::kEpropRandom:
      kind = "eprop";
      if (rule.filter_tau > 0) body += "filter_tau: " + number(rule.filter_tau) + " ";
      if (rule.firing_rate) {
        body += "firing_rate { target_hz: " + number(rule.firing_rate->target_hz) +
                " strength: " + number(rule.firing_rate->strength) + " } ";
      }
      break;
    case RuleKind::kRtrl: kind = "rtrl"; break;
    case RuleKind::kRtrlReach:
      kind = "rtrl";
      body += "reach: " + std::to_string(rule.reach) + " ";
      break;
    case RuleKind::kRtrlPaths:
      kind = "rtrl";
      body += "paths: " + std::to_string(rule.paths) + " ";
      break;
    case RuleKind::kRtrlCore:
      kind = "rtrl";
      body += "within: CORE ";
      break;
    case RuleKind::kUoro: kind = "uoro"; break;
    case RuleKind::kLocal:
    case RuleKind::kLocalFeedback:
    case RuleKind::kLocalSymmetric:
    case RuleKind::kLocalReward:
    case RuleKind::kLocalLoss:
      kind = "local";
      body += local_text(rule.local);
      break;
  }
  std::string pace;
  if (rule.learning_rate) pace += " learning_rate: " + number(*rule.learning_rate);
  if (rule.optimizer) pace += optimizer_text(*rule.optimizer) + clip_text(*rule.optimizer);
  return "rules { name: \"" + rule.name + "\" " + kind + " { " + body + "}" + pace + " }\n";
}

/// Its rules by name: they are rules of the model.
std::string compare_text(const CompareSpec& compare) {
  std::string text = "compare { every: " + std::to_string(compare.every) + " batches: " + std::to_string(compare.batches);
  for (const RuleSpec& rule : compare.rules) text += " rules: \"" + rule.name + "\"";
  if (compare.curvature) text += " curvature: true";
  return text + " }\n";
}

}  // namespace

std::string model_text(const Spec& spec) {
  std::string text = "# proto-file: proto/locus/v1/model.proto\n# proto-message: locus.v1.Model\n";
  text += "name: \"" + spec.name + "\"\nseed: " + std::to_string(spec.seed);
  text += std::string("\nprecision: ") + (spec.precision == Precision::kFloat32 ? "FLOAT32" : "FLOAT64") + "\nnetwork {\n";
  for (std::size_t p = 0; p < spec.network.populations.size(); ++p) {
    if (!spec.network.populations[p].is_unit) text += population_text(spec.network, p);
  }
  for (const ProjectionSpec& projection : spec.network.projections) {
    if (!projection.is_bias) text += projection_text(spec.network, projection);
  }
  text += "}\n" + task_text(spec.task) + training_text(spec.training);
  for (const RuleSpec& rule : spec.rules) text += rule_text(spec.network, rule);
  if (spec.compare) text += compare_text(*spec.compare);
  return text;
}

}  // namespace locus
