#include "sim/report/comparison.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/report/chip_table.h"
#include "sim/report/core_memory_table.h"
#include "sim/report/description.h"
#include "sim/report/digest.h"
#include "sim/report/locality_table.h"
#include "sim/report/network_table.h"
#include "sim/report/pace_words.h"
#include "sim/report/progress.h"
#include "sim/report/table.h"
#include "sim/report/text.h"
#include "sim/report/version.h"

namespace locus {
namespace {

// a loss beyond this factor is rounding, and its size means nothing
constexpr double kVast = 1e12;

std::string outcome_cell(Status status, const Digest& progress) {
  switch (status) {
    case Status::kDiverged: return "DIVERGED";
    case Status::kLocalityBroken: return "BROKE BUDGET";
    case Status::kInterrupted: return "INTERRUPTED";
    case Status::kCompleted: break;
  }
  if (!std::isfinite(progress.first)) return "-";
  if (progress.first == progress.last) return "unchanged";
  if (progress.last == 0) return "fell to 0";
  if (progress.first == 0) return "rose from 0";
  const bool fell = progress.last < progress.first;
  const double factor = fell ? progress.first / progress.last : progress.last / progress.first;
  if (factor > kVast) return fmt::format("{} >{:.0e}x", fell ? "fell" : "rose", kVast);
  return fmt::format("{} {}x", fell ? "fell" : "rose", human_factor(factor));
}

std::string provenance(const RunResult& result) {
  return wrap(fmt::format("seed {}, model sha256 {}, locus {} ({})", result.seed, head(result.model_sha256, 12),
                          version(), commit()));
}

/// Wide enough for every rule, so that both tables agree; the widest table limits the width.
std::size_t name_columns(const RunResult& result) {
  std::size_t columns = 0;
  for (const Outcome& outcome : result.outcomes) columns = std::max(columns, width(outcome.rule));
  return columns;
}

TextTable learning_table(const RunResult& result) {
  const std::vector<Digest> digests = digests_of(result, 0);
  const std::int64_t window = window_of(result.outline.training.updates);
  const std::string span = window == 1 ? "" : fmt::format(" {}", window);
  TextTable table;
  table.caption = "LEARNING";
  table.columns = {{"rule", Align::kLeft},    {"updates"}, {"first" + span}, {"last" + span},
                   {"outcome", Align::kLeft}, {"rank"},    {"effective"}};
  table.groups = {{window == 1 ? "loss" : "mean loss", 2, 3}, {"learnt: dW", 5, 6}};
  table.name_columns = name_columns(result);
  const bool classes = std::ranges::any_of(result.outcomes, [](const auto& one) { return !one.accuracies.empty(); });
  if (classes) {
    table.columns.insert(table.columns.begin() + 4, TableColumn{"accuracy"});
    table.groups[1] = {"learnt: dW", 6, 7};
  }
  for (std::size_t r = 0; r < digests.size(); ++r) {
    const Outcome& outcome = result.outcomes[r];
    const Digest& digest = digests[r];
    table.rows.push_back({outcome.rule, human(static_cast<double>(outcome.updates)), human_loss(digest.first),
                          human_loss(digest.last), outcome_cell(outcome.status, digest),
                          digest.rank ? human(*digest.rank) : "-",
                          digest.effective_rank ? human(*digest.effective_rank) : "-"});
    std::vector<std::string>& row = table.rows.back();
    if (classes) row.insert(row.begin() + 4, human_accuracy(digest.accuracy.value_or(NAN)));
  }
  return table;
}

/// The rates of spiking neurons; empty without them.
std::string rates_of(const RunResult& result) {
  std::string text;
  for (const Outcome& outcome : result.outcomes) {
    for (const PopulationRate& rate : outcome.rates) {
      text += fmt::format("{} {} {} {:.4g} -> {:.4g}", text.empty() ? "rates (Hz, first update to last):" : ",",
                          shorten(outcome.rule, 32), shorten(rate.population, 32), rate.first, rate.last);
    }
  }
  return text.empty() ? "" : '\n' + wrap(text, 2, 0);
}

/// The first and the last loss of evaluation trials; empty without them.
std::string evaluations_of(const RunResult& result) {
  std::string text;
  for (const Outcome& outcome : result.outcomes) {
    if (outcome.evaluations.empty()) continue;
    text += fmt::format("{} {} {} -> {}", text.empty() ? "evaluation trials (mean loss, first to last):" : ",",
                        shorten(outcome.rule, 32), human_loss(outcome.evaluations.front().loss),
                        human_loss(outcome.evaluations.back().loss));
  }
  return text.empty() ? "" : '\n' + wrap(text, 2, 0);
}

/// The cosine of each rule's change with the exact gradient along its own run; empty without one.
std::string alignments_of(const RunResult& result) {
  std::string text;
  for (const Outcome& outcome : result.outcomes) {
    const std::vector<Alignment>& all = outcome.comparisons.alignment;
    std::vector<double> cosines;
    for (const Alignment& one : all) {
      const bool exact = one.with == all.front().with;
      if (exact && one.rule == outcome.rule && one.projection.empty() && one.cosine) cosines.push_back(*one.cosine);
    }
    if (cosines.empty()) continue;
    const std::string_view head = "alignment with the exact gradient (cosine, first to last):";
    text += fmt::format("{} {} {:.3f} -> {:.3f}", text.empty() ? head : ",", shorten(outcome.rule, 32), cosines.front(),
                        cosines.back());
  }
  return text.empty() ? "" : '\n' + wrap(text, 2, 0);
}

/// The first and the last accuracy of evaluation trials; empty without them.
std::string evaluation_accuracies_of(const RunResult& result) {
  std::string text;
  for (const Outcome& outcome : result.outcomes) {
    if (outcome.evaluations.empty() || !outcome.evaluations.back().accuracy) continue;
    text += fmt::format("{} {} {} -> {}", text.empty() ? "evaluation trials (accuracy, first to last):" : ",",
                        shorten(outcome.rule, 32), human_accuracy(outcome.evaluations.front().accuracy.value_or(NAN)),
                        human_accuracy(*outcome.evaluations.back().accuracy));
  }
  return text.empty() ? "" : '\n' + wrap(text, 2, 0);
}

std::vector<RuleLedger> ledgers_of(const RunResult& result) {
  std::vector<RuleLedger> ledgers;
  for (const Outcome& outcome : result.outcomes) ledgers.push_back({outcome.rule, outcome.ledger});
  return ledgers;
}

std::string legend(const RunResult& result) {
  return wrap(
             "dW: what the recurrent weights learnt (of several projections, the one of highest rank); effective: rank "
             "by the entropy of its singular values",
             2, 0) +
         locality_legend(ledgers_of(result));
}

std::string fingerprints(const RunResult& result) {
  std::string text = "fingerprints:";
  for (const Outcome& outcome : result.outcomes) {
    text += fmt::format(" {}={}", shorten(outcome.rule, 32), outcome.fingerprint);
  }
  return wrap(text, 2, 0);
}

}  // namespace

std::string comparison_tables(const Spec& spec, const RunResult& result) {
  std::string text = title_of(spec) + provenance(result);
  if (result.outcomes.empty()) return text;
  text += '\n' + render(learning_table(result)) + rates_of(result) + evaluations_of(result) +
          evaluation_accuracies_of(result) + alignments_of(result);
  if (const std::string paces = paces_of(spec); !paces.empty()) text += '\n' + wrap(paces, 2, 0);
  text += '\n' + render(locality_table(ledgers_of(result)));
  if (result.chip) text += '\n' + chip_title(*result.chip) + render(chip_table(result)) + energy_range_table(result);
  const bool replayed = is_replayed(result);
  if (replayed) text += '\n' + render(network_table(result));
  if (spec.chip) text += '\n' + core_memory_table(spec, result.topology);
  text += '\n' + legend(result) + (result.chip ? chip_legend(*result.chip) : "");
  return text + (replayed ? network_legend(*result.chip->network) : "");
}

std::string comparison(const Spec& spec, const RunResult& result) {
  std::string text = comparison_tables(spec, result) + '\n';
  for (const std::string& remark : remarks(spec, result)) text += wrap(remark);
  return result.outcomes.empty() ? text : text + '\n' + fingerprints(result);
}

}  // namespace locus
