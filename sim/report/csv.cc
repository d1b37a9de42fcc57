// The result's tables as comma-separated values (RFC 4180): one header line, '.' as decimal point,
// and quotes around names that need them.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "sim/report/output.h"
#include "sim/report/write.h"

namespace locus {

namespace {

bool is_number(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error != std::errc::invalid_argument && end == text.data() + text.size();
}

/// True if a spreadsheet could take the text for a formula, or would drop its first apostrophe.
bool needs_apostrophe(const std::string& text) {
  // the last four are the wide forms, which spreadsheets of East Asia take as well
  constexpr std::string_view kBegins[] = {"=", "+", "-", "@", "'", "\t", "＝", "＋", "－", "＠"};
  return !is_number(text) &&
         std::ranges::any_of(kBegins, [&](std::string_view begins) { return text.starts_with(begins); });
}

/// A number; an empty cell where there is none.
std::string cell_of(double number) { return std::isnan(number) ? "" : fmt::format("{}", number); }

}  // namespace

std::string csv_cell(const std::string& text) {
  const bool marked = needs_apostrophe(text);
  if (!marked && text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = marked ? "\"'" : "\"";
  for (const char character : text) {
    if (character == '"') quoted += '"';
    quoted += character;
  }
  return quoted + '"';
}

void write_losses_csv(const RunResult& result, Output& to) {
  const bool classes = std::ranges::any_of(result.outcomes, [](const auto& one) { return !one.accuracies.empty(); });
  to.put(classes ? "rule,update,loss,accuracy\n" : "rule,update,loss\n");
  for (const Outcome& outcome : result.outcomes) {
    const std::string rule = csv_cell(outcome.rule);
    for (std::size_t k = 0; k < outcome.losses.size(); ++k) {
      to.print("{},{},{}", rule, k, outcome.losses[k]);
      if (classes) to.print(",{}", k < outcome.accuracies.size() ? cell_of(outcome.accuracies[k]) : "");
      to.put('\n');
    }
  }
}

void write_evaluations_csv(const RunResult& result, Output& to) {
  bool begun = false;
  const auto classified = [](const Evaluation& one) { return one.accuracy.has_value(); };
  const bool classes = std::ranges::any_of(
      result.outcomes, [&](const Outcome& one) { return std::ranges::any_of(one.evaluations, classified); });
  for (const Outcome& outcome : result.outcomes) {
    const std::string rule = csv_cell(outcome.rule);
    for (const Evaluation& evaluation : outcome.evaluations) {
      if (!std::exchange(begun, true)) to.put(classes ? "rule,update,loss,accuracy\n" : "rule,update,loss\n");
      to.print("{},{},{}", rule, evaluation.update, evaluation.loss);
      if (classes) to.print(",{}", evaluation.accuracy ? cell_of(*evaluation.accuracy) : "");
      to.put('\n');
    }
  }
}

namespace {

/// The number, or nothing where it is missing.
std::string number_cell(const std::optional<double>& value) { return value ? fmt::format("{}", *value) : ""; }

}  // namespace

void write_alignment_csv(const RunResult& result, Output& to) {
  bool begun = false;
  for (const Outcome& outcome : result.outcomes) {
    const std::string run = csv_cell(outcome.rule);
    for (const Alignment& one : outcome.comparisons.alignment) {
      if (!std::exchange(begun, true)) to.put("run,update,rule,with,projection,cosine,norm_ratio,sign_agreement\n");
      to.print("{},{},{},{},{},{},{},{}\n", run, one.update, csv_cell(one.rule), csv_cell(one.with),
               csv_cell(one.projection), number_cell(one.cosine), number_cell(one.norm_ratio),
               number_cell(one.sign_agreement));
    }
  }
}

void write_scatter_csv(const RunResult& result, Output& to) {
  bool begun = false;
  for (const Outcome& outcome : result.outcomes) {
    const std::string run = csv_cell(outcome.rule);
    for (const Scatter& one : outcome.comparisons.scatter) {
      if (!std::exchange(begun, true)) to.put("run,update,rule,projection,bias,noise\n");
      to.print("{},{},{},{},{},{}\n", run, one.update, csv_cell(one.rule), csv_cell(one.projection),
               number_cell(one.bias), number_cell(one.noise));
    }
  }
}

void write_curvature_csv(const RunResult& result, Output& to) {
  bool begun = false;
  for (const Outcome& outcome : result.outcomes) {
    const std::string run = csv_cell(outcome.rule);
    for (const Curvature& one : outcome.comparisons.curvature) {
      if (!std::exchange(begun, true)) to.put("run,update,largest_eigenvalue,residual,products\n");
      to.print("{},{},{},{},{}\n", run, one.update, one.largest_eigenvalue, one.residual, one.products);
    }
  }
}

void write_ledger_csv(const RunResult& result, Output& to) {
  to.put("rule,channel,lag,messages,scalars,bytes");
  if (result.chip) to.put(",on_core,packets,unicast_packets,hops,unicast_hops,tree_hops");
  const bool some_stay =
      std::ranges::any_of(result.outcomes, [](const Outcome& outcome) { return outcome.ledger.core_local() > 0; });
  to.put(some_stay ? ",core_local\n" : "\n");
  for (const Outcome& outcome : result.outcomes) {
    const std::string rule = csv_cell(outcome.rule);
    std::size_t k = 0;
    for (const LedgerEntry& entry : outcome.ledger.entries()) {
      to.print("{},{},{},{},{},{}", rule, name(entry.channel), entry.lag, entry.tally.messages, entry.tally.scalars,
               outcome.ledger.bytes(entry));
      if (outcome.chip) {  // its entries are those of the ledger, in the same order
        const ChipCounts& counts = outcome.chip->report.entries[k++].counts;
        to.print(",{},{},{},{},{},{}", counts.on_core, counts.packets, counts.unicast_packets, counts.hops,
                 counts.unicast_hops, counts.tree_hops);
      }
      if (some_stay) to.print(",{}", outcome.ledger.is_core_local(entry.channel) ? 1 : 0);
      to.put('\n');
    }
  }
}

}  // namespace locus
