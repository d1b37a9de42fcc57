// Narrow numbers: what is left of a number that is kept, or sent, in few bits; and wires that are
// narrow, slow or lossy.
//
// A number of b bits is a whole multiple of a step, from -range to range - step: 2^b levels, as an
// integer of b bits has them. Rounding is to the nearest level, or stochastic: up with a
// probability equal to the part that rounding down would lose, which is unbiased and has a variance
// of at most step^2 / 4. Draws are counter-based (core/base/random.h), so that they depend on
// nobody's order. Source: Gupta et al., "Deep learning with limited numerical precision", ICML
// 2015, section 3.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

#include "core/base/random.h"
#include "core/wire/channel.h"

namespace locus {

enum class Rounding : std::uint8_t { kNearest, kStochastic };

struct Grid {
  std::int32_t bits = 8;  // at least 2
  double range = 1;       // [1], above 0
  Rounding rounding = Rounding::kNearest;

  double step() const { return std::ldexp(range, 1 - bits); }
  friend bool operator==(const Grid&, const Grid&) = default;
};

/// The level of a value. draw: uniform in (0, 1); a half rounds to the nearest. A value on the
/// grid, up to its own rounding, stays there whatever is drawn. NaN stays NaN.
template <class R>
R on_grid(R value, const Grid& grid, double draw) {
  const double half = std::ldexp(1.0, grid.bits - 1);
  const double step = grid.step();
  double level = static_cast<double>(value) / step;
  const double nearest = std::floor(level + 0.5);
  const double blur = 4 * static_cast<double>(std::numeric_limits<R>::epsilon()) * std::abs(nearest);
  level = std::abs(level - nearest) <= blur ? nearest : std::floor(level + draw);
  if (level < -half) level = -half;
  if (level > half - 1) level = half - 1;
  return static_cast<R>(level * step);
}

/// The draw that decides a rounding at (trial, tick, index).
inline double rounding_draw(const Grid& grid, RandomKey key, std::uint64_t trial, std::uint64_t tick, std::int64_t index) {
  if (grid.rounding == Rounding::kNearest) return 0.5;
  return uniform_at(key, trial, tick, static_cast<std::uint64_t>(index));
}

/// The wires of one channel.
struct NarrowWires {
  Channel channel = Channel::kFeedback;
  std::optional<Grid> grid = {};  // of what a sender says; empty: as it is
  double drop = 0;                // probability that a message is lost on its way [1], in [0, 1]
  std::int32_t delay = 0;         // ticks from sending to arrival

  /// True if what arrives is what was said, in the tick in which it was said.
  bool is_ideal() const { return !grid && drop == 0 && delay == 0; }
  friend bool operator==(const NarrowWires&, const NarrowWires&) = default;
};

/// The numbers that synapses can keep. Empty: all of the run's precision.
struct NarrowSynapses {
  std::optional<Grid> weight = {};
  std::optional<Grid> trace = {};
  friend bool operator==(const NarrowSynapses&, const NarrowSynapses&) = default;
};

}  // namespace locus
