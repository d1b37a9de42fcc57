// AxonLines: what the neurons of a layer send, tick by tick: the latest activities, as long as some AXON is under way, and who is not silent.
//
// A line is the axon's own: a value enters with its tick and leaves, unchanged, with the AXON of its arrival, whose lag is 0: nothing is revisited.
// What a neuron's longest line holds counts as history (core/rule/closed_form.h). What is still under way when a trial ends arrives nowhere.
// Why lists: a delivery over sparse synapses, and its count, then cost what is sent, and a silent neuron is looked at once a tick, sixteen at a time.
// Cost: one copy of the layer's column a tick, none without delays; one pass over it, none without lists. Invariant: sized when the network is built.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "core/actor/network.h"
#include "core/base/column.h"

namespace locus {

template <class R>
class AxonLines {
 public:
  enum class Lists : bool { kNo, kYes };

  AxonLines(const Network<R>& network, Layer layer, Lists lists)
      : column_(layer == Layer::kInput ? network.inputs.activity : network.rate.activity), lanes_(network.lanes) {
    std::int32_t longest = 0;
    for (const Projection<R>& projection : network.projections) {
      if (projection.source_layer == layer) longest = std::max(longest, projection.wait);
    }
    slots_ = longest + 1;
    if (longest > 0) said_.assign(column_.size() * static_cast<std::size_t>(slots_), R(0));
    if (lists == Lists::kNo) return;
    active_.resize(static_cast<std::size_t>(slots_));
    for (std::vector<std::int32_t>& active : active_) active.reserve(column_.size() / static_cast<std::size_t>(lanes_));
  }

  /// A trial begins: nothing is under way.
  void clear() {
    std::ranges::fill(said_, R(0));
    for (std::vector<std::int32_t>& active : active_) active.clear();
  }

  /// What the neurons' column holds now is sent in this tick.
  void enter() {
    present_ = (present_ + 1) % slots_;
    if (!said_.empty()) std::ranges::copy(column_, at(present_));
    if (!active_.empty()) list_active();
  }

  /// What was sent `wait` ticks before the last enter() (neurons x lanes).
  const R* sent(std::int32_t wait) const {
    return wait == 0 ? column_.data() : const_cast<AxonLines*>(this)->at(slot(wait));
  }

  /// The neurons [begin, begin + size) that were not silent then, in any lane; ascending. Where lists are kept.
  std::span<const std::int32_t> active(std::int32_t wait, std::int32_t begin, std::int32_t size) const {
    const std::vector<std::int32_t>& all = active_[static_cast<std::size_t>(slot(wait))];
    const auto first = std::ranges::lower_bound(all, begin);
    return {first, std::lower_bound(first, all.end(), begin + size)};
  }

 private:
  std::int32_t slot(std::int32_t wait) const { return (present_ + slots_ - wait) % slots_; }
  R* at(std::int32_t slot) { return said_.data() + static_cast<std::size_t>(slot) * column_.size(); }

  void list_active() {
    std::vector<std::int32_t>& active = active_[static_cast<std::size_t>(present_)];
    active.clear();
    constexpr std::size_t kBlock = 16;  // looked at together: nearly all are silent
    for (std::size_t first = 0; first < column_.size(); first += kBlock) {
      const std::size_t last = std::min(first + kBlock, column_.size());
      bool any = false;
      for (std::size_t cell = first; cell < last; ++cell) any |= column_[cell] != R(0);
      if (!any) continue;
      for (std::size_t cell = first; cell < last; ++cell) {
        const auto neuron = static_cast<std::int32_t>(cell) / lanes_;
        if (column_[cell] != R(0) && (active.empty() || active.back() != neuron)) active.push_back(neuron);
      }
    }
  }

  const Column<R>& column_;  // the network's
  std::int32_t lanes_;
  std::int32_t slots_ = 1;
  std::int32_t present_ = 0;
  Column<R> said_;                                 // by slot (slots x neurons x lanes); empty without delays
  std::vector<std::vector<std::int32_t>> active_;  // by slot; empty where nobody asks
};

}  // namespace locus
