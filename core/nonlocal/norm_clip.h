// The agent that bounds the norm of all changes, which no synapse can do by itself.
//
//     norm = root of the sum of (scale Delta)^2 over all plastic synapses
//     every Delta *= min(1, bound / norm)
//
// At every commit each synapse sends it a square and receives a factor (CLIP), in every replica of
// a batch: all replicas have the same mean change, so their agents send the same factor. NaN and
// infinity stay, so that the run detects them. The class is in core/nonlocal because the layout
// shows what breaks locality.
// Source: Pascanu, Mikolov, Bengio, ICML 2013 (clipping of gradients by their norm).
// Cost: one scalar of state for each lane; two passes over the changes.
#pragma once

#include <cstdint>

#include "core/base/column.h"
#include "core/transport/transport.h"

namespace locus {

template <class R>
class NormClip {
 public:
  /// `bound` must be above 0.
  NormClip(double bound, std::int32_t lanes);

  /// Must be called before transport.commit(scale). T: a transport over the network of the
  /// constructor.
  template <TransportOf<R> T>
  void clip(T& transport, R scale);

 private:
  R bound_;
  Column<R> cells_;  // sums of squares, then factors (lanes)
};

}  // namespace locus
