#include "sim/report/memory.h"

#include <algorithm>
#include <bit>
#include <string>
#include <variant>

#include <fmt/format.h>

#include "core/base/check.h"
#include "core/protocol/closed_form.h"
#include "core/transport/mailbox/bytes.h"
#include "sim/model/learning.h"
#include "sim/model/wire.h"
#include "sim/report/sensitivity_bytes.h"
#include "sim/report/text.h"
#include "sim/run/comparator.h"
#include "sim/run/evaluation.h"
#include "sim/run/horizon.h"
#include "sim/run/rank.h"
#include "sim/task/task.h"

namespace locus {

namespace {

constexpr double kReported = 8;  // bytes of a number in a copy that is reported

/// What the estimates of one rule read.
struct Facts {
  const Spec& spec;
  const Topology& topology;  // sizes only
  const RuleSpec& rule;
  const MemoryDemand& demand;
  Drive drive;
  double scalar;
  double lanes;

  bool learns() const { return drive != Drive::kNothing; }
  /// Numbers that the optimizer keeps for each plastic synapse.
  int moments() const {
    const Optimizer& optimizer = optimizer_of(rule, spec.training);
    return (optimizer.keeps_first() ? 1 : 0) + (optimizer.keeps_second() ? 1 : 0);
  }
};

bool has_sines(const DrawnTask& drawn) {
  return std::ranges::any_of(drawn.targets,
                             [](const DrawnTargetSpec& target) { return std::holds_alternative<SinesSpec>(target); });
}

/// Of all that is recorded the largest sample, twice: as numbers and as bytes. Of the projections
/// whose traces are recorded besides: three numbers a synapse and trial under Columns, and where
/// each stands in the file. Evaluations are kept until all their trials have been shown.
double recorded_bytes(const Spec& spec, const RuleSpec& rule, TransportKind transport) {
  double largest = 0;
  double bytes = 0;
  for (const RecordSpec& record : spec.records) {
    double values = 1;
    for (const std::int64_t side : sample_shape(spec, record)) values *= static_cast<double>(side);
    if (has_record(rule.kind, record)) largest = std::max(largest, values);
    if (record.evaluation && has_record(rule.kind, record)) bytes += 8 * values * static_cast<double>(ticks_of(record));
    if (record.quantity != Quantity::kTrace || !has_record(rule.kind, record)) continue;
    double synapses = 1;
    RecordSpec alone = record;
    alone.trial = 0;
    for (const std::int64_t side : sample_shape(spec, alone)) synapses *= static_cast<double>(side);
    bytes += 8 * synapses;
    if (transport == TransportKind::kBatched)
      bytes += 3.0 * scalar_bytes(spec.precision) * spec.training.batch * synapses;
  }
  return bytes + 2 * 8 * largest;
}

/// What the columns transport takes, as its plan says.
void add_plan(const Plan& plan, Drive drive, std::vector<MemoryPart>& parts) {
  double copies = 0;
  double kept = 0;
  for (const ProjectionPlan& projection : plan.projections)
    (projection.copied ? copies : kept) += static_cast<double>(projection.bytes);
  parts.push_back({"what synapses keep in the transport", kept});
  if (copies > 0) parts.push_back({"sparse synapses as threads have them", copies});
  if (plan.tape_bytes > 0) {
    parts.push_back({drive == Drive::kSweep ? "the ticks that a sweep goes back over" : "the ticks of a trial",
                     static_cast<double>(plan.tape_bytes)});
  }
  parts.push_back({"what neurons keep in the transport", static_cast<double>(plan.column_bytes)});
}

/// Weights of all projections in the form of the model file, with places if sparse.
double weights_in_file_order(const Topology& topology) {
  double bytes = 0;
  for (const Projection& projection : topology.projections) {
    const bool listed = !projection.dense && !projection.hollow;
    bytes += static_cast<double>(projection.places()) * (kReported + (listed ? 2.0 * sizeof(std::int32_t) : 0.0));
  }
  return bytes;
}

/// What is made of the largest projection while its weights are put into the order of the file.
double largest_order(const Topology& topology) {
  double bytes = 0;
  for (const Projection& projection : topology.projections) {
    const bool listed = !projection.dense && !projection.hollow;
    if (listed) bytes = std::max(bytes, static_cast<double>(projection.size()) * sizeof(std::int64_t));
  }
  return bytes;
}

/// What one projection's singular values take: its change, the weights before, and four matrices
/// within the decomposition.
double largest_ranking(const Facts& facts) {
  double bytes = 0;
  for (const Projection& projection : facts.topology.projections) {
    const double rows = projection.target_size;
    const double cols = projection.source_size;
    const double side = std::min(rows, cols);
    if (!projection.plastic || projection.is_bias || (side > kLargestRankedSide && !facts.demand.rank_of_large))
      continue;
    bytes = std::max(bytes, kReported * 4 * (rows * cols + side * side));
  }
  return facts.learns() ? bytes : 0;
}

double batch_bytes(const Facts& facts, double lanes) {
  const LayerSizes& sizes = facts.topology.sizes;
  const bool by_tick = shows_tick_by_tick(facts.spec, static_cast<std::int32_t>(lanes));
  const double weights = weighs_errors(facts.spec.task, facts.spec.training.ticks) ? sizes.readouts : 0;
  return facts.scalar * facts.spec.training.ticks * lanes * (sizes.readouts + weights + (by_tick ? 0.0 : sizes.inputs));
}

/// Columns of actors that are no synapses (core/actor/network.h).
double neuron_bytes(const Facts& facts, double lanes) {
  const LayerSizes& sizes = facts.topology.sizes;
  const double of_rate = (facts.topology.has_spikes() ? 11 : 5) + (facts.topology.has_currents() ? 2 : 0) +
                         (facts.topology.has_noise() ? 1 : 0);
  // constants of spiking neurons that differ: eight columns, and each neuron's as the model says
  double constants = 0;
  for (const Population& population : facts.topology.populations) {
    if (!population.neurons_differ || !population.spiking) continue;
    constants = 8 * facts.scalar * sizes.rate_neurons;
    break;
  }
  for (const Population& population : facts.topology.populations) {
    if (population.neurons_differ) constants += population.size * (population.spiking ? sizeof(Lif<double>) : 8.0);
  }
  return constants + facts.scalar * lanes * (sizes.inputs + of_rate * sizes.rate_neurons + 5.0 * sizes.readouts);
}

/// A list that grows by doubling: while it grows for the last time, its numbers stand twice.
double grown_list(double numbers, double bytes) {
  if (numbers < 2) return bytes * numbers;
  const auto before = static_cast<double>(std::bit_floor(static_cast<std::uint64_t>(numbers) - 1));
  return bytes * std::max(numbers, 2 * before);
}

double counted_updates(const Spec& spec, const MemoryDemand& demand) {
  constexpr std::int64_t kManyUpdates = 10'000'000;
  const std::int64_t updates = spec.training.updates;
  return static_cast<double>(demand.may_be_endless ? std::min(updates, kManyUpdates) : updates);
}

double curve_bytes(const Facts& facts) {
  if (!facts.learns()) return 0;
  const double updates = counted_updates(facts.spec, facts.demand);
  double bytes = grown_list(updates, sizeof(double));
  // accuracies, and chosen classes
  if (has_classes(facts.spec.task, facts.topology.sizes.readouts)) {
    const double cells =
        std::min(facts.lanes, static_cast<double>(facts.topology.sizes.readouts) * facts.topology.sizes.readouts);
    bytes += grown_list(updates, sizeof(double)) + (kMostConfusions + 2.0) * grown_list(cells, sizeof(ConfusionCell));
  }
  if (const auto& evaluation = facts.spec.training.evaluation)
    bytes += grown_list(updates / static_cast<double>(std::max<std::int64_t>(1, evaluation->every)), sizeof(Evaluation));
  if (const auto& compare = facts.spec.compare) {
    const auto rules = static_cast<double>(compared_rules(facts.spec, facts.rule).size());
    const auto parts = static_cast<double>(facts.topology.projections.size() + 1);
    const double times = updates / static_cast<double>(std::max<std::int64_t>(1, compare->every)) + 1;
    bytes += grown_list(times * parts * rules * (rules - 1) / 2, sizeof(Alignment));
    if (compare->batches > 1) bytes += grown_list(times * parts * rules, sizeof(Scatter));
  }
  return bytes;
}

/// The teacher, a network in the task: its weights, and the matrix that they are made from.
double teacher_bytes(const Facts& facts) {
  const auto* task = std::get_if<StudentTeacherTask>(&facts.spec.task);
  if (task == nullptr) return 0;
  const Topology teacher = topology_of(task->teacher, Listing::kNone);
  double bytes = 0;
  for (const Projection& projection : teacher.projections)
    bytes += static_cast<double>(projection.size()) * (facts.scalar + kReported);
  return bytes + facts.scalar * facts.lanes * 5 * (teacher.sizes.rate_neurons + teacher.sizes.readouts);
}

/// Who is wired to whom: targets, where each entry stands in a file that lists them, and sources.
double wire_bytes(const Facts& facts) {
  double bytes = 0;
  for (std::size_t p = 0; p < facts.topology.projections.size(); ++p) {
    const Projection& projection = facts.topology.projections[p];
    if (projection.dense) continue;
    const bool drawn = std::holds_alternative<SparseRandomWeights>(facts.spec.network.projections[p].weights);
    const double each = sizeof(std::int32_t) + (drawn || projection.hollow ? 0.0 : sizeof(std::int64_t));
    bytes += static_cast<double>(projection.entries) * each + 8.0 * projection.source_size;
  }
  return bytes;
}

/// The messages by neuron that a chip's report is made of (core/wire/traffic.h).
double traffic_bytes(const Facts& facts) {
  if (!facts.spec.chip) return 0;
  const LayerSizes& sizes = facts.topology.sizes;
  const double neurons = sizes.inputs + 3.0 * sizes.rate_neurons + sizes.readouts;
  const double lags = facts.drive == Drive::kSweep ? learning_of(facts.rule, facts.spec.training).depth : 0;
  // loads by tick are also in the report, and in a message
  return sizeof(std::int64_t) * neurons * (lags + facts.lanes + 2) + 3.0 * sizeof(TickLoad) * facts.spec.training.ticks;
}

double evaluation_bytes(const Facts& facts) {
  if (!facts.spec.training.evaluation || !facts.learns()) return 0;
  const double abreast = evaluation_lanes(*facts.spec.training.evaluation);
  return facts.scalar * static_cast<double>(facts.topology.synapses()) + batch_bytes(facts, abreast) +
         2 * neuron_bytes(facts, abreast);
}

/// The state of the running rule, and a part of the file as a message and as bytes.
double checkpoint_bytes(const Facts& facts) {
  constexpr double kPart = 2 * 8.5e6;
  double numbers = 0;
  for (const Projection& projection : facts.topology.projections)
    numbers += static_cast<double>(projection.places()) * (1 + facts.moments());
  return kReported * numbers + std::min(kPart, 2 * kReported * numbers + 1e6);
}

void add_transport(const Facts& facts, std::vector<MemoryPart>& parts) {
  const Learning learning = learning_of(facts.rule, facts.spec.training);
  if (facts.demand.transport == TransportKind::kMailbox) {
    const std::int32_t lanes = facts.spec.training.batch;
    const int scalar = scalar_bytes(facts.spec.precision);
    parts.push_back(
        {"synapses and messages in the mailbox", mailbox_bytes(facts.topology, learning, lanes, scalar) +
                                                     mailbox_queue_bytes(facts.topology, learning, lanes, scalar)});
  } else {
    const RunWidth width{facts.spec.training.batch, facts.demand.threads, scalar_bytes(facts.spec.precision)};
    add_plan(plan_of(facts.topology, learning, horizon_of(facts.spec), width), facts.drive, parts);
  }
}

/// The networks of the compared rules, which are of float64 and columns; their changes and means of
/// changes; the vectors of the curvature.
double comparison_bytes(const Facts& facts) {
  if (!facts.spec.compare || !facts.learns()) return 0;
  constexpr double kScalar = sizeof(double);
  const TrainingSpec training = training_to_compare(facts.spec.training);
  const Horizon horizon =
      horizon_of(trial_shape_of(training, weighs_errors(facts.spec.task, training.ticks)),
                 {.outputs_are_seen = false, .inputs_tick_by_tick = shows_tick_by_tick(facts.spec, training.batch)});
  double plastic = 0;
  for (const Projection& projection : facts.topology.projections)
    plastic += projection.plastic ? static_cast<double>(projection.size()) : 0;
  const Facts wide = {facts.spec, facts.topology, facts.rule, facts.demand, facts.drive, kScalar, facts.lanes};
  const auto synapses = static_cast<double>(facts.topology.synapses());
  // weights of the run in the order of the file, and one matrix that a network is built from
  double bytes = batch_bytes(wide, facts.lanes) + kScalar * (2 * synapses + plastic);
  for (const RuleSpec& rule : compared_rules(facts.spec, facts.rule)) {
    double feedback = 0;
    for (const Projection& projection : feedback_of(facts.topology, rule))
      feedback += static_cast<double>(projection.size());
    bytes += kScalar * (synapses + feedback + plastic) + neuron_bytes(wide, facts.lanes);
    std::vector<MemoryPart> parts;
    const Drive drive = locus::rule(rule.kind).drive;
    add_plan(plan_of(facts.topology, learning_of(rule, training), horizon,
                     {training.batch, facts.demand.threads, sizeof(double)}),
             drive, parts);
    for (const MemoryPart& part : parts) bytes += part.bytes;
    bytes += sensitivity_bytes(facts.spec, facts.topology, rule, kScalar, facts.lanes, TransportKind::kBatched);
  }
  if (facts.spec.compare->curvature) bytes += kScalar * plastic * (Comparator::kMostProducts + 2);
  return bytes;
}

/// What so many synapses of R that learn keep beside their weights, and their neurons.
double mirrored_scalars(const Facts& facts, double synapses) {
  if (synapses == 0) return 0;
  const Optimizer& optimizer = optimizer_of(facts.rule, facts.spec.training);
  double each = facts.demand.transport == TransportKind::kMailbox ? 3 * facts.lanes + 1 : 1;
  each += (optimizer.keeps_first() ? 1 : 0) + (optimizer.keeps_second() ? 1 : 0);
  return synapses * each + (facts.topology.has_leaky_readouts() ? facts.lanes * facts.topology.sizes.rate_neurons : 0);
}

}  // namespace

std::vector<MemoryPart> memory_parts(const Spec& spec, const Topology& outline, const RuleSpec& rule_spec,
                                     const MemoryDemand& demand) {
  CHECK(demand.threads > 0, "a run has a thread");
  const Facts facts{spec,
                    outline,
                    rule_spec,
                    demand,
                    rule(rule_spec.kind).drive,
                    static_cast<double>(scalar_bytes(spec.precision)),
                    static_cast<double>(spec.training.batch)};
  double feedback = 0, mirrored = 0;  // synapses of R, and those that learn
  for (const Projection& projection : feedback_of(outline, rule_spec)) {
    feedback += static_cast<double>(projection.size());
    mirrored += projection.plastic ? static_cast<double>(projection.size()) : 0;
  }
  const bool compared = facts.learns() || !spec.records.empty();  // with the weights before

  std::vector<MemoryPart> parts;
  const auto add = [&](std::string_view what, double bytes) {
    if (bytes > 0) parts.push_back({what, bytes});
  };
  add("weights", facts.scalar * (static_cast<double>(outline.synapses()) + feedback));
  add("feedback that learns", facts.scalar * mirrored_scalars(facts, mirrored));
  add("weights as reported",
      (compared ? 2 : 1) * weights_in_file_order(outline) + std::max(largest_order(outline), largest_ranking(facts)));
  add("the trials of a batch", batch_bytes(facts, facts.lanes));
  add("neurons", neuron_bytes(facts, facts.lanes));
  add("targets of sparse synapses", wire_bytes(facts));
  if (const auto* drawn = std::get_if<DrawnTask>(&spec.task); drawn != nullptr && has_sines(*drawn))
    add("drawn targets", kReported * spec.training.ticks * outline.sizes.readouts * std::max(drawn->patterns, 1));
  add("the trial that is drawn", synthetic_bytes(spec));
  if (const auto* supplied = std::get_if<SuppliedTask>(&spec.task)) {
    const double answers = (supplied->has_mask ? 2.0 : 1.0) * outline.sizes.readouts + (supplied->has_rewards ? 1 : 0);
    // as the program writes them, and each as a trial
    add("trials as a program supplies them",
        2 * kReported * facts.lanes * spec.training.ticks * (outline.sizes.inputs + answers));
  }
  add("the teacher", teacher_bytes(facts));
  add_transport(facts, parts);
  add("sensitivities", sensitivity_bytes(spec, outline, rule_spec, facts.scalar, facts.lanes, demand.transport));
  add("what is recorded", recorded_bytes(spec, rule_spec, demand.transport));
  if (facts.moments() > 0 && facts.learns()) {
    double plastic = 0;
    for (const Projection& projection : outline.projections)
      plastic += projection.plastic ? static_cast<double>(projection.size()) : 0;
    add(facts.moments() == 2 ? "the moments of Adam" : "the momentum of synapses",
        facts.scalar * facts.moments() * plastic);
  }
  add("losses", curve_bytes(facts));
  add("evaluation", evaluation_bytes(facts));
  add("the comparison of rules", comparison_bytes(facts));
  add("counts by neuron", traffic_bytes(facts));
  if (demand.checkpoints) add("a checkpoint", checkpoint_bytes(facts));
  return parts;
}

double memory_needed(const Spec& spec, const Topology& outline, const RuleSpec& rule, const MemoryDemand& demand) {
  double sum = 0;
  for (const MemoryPart& part : memory_parts(spec, outline, rule, demand)) sum += part.bytes;
  return sum;
}

namespace {

/// What a rule leaves when it has ended: its weights and losses.
double left_by(const Spec& spec, const Topology& outline, const RuleSpec& rule_spec, const MemoryDemand& demand) {
  const bool learns = rule(rule_spec.kind).drive != Drive::kNothing;
  return weights_in_file_order(outline) + (learns ? kReported * counted_updates(spec, demand) : 0);
}

}  // namespace

double memory_needed(const Spec& spec, const MemoryDemand& demand) {
  const Topology outline = topology_of(spec, Listing::kNone);
  double most = 0;
  double left = 0;
  for (const RuleSpec& rule : spec.rules) {
    most = std::max(most, left + memory_needed(spec, outline, rule, demand));
    left += left_by(spec, outline, rule, demand);
  }
  return most;
}

void require_memory(const Spec& spec, const MemoryDemand& demand, double taken, double limit) {
  const Topology outline = topology_of(spec, Listing::kNone);
  std::string what;  // that takes most
  double most = 0;
  double left = 0;
  for (const RuleSpec& rule : spec.rules) {
    std::vector<MemoryPart> parts = memory_parts(spec, outline, rule, demand);
    parts.push_back({"what the rules before it have learnt", left});
    parts.push_back({"the program and the model as loaded", taken + kProgramBytes});
    double needed = 0;
    for (const MemoryPart& part : parts) needed += part.bytes;
    left += left_by(spec, outline, rule, demand);
    if (needed <= most) continue;
    most = needed;
    const MemoryPart largest = *std::ranges::max_element(parts, {}, &MemoryPart::bytes);
    what = fmt::format("rule {} needs {} of memory in all, {} of it for {}", rule.name, human_bytes(needed),
                       human_bytes(largest.bytes), largest.what);
  }
  if (most <= limit) return;
  throw NotEnoughMemory(
      fmt::format("model {}: {}; {} can be had", shorten(spec.name, 40), what, human_bytes(std::max(limit, 0.0))));
}

}  // namespace locus
