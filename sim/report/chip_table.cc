#include "sim/report/chip_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "sim/model/characters.h"
#include "sim/model/cost.h"

namespace locus {
namespace {

double a_trial(double total, const Outcome& outcome) { return total / static_cast<double>(outcome.ledger.trials()); }

/// "0.0 %", "56.4 %", "100 %".
std::string percent(double share) { return share >= 0.9995 ? "100 %" : fmt::format("{:.1f} %", 100 * share); }

std::size_t widest_name(const RunResult& result) {
  std::size_t columns = 0;
  for (const Outcome& outcome : result.outcomes) columns = std::max(columns, width(outcome.rule));
  return columns;
}

std::string link_cell(const ChipTraffic& traffic) {
  const Load* const link = busiest(traffic.links);
  if (link == nullptr) return "-";
  const auto end = [](std::int32_t place) { return place == kHost ? std::string("host") : std::to_string(place); };
  return fmt::format("{}->{}", end(link->from), end(link->to));
}

bool is_estimated(const RunResult& result) {
  return std::ranges::any_of(result.outcomes, [](const Outcome& o) { return o.chip && o.chip->estimate; });
}

}  // namespace

std::string chip_title(const ChipSpec& chip) {
  const std::string agent =
      chip.spread_agent ? "on each core for its own neurons" : "at " + place_name(chip.agent_core.value_or(kHost));
  return wrap(fmt::format("chip: {} x {} cores of {} neuron{}, {}; backward agent {}{}{}", chip.width, chip.height,
                          chip.neurons_per_core, chip.neurons_per_core == 1 ? "" : "s", name(chip.policy), agent,
                          chip.partial_sums ? "; partial sums of TRANSPORT on each core" : "",
                          chip.cost ? fmt::format("; energy and time estimated for {}", shorten(chip.cost->name, 32)) : ""),
              2, 0);
}

TextTable chip_table(const RunResult& result) {
  const bool estimated = is_estimated(result);
  TextTable table;
  table.caption = "ON THE CHIP, PER TRIAL";
  table.columns = {{"rule", Align::kLeft},   {"packets"}, {"learning"}, {"hops"}, {"leave"}, {"peak"},
                   {"busiest", Align::kLeft}};
  if (estimated) table.columns.insert(table.columns.end(), {{"energy"}, {"time"}});
  if (estimated) table.groups = {{"estimate", 7, 8}};
  table.name_columns = widest_name(result);
  for (const Outcome& outcome : result.outcomes) {
    if (!outcome.chip) continue;
    const ChipTraffic& traffic = outcome.chip->report;
    const auto per_trial = [&](std::int64_t total) { return human(a_trial(static_cast<double>(total), outcome)); };
    const auto messages = static_cast<double>(std::max<std::int64_t>(outcome.ledger.messages(), 1));
    std::vector<std::string>& cells = table.rows.emplace_back(std::vector<std::string>{
        outcome.rule, per_trial(traffic.total.packets), per_trial(traffic.total.packets - traffic.forward_packets),
        per_trial(traffic.total.hops), percent(static_cast<double>(traffic.total.unicast_packets) / messages),
        traffic.peak.packets > 0 ? human(static_cast<double>(traffic.peak.packets)) : "-", link_cell(traffic)});
    if (!estimated) continue;
    const Estimate& estimate = *outcome.chip->estimate;
    cells.push_back(human_si(1e-12 * a_trial(estimate.total_energy, outcome), "J"));
    cells.push_back(human_si(1e-9 * a_trial(estimate.total_time, outcome), "s"));
  }
  return table;
}

TextTable energy_table(const RunResult& result) {
  TextTable table;
  table.caption = "ENERGY PER TRIAL (an estimate)";
  table.columns = {{"rule", Align::kLeft}, {"packets"}, {"hops"}, {"host"}, {"synapses"}, {"updates"}, {"neurons"}};
  const bool keeps = result.chip && result.chip->cost && result.chip->cost->charges(Charge::kKeptByte);
  if (keeps) table.columns.push_back({"kept"});
  table.columns.push_back({"total"});
  table.name_columns = widest_name(result);
  for (const Outcome& outcome : result.outcomes) {
    if (!outcome.chip || !outcome.chip->estimate) continue;
    const Estimate& estimate = *outcome.chip->estimate;
    const auto cell = [&](double picojoules) { return human_si(1e-12 * a_trial(picojoules, outcome), "J"); };
    const auto of = [&](Charge charge) { return estimate.energy[static_cast<std::size_t>(charge)]; };
    table.rows.push_back({outcome.rule, cell(of(Charge::kPacket)),
                          cell(of(Charge::kHopEastWest) + of(Charge::kHopNorthSouth)), cell(of(Charge::kHopHost)),
                          cell(of(Charge::kSynapticOperation)), cell(of(Charge::kSynapticUpdate)),
                          cell(of(Charge::kNeuronUpdate) + of(Charge::kBarrier))});
    if (keeps) table.rows.back().push_back(cell(of(Charge::kKeptByte)));
    table.rows.back().push_back(cell(estimate.total_energy));
  }
  return table;
}

std::string energy_range_table(const RunResult& result) {
  if (!result.chip || !result.chip->cost || !is_estimated(result)) return "";
  const CostSpec& cost = *result.chip->cost;
  std::string text;
  if (cost.has_range()) {
    TextTable table;
    table.caption = "ENERGY PER TRIAL, AND THE RANGE OF PUBLISHED FIGURES (an estimate)";
    table.columns = {{"rule", Align::kLeft}, {"energy"}, {"least"}, {"most"}};
    table.name_columns = widest_name(result);
    for (const Outcome& outcome : result.outcomes) {
      if (!outcome.chip || !outcome.chip->estimate) continue;
      const Estimate& estimate = *outcome.chip->estimate;
      const auto cell = [&](double picojoules) { return human_si(1e-12 * a_trial(picojoules, outcome), "J"); };
      table.rows.push_back(
          {outcome.rule, cell(estimate.total_energy), cell(estimate.low_energy), cell(estimate.high_energy)});
    }
    text = '\n' + render(table);
  }
  std::string words;
  if (!cost.source.empty()) words += "; source: " + printable(cost.source);
  if (!cost.measured_on.empty()) words += "; measured on: " + printable(cost.measured_on);
  if (!words.empty()) text += wrap(fmt::format("energies of {}{}", shorten(cost.name, 32), words), 2, 0);
  return text;
}

std::string sensitivity_table(const RunResult& result) {
  TextTable table;
  table.caption = "SENSITIVITIES ON THE CHIP, PER TRIAL";
  table.columns = {{"rule", Align::kLeft}, {"on core"}, {"packets"}, {"on core"}, {"packets"}};
  table.groups = {{"INFLUENCE", 1, 2}, {"GATHER", 3, 4}};
  table.name_columns = widest_name(result);
  for (const Outcome& outcome : result.outcomes) {
    if (!outcome.chip || rule(outcome.kind).drive != Drive::kSensitivity) continue;
    std::vector<std::string>& cells = table.rows.emplace_back(std::vector<std::string>{outcome.rule});
    for (const Channel channel : {Channel::kInfluence, Channel::kGather}) {
      const auto& entries = outcome.chip->report.entries;
      const auto found = std::ranges::find(entries, channel, &ChipEntry::channel);  // all of lag 0
      const ChipCounts counts = found == entries.end() ? ChipCounts{} : found->counts;
      for (const std::int64_t count : {counts.on_core, counts.packets})
        cells.push_back(human(a_trial(static_cast<double>(count), outcome)));
    }
  }
  return table.rows.empty() ? "" : render(table);
}

TextTable load_table(const RunResult& result) {
  TextTable table;
  table.caption = "BUSIEST, PER TRIAL";
  table.columns = {{"rule", Align::kLeft}, {"link", Align::kLeft}, {"packets"}, {"pair", Align::kLeft}, {"packets"}};
  table.name_columns = widest_name(result);
  for (const Outcome& outcome : result.outcomes) {
    if (!outcome.chip) continue;
    std::vector<std::string>& cells = table.rows.emplace_back(std::vector<std::string>{outcome.rule});
    for (const std::vector<Load>* loads : {&outcome.chip->report.links, &outcome.chip->report.pairs}) {
      const Load* const most = busiest(*loads);
      cells.push_back(most == nullptr ? "-" : name(*most));
      cells.push_back(most == nullptr ? "-" : human(a_trial(static_cast<double>(most->packets), outcome)));
    }
  }
  return table;
}

std::string chip_legend(const ChipSpec& chip) {
  std::string text = wrap(
      "packets: from core to core, or core and host; learning: those beyond the forward run's; hops: links that they "
      "take; leave: messages whose two actors sit on different places; peak: most packets of one tick, or of one stage "
      "of a sweep; busiest: the link with most packets",
      2, 0);
  if (chip.cost)
    text += wrap(
        "estimate: counts times what the chip's file charges; time: cores and links side by side, the busiest of each",
        2, 0);
  return text;
}

}  // namespace locus
