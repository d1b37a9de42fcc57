// Stages of a sweep back through time: what ADJOINT brings each neuron, and, among few neurons, all
// stages in one loop, each straight from the rows of the one before.
//
//     delta_s = (1 - alpha) delta_{s+1} + W^T g_{s+1} + A^T eps_s;   g_s = alpha phi'_s delta_s
//
// The handlers are on(RateNeuron, Adjoint) and the agent's (core/actor/agent_cell.h). Why one loop:
// among few neurons a stage is less work than the calls that would make it. Cost: n^2 a stage.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/actor/agent_cell.h"
#include "core/actor/rate_neuron.h"
#include "core/kernel/product_lane.h"
#include "core/kernel/registers.h"

namespace locus {

/// ADJOINT of some neurons at the tick revisited, and where what becomes of it is kept: g = gain *
/// delta.
template <class R>
struct BackStage {
  const R* gain = nullptr;   // alpha phi' of the tick revisited (n)
  R* coefficient = nullptr;  // the sum of g (n)
  bool has_sum = false;      // another sweep was here, and left one

  /// kCells neurons from `first` on. Returns their g.
  template <std::size_t kCells>
  [[gnu::always_inline]] Cells<R, kCells> hear(std::ptrdiff_t first, Cells<R, kCells> delta) const {
    auto g = Cells<R, kCells>::load(gain + first);
    Cells<R, kCells> unused, signal;
    for (std::size_t k = 0; k < kCells; ++k) {
      on(RateNeuron<R>{unused[k], unused[k], g[k], signal[k], unused[k]}, Adjoint<R>{delta[k]});
      g[k] *= signal[k];
    }
    auto sum = g;
    if (has_sum) {
      sum = Cells<R, kCells>::load(coefficient + first);
      for (std::size_t k = 0; k < kCells; ++k) sum[k] += g[k];
    }
    sum.store(coefficient + first);
    return g;
  }
};

/// delta (length) reached these neurons; errors (length) become their g.
template <class R>
void hear_adjoint(const BackStage<R>& stage, std::ptrdiff_t length, const R* delta, R* errors) {
  by_cells<R>(0, length, [&]<std::size_t kCells>(std::ptrdiff_t first) {
    stage.hear(first, Cells<R, kCells>::load(delta + first)).store(errors + first);
  });
}

/// The arguments of a stage of a sweep in one loop: the agent's delta (n), 1 - alpha, and A^T eps
/// of the tick revisited (n), or null.
template <class R>
struct AgentStage {
  R* delta = nullptr;
  R kept = 0;
  const R* error = nullptr;
};

/// One stage of a population whose only input is itself, over w (n x n): `last` holds g of the
/// stage before (n), null at the first stage; g (n) is written.
template <class R>
void sweep_stage(const WeightsView<R>& w, const BackStage<R>& stage, const AgentStage<R>& agent, const R* last, R* g) {
  by_sources(w, [&]<class Lane>(std::ptrdiff_t first) {
    constexpr std::size_t kCells = Lane::kLanes;
    using Run = Cells<R, kCells>;
    auto due = Run{};
    if (last != nullptr) due = Run::of(sum_sources<Lane, kCells>(w, last, first, Lane::all(R(0))));
    auto delta = Run::load(agent.delta + first);
    for (std::size_t k = 0; k < kCells; ++k) step(AgentCell<R>{delta[k]}, agent.kept, due[k]);
    if (agent.error != nullptr) {
      auto errors = Run::load(agent.error + first);
      for (std::size_t k = 0; k < kCells; ++k) on(AgentCell<R>{delta[k]}, Transport<R>{errors[k]});
    }
    delta.store(agent.delta + first);
    stage.hear(first, delta).store(g + first);
  });
}

}  // namespace locus
