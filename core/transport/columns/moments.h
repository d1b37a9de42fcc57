// Moments: what a way is given at each moment at which its synapses hear something (ways.h). Every
// way takes from them what it needs, so that all have the same verbs.
#pragma once

#include "core/kernel/pass.h"
#include "core/transport/columns/common.h"
#include "core/transport/local_neurons.h"

namespace locus {

template <class R>
class EventWorths;

/// The neurons that a projection ends on POST in a tick, or let it pass.
template <class R>
struct PostTick {
  const Common<R>& common;
  Learn learn = Learn::kPost;     // kDrift: no message comes, the synapses go by the clock
  const PostColumns<R>& columns;  // of the layer
  bool has_error = true;
  std::int32_t row = 0;                    // of the tick, from 0
  const LocalNeurons<R>* local = nullptr;  // payload of a local rule; null under any other
};

/// The commit of a projection; eta is `rate`, times the scale of the commit.
template <class R>
struct CommitTick {
  Common<R>& common;
  R rate;
  const EventWorths<R>& worths;
};

}  // namespace locus
