#include "sim/model/read_rules.h"

#include "sim/model/defaults.h"
#include "sim/model/include_rule.h"
#include "sim/model/names.h"
#include "sim/model/read_local.h"
#include "sim/model/read_pace.h"
#include "sim/model/read_spiking.h"
#include "sim/model/read_weights.h"

namespace locus {
namespace {

using FeedbackMessages = google::protobuf::RepeatedPtrField<v1::Feedback>;

/// What reading feedback needs of the network; made once for all rules.
struct FeedbackContext {
  explicit FeedbackContext(const NetworkSpec& of)
      : network(of), rate(of, PopulationKind::kRate), readouts(known_neurons(of, PopulationKind::kReadout)) {}
  const NetworkSpec& network;
  PopulationNames rate;
  std::int64_t readouts = 0;
};

WeightsSpec read_feedback_weights(v1::Feedback& message, std::int32_t population, const FeedbackContext& context,
                                  const FieldPath& where, Reading& reading) {
  if (!message.has_weights()) return drawn_feedback_weights(context.network);
  const MatrixShape shape = {context.readouts, known_size(context.network, population), "the number of readouts",
                             "the size of the population"};
  return read_weights(*message.mutable_weights(), shape, context.readouts, where.at("weights"), reading);
}

std::vector<FeedbackSpec> read_feedback(FeedbackMessages& messages, const FeedbackContext& context,
                                        const FieldPath& where, Reading& reading) {
  if (messages.empty()) return drawn_feedback(context.network);
  std::vector<FeedbackSpec> feedback;
  for (int i = 0; i < messages.size(); ++i) {
    const FieldPath field = where.at("feedback", i);
    const std::int32_t population = context.rate.find(messages[i].population(), field.at("population"), reading.faults);
    FeedbackSpec& added = feedback.emplace_back();
    added.population = population;
    added.weights = read_feedback_weights(messages[i], population, context, field, reading);
    added.concordant = messages[i].concordant();
    if (!messages[i].has_learn()) continue;
    added.learn.emplace();
    added.learn->decay = messages[i].learn().decay();
    if (!messages[i].learn().has_decay())
      reading.faults.refuse(field.at("learn").at("decay"), "is missing", "must be given, at least 0 and below 1");
  }
  return feedback;
}

void read_tbptt(const v1::Rule::Tbptt& message, const FieldPath& where, RuleSpec& rule, FaultList& faults) {
  rule.kind = RuleKind::kTbptt;
  rule.depth = message.depth();
  if (!message.has_depth()) {
    faults.refuse(where.at("depth"), "is missing", "must be given, at least 1");
  } else if (message.depth() == 0) {  // in a Spec: the whole trial
    check_range(message.depth(), 1, kMostCount, where.at("depth"), faults);
  }
  if (message.has_stride()) rule.stride = message.stride();
}

void read_eprop(v1::Rule::Eprop& message, const FeedbackContext& context, const FieldPath& where, RuleSpec& rule,
                Reading& reading) {
  rule.filter_tau = message.filter_tau();
  if (message.has_firing_rate())
    rule.firing_rate = read_firing_rate(message.firing_rate(), where.at("firing_rate"), reading.faults);
  const bool given = !message.feedback().empty();
  rule.kind = given || message.has_random() ? RuleKind::kEpropRandom : RuleKind::kEprop;
  if (given && message.has_random())
    reading.faults.error(where, "has both feedback and random", "feedback is either given or drawn");
  if (given || message.has_random())
    rule.feedback = read_feedback(*message.mutable_feedback(), context, where, reading);
}

void read_rtrl(const v1::Rule::Rtrl& message, const FieldPath& where, RuleSpec& rule, FaultList& faults) {
  rule.kind = RuleKind::kRtrl;
  switch (message.keeps_case()) {
    case v1::Rule::Rtrl::kReach:
      rule.kind = RuleKind::kRtrlReach;
      rule.reach = message.reach();
      break;
    case v1::Rule::Rtrl::kPaths:
      rule.kind = RuleKind::kRtrlPaths;
      rule.paths = message.paths();
      break;
    case v1::Rule::Rtrl::kWithin:
      rule.kind = RuleKind::kRtrlCore;
      if (message.within() != v1::Rule::Rtrl::CORE) faults.refuse(where.at("within"), "is not known", "must be CORE");
      break;
    case v1::Rule::Rtrl::KEEPS_NOT_SET: break;
  }
}

RuleSpec read_rule(v1::Rule& message, const FeedbackContext& context, const FieldPath& where, Reading& reading) {
  RuleSpec rule;
  rule.name = message.name();
  switch (message.kind_case()) {
    case v1::Rule::kBptt: rule.kind = RuleKind::kBptt; break;
    case v1::Rule::kTbptt: read_tbptt(message.tbptt(), where.at("tbptt"), rule, reading.faults); break;
    case v1::Rule::kRflo:
      rule.kind = RuleKind::kRflo;
      if (message.rflo().has_trace_decay()) rule.trace_decay = message.rflo().trace_decay();
      rule.feedback = read_feedback(*message.mutable_rflo()->mutable_feedback(), context, where.at("rflo"), reading);
      break;
    case v1::Rule::kEprop: read_eprop(*message.mutable_eprop(), context, where.at("eprop"), rule, reading); break;
    case v1::Rule::kRtrl: read_rtrl(message.rtrl(), where.at("rtrl"), rule, reading.faults); break;
    case v1::Rule::kUoro: rule.kind = RuleKind::kUoro; break;
    case v1::Rule::kNone: rule.kind = RuleKind::kNone; break;
    case v1::Rule::kLocal:
      include_rule(*message.mutable_local(), where.at("local"), reading.faults);
      rule.local = read_local(message.local(), where.at("local"), reading.faults);
      rule.kind = local_kind(rule.local.signal, rule.local.reward);
      if (rule.local.signal == LocalSignal::kFeedback || !message.local().feedback().empty())
        rule.feedback = read_feedback(*message.mutable_local()->mutable_feedback(), context, where.at("local"), reading);
      break;
    case v1::Rule::KIND_NOT_SET:
      reading.faults.missing_choice(where, "kind", "has no kind",
                                    "must have one of bptt, tbptt, rflo, eprop, rtrl, uoro, none, local");
      break;
  }
  return rule;
}

}  // namespace

void read_average(const v1::Model& message, TrainingSpec& training, FaultList& faults) {
  const FieldPath root;
  for (int i = 0; i < message.rules_size(); ++i) {
    if (!message.rules(i).has_eprop() || !message.rules(i).eprop().average_over_window()) continue;
    const FieldPath field = root.at("rules", i).at("eprop").at("average_over_window");
    if (message.training().has_average_over_window() && !message.training().average_over_window()) {
      faults.error(field, "is true, and training.average_over_window is false", "one of them must go");
    } else if (!message.training().has_average_over_window()) {
      faults.warning(field, "is true for all rules of the model", "its place is training { average_over_window: true }");
    }
    training.average_over_window = true;
  }
}

std::vector<RuleSpec> read_rules(google::protobuf::RepeatedPtrField<v1::Rule>& messages, const NetworkSpec& network,
                                 const TrainingSpec& training, const FieldPath& where, Reading& reading) {
  std::vector<RuleSpec> rules;
  if (messages.size() > kMostRules) {  // which the checks tell
    rules.resize(static_cast<std::size_t>(messages.size()));
    return rules;
  }
  const FeedbackContext context(network);
  for (int i = 0; i < messages.size(); ++i) {
    const FieldPath field = where.at("rules", i);
    rules.push_back(read_rule(messages[i], context, field, reading));
    read_own_pace(messages[i], training, field, rules.back(), reading.faults);
  }
  return rules;
}

}  // namespace locus
