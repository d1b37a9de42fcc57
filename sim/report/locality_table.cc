#include "sim/report/locality_table.h"

#include <algorithm>

#include "sim/report/text.h"

namespace locus {
namespace {

std::string a_trial(std::int64_t total, const Ledger& ledger) {
  return human(static_cast<double>(total) / static_cast<double>(ledger.trials()));
}

std::size_t widest_name(const std::vector<RuleLedger>& rules) {
  std::size_t columns = 0;
  for (const RuleLedger& rule : rules) columns = std::max(columns, width(rule.rule));
  return columns;
}

bool some_stay(const std::vector<RuleLedger>& rules) {
  return std::ranges::any_of(rules, [](const RuleLedger& rule) { return rule.ledger.core_local() > 0; });
}

/// Empty if no rule uses such a channel.
std::string channel_table(const std::vector<RuleLedger>& rules, bool non_local) {
  TextTable table;
  table.caption = non_local ? "NON-LOCAL MESSAGES PER TRIAL" : "LOCAL AND BROADCAST MESSAGES PER TRIAL";
  table.columns = {{"rule", Align::kLeft}};
  table.name_columns = widest_name(rules);
  std::vector<Channel> used;
  for (const ChannelRow& row : kChannelTable) {
    const auto sends = [&](const RuleLedger& rule) { return rule.ledger.messages(row.channel) > 0; };
    if ((row.spatial == SpatialClass::kNonLocal) != non_local || std::ranges::none_of(rules, sends)) continue;
    used.push_back(row.channel);
    table.columns.push_back({std::string(row.name)});
  }
  if (used.empty()) return "";
  for (const RuleLedger& rule : rules) {
    std::vector<std::string>& cells = table.rows.emplace_back(std::vector<std::string>{rule.rule});
    for (const Channel channel : used) cells.push_back(a_trial(rule.ledger.messages(channel), rule.ledger));
  }
  return render(table);
}

}  // namespace

TextTable locality_table(const std::vector<RuleLedger>& rules) {
  TextTable table;
  table.caption = "PER TRIAL";
  table.columns = {{"rule", Align::kLeft},
                   {"messages"},
                   {"spatial"},
                   {"temporal"},
                   {"max lag"},
                   {"stalled"},
                   {"history"},
                   {"traces"}};
  table.groups = {{"violations", 2, 3}, {"ticks", 4, 5}, {"bytes kept", 6, 7}};
  table.name_columns = widest_name(rules);
  const bool stay = some_stay(rules);
  if (stay) table.columns.push_back({"core"});
  for (const auto& [rule, ledger] : rules) {
    table.rows.push_back({rule, a_trial(ledger.messages(), ledger), a_trial(ledger.spatial_violations(), ledger),
                          a_trial(ledger.temporal_violations(), ledger), human(ledger.max_lag()),
                          a_trial(ledger.stalled_ticks(), ledger), human_bytes(static_cast<double>(ledger.history_bytes())),
                          human_bytes(static_cast<double>(ledger.trace_bytes()))});
    if (stay) table.rows.back().push_back(a_trial(ledger.core_local(), ledger));
  }
  return table;
}

std::string channel_tables(const std::vector<RuleLedger>& rules) {
  const std::string allowed = channel_table(rules, false);
  const std::string broken = channel_table(rules, true);
  return allowed + (allowed.empty() || broken.empty() ? "" : "\n") + broken;
}

std::string locality_legend(const std::vector<RuleLedger>& rules) {
  const std::string stay =
      some_stay(rules) ? wrap("core: non-local messages that their rule keeps on a core; no violations", 2, 0) : "";
  return wrap("spatial: messages over a non-local wire; temporal: messages that revisit an earlier tick (lag 1 or more)",
              2, 0) +
         wrap("stalled: ticks that the network stands still for a sweep; kept: by the actors of one trial", 2, 0) + stay;
}

}  // namespace locus
