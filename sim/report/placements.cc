#include "sim/report/placements.h"

#include <algorithm>

#include <fmt/format.h>

#include "sim/report/write.h"

namespace locus {
namespace {

std::string agent_of(const ChipSpec& chip) {
  if (chip.spread_agent) return "spread";
  return chip.agent_core ? std::to_string(*chip.agent_core) : "host";
}

std::string per_trial(const PlacedRule& placed, std::int64_t count) {
  return human(static_cast<double>(count) / static_cast<double>(std::max<std::int64_t>(placed.trials, 1)));
}

std::string place_cell(std::int32_t place) { return place == kHost ? "host" : std::to_string(place); }

/// The columns that say which placement and rule a line is about.
std::string key_of(const PlacedRule& one) {
  return fmt::format("{},{},{}", one.mesh, csv_cell(one.policy), csv_cell(one.rule));
}

std::string counts_of(const ChipCounts& counts) {
  return fmt::format("{},{},{},{},{},{}", counts.on_core, counts.packets, counts.unicast_packets, counts.hops,
                     counts.tree_hops, counts.unicast_hops);
}

constexpr std::string_view kCounts = "on_core,packets,unicast_packets,hops,tree_hops,unicast_hops";

}  // namespace

std::vector<PlacedRule> placed_rules(const RunResult& result, const std::string& fewest_of) {
  const ChipSpec& chip = *result.chip;
  std::vector<PlacedRule> placed;
  for (const Outcome& outcome : result.outcomes) {
    if (!outcome.chip) continue;
    placed.push_back({.mesh = fmt::format("{}x{}", chip.width, chip.height),
                      .policy = fewest_of.empty() ? std::string(name(chip.policy)) : "PACKETS:" + fewest_of,
                      .chip = chip,
                      .rule = outcome.rule,
                      .trials = outcome.ledger.trials(),
                      .messages = outcome.ledger.messages(),
                      .traffic = outcome.chip->report,
                      .estimate = outcome.chip->estimate});
  }
  return placed;
}

TextTable placement_table(const std::vector<PlacedRule>& placed) {
  TextTable table;
  table.caption = "PLACEMENTS, PER TRIAL";
  table.columns = {{"rule", Align::kLeft},
                   {"mesh", Align::kLeft},
                   {"policy", Align::kLeft},
                   {"packets"},
                   {"learning"},
                   {"hops"},
                   {"tree"},
                   {"busiest"}};
  for (const PlacedRule& one : placed) {
    const ChipTraffic& traffic = one.traffic;
    const Load* const link = busiest(traffic.links);
    table.rows.push_back({one.rule, one.mesh, shorten(one.policy, 20), per_trial(one, traffic.total.packets),
                          per_trial(one, traffic.total.packets - traffic.forward_packets),
                          per_trial(one, traffic.total.hops), per_trial(one, traffic.total.tree_hops),
                          link == nullptr ? "-" : per_trial(one, link->packets)});
  }
  return table;
}

std::string placement_legend() {
  return wrap(
      "packets: from core to core, or core and host; learning: those beyond the forward run's; hops: links that they "
      "take; tree: links, if one packet a link serves all cores behind it; busiest: the packets of the link with most. "
      "--out writes energies and times as well",
      2, 0);
}

TextTable multicast_table(const std::vector<PlacedRule>& placed) {
  TextTable table;
  table.caption = "HOPS, PER TRIAL";
  table.columns = {{"rule", Align::kLeft}, {"a message"}, {"a core"}, {"a tree"}};
  table.groups = {{"one packet for each", 1, 2}};
  for (const PlacedRule& one : placed) {
    const ChipCounts& total = one.traffic.total;
    table.rows.push_back(
        {one.rule, per_trial(one, total.unicast_hops), per_trial(one, total.hops), per_trial(one, total.tree_hops)});
  }
  return table;
}

void write_placements_csv(const std::vector<PlacedRule>& placed, Output& to) {
  to.print(
      "mesh,policy,rule,neurons_per_core,agent,partial_sums,trials,messages,{},learning_packets,busiest_link_from,"
      "busiest_link_to,busiest_link_packets,picojoules,nanoseconds\n",
      kCounts);
  for (const PlacedRule& one : placed) {
    const ChipTraffic& traffic = one.traffic;
    to.print("{},{},{},{},{},{},{},{}", key_of(one), one.chip.neurons_per_core, agent_of(one.chip),
             one.chip.partial_sums ? 1 : 0, one.trials, one.messages, counts_of(traffic.total),
             traffic.total.packets - traffic.forward_packets);
    const Load* const link = busiest(traffic.links);
    to.put(link == nullptr ? ",,,0"
                           : fmt::format(",{},{},{}", place_cell(link->from), place_cell(link->to), link->packets));
    to.put(one.estimate ? fmt::format(",{},{}\n", one.estimate->total_energy, one.estimate->total_time) : ",,\n");
  }
}

void write_placed_channels_csv(const std::vector<PlacedRule>& placed, Output& to) {
  to.print("mesh,policy,rule,channel,lag,{}\n", kCounts);
  for (const PlacedRule& one : placed) {
    for (const ChipEntry& entry : one.traffic.entries)
      to.print("{},{},{},{}\n", key_of(one), name(entry.channel), entry.lag, counts_of(entry.counts));
  }
}

void write_cores_csv(const std::vector<PlacedRule>& placed, Output& to) {
  to.put("mesh,policy,kind,neuron,core\n");
  std::string last;
  for (const PlacedRule& one : placed) {
    // all rules of a placement have the same cores
    const std::string own = fmt::format("{},{}", one.mesh, csv_cell(one.policy));
    if (own == last) continue;
    last = own;
    const auto write = [&](std::string_view kind, const std::vector<std::int32_t>& cores) {
      for (std::size_t k = 0; k < cores.size(); ++k) to.print("{},{},{},{}\n", own, kind, k, cores[k]);
    };
    write("rate", one.traffic.placement.rate);
    write("readout", one.traffic.placement.readout);
  }
}

}  // namespace locus
