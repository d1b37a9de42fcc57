#include "sim/report/network_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "sim/report/chip_table.h"
#include "sim/report/text.h"
#include "sim/report/write.h"

namespace locus {
namespace {

double share(std::int64_t part, std::int64_t all) {
  return all > 0 ? static_cast<double>(part) / static_cast<double>(all) : 0;
}

std::string link_cell(const LinkEnds& ends) {
  const auto end = [](std::int32_t place) { return place == kHost ? std::string("host") : std::to_string(place); };
  return fmt::format("{}->{}", end(ends.from), end(ends.to));
}

}  // namespace

bool is_replayed(const RunResult& result) {
  return std::ranges::any_of(result.outcomes, [](const Outcome& one) { return one.chip && one.chip->network; });
}

TextTable network_table(const RunResult& result) {
  const bool drops = result.chip && result.chip->network && result.chip->network->policy == QueuePolicy::kDrop;
  TextTable table;
  table.caption = "CYCLES OF THE MESH, PER TRIAL";
  table.columns = {{"rule", Align::kLeft},
                   {"forward"},
                   {"learning"},
                   {"a tick"},
                   {"mean"},
                   {"waiting"},
                   {"queue"},
                   {"of link", Align::kLeft},
                   {drops ? "lost" : "blocked"}};
  table.groups = {{"latency", 4, 5}};
  for (const Outcome& outcome : result.outcomes) {
    table.name_columns = std::max(table.name_columns, width(outcome.rule));
    if (!outcome.chip || !outcome.chip->network) continue;
    const NetworkFigures& figures = *outcome.chip->network;
    const NetworkShare& forward = figures.forward;
    const NetworkShare& learning = figures.learning;
    const auto worst = std::ranges::max_element(figures.ticks, {}, &NetworkTick::most_cycles);
    const auto fullest = std::ranges::max_element(figures.ticks, {}, &NetworkTick::peak_queue);
    const bool any = !figures.ticks.empty();
    const std::int64_t packets = forward.packets + learning.packets;
    const std::int64_t last = drops ? forward.lost_packets + learning.lost_packets : forward.blocked + learning.blocked;
    table.rows.push_back({outcome.rule, human(forward_cycles(figures)), human(learning_cycles(figures)),
                          any ? human(static_cast<double>(worst->most_cycles)) : "-",
                          human(share(forward.latency + learning.latency, packets)),
                          human(share(forward.waiting + learning.waiting, packets)),
                          any ? human(static_cast<double>(fullest->peak_queue)) : "-",
                          any ? link_cell(fullest->peak_link) : "-", human(share(last, figures.trials))});
  }
  return table;
}

std::string network_legend(const ChipNetworkSpec& network) {
  const std::string queues = !network.queue_flits
                                 ? "queues without a limit"
                                 : fmt::format("queues of {} flits, {}", *network.queue_flits,
                                               network.policy == QueuePolicy::kDrop ? "which lose what they cannot hold"
                                                                                    : "before which packets wait");
  return wrap(fmt::format("cycles of the mesh: flits of {} bits, {} cycle{} a hop, {}{}; forward, learning: cycles in which "
                          "such packets are under way, wave after wave; a tick: the most of one tick, with its sweeps; "
                          "mean, waiting: cycles from the offer of a packet to its last flit, and the part that others "
                          "cause; queue: most flits before one link; {}",
                          network.flit_bits, network.cycles_per_hop, network.cycles_per_hop == 1 ? "" : "s", queues,
                          network.every > 1 ? fmt::format("; every {} updates", network.every) : "",
                          network.policy == QueuePolicy::kDrop
                              ? "lost: packets (learning does not notice)"
                              : "blocked: cycles in which an idle link had a packet without room behind, over all links"),
              2, 0);
}

void write_network_csv(const RunResult& result, Output& to) {
  to.put(
      "rule,tick,trials,forward_cycles,learning_cycles,most_cycles,packets,latency,largest_latency,lost_packets,blocked,"
      "peak_queue,peak_link,busiest_flits,busiest_link\n");
  for (const Outcome& outcome : result.outcomes) {
    if (!outcome.chip || !outcome.chip->network) continue;
    const std::string rule = csv_cell(outcome.rule);
    const NetworkFigures& figures = *outcome.chip->network;
    for (const NetworkTick& tick : figures.ticks) {
      to.print("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", rule, tick.tick, figures.trials, tick.forward_cycles,
               tick.learning_cycles, tick.most_cycles, tick.packets, tick.latency, tick.largest_latency,
               tick.lost_packets, tick.blocked, tick.peak_queue, link_cell(tick.peak_link), tick.busiest_flits,
               link_cell(tick.busiest_link));
    }
  }
}

}  // namespace locus
