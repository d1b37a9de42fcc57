// TraceRounding: the traces of one projection, as synapses of few bits keep them from tick to tick.
//
// A tick computes with the trace as it is and learns from it; what stays for the next tick is a
// level of the grid. A draw is a function of (seed, projection, trial, tick, synapse), so that both
// transports, and whoever watches a trace, round alike.
// Cost: a draw for each synapse, lane and tick where rounding is stochastic.
#pragma once

#include <cstdint>
#include <optional>

#include "core/actor/network.h"
#include "core/protocol/learning.h"

namespace locus {

struct TraceRounding {
  Grid grid;
  RandomKey key;

  /// trial: the number of the trial of the synapse's lane.
  template <class R>
  void round(R& trace, std::int64_t trial, std::int32_t tick, std::int64_t synapse) const {
    const auto place = static_cast<std::uint64_t>(trial);
    trace = on_grid(trace, grid, rounding_draw(grid, key, place, static_cast<std::uint64_t>(tick), synapse));
  }
};

/// Empty: traces keep the run's precision.
inline std::optional<TraceRounding> trace_rounding_of(const Learning& learning, const Projection& projection) {
  if (!rounds_traces(learning, projection)) return std::nullopt;
  return TraceRounding{*learning.synapses.trace, random_key(learning.seed, "synapse/trace/" + projection.name)};
}

}  // namespace locus
