// The summary of a sweep as the printed tables.
#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "sim/report/sweep_result.h"
#include "sim/report/table.h"
#include "sim/report/text.h"

namespace locus {
namespace {

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

/// A table with one row for each line of the summary; each combination of settings stands above
/// its rows. Empty without rows.
std::string under_settings(const TextTable& table, const std::vector<SummaryLine>& summary) {
  if (summary.empty()) return "";
  // The last lines of the table are its rows.
  const std::vector<std::string> lines = lines_of(render(table));
  const std::size_t head = lines.size() - summary.size();
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::size_t row = i - head;
    const bool begins = i >= head && (row == 0 || summary[row].settings != summary[row - 1].settings);
    if (begins && !summary[row].settings.empty())
      text += wrap(fmt::format("{}", fmt::join(summary[row].settings, "  ")), 2, 0);
    text += lines[i] + '\n';
  }
  return text;
}

/// A spread in the order of the files, each number in one form.
void add_spread(const Spread& spread, std::string (*show)(double), std::vector<std::string>& cells) {
  for (const double number : {spread.mean, spread.sem, spread.q25, spread.median, spread.q75})
    cells.push_back(show(number));
}

std::string loss_table(const char* caption, const std::vector<SummaryLine>& summary) {
  TextTable table;
  table.caption = caption;
  table.columns = {{"rule", Align::kLeft}, {"done"},      {"mean"}, {"25 %"}, {"median"}, {"75 %"},
                   {"messages"},           {"violations"}};
  table.groups = {{"loss at the end", 2, 5}, {"per trial", 6, 7}};
  for (const SummaryLine& line : summary) {
    table.rows.push_back({line.rule, fmt::format("{}/{}", line.completed, line.seeds), human_loss(line.loss.mean),
                          human_loss(line.loss.q25), human_loss(line.loss.median), human_loss(line.loss.q75),
                          human(line.messages), human(line.violations)});
  }
  return under_settings(table, summary);
}

std::string evaluation_table(const std::vector<SummaryLine>& summary) {
  if (std::ranges::all_of(summary, [](const SummaryLine& line) { return line.evaluation.count == 0; })) return "";
  TextTable table;
  table.caption = "EVALUATION TRIALS";
  table.columns = {{"rule", Align::kLeft}, {"seeds"}, {"mean"}, {"sem"}, {"25 %"}, {"median"}, {"75 %"}};
  table.groups = {{"loss after the last update", 2, 6}};
  for (const SummaryLine& line : summary) {
    auto& cells = table.rows.emplace_back(std::vector<std::string>{line.rule, std::to_string(line.evaluation.count)});
    add_spread(line.evaluation, human_loss, cells);
  }
  return '\n' + under_settings(table, summary);
}

/// Accuracies of the trials that were learnt from and of evaluation trials; empty without classes.
std::string accuracy_table(const std::vector<SummaryLine>& summary) {
  const auto has = [&](Spread SummaryLine::*spread) {
    return std::ranges::any_of(summary, [&](const SummaryLine& line) { return (line.*spread).count > 0; });
  };
  const bool evaluated = has(&SummaryLine::evaluation_accuracy);
  if (!evaluated && !has(&SummaryLine::accuracy)) return "";
  TextTable table;
  table.caption = evaluated ? "ACCURACY OF EVALUATION TRIALS" : "ACCURACY";
  table.columns = {{"rule", Align::kLeft}, {"seeds"}, {"mean"}, {"sem"}, {"25 %"}, {"median"}, {"75 %"}};
  table.groups = {{evaluated ? "after the last update" : "at the end", 2, 6}};
  if (evaluated) table.columns.push_back({"learnt from"});
  for (const SummaryLine& line : summary) {
    const Spread& accuracy = evaluated ? line.evaluation_accuracy : line.accuracy;
    auto& cells = table.rows.emplace_back(std::vector<std::string>{line.rule, std::to_string(accuracy.count)});
    add_spread(accuracy, human_accuracy, cells);
    if (evaluated) cells.push_back(human_accuracy(line.accuracy.median));
  }
  return '\n' + under_settings(table, summary);
}

/// The index of a column of digest_columns().
std::size_t column_named(std::string_view name) {
  const auto& columns = digest_columns();
  return static_cast<std::size_t>(
      std::ranges::find_if(columns, [&](const DigestColumn& column) { return column.name == name; }) - columns.begin());
}

std::string chip_means_table(const std::vector<SummaryLine>& summary) {
  const auto has = [&](std::string_view name) {
    return std::ranges::any_of(
        summary, [c = column_named(name)](const SummaryLine& line) { return std::isfinite(line.means[c]); });
  };
  if (!has("packets")) return "";
  TextTable table;
  table.caption = "ON THE CHIP, PER TRIAL";
  table.columns = {{"rule", Align::kLeft}, {"packets"}, {"learning"}, {"hops"}, {"busiest link"}};
  const bool estimated = has("energy_pj");
  if (estimated) {
    table.columns.insert(table.columns.end(), {{"energy"}, {"time"}});
    table.groups = {{"estimate", 5, 6}};
  }
  for (const SummaryLine& line : summary) {
    const auto value = [&](std::string_view name) { return line.means[column_named(name)]; };
    std::vector<std::string>& cells = table.rows.emplace_back(std::vector<std::string>{line.rule});
    for (const char* name : {"packets", "learning_packets", "hops", "busiest_link"})
      cells.push_back(human(value(name)));
    if (!estimated) continue;
    cells.push_back(human_si(1e-12 * value("energy_pj"), "J"));
    cells.push_back(human_si(1e-9 * value("time_ns"), "s"));
  }
  return '\n' + under_settings(table, summary);
}

/// The rules without a choice.
std::string best_remarks(const BestSettings& best) {
  std::string text;
  for (const BestChoice& choice : best.rules) {
    if (!choice.reason.empty())
      text += wrap(fmt::format("{}: no best setting, because {}", choice.rule, choice.reason), 2, 0);
  }
  return text + wrap("summary.csv of --out has all combinations", 2, 0);
}

/// "(first: training.learning_rate=500 seed 2)".
std::string first_words(const SweepMember& first) {
  return fmt::format("(first: {}{}seed {})", fmt::join(first.settings, " "), first.settings.empty() ? "" : " ", first.seed);
}

/// The rules that did not complete, by their status, with the cause of the first member.
std::string early_ends(const SweepResult& result) {
  struct Group {
    std::size_t members = 0;
    const SweepMember* first = nullptr;
    const Digest* digest = nullptr;
  };
  std::map<std::pair<std::string, std::string>, Group> groups;
  for (const SweepMember& member : result.members) {
    for (const Digest& digest : member.rules) {
      if (digest.status == "COMPLETED") continue;
      Group& group = groups[{digest.rule, digest.status}];
      if (group.members++ == 0) group = {1, &member, &digest};
    }
  }
  std::string text;
  for (const auto& [key, group] : groups)
    text +=
        wrap(fmt::format("{}: {} in {} of {} members{}{} {}", key.second, key.first, group.members, result.members.size(),
                         group.digest->message.empty() ? "" : ": ", group.digest->message, first_words(*group.first)),
             2, 0);
  return text;
}

std::string finding_text(const Finding& finding) {
  if (finding.headline.empty()) return "";
  std::string text = '\n' + wrap(finding.headline);
  for (const std::string& caveat : finding.caveats) text += wrap(caveat);
  return text;
}

}  // namespace

std::string sweep_table(const SweepResult& result) {
  const ShownSettings shown = shown_settings(result);
  const std::vector<SummaryLine> summary = summary_of(result.best ? shown.part : result);
  std::string text = loss_table(result.best ? "EACH RULE AT ITS BEST" : "SWEEP", summary) + evaluation_table(summary) +
                     accuracy_table(summary) + chip_means_table(summary) + finding_text(finding_of(result, shown));
  if (result.best) text += best_remarks(*result.best);
  text += early_ends(result);
  for (const FailureGroup& group : failures_of(result))
    text += wrap(fmt::format("FAILED: {} of {} members: {} {}", group.members, result.members.size(), group.cause,
                             first_words(result.members[group.first])),
                 2, 0);
  return text;
}

}  // namespace locus
