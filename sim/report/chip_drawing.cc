#include <algorithm>

#include <fmt/format.h>

#include "sim/report/chip_table.h"

namespace locus {
namespace {

constexpr std::size_t kNarrowestCell = 13;  // columns between the bars of a box
constexpr std::size_t kMostLines = 4;       // populations in a box
constexpr std::size_t kHostColumns = 7;     // "host --"
constexpr std::size_t kMostDrawn = 48;      // lines of boxes: more than a screen has
constexpr std::size_t kMostListed = 8;      // cores in a list

/// The neurons on each core: "rec 0-3", population by population, with adjacent neurons joined.
std::vector<std::vector<std::string>> held_by_core(const Placement& placement, const Topology& topology) {
  std::vector<std::vector<std::string>> held(static_cast<std::size_t>(placement.mesh.cores()));
  for (const Population& population : topology.populations) {
    if (population.layer == Layer::kInput) continue;
    std::vector<std::vector<std::int32_t>> own(held.size());
    for (std::int32_t k = 0; k < population.size; ++k)
      own[static_cast<std::size_t>(placement.core_of(population.layer, population.begin + k))].push_back(k);
    for (std::size_t core = 0; core < own.size(); ++core) {
      std::string ranges;
      for (std::size_t k = 0; k < own[core].size();) {
        std::size_t end = k + 1;
        while (end < own[core].size() && own[core][end] == own[core][end - 1] + 1) ++end;
        ranges += fmt::format("{}{}", ranges.empty() ? "" : ",", own[core][k]);
        if (end - k > 1) ranges += fmt::format("-{}", own[core][end - 1]);
        k = end;
      }
      if (!ranges.empty()) held[core].push_back(fmt::format("{} {}", population.name, ranges));
    }
  }
  return held;
}

std::string listed(const std::vector<std::vector<std::string>>& held, const std::vector<std::int64_t>& synapses) {
  std::string text;
  const auto used = static_cast<std::size_t>(std::ranges::count_if(held, [](const auto& own) { return !own.empty(); }));
  const auto fullest = std::ranges::max_element(synapses);
  text += wrap(fmt::format("{} of {} cores hold neurons; core {} has the most synapses, {}", used, held.size(),
                           fullest - synapses.begin(), *fullest),
               2, 0);
  std::size_t lines = 0;
  for (std::size_t core = 0; core < held.size() && lines < kMostListed; ++core) {
    if (held[core].empty()) continue;
    ++lines;
    const std::string all = fmt::format("{}", fmt::join(held[core], "; "));
    text += wrap(fmt::format("core {}: {} ({} synapses)", core, shorten(all, 60), synapses[core]), 4, 2);
  }
  if (used > lines) text += fmt::format("  and {} cores more\n", used - lines);
  return text;
}

/// Boxes with `cell` columns inside, and the host next to core 0.
std::string boxes(const ChipSpec& chip, std::size_t cell, const std::vector<std::vector<std::string>>& held,
                  const std::vector<std::int64_t>& synapses) {
  const auto columns = static_cast<std::size_t>(chip.width);
  const std::string margin(kHostColumns, ' ');
  std::string bar = margin;
  for (std::size_t c = 0; c < columns; ++c) bar += '+' + std::string(cell, '-');
  bar += "+\n";
  const auto said = [&](std::size_t core, std::size_t line, std::size_t lines) -> std::string {
    if (line == 0) return fmt::format("core {}", core);
    if (line == lines + 1) return fmt::format("{} synapses", synapses[core]);
    if (line > held[core].size()) return "";
    const bool cut = line == kMostLines && held[core].size() > kMostLines;
    return cut ? fmt::format("and {} more", held[core].size() - kMostLines + 1) : held[core][line - 1];
  };
  std::string text;
  for (std::size_t begin = 0; begin < held.size(); begin += columns) {
    std::size_t lines = 0;
    for (std::size_t c = 0; c < columns; ++c) lines = std::max(lines, std::min(held[begin + c].size(), kMostLines));
    text += bar;
    for (std::size_t line = 0; line < lines + 2; ++line) {
      text += begin == 0 && line == 0 ? "host --" : margin;
      for (std::size_t c = 0; c < columns; ++c)
        text += "| " + pad(shorten(said(begin + c, line, lines), cell - 1), cell - 1, Align::kLeft);
      text += "|\n";
    }
  }
  return text + bar;
}

}  // namespace

std::string chip_drawing(const ChipSpec& chip, const Topology& topology) {
  const Placement placement = place_on_chip(chip, topology);
  const std::vector<std::vector<std::string>> held = held_by_core(placement, topology);
  const std::vector<std::int64_t> synapses = synapses_by_core(placement, topology);
  std::vector<std::int32_t> core_of = placement.rate;
  core_of.insert(core_of.end(), placement.readout.begin(), placement.readout.end());
  std::int64_t between = 0;  // synapses whose two neurons both sit on cores
  for (const Projection& wires : topology.projections)
    between += wires.source_layer == Layer::kInput ? 0 : wires.size();
  const std::string text = chip_title(chip) + wrap(fmt::format("{} of {} synapses of W and A cross cores",
                                                               cut_synapses(topology, core_of), between));
  const std::size_t room = (kTextWidth - kHostColumns - 1) / static_cast<std::size_t>(chip.width);
  std::size_t lines = 0;  // of the boxes, with one line a core's population and three around them
  for (std::size_t begin = 0; begin < held.size(); begin += static_cast<std::size_t>(chip.width)) {
    std::size_t most = 0;
    for (std::size_t c = 0; c < static_cast<std::size_t>(chip.width); ++c)
      most = std::max(most, std::min(held[begin + c].size(), kMostLines));
    lines += most + 3;
  }
  const bool fits = room > kNarrowestCell && lines <= kMostDrawn;
  return text + (fits ? boxes(chip, std::min<std::size_t>(room - 1, 24), held, synapses) : listed(held, synapses));
}

}  // namespace locus
