// AxonLines: what the neurons of a layer send, tick by tick: the latest activities, as long as some AXON is under way, and who is not silent.
//
// A line is the axon's own: a value enters with its tick and leaves, unchanged, with the AXON of its arrival, whose lag is 0: nothing is revisited.
// What a neuron's longest line holds counts as history (core/rule/closed_form.h). What is still under way when a trial ends arrives nowhere.
// Why lists: a delivery over sparse synapses, and its count, then cost what is sent, and a silent neuron is looked at once a tick, many at a time.
// Cost: without lists a copy of the layer's column a tick, none without delays; with lists one pass over it, and with delays a write for each that
// spoke. Invariants: sized when the network is built; where lists are kept, a slot holds 0 for every neuron that its list does not name.
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
    if (active_.empty()) {
      if (!said_.empty()) std::ranges::copy(column_, at(present_));
      return;
    }
    std::vector<std::int32_t>& active = active_[static_cast<std::size_t>(present_)];
    if (!said_.empty()) write(active, nullptr);  // what was said slots_ ticks ago
    list_active(active);
    if (!said_.empty()) write(active, column_.data());
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

  /// The lanes of these neurons in the present slot: what stands in `from` (neurons x lanes), or 0.
  void write(const std::vector<std::int32_t>& active, const R* from) {
    R* said = at(present_);
    for (const std::int32_t neuron : active) {
      const std::ptrdiff_t first = std::ptrdiff_t{neuron} * lanes_;
      for (std::ptrdiff_t cell = first; cell < first + lanes_; ++cell) said[cell] = from == nullptr ? R(0) : from[cell];
    }
  }

  void list_active(std::vector<std::int32_t>& active) {
    active.clear();
    const R* said = column_.data();
    const std::size_t size = column_.size();
    const auto list = [&](std::size_t first, std::size_t last) {
      for (std::size_t cell = first; cell < last; ++cell) {
        const auto neuron = static_cast<std::int32_t>(cell) / lanes_;
        if (said[cell] != R(0) && (active.empty() || active.back() != neuron)) active.push_back(neuron);
      }
    };
    constexpr std::size_t kBlock = 32;  // looked at together: nearly all are silent
    std::size_t first = 0;
    for (; first + kBlock <= size; first += kBlock) {
      int any = 0;  // an integer, for with a bool the compiler would look at one after the other
      for (std::size_t cell = 0; cell < kBlock; ++cell) any |= said[first + cell] != R(0) ? 1 : 0;
      if (any != 0) list(first, first + kBlock);
    }
    list(first, size);
  }

  const Column<R>& column_;  // the network's
  std::int32_t lanes_;
  std::int32_t slots_ = 1;
  std::int32_t present_ = 0;
  Column<R> said_;                                 // by slot (slots x neurons x lanes); empty without delays
  std::vector<std::vector<std::int32_t>> active_;  // by slot; empty where nobody asks
};

}  // namespace locus
