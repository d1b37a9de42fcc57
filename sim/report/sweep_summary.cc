// The summary of a sweep over its seeds, and what its members have in common.
#include <algorithm>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "sim/report/sweep_result.h"

namespace locus {
namespace {

using Optional = std::optional<double>;

Optional of_chip(const Digest& digest, double ChipDigest::*field) {
  return digest.chip ? Optional((*digest.chip).*field) : Optional();
}

Optional of_chip(const Digest& digest, Optional ChipDigest::*field) {
  return digest.chip ? (*digest.chip).*field : Optional();
}

/// The numbers of one line, a list a column.
struct Group {
  std::size_t line = 0;
  std::vector<double> last, messages, violations, evaluation;
  std::vector<std::vector<double>> columns;
};

void add(const Digest& digest, Group& group) {
  group.last.push_back(digest.last);
  group.messages.push_back(digest.messages);
  group.violations.push_back(digest.violations);
  if (digest.evaluation) group.evaluation.push_back(*digest.evaluation);
  const auto& columns = digest_columns();
  group.columns.resize(columns.size());
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (const Optional value = columns[c].value(digest)) group.columns[c].push_back(*value);
  }
}

}  // namespace

const std::vector<DigestColumn>& digest_columns() {
  static const std::vector<DigestColumn> kColumns = {
      {"rank", [](const Digest& d) { return d.rank ? Optional(*d.rank) : Optional(); }},
      {"effective_rank", [](const Digest& d) { return d.effective_rank; }},
      {"packets", [](const Digest& d) { return of_chip(d, &ChipDigest::packets); }},
      {"learning_packets", [](const Digest& d) { return of_chip(d, &ChipDigest::learning_packets); }},
      {"hops", [](const Digest& d) { return of_chip(d, &ChipDigest::hops); }},
      {"busiest_link", [](const Digest& d) { return of_chip(d, &ChipDigest::busiest_link); }},
      {"energy_pj", [](const Digest& d) { return of_chip(d, &ChipDigest::picojoules); }},
      {"time_ns", [](const Digest& d) { return of_chip(d, &ChipDigest::nanoseconds); }},
  };
  return kColumns;
}

std::vector<SummaryLine> summary_of(const SweepResult& result) {
  std::vector<SummaryLine> lines;
  std::map<std::pair<std::vector<std::string>, std::string>, Group> groups;
  for (const SweepMember& member : result.members) {
    for (const Digest& digest : member.rules) {
      const auto [at, is_new] = groups.try_emplace({member.settings, digest.rule});
      Group& group = at->second;
      if (is_new) {
        group.line = lines.size();
        group.columns.resize(digest_columns().size());
        lines.push_back({.settings = member.settings, .rule = digest.rule});
      }
      ++lines[group.line].seeds;
      if (digest.status != name(Status::kCompleted)) continue;
      ++lines[group.line].completed;
      add(digest, group);
    }
  }
  for (auto& [key, group] : groups) {
    SummaryLine& line = lines[group.line];
    const Spread last = spread_of(std::move(group.last));
    line.mean = last.mean;
    line.q25 = last.q25;
    line.median = last.median;
    line.q75 = last.q75;
    line.sd = last.sd;
    line.sem = last.sem;
    line.messages = spread_of(std::move(group.messages)).mean;
    line.violations = spread_of(std::move(group.violations)).mean;
    line.evaluation = spread_of(std::move(group.evaluation));
    for (std::vector<double>& column : group.columns) line.means.push_back(spread_of(std::move(column)).mean);
  }
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
