// The tables of a sweep as comma-separated values.
#include <algorithm>
#include <cmath>
#include <optional>

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

std::string column_headings() {
  std::string text;
  for (const DigestColumn& column : digest_columns()) text += fmt::format(",{}", column.name);
  return text;
}

/// A number, or nothing where a model does not have it.
std::string number_cell(std::optional<double> value) {
  return value && !std::isnan(*value) ? fmt::format("{}", *value) : "";
}

std::string spread_cells(const Spread& spread) {
  if (spread.count == 0) return ",,,,,";
  return fmt::format("{},{},{},{},{},{}", number_cell(spread.mean), number_cell(spread.sd), number_cell(spread.sem),
                     number_cell(spread.q25), number_cell(spread.median), number_cell(spread.q75));
}

constexpr const char* kSummaryHeadings =
    "rule,seeds,completed,mean,q25,median,q75,messages,violations,sd,sem,evaluation_seeds,evaluation_mean,evaluation_sd,"
    "evaluation_sem,evaluation_q25,evaluation_median,evaluation_q75";

std::string summary_cells(const SummaryLine& line) {
  std::string text =
      fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{}", csv_cell(line.rule), line.seeds, line.completed, line.mean,
                  line.q25, line.median, line.q75, line.messages, line.violations, number_cell(line.sd),
                  number_cell(line.sem), line.evaluation.count, spread_cells(line.evaluation));
  for (const double mean : line.means) text += "," + number_cell(mean);
  return text;
}

/// Of a rule that nothing reports on.
SummaryLine line_without_members(const std::string& rule) {
  const double none = std::nan("");
  SummaryLine line{.settings = {}, .rule = rule};
  for (double SummaryLine::*field : {&SummaryLine::mean, &SummaryLine::q25, &SummaryLine::median, &SummaryLine::q75,
                                     &SummaryLine::sd, &SummaryLine::sem, &SummaryLine::messages, &SummaryLine::violations})
    line.*field = none;
  line.means.assign(digest_columns().size(), none);
  return line;
}

/// The folder of a member below the sweep's: "members/KEY".
std::string member_folder(const SweepMember& member) { return member.file.substr(0, member.file.rfind('/')); }

}  // namespace

std::string members_csv(const SweepResult& result) {
  std::string text =
      axis_headings(result.axes) +
      "seed,rule,status,first,last,messages,spatial,temporal,violations,max_lag,stalled,history_bytes,trace_bytes,"
      "fingerprint,member,evaluation" +
      column_headings() + ",cause\n";
  const std::string no_columns(digest_columns().size(), ',');
  for (const SweepMember& member : result.members) {
    const std::string begins = axis_cells(member.settings, result.axes.size()) + fmt::format("{},", member.seed);
    if (!member.failure.empty())
      text += fmt::format("{},FAILED,,,,,,,,,,,,,{},{}\n", begins, no_columns, csv_cell(member.failure));
    for (const Digest& d : member.rules) {
      text += fmt::format("{}{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}", begins, csv_cell(d.rule), d.status, d.first,
                          d.last, d.messages, d.spatial, d.temporal, d.violations, d.max_lag, d.stalled, d.history_bytes,
                          d.trace_bytes, d.fingerprint, csv_cell(member_folder(member)), number_cell(d.evaluation));
      for (const DigestColumn& column : digest_columns()) text += "," + number_cell(column.value(d));
      text += "," + csv_cell(d.message) + "\n";
    }
  }
  return text;
}

std::string summary_csv(const SweepResult& result) {
  std::string text = axis_headings(result.axes) + kSummaryHeadings + column_headings() + "\n";
  for (const SummaryLine& line : summary_of(result))
    text += axis_cells(line.settings, result.axes.size()) + summary_cells(line) + "\n";
  return text;
}

std::string curves_csv(const std::vector<SweepCurve>& curves, const std::vector<SweepAxis>& axes) {
  std::string text = axis_headings(axes) + "rule,trials,update,updates,seeds,mean,sd,sem,q25,median,q75\n";
  for (const SweepCurve& curve : curves) {
    const std::string begins = axis_cells(curve.settings, axes.size()) + csv_cell(curve.rule) +
                               (curve.evaluation ? ",evaluation," : ",training,");
    for (std::size_t k = 0; k < curve.points.size(); ++k)
      text += fmt::format("{}{},{},{},{}\n", begins, curve.update[k], curve.stretch, curve.points[k].count,
                          spread_cells(curve.points[k]));
  }
  return text;
}

std::string best_csv(const SweepResult& result) {
  const BestSettings best = best_of(result);
  std::string text =
      axis_headings(result.axes) + "chosen_by,choosing_seeds,reason," + kSummaryHeadings + column_headings() + "\n";
  const std::vector<SummaryLine> lines = summary_of(reported(result, best));
  for (const BestChoice& choice : best.rules) {
    const auto line = std::ranges::find(lines, choice.rule, &SummaryLine::rule);
    const bool chosen = choice.reason.empty();
    text += axis_cells(choice.settings, result.axes.size()) +
            fmt::format("{},{},{},", chosen ? number_cell(choice.chosen_by) : "", best.choosing_seeds.size(),
                        csv_cell(choice.reason));
    text += summary_cells(line != lines.end() ? *line : line_without_members(choice.rule)) + "\n";
  }
  return text;
}

}  // namespace locus
