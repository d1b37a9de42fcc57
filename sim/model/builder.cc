#include "sim/model/builder.h"

#include <utility>

#include "sim/model/bias.h"
#include "sim/model/checks.h"
#include "sim/model/defaults.h"
#include "sim/model/draw_sparse.h"
#include "sim/model/named_rule.h"
#include "sim/model/names.h"
#include "sim/model/requirements.h"
#include "sim/model/teacher_of.h"

namespace locus {
namespace {

InitialWeights weights_of(WeightsSpec weights) { return {std::nullopt, std::move(weights)}; }

/// Values of a sparse random matrix: what gaussian(), normal() and constant() say.
InitialWeights with_values(SparseRandomWeights weights, const InitialWeights& values) {
  if (const auto* constant = std::get_if<ConstantWeights>(&values.weights)) weights.mean = constant->value;
  if (const auto* gaussian = std::get_if<GaussianWeights>(&values.weights)) weights.stddev = gaussian->stddev;
  return {values.gain, weights};
}

/// A gain becomes a standard deviation. `fan_in` is the number of sources.
WeightsSpec resolved(const InitialWeights& given, std::int64_t fan_in, const FieldPath& where, FaultList& faults) {
  WeightsSpec weights = given.weights;
  if (!given.gain) return weights;
  if (auto* random = std::get_if<SparseRandomWeights>(&weights)) {
    random->stddev =
        stddev_of(*given.gain, row_entries(*random, fan_in), where.at("sparse_random").at("gaussian"), faults);
  } else {
    weights = GaussianWeights{stddev_of(*given.gain, static_cast<double>(fan_in), where.at("gaussian"), faults)};
  }
  return weights;
}

RuleOptions rule_of(RuleKind kind) {
  RuleOptions options;
  options.rule.name = locus::rule(kind).name;
  options.rule.kind = kind;
  return options;
}

RuleOptions with(const EpropOptions& options, RuleOptions rule) {
  rule.rule.filter_tau = options.filter_tau;
  rule.rule.firing_rate = options.firing_rate;
  return rule;
}

std::vector<DrawnInputSpec> resolved(const std::vector<DrawnInputOptions>& inputs, const NetworkSpec& network,
                                     const FieldPath& where, FaultList& faults) {
  const PopulationNames names(network, PopulationKind::kInput);
  std::vector<DrawnInputSpec> specs;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const FieldPath field = where.at("inputs", static_cast<int>(i)).at("population");
    specs.push_back({names.find(inputs[i].population, field, faults), inputs[i].kind});
  }
  return specs;
}

}  // namespace

InitialWeights gaussian(double gain) { return {gain, GaussianWeights{}}; }
InitialWeights normal(double stddev) { return weights_of(GaussianWeights{stddev}); }
InitialWeights constant(double value) { return weights_of(ConstantWeights{value}); }
InitialWeights dense(std::int64_t rows, std::int64_t cols, std::vector<double> values) {
  return weights_of(DenseMatrix{rows, cols, std::move(values)});
}
InitialWeights sparse(std::int64_t rows, std::int64_t cols, std::vector<std::int32_t> row,
                      std::vector<std::int32_t> col, std::vector<double> values) {
  return weights_of(SparseMatrix{rows, cols, std::move(row), std::move(col), std::move(values)});
}
InitialWeights aligned(std::vector<double> values) { return weights_of(AlignedWeights{std::move(values)}); }
InitialWeights sparse_random(double probability, const InitialWeights& values) {
  return with_values({.probability = probability}, values);
}
InitialWeights sparse_in_degree(std::int32_t in_degree, const InitialWeights& values) {
  return with_values({.in_degree = in_degree}, values);
}

RuleOptions RuleOptions::named(std::string name) const {
  RuleOptions renamed = *this;
  renamed.rule.name = std::move(name);
  return renamed;
}

RuleOptions RuleOptions::with_rate(double learning_rate) const {
  RuleOptions paced = *this;
  paced.rule.learning_rate = learning_rate;
  return paced;
}

RuleOptions RuleOptions::with_optimizer(Optimizer optimizer) const {
  RuleOptions paced = *this;
  paced.rule.optimizer = optimizer;
  return paced;
}

RuleOptions bptt() { return rule_of(RuleKind::kBptt); }
RuleOptions tbptt(std::int32_t depth, std::int32_t stride) {
  RuleOptions options = rule_of(RuleKind::kTbptt);
  options.rule.depth = depth;
  options.rule.stride = stride;
  return options;
}
RuleOptions rflo(std::optional<double> trace_decay, std::vector<FeedbackOptions> feedback) {
  RuleOptions options = rule_of(RuleKind::kRflo);
  options.rule.trace_decay = trace_decay;
  options.feedback = std::move(feedback);
  return options;
}
RuleOptions eprop(const EpropOptions& options) { return with(options, rule_of(RuleKind::kEprop)); }
RuleOptions eprop_random(std::vector<FeedbackOptions> feedback, const EpropOptions& options) {
  RuleOptions rule = with(options, rule_of(RuleKind::kEpropRandom));
  rule.feedback = std::move(feedback);
  return rule;
}
RuleOptions rtrl() { return rule_of(RuleKind::kRtrl); }
RuleOptions rtrl_reach(std::int32_t reach) {
  RuleOptions options = rule_of(RuleKind::kRtrlReach);
  options.rule.reach = reach;
  return options;
}
RuleOptions rtrl_paths(std::int32_t paths) {
  RuleOptions options = rule_of(RuleKind::kRtrlPaths);
  options.rule.paths = paths;
  return options;
}
RuleOptions rtrl_core() { return rule_of(RuleKind::kRtrlCore); }
RuleOptions uoro() { return rule_of(RuleKind::kUoro); }
RuleOptions none() { return rule_of(RuleKind::kNone); }
RuleOptions local(LocalText text, std::vector<FeedbackOptions> feedback) {
  RuleOptions options = rule_of(local_kind(text.signal, text.reward));
  options.rule.name = "local";
  options.rule.local = std::move(text);
  options.feedback = std::move(feedback);
  return options;
}

RecordedTrial trial(std::variant<DenseMatrix, SparseMatrix> input, DenseMatrix target) {
  return {std::move(input), std::move(target)};
}

RecordedTrial trial_of_class(std::variant<DenseMatrix, SparseMatrix> input, std::int32_t label) {
  return {std::move(input), {}, label};
}

Model::Model(std::string name, std::uint64_t seed) {
  spec_.name = std::move(name);
  spec_.seed = seed;
}

void Model::input(std::string name, std::int32_t size, std::optional<double> constant) {
  spec_.network.populations.push_back(
      {.name = std::move(name), .kind = PopulationKind::kInput, .size = size, .constant = constant});
}

void Model::add_biases_to_last(std::optional<BiasSpec> bias) {
  if (bias) biases_.push_back({static_cast<std::int32_t>(spec_.network.populations.size()) - 1, *std::move(bias)});
}

void Model::rate(std::string name, std::int32_t size, RateOptions options) {
  PopulationSpec population = {.name = std::move(name),
                               .kind = PopulationKind::kRate,
                               .size = size,
                               .activation = options.activation,
                               .leak = std::move(options.leak),
                               .initial = std::move(options.initial),
                               .noise = options.noise};
  spread_initial(population);
  spec_.network.populations.push_back(std::move(population));
  add_biases_to_last(std::move(options.bias));
}

void Model::lif(std::string name, std::int32_t size, LifSpec options, LifOptions more) {
  spec_.network.populations.push_back(
      {.name = std::move(name), .kind = PopulationKind::kRate, .size = size, .lif = std::move(options), .noise = more.noise});
  add_biases_to_last(std::move(more.bias));
}

void Model::readout(std::string name, std::int32_t size, std::optional<LeakSpec> memory, std::optional<BiasSpec> bias) {
  spec_.network.populations.push_back(
      {.name = std::move(name), .kind = PopulationKind::kReadout, .size = size, .memory = memory});
  add_biases_to_last(std::move(bias));
}

void Model::connect(std::string source, std::string target, InitialWeights weights, ConnectOptions options) {
  if (options.name.empty()) options.name = source + "-" + target;
  connections_.push_back({std::move(source), std::move(target), std::move(weights), std::move(options)});
}

void Model::recorded(std::vector<RecordedTrial> trials, std::vector<RecordedTrial> evaluation_trials) {
  spec_.task = RecordedTask{std::move(trials), std::move(evaluation_trials)};
}

void Model::student_teacher(const Model& teacher, std::vector<DrawnInputOptions> inputs) {
  spec_.task = StudentTeacherTask{teacher.spec_.network};
  teacher_connections_ = teacher.connections_;
  teacher_biases_ = teacher.biases_;
  inputs_ = std::move(inputs);
}

void Model::drawn(std::vector<DrawnInputOptions> inputs, std::vector<DrawnTargetSpec> targets, std::int32_t patterns) {
  spec_.task = DrawnTask{{}, patterns, std::move(targets)};
  inputs_ = std::move(inputs);
}

void Model::synthetic(SyntheticKind kind, std::int32_t patterns) {
  spec_.task = SyntheticTask{std::move(kind), patterns};
}

void Model::mimic(const MimicTask& task) {
  spec_.task = StudentTeacherTask{.teacher = {}, .inputs = {}, .mimic = task};
}

void Model::training(TrainingSpec training) { spec_.training = std::move(training); }
void Model::rule(RuleOptions rule) { rules_.push_back(std::move(rule)); }
void Model::bases(BasesSpec bases) { spec_.bases = std::move(bases); }
void Model::chip(ChipSpec chip) { spec_.chip = std::move(chip); }
void Model::precision(Precision precision) { spec_.precision = precision; }
void Model::compare(CompareOptions options) { compared_ = std::move(options); }
void Model::record(Quantity quantity, std::string of, RecordSpec options) {
  options.quantity = quantity;
  records_.push_back({std::move(of), std::move(options)});
}

void Model::connect_all(const std::vector<Connection>& connections, const std::vector<Biases>& biases,
                        const FieldPath& where, NetworkSpec& network, FaultList& faults) {
  const PopulationNames names(network);
  for (const Connection& connection : connections) {
    const FieldPath field = where.at("projections", static_cast<int>(network.projections.size()));
    ProjectionSpec projection = {.name = connection.options.name,
                                 .source = names.find(connection.source, field.at("source"), faults),
                                 .target = names.find(connection.target, field.at("target"), faults),
                                 .weights = {},
                                 .plastic = connection.options.plastic,
                                 .learning_rate = connection.options.learning_rate,
                                 .autapses = connection.options.autapses,
                                 .delay = connection.options.delay,
                                 .limits = connection.options.limits};
    projection.weights = resolved(connection.weights, known_size(network, projection.source), field.at("weights"), faults);
    if (auto* random = std::get_if<SparseRandomWeights>(&projection.weights)) random->autapses = projection.autapses;
    network.projections.push_back(std::move(projection));
  }
  for (const Biases& of : biases) add_bias(network, of.population, of.bias);
}

void Model::add_task(Spec& spec, FaultList& faults) const {
  const FieldPath task = FieldPath().at("task");
  if (auto* recorded = std::get_if<RecordedTask>(&spec.task)) {
    const std::int64_t rows = ticks_of(*recorded);
    if (spec.training.ticks == 0 && rows <= kLongestTrial) spec.training.ticks = static_cast<std::int32_t>(rows);
    if (spec.training.evaluation && spec.training.evaluation->trials == 0)
      spec.training.evaluation->trials = std::ssize(recorded->evaluation_trials);
  } else if (auto* taught = std::get_if<StudentTeacherTask>(&spec.task)) {
    if (taught->mimic) {
      const FieldPath mimic = task.at("mimic");
      if (check_fields(*taught->mimic, mimic, faults))
        *taught = teacher_of(*taught->mimic, spec.network, spec.training.dt);
      else
        faults.silence(task.at("student_teacher"));
      return;
    }
    const FieldPath where = task.at("student_teacher");
    connect_all(teacher_connections_, teacher_biases_, where.at("teacher"), taught->teacher, faults);
    taught->inputs = resolved(inputs_, spec.network, where, faults);
  } else if (auto* drawn = std::get_if<DrawnTask>(&spec.task)) {
    drawn->inputs = resolved(inputs_, spec.network, task.at("drawn"), faults);
  } else if (auto* synthetic = std::get_if<SyntheticTask>(&spec.task)) {
    const TrainingSpec& training = spec.training;
    fill_in(*synthetic, training.window == 0 && training.warmup == 0, spec.training);
  }
}

void Model::add_rules(Spec& spec, FaultList& faults) const {
  const PopulationNames names(spec.network, PopulationKind::kRate);
  const std::int64_t readouts = known_neurons(spec.network, PopulationKind::kReadout);
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    RuleSpec& added = spec.rules.emplace_back(rules_[i].rule);
    const std::vector<FeedbackOptions>& feedback = rules_[i].feedback;
    if (feedback.empty() && locus::rule(added.kind).signal == SignalSource::kFeedback)
      added.feedback = drawn_feedback(spec.network);
    const FieldPath where = FieldPath().at("rules", static_cast<int>(i)).at(field_of(added.kind));
    for (std::size_t k = 0; k < feedback.size(); ++k) {
      const FieldPath field = where.at("feedback", static_cast<int>(k));
      added.feedback.push_back({names.find(feedback[k].population, field.at("population"), faults),
                                feedback[k].weights ? resolved(*feedback[k].weights, readouts, field.at("weights"), faults)
                                                    : drawn_feedback_weights(spec.network),
                                feedback[k].learn, feedback[k].concordant});
    }
  }
}

void Model::add_records(Spec& spec, FaultList& faults) const {
  for (std::size_t i = 0; i < records_.size(); ++i) {
    RecordSpec& record = spec.records.emplace_back(records_[i].record);
    const bool of_projection = is_of_projection(record.quantity);
    const FieldPath field = FieldPath().at("record", static_cast<int>(i)).at(of_projection ? "projection" : "population");
    record.of = of_projection ? index_of(records_[i].of, spec.network.projections, "projection", field, faults)
                              : index_of(records_[i].of, spec.network.populations, "population", field, faults);
    if (record.last_tick == RecordSpec().last_tick && is_of_ticks(record.quantity))
      record.last_tick = spec.training.ticks;
    if (record.name.empty() && record.of != kUnresolved) record.name = default_name(record, spec.network);
  }
}

void Model::add_compared(Spec& spec, FaultList& faults) const {
  if (!compared_) return;
  CompareSpec& compare = spec.compare.emplace();
  compare.every = compared_->every;
  compare.batches = compared_->batches;
  compare.curvature = compared_->curvature;
  for (std::size_t i = 0; i < compared_->rules.size(); ++i) {
    const FieldPath field = FieldPath().at("compare").at("rules", static_cast<int>(i));
    if (auto rule = named_rule(compared_->rules[i], spec, field, faults)) compare.rules.push_back(std::move(*rule));
  }
}

Spec Model::assemble(FaultList& faults) const {
  Spec spec = spec_;
  connect_all(connections_, biases_, FieldPath().at("network"), spec.network, faults);
  add_task(spec, faults);
  add_rules(spec, faults);
  add_records(spec, faults);
  add_compared(spec, faults);
  return spec;
}

Spec Model::checked(Spec spec, Purpose purpose, FaultList& faults) {
  check_model(spec, purpose, faults);
  if (faults.has_errors()) throw ModelError(faults.placed(spec.path, std::nullopt));
  settle_sparse(spec);
  return spec;
}

Spec Model::finish(Purpose purpose) const {
  FaultList faults;
  return checked(assemble(faults), purpose, faults);
}

Spec Model::finish(const std::function<void(Spec&)>& change) const {
  FaultList faults;
  Spec spec = assemble(faults);
  change(spec);
  const Purpose purpose = has_task(spec) ? Purpose::kRun : Purpose::kSession;
  return checked(std::move(spec), purpose, faults);
}

Model Model::under(RuleOptions rule) const {
  Model model = *this;
  model.rules_ = {std::move(rule)};
  return model;
}

}  // namespace locus
