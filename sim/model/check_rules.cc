#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "sim/model/checks.h"
#include "sim/model/network_size.h"
#include "sim/model/pace_of.h"
#include "sim/model/requirements.h"

namespace locus {
namespace {

/// What checking feedback needs of the network; made once for all rules.
struct FeedbackContext {
  explicit FeedbackContext(const NetworkSpec& of)
      : network(of),
        rate(populations_of(of, PopulationKind::kRate)),
        readouts(known_neurons(of, PopulationKind::kReadout)),
        plastic(have_plastic_input(of)),
        obstacles(obstacles_to_aligned(of)) {}
  const NetworkSpec& network;
  std::vector<std::int32_t> rate;
  std::int64_t readouts = 0;
  std::vector<bool> plastic;  // by population
  std::vector<std::string> obstacles;
};

/// "rflo and eprop:random": the rules whose learning signal comes over feedback.
std::string rules_with_feedback() {
  std::vector<std::string_view> names;
  for (const Rule& row : kRules) {
    if (row.signal == SignalSource::kFeedback) names.push_back(row.name);
  }
  const std::string_view last = names.back();
  names.pop_back();
  return fmt::format("{}{}{}", fmt::join(names, ", "), names.empty() ? "" : " and ", last);
}

const std::string& name_of(const FeedbackContext& context, std::int32_t population) {
  return context.network.populations[static_cast<std::size_t>(population)].name;
}

bool check_rate_population(const FeedbackContext& context, std::int32_t population, const FieldPath& field,
                           FaultList& faults) {
  if (!check_index(population, context.network.populations.size(), "population", field, faults)) return false;
  if (!is_known(context.network, population)) return false;  // told already
  if (kind_of(context.network, population) == PopulationKind::kRate) return true;
  faults.error(field, "is " + shown(std::string_view(name_of(context, population))) + ", which is no rate population", "");
  return false;
}

void check_one_feedback(const FeedbackSpec& feedback, const FeedbackContext& context, const FieldPath& where,
                        Checking& checking) {
  if (context.readouts == 0) return;  // told already
  const MatrixShape shape = {context.readouts, known_size(context.network, feedback.population), "the number of readouts",
                             "the size of population " + shown(std::string_view(name_of(context, feedback.population)))};
  check_weights(feedback.weights, shape, where, checking);
  if (std::holds_alternative<SparseRandomWeights>(feedback.weights))
    checking.faults.error(where.at("sparse_random"), "is given for a feedback", "is for projections");
  if (std::holds_alternative<AlignedWeights>(feedback.weights))
    tell_obstacles(context.obstacles, where.at("aligned"), checking.faults);
}

/// Feedback learns as the readouts' synapses from its population do: there must be some that learn,
/// and neurons must know what these hear.
void check_learned(const RuleSpec& rule, const FeedbackSpec& feedback, const FeedbackContext& context,
                   const FieldPath& where, Checking& checking) {
  FaultList& faults = checking.faults;
  if (!(feedback.learn->decay >= 0 && feedback.learn->decay < 1))
    faults.error(where.at("decay"), "is " + shown(feedback.learn->decay), "must be at least 0 and below 1");
  if (optimizer_of(rule, checking.spec.training).norm)
    faults.error(where, "is given, and the norm of all changes is bounded", "learned feedback takes no part in clip.norm");
  if (!rule.learning_rate && !checking.spec.training.learning_rate)
    faults.error(where, "is given, and neither the rule nor the training has a learning_rate",
                 "feedback that learns needs one, whatever the projections have");
  const auto narrow = [](const NarrowWires& wires) { return wires.channel == Channel::kFeedback; };
  if (std::ranges::any_of(checking.spec.training.wires, narrow))
    faults.error(where, "is given, and the wires of FEEDBACK are narrow", "feedback that learns has ideal wires");
  bool found = false;
  for (const ProjectionSpec& projection : context.network.projections) {
    if (projection.is_bias || projection.source != feedback.population || !is_known(context.network, projection.target) ||
        kind_of(context.network, projection.target) != PopulationKind::kReadout)
      continue;
    found = found || projection.plastic;
    if (projection.delay.value_or(0) > 0)
      faults.error(where, "is given, and projection " + shown(std::string_view(projection.name)) + " has a delay",
                   "the readouts' synapses from the population must have none");
  }
  if (!found)
    faults.error(where,
                 "is given, and no plastic projection leads from population " +
                     shown(std::string_view(name_of(context, feedback.population))) + " to a readout",
                 "");
  std::optional<LeakSpec> memory;
  bool first = true;
  for (const PopulationSpec& population : context.network.populations) {
    if (population.kind != PopulationKind::kReadout) continue;
    if (!first && population.memory != memory)
      return faults.error(where, "is given, and the memories of the readouts differ", "must be the same for all readouts");
    memory = population.memory;
    first = false;
  }
}

void check_feedback(const RuleSpec& rule, const FeedbackContext& context, const FieldPath& where, Checking& checking) {
  FaultList& faults = checking.faults;
  std::set<std::int32_t> seen;
  for (std::size_t i = 0; i < rule.feedback.size(); ++i) {
    const std::int32_t population = rule.feedback[i].population;
    const FieldPath field = where.at("feedback", static_cast<int>(i));
    if (!check_rate_population(context, population, field.at("population"), faults)) return;
    if (!seen.insert(population).second) {
      faults.error(field, "is the second one for population " + shown(std::string_view(name_of(context, population))),
                   "must be one a population");
    }
    check_one_feedback(rule.feedback[i], context, field.at("weights"), checking);
    if (rule.feedback[i].learn) check_learned(rule, rule.feedback[i], context, field.at("learn"), checking);
  }
  for (const std::int32_t population : context.rate) {
    if (seen.contains(population) || !context.plastic[static_cast<std::size_t>(population)]) continue;
    faults.error(where, "has no feedback for rate population " + shown(std::string_view(name_of(context, population))),
                 "where feedback is given, each rate population with a plastic incoming projection needs one");
  }
}

/// Numbers that only some kinds of rules have. Of a depth a Spec has 0 where it is the whole trial.
void check_numbers(const RuleSpec& rule, const FieldPath& where, FaultList& faults) {
  const Rule& row = locus::rule(rule.kind);
  if (takes(row, Argument::What::kDepth) && rule.depth != 0)
    check_range(rule.depth, 1, kMostCount, where.at("depth"), faults);
  if (takes(row, Argument::What::kStride)) check_range(rule.stride, 1, kMostCount, where.at("stride"), faults);
  if (takes(row, Argument::What::kTraceDecay) && rule.trace_decay && !(*rule.trace_decay >= 0 && *rule.trace_decay <= 1))
    faults.error(where.at("trace_decay"), "is " + shown(*rule.trace_decay), "must be 0 to 1");
  if (takes(row, Argument::What::kReach)) check_range(rule.reach, 1, kMostCount, where.at("reach"), faults);
  if (takes(row, Argument::What::kPaths)) check_range(rule.paths, 0, kMostCount, where.at("paths"), faults);
  if (row.decay != DecaySource::kNeuron) return;
  check_not_negative(rule.filter_tau, where.at("filter_tau"), faults);
  if (!rule.firing_rate) return;
  check_not_negative(rule.firing_rate->target_hz, where.at("firing_rate").at("target_hz"), faults);
  check_not_negative(rule.firing_rate->strength, where.at("firing_rate").at("strength"), faults);
}

/// What the network has that a rule is not made for, and what it has not that a rule asks of it.
void check_beside_network(const RuleSpec& rule, const NetworkSpec& network, const FieldPath& where, FaultList& faults) {
  if (const std::string lack = not_offered(rule.kind, network); !lack.empty())
    faults.error(where, "is not offered in a network with " + lack, "");
  if (has_spikes(network)) return;
  const auto only_spiking = [&](std::string_view field) {
    faults.error(where.at(field), "is given, and the network has no spiking population", "is for spiking populations only");
  };
  if (rule.filter_tau > 0) only_spiking("filter_tau");
  if (rule.firing_rate) only_spiking("firing_rate");
}

/// The rule's own learning rate, optimizer and schedule.
void check_pace(const RuleSpec& rule, const TrainingSpec& training, const FieldPath& where, FaultList& faults) {
  if (rule.learning_rate) check_not_negative(*rule.learning_rate, where.at("learning_rate"), faults);
  // the training's optimizer may be part of the rule's, and its faults are told where it stands
  FaultList of_training;
  check_optimizer(training.optimizer, where, of_training);
  if (rule.optimizer && !of_training.has_errors()) check_optimizer(*rule.optimizer, where, faults);
  if (rule.schedule) check_schedule(*rule.schedule, where.at("schedule"), faults);
  if (learns(rule.kind)) return;
  const auto refuse = [&](bool given, std::string_view field) {
    if (given) faults.error(where.at(field), "is given for a rule that learns nothing", "is for rules that learn");
  };
  refuse(rule.learning_rate.has_value(), "learning_rate");
  refuse(rule.optimizer.has_value(), "optimizer");
  refuse(rule.schedule.has_value(), "schedule");
}

void check_rule(const RuleSpec& one, const FeedbackContext& context, const FieldPath& where, Checking& checking) {
  check_name(one.name, where.at("name"), checking.faults);
  if (!check_enum(one.kind, kLastRuleKind, where.at("kind"), checking.faults)) return;
  const FieldPath field = where.at(field_of(one.kind));
  check_numbers(one, field, checking.faults);
  check_pace(one, checking.spec.training, where, checking.faults);
  if (rule(one.kind).signal == SignalSource::kFeedback) {
    check_feedback(one, context, field, checking);
  } else if (!one.feedback.empty()) {
    checking.faults.error(field, "has feedback",
                          "is for rules whose learning signal comes over it: " + rules_with_feedback());
  }
  check_beside_network(one, context.network, field, checking.faults);
  if (is_local(one.kind)) check_local(one, context.network, field, checking.faults);
  if (const std::string wrong = unfit_restriction(one.kind, checking.spec); !wrong.empty())
    checking.faults.error(field, wrong, "");
}

/// Feedback that learns is what the rule's own run has made of it: along others there is none.
void check_is_run(const RuleSpec& compared, const std::vector<RuleSpec>& rules, FaultList& faults) {
  if (!feedback_learns(compared) || rules.empty() ||
      std::ranges::find(rules, compared.name, &RuleSpec::name) != rules.end())
    return;
  faults.warning(FieldPath().at("compare").at("rules"),
                 "has " + shown(std::string_view(compared.name)) + ", whose feedback learns, and the rule is not run",
                 "such a rule is compared along its own run alone");
}

}  // namespace

bool check_rules(Checking& checking) {
  const std::vector<RuleSpec>& rules = checking.spec.rules;
  const FieldPath root;
  if (std::ssize(rules) > kMostRules) {
    checking.faults.error(root.at("rules"), fmt::format("are {}", rules.size()),
                          fmt::format("must be at most {}", kMostRules));
    return false;
  }
  const FeedbackContext context(checking.spec.network);
  for (std::size_t i = 0; i < rules.size(); ++i)
    check_rule(rules[i], context, root.at("rules", static_cast<int>(i)), checking);
  check_unique(rules, "rules", root, checking.faults);
  if (!checking.spec.compare || std::ssize(checking.spec.compare->rules) > kMostRules) return true;
  const std::vector<RuleSpec>& compared = checking.spec.compare->rules.empty() ? rules : checking.spec.compare->rules;
  for (std::size_t i = 0; i < compared.size(); ++i) {
    check_is_run(compared[i], rules, checking.faults);
    if (std::ranges::find(rules, compared[i]) != rules.end()) continue;  // checked already
    check_rule(compared[i], context, root.at("compare").at("rules", static_cast<int>(i)), checking);
  }
  return true;
}

}  // namespace locus
