#include "sim/sweep/entries.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "sim/model/sha256.h"

namespace locus {

std::vector<Entry> entries_of(const SweepPlan& plan, std::uint64_t first_seed) {
  std::vector<Entry> combinations(1);
  for (const SweepAxis& axis : plan.axes) {
    std::vector<Entry> longer;
    for (const Entry& shorter : combinations) {
      for (const std::string& value : axis.values) {
        longer.push_back(shorter);
        longer.back().settings.push_back({axis.path, value});
      }
    }
    combinations = std::move(longer);
  }
  std::vector<Entry> entries;
  for (const Entry& combination : combinations) {
    for (std::int32_t k = 0; k < plan.seeds; ++k) {
      entries.push_back(combination);
      entries.back().seed = first_seed + static_cast<std::uint64_t>(k);
    }
  }
  return entries;
}

std::vector<Entry> entries_of_part(std::vector<Entry> entries, const WorkPart& part) {
  std::vector<std::pair<std::string, std::size_t>> order;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    std::string text = std::to_string(entries[i].seed);
    for (const Setting& setting : entries[i].settings) text += "\n" + setting.text();
    order.emplace_back(sha256(text), i);
  }
  std::ranges::sort(order);
  std::vector<std::size_t> own;
  for (auto place = static_cast<std::size_t>(part.index); place < order.size();
       place += static_cast<std::size_t>(part.count))
    own.push_back(order[place].second);
  std::ranges::sort(own);
  std::vector<Entry> kept;
  for (const std::size_t i : own) kept.push_back(std::move(entries[i]));
  return kept;
}

}  // namespace locus
