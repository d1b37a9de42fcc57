// Views of a projection's synapses, as loops take them: weights source by source, and where each
// goes.
//
// Why: a loop sees the columns that it works on and nothing of the network that they belong to, so
// that a test can lay them out by hand at any length and misalignment. Cost: none; a view is
// pointers and sizes. Source by source: one event touches one run of memory.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/kernel/product.h"

namespace locus {

/// R: the scalar, const where weights are only read.
template <class R>
struct SynapsesView {
  std::int32_t sources = 0;
  std::int32_t targets = 0;
  R* weight = nullptr;                   // [1] (synapses)
  const std::int64_t* offset = nullptr;  // (sources + 1); null: dense
  const std::int32_t* target = nullptr;  // (synapses), ascending under each source; dense: null
  bool hollow = false;                   // all pairs but for i = j, stored as sparse

  bool dense() const { return offset == nullptr; }  // a sparse one may have no synapse at all
  std::int64_t begin_of(std::int32_t source) const { return dense() ? std::int64_t{source} * targets : offset[source]; }
  std::int64_t size() const { return begin_of(sources); }
  /// Calls visit(synapse, its target) for each synapse of a source, in order.
  template <class Visit>
  void each_of(std::int32_t source, Visit visit) const {
    const std::int64_t begin = begin_of(source);
    const std::int64_t end = begin_of(source + 1);
    if (dense()) {
      for (std::int64_t k = begin; k < end; ++k) visit(k, static_cast<std::int32_t>(k - begin));
      return;
    }
    for (std::int64_t k = begin; k < end; ++k) visit(k, target[k]);
  }
};

/// The activities of some neurons at every tick of a trial: the lanes of (tick, neuron) begin at
/// at(tick, neuron) and are contiguous. by_tick is 0 where every tick says the same.
template <class R>
struct TicksView {
  R* value = nullptr;
  std::ptrdiff_t by_tick = 0;
  std::ptrdiff_t by_neuron = 0;

  R* at(std::int32_t tick, std::int32_t neuron) const { return value + tick * by_tick + neuron * by_neuron; }
  explicit operator bool() const { return value != nullptr; }
};

}  // namespace locus
