// The claims locality and expectation: the messages of a rule and the mean of its sampled updates.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/protocol/closed_form.h"
#include "core/protocol/declaration.h"
#include "sim/model/learning.h"
#include "sim/model/wire.h"
#include "sim/run/run.h"
#include "sim/study/claim.h"
#include "sim/study/student.h"

namespace locus {
namespace message_claims {

using theory::ExactRule;
using theory::LinearNetwork;
using theory::Matrix;

struct NamedRule {
  std::string name;
  ExactRule rule;
};

std::vector<NamedRule> all_rules(const Matrix& feedback) {
  std::vector<NamedRule> rules = {{"bptt", {.kind = RuleKind::kBptt, .feedback = {}}}};
  for (const int depth : {1, 2, 3, 5, 8, 12})
    rules.push_back({fmt::format("tbptt:{}", depth), {.kind = RuleKind::kTbptt, .depth = depth, .feedback = {}}});
  rules.push_back({"rflo", {.kind = RuleKind::kRflo, .decay = 0.5, .feedback = feedback}});
  rules.push_back({"eprop", {.kind = RuleKind::kEprop, .feedback = {}}});
  rules.push_back({"eprop:random", {.kind = RuleKind::kEpropRandom, .feedback = feedback}});
  rules.push_back({"rtrl", {.kind = RuleKind::kRtrl, .feedback = {}}});
  return rules;
}

/// The number of (channel, lag) entries where a run's ledger differs from `trials` times the closed
/// form of one trial.
int mismatches(const Ledger& ledger, const Ledger& one, std::int64_t trials) {
  int count = 0;
  for (const LedgerEntry& entry : ledger.entries()) {
    const Tally told = one.at(entry.channel, entry.lag);
    count += entry.tally.messages == trials * told.messages && entry.tally.scalars == trials * told.scalars ? 0 : 1;
  }
  return count + std::abs(static_cast<int>(ledger.entries().size()) - static_cast<int>(one.entries().size()));
}

}  // namespace message_claims

Evidence measure_locality(const Effort& effort) {
  using namespace message_claims;
  Evidence evidence;
  Draws draws(1, "claim/locality");
  const LinearNetwork student = draws.network(2, 12, 3, 0.3, 0.3), teacher = draws.network(2, 12, 3, 1, 0.7);
  const std::vector<NamedRule> rules = all_rules(draws.gaussian(2, 12, std::sqrt(0.5)));
  std::vector<RuleSpec> specs;
  for (const NamedRule& named : rules) specs.push_back(rule_spec(named.rule, named.name));
  const StudentTraining plan = {.ticks = 20, .batch = 16, .updates = effort.full ? 8000 : 800, .learning_rate = 0.01};
  const Spec spec = student_spec(student, teacher, plan, specs);
  RunOptions options;
  options.threads = 1;
  const RunResult result = run(spec, options);
  const Topology topology = topology_of(spec);
  Table table = {"locality_against_learning",
                 {"rule", "depth", "messages", "spatial_violations", "temporal_violations", "max_lag", "mean_lag",
                  "first_loss", "last_loss"},
                 {}};
  Table counts = {"counts", {"rule", "channel", "lag", "messages_measured", "messages_closed_form"}, {}};
  int wrong = 0, wrong_kind = 0;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const Outcome& outcome = result.outcomes[i];
    const Ledger& ledger = outcome.ledger;
    const Learning learning = learning_of(spec.rules[i], spec.training);
    const Ledger one = closed_form(learning, topology, feedback_of(topology, spec.rules[i]), trial_shape_of(spec), 8);
    wrong += mismatches(ledger, one, ledger.trials());
    const Violation declared = declared_violation(rule(outcome.kind));
    const bool temporal = declared.temporal && learning.depth > 1;
    wrong_kind +=
        declared.spatial == (ledger.spatial_violations() > 0) && temporal == (ledger.temporal_violations() > 0) ? 0 : 1;
    const auto per_update = double(outcome.updates);
    const std::size_t last = std::min<std::size_t>(outcome.losses.size(), 20);
    double tail = 0;
    for (std::size_t k = outcome.losses.size() - last; k < outcome.losses.size(); ++k)
      tail += outcome.losses[k] / double(last);
    table.rows.push_back({rules[i].name, double(learning.depth), double(ledger.messages()) / per_update,
                          double(ledger.spatial_violations()) / per_update, double(ledger.temporal_violations()) / per_update,
                          double(ledger.max_lag()), ledger.mean_lag(), outcome.losses.front(), tail});
    for (const LedgerEntry& entry : ledger.entries()) {
      counts.rows.push_back({rules[i].name, std::string(name(entry.channel)), double(entry.lag),
                             double(entry.tally.messages) / double(ledger.trials()),
                             double(one.at(entry.channel, entry.lag).messages)});
    }
    if (!declared.any()) evidence.at_most(rules[i].name + ": violations", double(ledger.violations()), 0);
    if (declared.temporal && learning.depth == plan.ticks)
      evidence.at_least(
          rules[i].name + ": violations per trial, in space and in time",
          double(std::min(ledger.spatial_violations(), ledger.temporal_violations())) / double(ledger.trials()), 1);
  }
  evidence.at_most("(rule, channel, lag) whose count is not the closed form's", wrong, 0);
  evidence.at_most("rules whose violations are of another kind than their row of the table declares", wrong_kind, 0);
  evidence.tables = {std::move(table), std::move(counts)};
  evidence.parameters = {
      {"network", "n = 12, m = 3, o = 2, dense, linear, unaligned, gain 0.3 (teacher 0.7), A 0.3 (1) over sqrt n, seed 1"},
      {"simulation",
       fmt::format("T = 20, batch 16, {} updates, eta 0.01, final loss; losses of the table: mean of the last 20 updates",
                   plan.updates)}};
  return evidence;
}

namespace message_claims {

/// All entries of dA, dW, dB in one column.
theory::Vector flat(const LinearNetwork& network) {
  theory::Vector result(network.a.size() + network.w.size() + network.b.size());
  result << network.a.reshaped(), network.w.reshaped(), network.b.reshaped();
  return result;
}

/// The mean update of a batch of `trials` trials: the change of the weights by one commit with
/// eta = 1, with the opposite sign.
theory::Vector sampled_update(const LinearNetwork& student, const LinearNetwork& teacher, const ExactRule& rule,
                              int trials, std::uint64_t seed) {
  const Trained once = train_sampled(student, teacher, rule,
                                     {.ticks = 12, .batch = trials, .updates = 1, .learning_rate = 1, .seed = seed});
  return flat(student) - flat(once.student);
}

}  // namespace message_claims

Evidence measure_expectation(const Effort& effort) {
  using namespace message_claims;
  Evidence evidence;
  Draws draws(1, "claim/expectation");
  const LinearNetwork student = draws.network(2, 4, 3, 1, 0.8), teacher = draws.network(2, 4, 3, 1, 0.8);
  const Matrix feedback = draws.gaussian(2, 4, 0.7);
  const int repeats = effort.full ? 128 : 64;
  const int few = 16, many = effort.full ? 2048 : 1024;
  Table table = {"errors", {"rule", "trials", "rms_error"}, {}};
  double worst_score = 0, worst_ratio = 0;
  for (const NamedRule& named : {NamedRule{"bptt", {.kind = RuleKind::kBptt, .feedback = {}}},
                                 NamedRule{"tbptt:1", {.kind = RuleKind::kTbptt, .depth = 1, .feedback = {}}},
                                 NamedRule{"tbptt:3", {.kind = RuleKind::kTbptt, .depth = 3, .feedback = {}}},
                                 NamedRule{"rflo", {.kind = RuleKind::kRflo, .decay = 0.5, .feedback = feedback}},
                                 NamedRule{"eprop", {.kind = RuleKind::kEprop, .feedback = {}}},
                                 NamedRule{"eprop:random", {.kind = RuleKind::kEpropRandom, .feedback = feedback}},
                                 NamedRule{"rtrl", {.kind = RuleKind::kRtrl, .feedback = {}}}}) {
    const theory::Vector expected = flat(theory::exact_update(student, teacher, named.rule, 12).delta);
    double errors[2] = {0, 0};
    theory::Vector sum = theory::Vector::Zero(expected.size()), squares = sum;
    for (const int trials : {few, many}) {
      for (int repeat = 0; repeat < repeats; ++repeat) {
        const theory::Vector off =
            sampled_update(student, teacher, named.rule, trials, std::uint64_t{1} + static_cast<std::uint64_t>(repeat)) -
            expected;
        errors[trials == many] += off.squaredNorm() / repeats;
        if (trials != many) continue;
        sum += off;
        squares += off.cwiseAbs2();
      }
    }
    const theory::Vector mean = sum / repeats;
    const theory::Vector spread = ((squares / repeats - mean.cwiseAbs2()) / (repeats - 1)).cwiseSqrt();
    worst_score = std::max(worst_score, mean.cwiseQuotient(spread).cwiseAbs().maxCoeff());
    const double ratio = std::sqrt(errors[0] / errors[1]) / std::sqrt(double(many) / few);
    worst_ratio = std::max(worst_ratio, std::abs(ratio - 1));
    table.rows.push_back({named.name, double(few), std::sqrt(errors[0])});
    table.rows.push_back({named.name, double(many), std::sqrt(errors[1])});
  }
  evidence.at_most("largest |mean update - exact| of 252 entries, in standard errors (false alarms: below 1 in 10^4)",
                   worst_score, 6);
  evidence.at_most("error falls as 1/sqrt(trials): largest |measured ratio / predicted - 1|", worst_ratio, 0.25);
  evidence.tables.push_back(std::move(table));
  evidence.parameters = {
      {"networks", "n = 4, m = 3, o = 2, T = 12, unaligned, seed 1"},
      {"simulation", fmt::format("{} batches of {} and of {} trials a rule, seeds 1..{}", repeats, few, many, repeats)},
      {"rules", "bptt, tbptt:1, tbptt:3, rflo (decay 0.5), eprop, eprop:random, rtrl"}};
  return evidence;
}

}  // namespace locus
