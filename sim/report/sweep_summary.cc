// The summary of a sweep over its seeds, as lines and as the printed table.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "sim/report/sweep_result.h"
#include "sim/report/table.h"
#include "sim/report/text.h"

namespace locus {
namespace {

double mean_of(const std::vector<double>& numbers) {
  if (numbers.empty()) return std::numeric_limits<double>::quiet_NaN();
  double sum = 0;
  for (const double number : numbers) sum += number;
  return sum / static_cast<double>(numbers.size());
}

/// The lines of a rendered table.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

}  // namespace

double quantile(std::vector<double> numbers, double q) {
  if (numbers.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::ranges::sort(numbers);
  const double at = q * static_cast<double>(numbers.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(at));
  const std::size_t above = std::min(below + 1, numbers.size() - 1);
  return numbers[below] + (at - static_cast<double>(below)) * (numbers[above] - numbers[below]);
}

std::vector<SummaryLine> summary_of(const SweepResult& result) {
  struct Group {
    std::size_t line;
    std::vector<double> last, messages, violations;
  };
  std::vector<SummaryLine> lines;
  std::map<std::pair<std::vector<std::string>, std::string>, Group> groups;
  for (const SweepMember& member : result.members) {
    for (const Digest& digest : member.rules) {
      const auto [at, is_new] = groups.try_emplace({member.settings, digest.rule}, Group{lines.size(), {}, {}, {}});
      if (is_new) lines.push_back({.settings = member.settings, .rule = digest.rule});
      Group& group = at->second;
      ++lines[group.line].seeds;
      if (digest.status != name(Status::kCompleted)) continue;
      ++lines[group.line].completed;
      group.last.push_back(digest.last);
      group.messages.push_back(digest.messages);
      group.violations.push_back(digest.violations);
    }
  }
  for (auto& [key, group] : groups) {
    SummaryLine& line = lines[group.line];
    line.mean = mean_of(group.last);
    line.q25 = quantile(group.last, 0.25);
    line.median = quantile(group.last, 0.5);
    line.q75 = quantile(group.last, 0.75);
    line.messages = mean_of(group.messages);
    line.violations = mean_of(group.violations);
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

std::string sweep_table(const SweepResult& result) {
  const std::vector<SummaryLine> summary = summary_of(result);
  TextTable table;
  table.caption = "SWEEP";
  table.columns = {{"rule", Align::kLeft}, {"done"},      {"mean"}, {"25 %"}, {"median"}, {"75 %"},
                   {"messages"},           {"violations"}};
  table.groups = {{"loss at the end", 2, 5}, {"per trial", 6, 7}};
  for (const SummaryLine& line : summary) {
    table.rows.push_back({line.rule, fmt::format("{}/{}", line.completed, line.seeds), human_loss(line.mean),
                          human_loss(line.q25), human_loss(line.median), human_loss(line.q75), human(line.messages),
                          human(line.violations)});
  }
  // The last lines of the table are its rows, one for each line of the summary; each combination of
  // settings stands above its rows.
  const std::vector<std::string> lines = summary.empty() ? std::vector<std::string>() : lines_of(render(table));
  const std::size_t head = lines.size() - summary.size();
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::size_t row = i - head;
    const bool begins = i >= head && (row == 0 || summary[row].settings != summary[row - 1].settings);
    if (begins && !summary[row].settings.empty())
      text += wrap(fmt::format("{}", fmt::join(summary[row].settings, "  ")), 2, 0);
    text += lines[i] + '\n';
  }
  for (const SweepMember& member : result.members) {
    if (member.failure.empty()) continue;
    text +=
        wrap(fmt::format("FAILED: {} seed {}: {}", fmt::join(member.settings, " "), member.seed, member.failure), 2, 0);
  }
  return text;
}

}  // namespace locus
