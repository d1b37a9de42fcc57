// The synapses of a topology as the views that loops take (core/kernel).
#pragma once

#include "core/kernel/synapses.h"
#include "core/wire/topology.h"

namespace locus {

/// A column over a projection's synapses, one value each: its weights or its changes.
template <class Value>
SynapsesView<Value> synapses_with(const Projection& projection, Value* column) {
  SynapsesView<Value> view{projection.source_size, projection.target_size, column};
  if (projection.dense) return view;
  view.offset = projection.offset.data();
  view.target = projection.target.data();
  view.hollow = projection.hollow;
  return view;
}

}  // namespace locus
