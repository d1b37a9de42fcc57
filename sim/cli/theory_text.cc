#include "sim/cli/theory_text.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "sim/cli/json.h"
#include "sim/report/text.h"
#include "sim/run/result.h"

namespace locus {
namespace {

using theory::Mode;

constexpr double kLearnt = 0.01;  // a mode is at its optimum if its loss has fallen to this share

constexpr std::string_view kLegend =
    "stable, rate, eigenvalues: at the optimum named above each table; rate: the slower decay per unit of updates x eta. updates/e: those in which "
    "the distance to where this student ends falls e-fold. loss: after these updates by the modes' ODEs, by the exact expectation (finite T and "
    "eta, no noise), and by the simulation. off: the largest distance of a mode's (a, b, w) from its ODE's. docs/theory.md has the equations.";

bool is_nothing(const Mode& mode) { return mode.a == 0 && mode.b == 0 && mode.w == 0; }

std::string text_of(const Mode& mode) { return fmt::format("({:.3g}, {:.3g}, {:.3g})", mode.a, mode.b, mode.w); }

/// The two eigenvalues across the manifold: real, or a conjugate pair.
std::string text_of(const std::complex<double>& one, const std::complex<double>& other) {
  if (one.imag() == 0) return fmt::format("{:.3g}, {:.3g}", one.real(), other.real());
  return fmt::format("{:.3g} +- {:.3g}i", one.real(), std::abs(one.imag()));
}

/// The limit of a mode's ODE, in words.
std::string fate(const ModePrediction& mode, const Mode& teacher, double eta) {
  if (mode.ending == theory::Ending::kLeftDomain) return "diverges: |w| reaches 1";
  if (mode.ending == theory::Ending::kEscaped) return "diverges: a, b unbounded";
  if (mode.ending == theory::Ending::kInterrupted) return "interrupted";
  const double saddle = theory::saddle_loss(teacher);
  const bool learnt = mode.limit_loss <= kLearnt * saddle;
  if (learnt && mode.largest_eta > 0 && eta > mode.largest_eta)
    return fmt::format("overshoots: eta > {:.2g}", mode.largest_eta);
  if (learnt) return "to " + text_of(mode.limit);
  if (mode.ending == theory::Ending::kTooLong)
    return fmt::format("not there in {} steps of its ODE", theory::kMostSteps);
  if (std::hypot(mode.limit.a, mode.limit.b) < 0.01 * std::sqrt(std::abs(teacher.a * teacher.b)))
    return "stuck at the saddle";
  return fmt::format("not there, loss {}", human_loss(mode.limit_loss));
}

std::string folding(const ModePrediction& mode, double learning_rate) {
  const bool has_limit = mode.ending == theory::Ending::kInTime || mode.ending == theory::Ending::kTooLong;
  if (!has_limit || mode.limit_rate <= 0) return "-";
  return human(1 / (mode.limit_rate * learning_rate));
}

/// The rules in columns: lines of cells; each column is as wide as its widest cell.
std::string in_columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += pad(row[i], widths[i] + 2, Align::kLeft);
    line.resize(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

std::string modes_text(const Spec& spec, const Prediction& prediction) {
  std::vector<std::vector<std::string>> rows = {{"rule", "stable", "rate", "eigenvalues", "the student goes", "updates/e"}};
  std::string text;
  for (std::size_t i = 0; i < prediction.teacher.size(); ++i) {
    const Mode& teacher = prediction.teacher[i];
    rows.resize(1);
    for (const RulePrediction& rule : prediction.rules) {
      const ModePrediction& mode = rule.modes[i];
      const theory::Linearisation& line = mode.optimum;
      rows.push_back({shorten(rule.name, 12) + (rule.modes_apply ? "" : "*"), line.stable ? "yes" : "no",
                      fmt::format("{:.3g}", line.rate), text_of(line.eigenvalues[1], line.eigenvalues[2]),
                      fate(mode, teacher, spec.training.learning_rate.value_or(0)),
                      folding(mode, spec.training.learning_rate.value_or(0))});
    }
    text += fmt::format("\nmode {}: teacher {}, student starts at {},\n  optimum taken at s = {:.3g}\n", i + 1,
                        text_of(teacher), text_of(prediction.rules.at(0).modes[i].start),
                        prediction.rules.at(0).modes[i].optimum.s);
    text += in_columns(rows);
  }
  return text;
}

/// The loss at the last checkpoint, or the reason why there is none.
std::string last_of(const std::vector<double>& losses, std::size_t points, std::string_view reason) {
  if (losses.empty()) return "-";
  return losses.size() == points ? human_loss(losses.back()) : std::string(reason);
}

std::string_view reason_of(bool interrupted) { return interrupted ? "interrupted" : "diverged"; }

/// Why the modes of a rule have no loss at the last checkpoint.
std::string_view reason_of(const std::vector<ModePrediction>& modes) {
  const auto one_ends = [&](theory::Ending ending) {
    return std::ranges::any_of(modes, [&](const ModePrediction& mode) { return mode.ending_at_checkpoints == ending; });
  };
  if (one_ends(theory::Ending::kInterrupted)) return reason_of(true);
  if (one_ends(theory::Ending::kLeftDomain) || one_ends(theory::Ending::kEscaped)) return reason_of(false);
  return "too long";
}

double mode_distance(const RulePrediction& rule, Mode ModePrediction::*to) {
  double largest = 0;
  for (const ModePrediction& mode : rule.modes) {
    const Mode& x = mode.last;
    const Mode& y = mode.*to;
    largest = std::max({largest, std::abs(x.a - y.a), std::abs(x.b - y.b), std::abs(x.w - y.w)});
  }
  return largest;
}

std::string distance_text(const RulePrediction& rule, Mode ModePrediction::*to) {
  const bool there = !rule.modes.empty() && std::ranges::all_of(rule.modes, [](const ModePrediction& mode) {
    return mode.ending_at_checkpoints == theory::Ending::kInTime;
  }) && !std::ranges::all_of(rule.modes, [&](const ModePrediction& mode) { return is_nothing(mode.*to); });
  return there ? fmt::format("{:.2g}", mode_distance(rule, to)) : "-";
}

std::string json_of(const Mode& mode) {
  return json_object({{"a", json_number(mode.a)}, {"b", json_number(mode.b)}, {"w", json_number(mode.w)}});
}

std::string json_of(const theory::Linearisation& line) {
  std::vector<std::string> eigenvalues;
  for (const std::complex<double>& value : line.eigenvalues)
    eigenvalues.push_back(json_object({{"re", json_number(value.real())}, {"im", json_number(value.imag())}}));
  return json_object({{"s", json_number(line.s)},
                      {"trace", json_number(line.trace)},
                      {"determinant", json_number(line.determinant)},
                      {"eigenvalues", json_list(eigenvalues)},
                      {"stable", json_bool(line.stable)},
                      {"rate", json_number(line.rate)}});
}

std::string json_of(const std::vector<double>& numbers) {
  std::vector<std::string> items;
  for (const double number : numbers) items.push_back(json_number(number));
  return json_list(items);
}

std::string json_of(const RulePrediction& rule, const ModePrediction& mode, const Mode& teacher, double eta) {
  std::vector<std::pair<std::string, std::string>> fields = {{"rule", json_string(rule.name)},
                                                             {"optimum", json_of(mode.optimum)}};
  if (mode.saddle)
    fields.emplace_back(
        "saddle", json_object({{"loss", json_number(theory::saddle_loss(teacher))},
                               {"eigenvalues", json_of(std::vector<double>(mode.saddle->begin(), mode.saddle->end()))}}));
  const bool has_limit = mode.ending == theory::Ending::kInTime || mode.ending == theory::Ending::kTooLong;
  const bool ended = has_limit && mode.ending_at_checkpoints == theory::Ending::kInTime;
  fields.emplace_back("fate", json_string(fate(mode, teacher, eta)));
  fields.emplace_back("start", json_of(mode.start));
  fields.emplace_back("theory", ended ? json_of(mode.last) : "null");
  fields.emplace_back("expectation", is_nothing(mode.expected) ? "null" : json_of(mode.expected));
  fields.emplace_back("simulation", is_nothing(mode.simulated) ? "null" : json_of(mode.simulated));
  fields.emplace_back("largestEta", json_number(mode.largest_eta));
  fields.emplace_back("limit", has_limit ? json_of(mode.limit) : "null");
  return json_object(fields);
}

}  // namespace

std::string theory_text(const Spec& spec, const Prediction& prediction) {
  std::string text = fmt::format("{}: {} modes, T = {}, eta = {:g}, batch {}, {} updates\n", spec.name,
                                 prediction.teacher.size(), spec.training.ticks,
                                 spec.training.learning_rate.value_or(0), spec.training.batch, spec.training.updates);
  if (!prediction.teacher.empty() && !prediction.rules.empty()) text += modes_text(spec, prediction);
  const std::size_t points = prediction.checkpoints.size();
  std::vector<std::vector<std::string>> rows = {
      {"rule", "loss: modes", "expected", "simulated", "off: expected", "simulated"}};
  for (const RulePrediction& rule : prediction.rules) {
    rows.push_back({shorten(rule.name, 14) + (rule.modes_apply ? "" : "*"),
                    rule.modes.empty() ? "-" : last_of(rule.mode_losses, points, reason_of(rule.modes)),
                    last_of(rule.expected_losses, points, reason_of(rule.expectation_interrupted)),
                    last_of(rule.simulated_losses, points, reason_of(rule.simulation_status == name(Status::kInterrupted))),
                    distance_text(rule, &ModePrediction::expected), distance_text(rule, &ModePrediction::simulated)});
  }
  text += fmt::format("\nafter {} updates (loss at first {})\n", spec.training.updates,
                      prediction.rules.empty() ? "-" : human_loss(prediction.rules.front().expected_losses.front()));
  text += in_columns(rows);
  text += '\n' + wrap(std::string(kLegend), 2, 0);
  std::vector<std::string> said;
  for (const RulePrediction& rule : prediction.rules) {
    if (rule.modes_apply || std::ranges::find(said, rule.why_not) != said.end()) continue;
    text += wrap(
        "* " + rule.why_not + (rule.modes.empty() ? "." : "; the mode theory is then a guide, the expectation exact."),
        2, 0);
    said.push_back(rule.why_not);
  }
  return text;
}

std::string theory_json(const Spec& spec, const Prediction& prediction) {
  std::vector<std::string> modes, rules, checkpoints;
  for (std::size_t i = 0; i < prediction.teacher.size(); ++i) {
    std::vector<std::string> of_mode;
    for (const RulePrediction& rule : prediction.rules)
      of_mode.push_back(json_of(rule, rule.modes[i], prediction.teacher[i], spec.training.learning_rate.value_or(0)));
    modes.push_back(json_object({{"teacher", json_of(prediction.teacher[i])}, {"rules", json_list(of_mode)}}));
  }
  for (const RulePrediction& rule : prediction.rules) {
    rules.push_back(json_object({{"rule", json_string(rule.name)},
                                 {"modesApply", json_bool(rule.modes_apply)},
                                 {"whyNot", json_string(rule.why_not)},
                                 {"losses", json_object({{"theory", json_of(rule.mode_losses)},
                                                         {"expectation", json_of(rule.expected_losses)},
                                                         {"simulation", json_of(rule.simulated_losses)}})},
                                 {"expectationDiverged", json_bool(rule.expectation_diverged)},
                                 {"simulationStatus", json_string(rule.simulation_status)}}));
  }
  for (const std::int64_t update : prediction.checkpoints) checkpoints.push_back(fmt::format("{}", update));
  return json_object({{"model", json_string(spec.name)},
                      {"studentAligned", json_bool(prediction.student_aligned)},
                      {"checkpoints", json_list(checkpoints)},
                      {"modes", json_list(modes)},
                      {"rules", json_list(rules)}});
}

}  // namespace locus
