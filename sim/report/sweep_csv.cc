// The tables of a sweep as comma-separated values.
#include <algorithm>
#include <cmath>
#include <string_view>
#include <variant>

#include <fmt/format.h>

#include "sim/report/sweep_result.h"
#include "sim/report/write.h"

namespace locus {
namespace {

/// The columns of the axes: "training.learning_rate,".
std::string axis_headings(const std::vector<SweepAxis>& axes) {
  std::string text;
  for (const SweepAxis& axis : axes) text += csv_cell(axis.path) + ",";
  return text;
}

/// The values of the axes; without settings, as many empty cells.
std::string axis_cells(const std::vector<std::string>& settings, std::size_t axes) {
  std::string text;
  for (std::size_t a = 0; a < axes; ++a)
    text += (a < settings.size() ? csv_cell(settings[a].substr(settings[a].find('=') + 1)) : "") + ",";
  return text;
}

/// A number, or nothing where a model does not have it.
std::string number_or_none(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }

std::string cell_text(const SweepCell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return csv_cell(*text);
  if (const auto* number = std::get_if<double>(&cell)) return number_or_none(*number);
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) return fmt::format("{}", *whole);
  if (const auto* seed = std::get_if<std::uint64_t>(&cell)) return fmt::format("{}", *seed);
  return "";
}

std::string spread_cells(const Spread& spread) {
  return fmt::format("{},{},{},{},{},{}", number_or_none(spread.mean), number_or_none(spread.sd),
                     number_or_none(spread.sem), number_or_none(spread.q25), number_or_none(spread.median),
                     number_or_none(spread.q75));
}

/// The headings of a spread, all of which begin with `prefix`.
std::string spread_headings(std::string_view prefix) {
  return fmt::format("{0}mean,{0}sd,{0}sem,{0}q25,{0}median,{0}q75", prefix);
}

/// Spreads of summary.csv beside that of the loss.
struct SpreadColumns {
  std::string_view prefix;
  Spread SummaryLine::*spread;
};
constexpr SpreadColumns kSpreads[] = {{"evaluation_", &SummaryLine::evaluation},
                                      {"accuracy_", &SummaryLine::accuracy},
                                      {"evaluation_accuracy_", &SummaryLine::evaluation_accuracy}};

std::string summary_headings() {
  std::string text = "rule,seeds,completed," + spread_headings("");
  for (const SpreadColumns& columns : kSpreads)
    text += fmt::format(",{}seeds,{}", columns.prefix, spread_headings(columns.prefix));
  text += ",messages,violations,kept_bytes";
  for (const DigestColumn& column : digest_columns()) text += fmt::format(",{}", column.name);
  return text;
}

std::string summary_cells(const SummaryLine& line) {
  std::string text = fmt::format("{},{},{},{}", csv_cell(line.rule), line.seeds, line.completed, spread_cells(line.loss));
  for (const SpreadColumns& columns : kSpreads) {
    const Spread& spread = line.*columns.spread;
    text += fmt::format(",{},{}", spread.count, spread_cells(spread));
  }
  text += fmt::format(",{},{},{}", number_or_none(line.messages), number_or_none(line.violations),
                      number_or_none(line.kept_bytes));
  for (const double mean : line.means) text += "," + number_or_none(mean);
  return text;
}

/// Of a rule that nothing reports on.
SummaryLine line_without_members(const std::string& rule) {
  const double none = std::nan("");
  SummaryLine line{.settings = {}, .rule = rule, .kind = {}, .loss = spread_of({})};
  line.evaluation = line.accuracy = line.evaluation_accuracy = line.loss;
  line.messages = line.violations = line.kept_bytes = none;
  line.means.assign(digest_columns().size(), none);
  return line;
}

}  // namespace

std::string members_csv(const SweepResult& result) {
  std::string text = axis_headings(result.axes);
  for (const MemberColumn& column : member_columns())
    text += fmt::format("{}{}", &column == &member_columns().front() ? "" : ",", column.name);
  text += '\n';
  for (const SweepMember& member : result.members) {
    const auto add_line = [&](const Digest* digest) {
      text += axis_cells(member.settings, result.axes.size());
      for (const MemberColumn& column : member_columns())
        text += (&column == &member_columns().front() ? "" : ",") + cell_text(column.value(member, digest));
      text += '\n';
    };
    if (!member.failure.empty()) add_line(nullptr);
    for (const Digest& digest : member.rules) add_line(&digest);
  }
  return text;
}

std::string summary_csv(const SweepResult& result) {
  std::string text = axis_headings(result.axes) + summary_headings() + "\n";
  for (const SummaryLine& line : summary_of(result))
    text += axis_cells(line.settings, result.axes.size()) + summary_cells(line) + "\n";
  return text;
}

std::string curves_csv(const std::vector<SweepCurve>& curves, const std::vector<SweepAxis>& axes) {
  std::string text = axis_headings(axes) + "rule,value,trials,update,updates,seeds," + spread_headings("") + "\n";
  for (const SweepCurve& curve : curves) {
    const std::string begins = axis_cells(curve.settings, axes.size()) + csv_cell(curve.rule) +
                               (curve.accuracy ? ",accuracy" : ",loss") +
                               (curve.evaluation ? ",evaluation," : ",training,");
    for (std::size_t k = 0; k < curve.points.size(); ++k)
      text += fmt::format("{}{},{},{},{}\n", begins, curve.update[k], curve.stretch, curve.points[k].count,
                          spread_cells(curve.points[k]));
  }
  return text;
}

std::string best_csv(const SweepResult& result) {
  const BestSettings& best = result.best.value();
  std::string text = axis_headings(result.axes) + "criterion,chosen_by,choosing_seeds,reason," + summary_headings() + "\n";
  const std::vector<SummaryLine> lines = summary_of(reported(result, best));
  for (const BestChoice& choice : best.rules) {
    const auto line = std::ranges::find(lines, choice.rule, &SummaryLine::rule);
    const bool chosen = choice.reason.empty();
    text += axis_cells(choice.settings, result.axes.size()) +
            fmt::format("{},{},{},{},", best.by == Criterion::kAccuracy ? "accuracy" : "loss",
                        chosen ? number_or_none(choice.chosen_by) : "", best.choosing_seeds.size(),
                        csv_cell(choice.reason));
    text += summary_cells(line != lines.end() ? *line : line_without_members(choice.rule)) + "\n";
  }
  return text;
}

}  // namespace locus
