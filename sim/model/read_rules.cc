#include "sim/model/read_rules.h"

#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "sim/model/network_size.h"
#include "sim/model/read_network.h"
#include "sim/model/read_spiking.h"
#include "sim/model/read_weights.h"
#include "sim/model/requirements.h"
#include "sim/model/suggest.h"

namespace locus {
namespace {

using FeedbackMessages = google::protobuf::RepeatedPtrField<v1::Feedback>;

constexpr std::int32_t kMostDepth = std::numeric_limits<std::int32_t>::max();

/// What reading feedback needs of the network; made once for all rules.
struct FeedbackContext {
  explicit FeedbackContext(const NetworkSpec& of)
      : network(of),
        rate(populations_of(of, PopulationKind::kRate)),
        readouts(known_neurons(of, PopulationKind::kReadout)),
        plastic(have_plastic_input(of)),
        obstacles(obstacles_to_aligned(of)) {
    for (const std::int32_t population : rate) {
      names.push_back(of.populations[static_cast<std::size_t>(population)].name);
      index.emplace(names.back(), population);
    }
  }
  const NetworkSpec& network;
  std::vector<std::int32_t> rate;
  std::vector<std::string> names;             // of the rate populations
  std::map<std::string, std::int32_t> index;  // of the rate populations by name
  std::int64_t readouts = 0;
  std::vector<bool> plastic;  // by population
  std::vector<std::string> obstacles;
};

/// The rate population that a feedback goes to, or a fault.
std::optional<std::int32_t> feedback_population(const v1::Feedback& message, const FeedbackContext& context,
                                                const FieldPath& where, FaultList& faults) {
  if (message.population().empty()) {
    if (context.rate.size() == 1) return context.rate[0];
    faults.error(where.at("population"), "is missing",
                 fmt::format("must be given where there are {} rate populations", context.rate.size()));
    return std::nullopt;
  }
  const auto found = context.index.find(message.population());
  if (found != context.index.end()) return found->second;
  faults.error(where.at("population"),
               "is " + shown(std::string_view(message.population())) + ", which is no rate population",
               faults.may_suggest() ? suggestion(message.population(), context.names) : "");
  return std::nullopt;
}

FeedbackSpec read_one_feedback(v1::Feedback& message, std::int32_t population, const FeedbackContext& context,
                               const FieldPath& where, Reading& reading) {
  const PopulationSpec& target = context.network.populations[static_cast<std::size_t>(population)];
  const MatrixShape shape = {context.readouts, target.size > 0 ? std::int64_t{target.size} : kUnknown,
                             "the number of readouts", "the size of population " + shown(std::string_view(target.name))};
  FeedbackSpec feedback = {
      population, GaussianWeights{1 / std::sqrt(static_cast<double>(std::max<std::int64_t>(context.readouts, 1)))}};
  if (!message.has_weights()) {
    reading.count(shape.rows, shape.cols, where);
    return feedback;
  }
  if (shape.rows == 0) return feedback;  // told already: there are no readouts
  feedback.weights = read_weights(*message.mutable_weights(), shape, context.readouts, where.at("weights"), reading);
  if (std::holds_alternative<SparseRandomWeights>(feedback.weights))
    reading.faults.error(where.at("weights").at("sparse_random"), "is given for a feedback", "is for projections");
  if (std::holds_alternative<AlignedWeights>(feedback.weights)) {
    for (const std::string& obstacle : context.obstacles)
      reading.faults.error(where.at("weights").at("aligned"), "stands " + obstacle, kAlignedNeeds);
  }
  return feedback;
}

std::vector<FeedbackSpec> read_feedback(FeedbackMessages& messages, const FeedbackContext& context,
                                        const FieldPath& where, Reading& reading) {
  std::vector<FeedbackSpec> feedback;
  std::set<std::int32_t> seen;
  for (int i = 0; i < messages.size(); ++i) {
    const FieldPath field = where.at("feedback", i);
    const auto population = feedback_population(messages[i], context, field, reading.faults);
    if (!population) return feedback;
    const std::string& name = context.network.populations[static_cast<std::size_t>(*population)].name;
    if (!seen.insert(*population).second) {
      reading.faults.error(field, "is the second one for population " + shown(std::string_view(name)),
                           "must be one a population");
    }
    feedback.push_back(read_one_feedback(messages[i], *population, context, field, reading));
  }
  for (std::size_t i = 0; i < context.rate.size(); ++i) {
    if (seen.contains(context.rate[i]) || !context.plastic[static_cast<std::size_t>(context.rate[i])]) continue;
    reading.faults.error(where, "has no feedback for rate population " + shown(std::string_view(context.names[i])),
                         "where feedback is given, each rate population with a plastic incoming projection needs one");
  }
  return feedback;
}

std::vector<FeedbackSpec> draw_feedback(const FeedbackContext& context, const FieldPath& where, Reading& reading) {
  for (const std::int32_t population : context.rate) {
    reading.count(context.readouts, context.network.populations[static_cast<std::size_t>(population)].size, where);
  }
  return drawn_feedback(context.network);
}

void read_tbptt(const v1::Rule::Tbptt& message, const FieldPath& where, RuleSpec& rule, FaultList& faults) {
  rule.kind = RuleKind::kTbptt;
  if (!message.has_depth()) {
    faults.error(where.at("depth"), "is missing", "must be given, at least 1");
  } else if (check_range(message.depth(), 1, kMostDepth, where.at("depth"), faults)) {
    rule.depth = message.depth();
  }
  if (message.has_stride() && check_range(message.stride(), 1, kMostDepth, where.at("stride"), faults))
    rule.stride = message.stride();
}

void read_rflo(v1::Rule::Rflo& message, const FeedbackContext& context, const FieldPath& where, RuleSpec& rule,
               Reading& reading) {
  rule.kind = RuleKind::kRflo;
  if (message.has_trace_decay()) rule.trace_decay = message.trace_decay();
  if (message.has_trace_decay() && !(message.trace_decay() >= 0 && message.trace_decay() <= 1)) {
    reading.faults.error(where.at("trace_decay"), "is " + shown(message.trace_decay()), "must be 0 to 1");
  }
  rule.feedback = message.feedback().empty() ? draw_feedback(context, where, reading)
                                             : read_feedback(*message.mutable_feedback(), context, where, reading);
}

void read_eprop(v1::Rule::Eprop& message, const FeedbackContext& context, const FieldPath& where, RuleSpec& rule,
                Reading& reading) {
  read_eprop_terms(message, where, rule, reading.faults);
  const bool given = !message.feedback().empty();
  rule.kind = given || message.has_random() ? RuleKind::kEpropRandom : RuleKind::kEprop;
  if (given && message.has_random())
    reading.faults.error(where, "has both feedback and random", "feedback is either given or drawn");
  if (given) {
    rule.feedback = read_feedback(*message.mutable_feedback(), context, where, reading);
  } else if (message.has_random()) {
    rule.feedback = draw_feedback(context, where, reading);
  }
}

RuleSpec read_rule(v1::Rule& message, const FeedbackContext& context, const FieldPath& where, Reading& reading) {
  RuleSpec rule;
  rule.name = message.name();
  check_name(message.name(), where.at("name"), reading.faults);
  switch (message.kind_case()) {
    case v1::Rule::kBptt: rule.kind = RuleKind::kBptt; break;
    case v1::Rule::kTbptt: read_tbptt(message.tbptt(), where.at("tbptt"), rule, reading.faults); break;
    case v1::Rule::kRflo: read_rflo(*message.mutable_rflo(), context, where.at("rflo"), rule, reading); break;
    case v1::Rule::kEprop: read_eprop(*message.mutable_eprop(), context, where.at("eprop"), rule, reading); break;
    case v1::Rule::kRtrl: rule.kind = RuleKind::kRtrl; break;
    case v1::Rule::kNone: rule.kind = RuleKind::kNone; break;
    case v1::Rule::KIND_NOT_SET:
      reading.faults.missing_choice(where, "kind", "has no kind", "must have one of bptt, tbptt, rflo, eprop, rtrl, none");
      break;
  }
  return rule;
}

}  // namespace

std::vector<RuleSpec> read_rules(google::protobuf::RepeatedPtrField<v1::Rule>& messages, const NetworkSpec& network,
                                 const FieldPath& where, Reading& reading) {
  if (messages.size() > kMostRules) {
    reading.faults.error(where.at("rules"), fmt::format("are {}", messages.size()),
                         fmt::format("must be at most {}", kMostRules));
    return {};
  }
  const FeedbackContext context(network);
  std::vector<RuleSpec> rules;
  std::map<std::string, int> seen;
  for (int i = 0; i < messages.size(); ++i) {
    const FieldPath field = where.at("rules", i);
    rules.push_back(read_rule(messages[i], context, field, reading));
    const auto [earlier, fresh] = seen.emplace(messages[i].name(), i);
    if (!fresh && !messages[i].name().empty()) {
      reading.faults.error(
          field.at("name"),
          fmt::format("is {} again, as rules[{}] is", shown(std::string_view(messages[i].name())), earlier->second),
          "must be unique");
    }
  }
  return rules;
}

}  // namespace locus
