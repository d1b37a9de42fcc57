// The summary of a sweep over its seeds, and what its members have in common.
#include <algorithm>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "sim/report/sweep_result.h"

namespace locus {
namespace {

using Optional = std::optional<double>;

/// The spread over the runs that have the value.
template <class Value>
Spread spread_over(const std::vector<SeedDigest>& runs, Value value) {
  std::vector<double> numbers;
  for (const SeedDigest& run : runs) {
    if (const Optional one = value(*run.digest)) numbers.push_back(*one);
  }
  return spread_of(std::move(numbers));
}

SummaryLine line_of(const RuleRuns& runs) {
  SummaryLine line{.settings = runs.settings, .rule = runs.rule, .kind = runs.kind, .seeds = runs.seeds};
  line.completed = static_cast<int>(runs.completed.size());
  const auto over = [&](auto value) { return spread_over(runs.completed, value); };
  line.loss = over([](const Digest& d) { return Optional(d.last); });
  line.evaluation = over([](const Digest& d) { return d.evaluation; });
  line.accuracy = over([](const Digest& d) { return d.accuracy; });
  line.evaluation_accuracy = over([](const Digest& d) { return d.evaluation_accuracy; });
  line.messages = over([](const Digest& d) { return Optional(d.messages); }).mean;
  line.violations = over([](const Digest& d) { return Optional(d.violations); }).mean;
  line.kept_bytes = over([](const Digest& d) { return Optional(d.history_bytes + d.trace_bytes); }).mean;
  for (const DigestColumn& column : digest_columns()) {
    line.means.push_back(over([&](const Digest& d) { return number_in(column.value(d)); }).mean);
  }
  return line;
}

}  // namespace

std::vector<RuleRuns> runs_of(const SweepResult& result) {
  std::vector<RuleRuns> all;
  std::map<std::pair<std::vector<std::string>, std::string>, std::size_t> known;
  for (const SweepMember& member : result.members) {
    for (const Digest& digest : member.rules) {
      const auto [at, is_new] = known.try_emplace({member.settings, digest.rule}, all.size());
      if (is_new)
        all.push_back({.settings = member.settings, .rule = digest.rule, .kind = digest.kind, .completed = {}});
      RuleRuns& runs = all[at->second];
      ++runs.seeds;
      if (digest.status == name(Status::kCompleted)) runs.completed.push_back({member.seed, &digest});
    }
  }
  return all;
}

std::vector<SummaryLine> summary_of(const SweepResult& result) {
  std::vector<SummaryLine> lines;
  for (const RuleRuns& runs : runs_of(result)) lines.push_back(line_of(runs));
  return lines;
}

std::vector<std::string> seed_notes(const SweepResult& result) {
  using Settings = std::vector<std::string>;
  // by rule and settings, of each seed
  std::map<std::pair<std::string, Settings>, std::vector<std::string>> fingerprints;
  for (const SweepMember& member : result.members) {
    for (const Digest& digest : member.rules)
      fingerprints[{digest.rule, member.settings}].push_back(digest.fingerprint);
  }
  struct Repeats {
    std::size_t combinations = 0;
    std::size_t repeated = 0;  // combinations in which two seeds have the same fingerprint
    Settings first;
  };
  std::map<std::string, Repeats> rules;
  for (auto& [key, list] : fingerprints) {
    if (list.size() < 2) continue;
    Repeats& repeats = rules[key.first];
    ++repeats.combinations;
    std::ranges::sort(list);
    if (std::ranges::adjacent_find(list) == list.end()) continue;
    if (repeats.repeated++ == 0) repeats.first = key.second;
  }
  std::vector<std::string> notes;
  for (const auto& [rule, repeats] : rules) {
    if (repeats.repeated == 0) continue;
    std::string where;
    if (repeats.repeated < repeats.combinations)
      where = fmt::format(" in {} of {} combinations, the first {}", repeats.repeated, repeats.combinations,
                          fmt::join(repeats.first, " "));
    notes.push_back(fmt::format(
        "members of different seeds have the same fingerprint under {}{}: the seed changes nothing there", rule, where));
  }
  return notes;
}

std::vector<FailureGroup> failures_of(const SweepResult& result) {
  std::vector<FailureGroup> groups;
  std::map<std::string, std::size_t> known;
  for (std::size_t m = 0; m < result.members.size(); ++m) {
    const std::string& cause = result.members[m].failure;
    if (cause.empty()) continue;
    const auto [at, is_new] = known.try_emplace(cause, groups.size());
    if (is_new) groups.push_back({.cause = cause, .members = 0, .first = m});
    ++groups[at->second].members;
  }
  return groups;
}

}  // namespace locus
