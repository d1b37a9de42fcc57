// Traces that are kept forward in time: one a source where all its synapses provably hold equal
// ones, or one a synapse and lane. The handlers are those of core/actor/synapse.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/actor/synapse.h"
#include "core/kernel/product.h"
#include "core/kernel/registers.h"
#include "core/kernel/synapses.h"

namespace locus {

/// Identity and one decay: all synapses of a source hold equal traces, so one handler call a source
/// serves them all. said: what the sources sent, tick by tick (ticks x sources); trace (sources).
template <class R>
void drift_traces(RowsView<R> said, Drift<R> clock, R* traces) {
  by_cells<R>(0, said.neurons, [&]<std::size_t kCells>(std::ptrdiff_t first) {
    auto trace = Cells<R, kCells>::load(traces + first);
    const R* activity = said.value + first;
    for (std::int32_t row = 0; row < said.rows; ++row, activity += said.by_row) {
      for (std::size_t k = 0; k < kCells; ++k) on(Eligibility<R>{trace[k], activity[k]}, clock);
    }
    trace.store(traces + first);
  });
}

/// The columns that loop_post() and loop_drift() change: pre (sources x lanes), trace (synapses
/// x lanes), delta (synapses), which the lanes share, in lane order.
template <class R>
struct LoopColumns {
  SynapsesView<R> synapses;
  std::int32_t lanes = 1;
  R* pre = nullptr;
  R* trace = nullptr;
  R* delta = nullptr;

  /// Calls visit(synapse, its target's cell) for each synapse and lane.
  template <class Visit>
  void each(Visit visit) const {
    for (std::int32_t j = 0; j < synapses.sources; ++j) {
      R* from = pre + std::ptrdiff_t{j} * lanes;
      synapses.each_of(j, [&](std::int64_t k, std::int32_t target) {
        for (std::int32_t lane = 0; lane < lanes; ++lane) {
          visit(Synapse<R>{synapses.weight[k], from[lane], trace[k * lanes + lane], delta[k]},
                std::ptrdiff_t{target} * lanes + lane);
        }
      });
    }
  }
};

/// POST of the targets: decay, gain and signal (targets x lanes) begin at the projection's first
/// target; decay null: `constant_decay`.
template <class R>
struct PostView {
  const R* decay = nullptr;
  const R* gain = nullptr;
  const R* signal = nullptr;
  R constant_decay = 0;

  R decay_of(std::ptrdiff_t cell) const { return decay != nullptr ? decay[cell] : constant_decay; }
};

/// Every synapse of every lane meets the message of its neuron.
template <class R>
void loop_post(const LoopColumns<R>& columns, PostView<R> post) {
  columns.each([&](Synapse<R> self, std::ptrdiff_t cell) {
    on(self, Post<R>{post.decay_of(cell), post.gain[cell], post.signal[cell]});
  });
}

/// The same by the clock, in a tick without POST; gain is the synapse's.
template <class R>
void loop_drift(const LoopColumns<R>& columns, PostView<R> post, R gain) {
  columns.each([&](Synapse<R> self, std::ptrdiff_t cell) { on(self, Drift<R>{post.decay_of(cell), gain}); });
}

}  // namespace locus
