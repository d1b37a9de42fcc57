// The agent that bounds the norm of all changes: the one thing in a commit that no synapse can do
// by itself.
//
//     norm = root of the sum of (scale Delta)^2 over every plastic synapse;  every Delta *= min(1,
//     bound / norm)
//
// Each synapse tells it a square and hears a factor (CLIP), at every commit and in every replica of
// a batch: all replicas ask for one mean change, so their agents say the same. What is no number,
// or infinite, is left for the run to see. Why a room of its own: what breaks locality is seen from
// the layout. Source: Pascanu, Mikolov, Bengio, ICML 2013 (gradients clipped by their norm). Cost:
// state a scalar a lane; two passes over the changes.
#pragma once

#include <cstdint>

#include "core/base/column.h"
#include "core/transport/transport.h"

namespace locus {

template <class R>
class NormClip {
 public:
  /// `bound` is above 0.
  NormClip(double bound, std::int32_t lanes);

  /// Ahead of transport.commit(scale). T: a transport over the network that the agent was made for.
  template <TransportOf<R> T>
  void clip(T& transport, R scale);

 private:
  R bound_;
  Column<R> cells_;  // sums of squares, then factors (lanes)
};

}  // namespace locus
