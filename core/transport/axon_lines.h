// AxonLines keeps the latest activities of a layer until their axons deliver them, and a list of
// the non-zero ones.
//
// A line is the axon's own: a value enters with its tick and leaves, unchanged, with the AXON of
// its arrival, whose lag is 0: nothing is revisited. What a neuron's longest line holds counts as
// history (core/protocol/closed_form.h). What is still under way when a trial ends arrives nowhere.
// Why lists: a delivery over sparse synapses, and its count, then cost what is sent, and a silent
// neuron is looked at once a tick, many at a time. Cost: without lists a copy of the layer's column
// a tick, none without delays; with lists one pass over it, and with delays a write for each that
// spoke. Invariants: sized when the network is built; where lists are kept, a slot holds 0 for
// every neuron that its list does not name.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/actor/network.h"
#include "core/base/column.h"
#include "core/kernel/count.h"
#include "core/kernel/speakers.h"

namespace locus {

template <class R>
class AxonLines {
 public:
  /// lists: who speaks is listed; `parts`: by how many threads.
  AxonLines(const Network<R>& network, Layer layer, bool lists, int parts = 1)
      : column_(layer == Layer::kInput ? network.inputs.activity : network.rate.activity), lanes_(network.lanes) {
    std::int32_t longest = 0;
    for (const Projection& projection : network.projections()) {
      if (projection.source_layer == layer) longest = std::max(longest, projection.wait);
    }
    slots_ = longest + 1;
    if (longest > 0) said_.assign(column_.size() * static_cast<std::size_t>(slots_), R(0));
    if (!lists) return;
    active_.resize(static_cast<std::size_t>(slots_));
    const std::size_t neurons = column_.size() / static_cast<std::size_t>(lanes_);
    for (List& active : active_) active.neuron.resize(neurons);
    parts_.resize(static_cast<std::size_t>(parts));
    for (List& part : parts_) part.neuron.resize(neurons);
  }

  /// A trial begins: nothing is under way.
  void clear() {
    std::ranges::fill(said_, R(0));
    for (List& active : active_) active.size = 0;
  }

  /// Sends the present values of the neurons' column in this tick.
  void enter() {
    if (active_.empty() || !said_.empty()) {
      list(0, 0, column_.size());
      return enter(1);
    }
    list_active(0, column_.size(), active_.front());  // without delays there is one slot
  }

  /// Replaces the values that were sent last.
  void renew() {
    present_ = (present_ + slots_ - 1) % slots_;
    enter();
  }

  /// A part of the list of who speaks: those of the cells [first, last), which are all of some
  /// neurons. Threads may list a part each.
  void list(int part, std::size_t first, std::size_t last) {
    if (!parts_.empty()) list_active(first, last, parts_[static_cast<std::size_t>(part)]);
  }

  /// The same as enter(), after all cells have been listed in `parts` parts, in their order.
  void enter(int parts) {
    present_ = (present_ + 1) % slots_;
    if (active_.empty()) {
      if (!said_.empty()) std::ranges::copy(column_, at(present_));
      return;
    }
    List& active = active_[static_cast<std::size_t>(present_)];
    if (!said_.empty()) write(active, nullptr);  // what was said slots_ ticks ago
    active.size = 0;
    for (int part = 0; part < parts; ++part) {
      const std::span<const std::int32_t> listed = parts_[static_cast<std::size_t>(part)].all();
      std::ranges::copy(listed, active.neuron.begin() + static_cast<std::ptrdiff_t>(active.size));
      active.size += listed.size();
    }
    if (!said_.empty()) write(active, column_.data());
  }

  /// The values that were sent `wait` ticks before the last enter() (neurons x lanes).
  const R* sent(std::int32_t wait) const {
    return wait == 0 ? column_.data() : const_cast<AxonLines*>(this)->at(slot(wait));
  }

  /// The neurons [begin, begin + size) that were not silent then, in any lane; ascending. Where
  /// lists are kept.
  std::span<const std::int32_t> active(std::int32_t wait, std::int32_t begin, std::int32_t size) const {
    const std::span<const std::int32_t> all = active_[static_cast<std::size_t>(slot(wait))].all();
    if (all.empty() || (all.front() >= begin && all.back() < begin + size)) return all;
    const auto first = std::lower_bound(all.begin(), all.end(), begin);
    return {first, std::lower_bound(first, all.end(), begin + size)};
  }

 private:
  /// Neurons that were not silent, ascending: the first `size` of as many as the layer has.
  struct List {
    std::vector<std::int32_t> neuron;
    std::size_t size = 0;
    std::span<const std::int32_t> all() const { return {neuron.data(), size}; }
  };

  std::int32_t slot(std::int32_t wait) const {
    const std::int32_t at = present_ - wait;
    return at < 0 ? at + slots_ : at;
  }
  R* at(std::int32_t slot) { return said_.data() + static_cast<std::size_t>(slot) * column_.size(); }

  /// The lanes of these neurons in the present slot: what stands in `from` (neurons x lanes), or 0.
  void write(const List& active, const R* from) {
    R* said = at(present_);
    for (const std::int32_t neuron : active.all()) {
      const std::ptrdiff_t first = std::ptrdiff_t{neuron} * lanes_;
      for (std::ptrdiff_t cell = first; cell < first + lanes_; ++cell) said[cell] = from == nullptr ? R(0) : from[cell];
    }
  }

  void list_active(std::size_t first, std::size_t last, List& active) const {
    const R* const said = column_.data() + first;
    const auto cells = static_cast<std::ptrdiff_t>(last - first);
    const auto begin = static_cast<std::int32_t>(first);
    std::int32_t* const neuron = active.neuron.data();
    std::size_t count = 0;
    if (lanes_ == 1) {
      each_not_zero(said, cells, [&](std::ptrdiff_t cell) { neuron[count++] = begin + static_cast<std::int32_t>(cell); });
    } else {
      each_not_zero(said, cells, [&](std::ptrdiff_t cell) {
        const std::int32_t speaker = (begin + static_cast<std::int32_t>(cell)) / lanes_;
        if (count == 0 || neuron[count - 1] != speaker) neuron[count++] = speaker;
      });
    }
    active.size = count;
  }

  const Column<R>& column_;  // the network's
  std::int32_t lanes_;
  std::int32_t slots_ = 1;
  std::int32_t present_ = 0;
  // by slot (slots x neurons x lanes); empty without delays
  Column<R> said_;
  std::vector<List> active_;  // by slot; empty where nobody asks
  std::vector<List> parts_;   // of the next list, one after the other; empty where nobody asks
};

}  // namespace locus
