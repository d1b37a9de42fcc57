// The integers in which an engine keeps a range of numbers.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

#include "sim/engine/binding.h"

namespace locus {

struct StepGrid {
  double full_scale = 1;
  double step = 1;
  std::int64_t least = 0;  // integers that count from 0 upwards and downwards
  std::int64_t largest = 0;
  std::int64_t offset = 0;  // 0: they are stored as they are
};

/// The finest grid of so many bits (without the sign) or levels that holds the range. Numbers below
/// 0 without a sign are stored with an offset.
inline StepGrid step_grid_of(const Range& range, int bits, bool is_signed, std::optional<int> levels) {
  StepGrid grid;
  const bool negative = range.low < 0;
  grid.full_scale = std::max(std::abs(range.low), std::abs(range.high));
  if (!(grid.full_scale > 0) || !std::isfinite(grid.full_scale)) grid.full_scale = 1;
  const std::int64_t stored = std::int64_t{1} << bits;
  grid.largest = stored - 1;
  if (levels) {
    grid.largest = negative ? (*levels - 1) / 2 : *levels - 1;
    grid.least = negative ? -grid.largest : 0;
  } else if (negative && is_signed) {
    grid.least = -grid.largest;
  } else if (negative) {
    grid.offset = stored / 2;
    grid.least = -grid.offset;
    grid.largest = stored / 2 - 1;
  }
  grid.step = grid.full_scale / static_cast<double>(std::max<std::int64_t>(grid.largest, 1));
  return grid;
}

/// One step of a reward, of which eight bits are assumed.
inline double reward_step(const std::map<std::string, Range>& ranges) {
  const auto found = ranges.find("reward");
  const double size = found == ranges.end() ? 1 : std::max(std::abs(found->second.low), std::abs(found->second.high));
  return (size > 0 ? size : 1) / 127;
}

}  // namespace locus
