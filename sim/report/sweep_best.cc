// Each rule at its best setting, chosen by seeds that report nothing.
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "sim/report/sweep_result.h"

namespace locus {
namespace {

/// What the choice may see of a member with a choosing seed.
struct Vote {
  std::vector<std::string> settings;
  std::string rule;
  bool completed = false;
  std::optional<double> score;  // of evaluation trials: the loss, or -accuracy; less is better
};

/// The votes of choosing seeds, in the order of the members. This is the only place that hands
/// numbers to the choice.
std::vector<Vote> votes_of(const SweepResult& result, const std::vector<std::uint64_t>& choosing, Criterion by) {
  const auto score = [by](const Digest& digest) -> std::optional<double> {
    if (by == Criterion::kLoss) return digest.evaluation;
    return digest.evaluation_accuracy ? std::optional(-*digest.evaluation_accuracy) : std::nullopt;
  };
  std::vector<Vote> votes;
  for (const SweepMember& member : result.members) {
    if (std::ranges::find(choosing, member.seed) == choosing.end()) continue;
    for (const Digest& digest : member.rules)
      votes.push_back({member.settings, digest.rule, digest.status == name(Status::kCompleted), score(digest)});
  }
  return votes;
}

BestChoice choice_of(const std::string& rule, std::span<const Vote> votes, std::size_t seeds, Criterion by) {
  std::vector<std::vector<std::string>> order;
  std::map<std::vector<std::string>, std::vector<double>> scores;  // of completed runs, by settings
  bool evaluated = false;
  for (const Vote& vote : votes) {
    if (vote.rule != rule) continue;
    evaluated |= vote.score.has_value();
    const auto [at, is_new] = scores.try_emplace(vote.settings);
    if (is_new) order.push_back(vote.settings);
    if (vote.completed && vote.score) at->second.push_back(*vote.score);
  }
  BestChoice choice{.rule = rule, .settings = {}, .reason = "", .chosen_by = 0};
  bool chosen = false;
  for (const std::vector<std::string>& settings : order) {
    const std::vector<double>& own = scores.at(settings);
    if (own.size() < seeds) continue;
    const double median = quantile(own, 0.5);
    if (chosen && !(median < choice.chosen_by)) continue;
    chosen = true;
    choice.settings = settings;
    choice.chosen_by = median;
  }
  if (!chosen)
    choice.reason = evaluated                ? "under no setting it completed with every choosing seed"
                    : by == Criterion::kLoss ? "it has no evaluation trials"
                                             : "no evaluation trial of it has a class";
  if (chosen && by == Criterion::kAccuracy) choice.chosen_by = -choice.chosen_by;
  return choice;
}

}  // namespace

BestSettings best_of(const SweepResult& result, Criterion by) {
  std::vector<std::uint64_t> seeds;
  std::vector<std::string> rules;
  for (const SweepMember& member : result.members) {
    if (std::ranges::find(seeds, member.seed) == seeds.end()) seeds.push_back(member.seed);
    for (const Digest& digest : member.rules) {
      if (std::ranges::find(rules, digest.rule) == rules.end()) rules.push_back(digest.rule);
    }
  }
  const auto middle = seeds.begin() + std::ssize(seeds) / 2;
  BestSettings best{
      .choosing_seeds = {seeds.begin(), middle}, .reporting_seeds = {middle, seeds.end()}, .rules = {}, .by = by};
  const std::vector<Vote> votes = votes_of(result, best.choosing_seeds, by);
  for (const std::string& rule : rules) best.rules.push_back(choice_of(rule, votes, best.choosing_seeds.size(), by));
  return best;
}

SweepResult reported(const SweepResult& result, const BestSettings& best) {
  SweepResult part{.model = result.model,
                   .model_sha256 = result.model_sha256,
                   .axes = result.axes,
                   .members = {},
                   .notes = {},
                   .given_feedback = result.given_feedback};
  for (const BestChoice& choice : best.rules) {
    if (!choice.reason.empty()) continue;
    for (const SweepMember& member : result.members) {
      const bool reports = std::ranges::find(best.reporting_seeds, member.seed) != best.reporting_seeds.end();
      if (!reports || member.settings != choice.settings) continue;
      const auto own = std::ranges::find(member.rules, choice.rule, &Digest::rule);
      if (own == member.rules.end()) continue;
      SweepMember& kept = part.members.emplace_back();
      kept.settings = member.settings;
      kept.seed = member.seed;
      kept.rules = {*own};
      kept.file = member.file;
    }
  }
  return part;
}

ShownSettings shown_settings(const SweepResult& result) {
  if (result.best) return {Choice::kHeldOut, reported(result, *result.best)};
  BestSettings lowest{.choosing_seeds = {}, .reporting_seeds = {}, .rules = {}};
  for (const SweepMember& member : result.members) {
    if (std::ranges::find(lowest.reporting_seeds, member.seed) == lowest.reporting_seeds.end())
      lowest.reporting_seeds.push_back(member.seed);
  }
  Choice choice = Choice::kGiven;
  for (const SummaryLine& line : summary_of(result)) {
    const auto known = std::ranges::find(lowest.rules, line.rule, &BestChoice::rule);
    if (known == lowest.rules.end()) {
      lowest.rules.push_back({line.rule, line.settings, "", line.loss.median});
      continue;
    }
    choice = Choice::kShown;
    if (std::isnan(line.loss.median) || known->chosen_by <= line.loss.median) continue;
    known->settings = line.settings;
    known->chosen_by = line.loss.median;
  }
  return {choice, reported(result, lowest)};
}

Finding finding_of(const SweepResult& result, const ShownSettings& shown) {
  Conditions conditions;
  conditions.choice = shown.choice;
  conditions.given_feedback = result.given_feedback;
  if (result.best) {
    conditions.by_accuracy = result.best->by == Criterion::kAccuracy;
    conditions.choosing_seeds = result.best->choosing_seeds;
  }
  std::set<std::uint64_t> seeds;
  for (const SweepMember& member : shown.part.members) seeds.insert(member.seed);
  conditions.seeds = static_cast<int>(seeds.size());
  std::vector<Contender> rules;
  for (const RuleRuns& runs : runs_of(shown.part)) {
    const int completed = static_cast<int>(runs.completed.size());
    if (completed < runs.seeds) conditions.incomplete.push_back({runs.rule, completed, runs.seeds});
    if (!runs.completed.empty()) rules.push_back(contender_of(runs.completed));
  }
  std::erase_if(rules, [](const Contender& rule) { return std::isnan(rule.loss); });
  return finding_of(rules, conditions);
}

}  // namespace locus
