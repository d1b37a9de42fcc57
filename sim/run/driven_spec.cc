#include "sim/run/driven_spec.h"

#include <algorithm>

#include "sim/model/check.h"
#include "sim/model/defaults.h"
#include "sim/model/requirements.h"

namespace locus {
namespace {

constexpr std::int32_t kDefaultTicks = 100;  // of a trial where neither model nor options say T

RuleSpec complete(RuleSpec rule, const NetworkSpec& network) {
  const Rule& row = locus::rule(rule.kind);
  if (rule.name.empty()) rule.name = row.name;
  if (row.signal == SignalSource::kFeedback && rule.feedback.empty()) rule.feedback = drawn_feedback(network);
  return rule;
}

/// The model as a session drives it, before its checks.
void drive(const SessionOptions& options, Spec& spec) {
  TrainingSpec& training = spec.training;
  if (options.learning_rate) {
    training.learning_rate = options.learning_rate;
    for (RuleSpec& rule : spec.rules) rule.learning_rate.reset();
  }
  if (options.ticks) training.ticks = *options.ticks;
  if (options.lanes) training.batch = *options.lanes;
  if (options.commit) training.commit = *options.commit;
  if (options.locality) training.locality = *options.locality;
  if (options.precision) spec.precision = *options.precision;
  if (options.loss) training.loss = *options.loss;
  if (!has_task(spec)) {
    if (!options.loss) training.loss = Loss::kSequence;
    if (training.ticks == 0) training.ticks = kDefaultTicks;
  }
  // Where the actors sit is for run() to count, unless the rule depends on it.
  const auto stays = [](const RuleSpec& one) { return has_row(one.kind) && rule(one.kind).keeps == Keeps::kCore; };
  if (std::ranges::none_of(spec.rules, stays)) spec.chip.reset();
  if (spec.chip) spec.chip->network.reset();
  spec.records.clear();
}

}  // namespace

Spec driven(Spec spec, const RuleSpec& rule, const SessionOptions& options) {
  spec.rules = {complete(rule, spec.network)};
  drive(options, spec);
  require_valid(spec, has_task(spec) ? Purpose::kRun : Purpose::kSession);
  return spec;
}

Spec driven(const Model& model, const RuleOptions& rule, const SessionOptions& options) {
  return model.under(rule).finish([&](Spec& spec) { drive(options, spec); });
}

}  // namespace locus
