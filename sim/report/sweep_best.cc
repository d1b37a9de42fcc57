// Each rule at its best setting, chosen by seeds that report nothing.
#include <algorithm>
#include <map>
#include <optional>
#include <span>

#include "sim/report/sweep_result.h"

namespace locus {
namespace {

/// What the choice may see of a member with a choosing seed.
struct Vote {
  std::vector<std::string> settings;
  std::string rule;
  bool completed = false;
  std::optional<double> evaluation;
};

/// The votes of choosing seeds, in the order of the members. This is the only place that hands
/// numbers to the choice.
std::vector<Vote> votes_of(const SweepResult& result, const std::vector<std::uint64_t>& choosing) {
  std::vector<Vote> votes;
  for (const SweepMember& member : result.members) {
    if (std::ranges::find(choosing, member.seed) == choosing.end()) continue;
    for (const Digest& digest : member.rules)
      votes.push_back({member.settings, digest.rule, digest.status == name(Status::kCompleted), digest.evaluation});
  }
  return votes;
}

BestChoice choice_of(const std::string& rule, std::span<const Vote> votes, std::size_t seeds) {
  std::vector<std::vector<std::string>> order;
  std::map<std::vector<std::string>, std::vector<double>> losses;  // of completed runs, by settings
  bool evaluated = false;
  for (const Vote& vote : votes) {
    if (vote.rule != rule) continue;
    evaluated |= vote.evaluation.has_value();
    const auto [at, is_new] = losses.try_emplace(vote.settings);
    if (is_new) order.push_back(vote.settings);
    if (vote.completed && vote.evaluation) at->second.push_back(*vote.evaluation);
  }
  BestChoice choice{.rule = rule, .settings = {}, .reason = "", .chosen_by = 0};
  bool chosen = false;
  for (const std::vector<std::string>& settings : order) {
    const std::vector<double>& own = losses.at(settings);
    if (own.size() < seeds) continue;
    const double median = quantile(own, 0.5);
    if (chosen && !(median < choice.chosen_by)) continue;
    chosen = true;
    choice.settings = settings;
    choice.chosen_by = median;
  }
  if (!chosen)
    choice.reason = evaluated ? "under no setting it completed with every choosing seed" : "it has no evaluation trials";
  return choice;
}

}  // namespace

BestSettings best_of(const SweepResult& result) {
  std::vector<std::uint64_t> seeds;
  std::vector<std::string> rules;
  for (const SweepMember& member : result.members) {
    if (std::ranges::find(seeds, member.seed) == seeds.end()) seeds.push_back(member.seed);
    for (const Digest& digest : member.rules) {
      if (std::ranges::find(rules, digest.rule) == rules.end()) rules.push_back(digest.rule);
    }
  }
  const auto middle = seeds.begin() + std::ssize(seeds) / 2;
  BestSettings best{.choosing_seeds = {seeds.begin(), middle}, .reporting_seeds = {middle, seeds.end()}, .rules = {}};
  const std::vector<Vote> votes = votes_of(result, best.choosing_seeds);
  for (const std::string& rule : rules) best.rules.push_back(choice_of(rule, votes, best.choosing_seeds.size()));
  return best;
}

SweepResult reported(const SweepResult& result, const BestSettings& best) {
  SweepResult part{
      .model = result.model, .model_sha256 = result.model_sha256, .axes = result.axes, .members = {}, .notes = {}};
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

}  // namespace locus
