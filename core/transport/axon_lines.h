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
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/actor/network.h"
#include "core/base/column.h"

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
    for (std::vector<std::int32_t>& active : active_) active.reserve(neurons);
    parts_.resize(static_cast<std::size_t>(parts));
    for (std::vector<std::int32_t>& part : parts_) part.reserve(neurons);
  }

  /// A trial begins: nothing is under way.
  void clear() {
    std::ranges::fill(said_, R(0));
    for (std::vector<std::int32_t>& active : active_) active.clear();
  }

  /// What the neurons' column holds now is sent in this tick.
  void enter() {
    list(0, 0, column_.size());
    enter(1);
  }

  /// The same in place of what was sent last.
  void renew() {
    present_ = (present_ + slots_ - 1) % slots_;
    enter();
  }

  /// A part of the list of who speaks: those of the cells [first, last), which are all of some
  /// neurons. Threads may list a part each.
  void list(int part, std::size_t first, std::size_t last) {
    if (!parts_.empty()) list_active(first, last, parts_[static_cast<std::size_t>(part)]);
  }

  /// The same as enter(), all cells having been listed in so many parts, one after the other.
  void enter(int parts) {
    present_ = (present_ + 1) % slots_;
    if (active_.empty()) {
      if (!said_.empty()) std::ranges::copy(column_, at(present_));
      return;
    }
    std::vector<std::int32_t>& active = active_[static_cast<std::size_t>(present_)];
    if (!said_.empty()) write(active, nullptr);  // what was said slots_ ticks ago
    active.clear();
    for (int part = 0; part < parts; ++part) {
      const std::vector<std::int32_t>& listed = parts_[static_cast<std::size_t>(part)];
      active.insert(active.end(), listed.begin(), listed.end());
    }
    if (!said_.empty()) write(active, column_.data());
  }

  /// What was sent `wait` ticks before the last enter() (neurons x lanes).
  const R* sent(std::int32_t wait) const {
    return wait == 0 ? column_.data() : const_cast<AxonLines*>(this)->at(slot(wait));
  }

  /// The neurons [begin, begin + size) that were not silent then, in any lane; ascending. Where
  /// lists are kept.
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

  void list_active(std::size_t first, std::size_t last, std::vector<std::int32_t>& active) const {
    constexpr std::size_t kBlock = 32;  // looked at together: often all are silent
    active.clear();
    const R* said = column_.data();
    const auto list = [&](std::size_t begin, std::size_t end) {  // as many as a block
      std::array<std::int32_t, kBlock> spoke;
      std::size_t count = 0;
      // Without a branch, since a processor cannot predict which neurons are zero.
      if (lanes_ == 1) {
        for (std::size_t cell = begin; cell < end; ++cell) {
          spoke[count] = static_cast<std::int32_t>(cell);
          count += said[cell] != R(0) ? 1 : 0;
        }
      } else {
        for (std::size_t cell = begin; cell < end; ++cell) {
          if (said[cell] == R(0)) continue;
          const auto neuron = static_cast<std::int32_t>(cell) / lanes_;
          const std::int32_t last_one = count > 0 ? spoke[count - 1] : active.empty() ? -1 : active.back();
          if (neuron != last_one) spoke[count++] = neuron;
        }
      }
      active.insert(active.end(), spoke.begin(), spoke.begin() + static_cast<std::ptrdiff_t>(count));
    };
    for (; first + kBlock <= last; first += kBlock) {
      int any = 0;  // an integer, for with a bool the compiler would look at one after the other
      for (std::size_t cell = 0; cell < kBlock; ++cell) any |= said[first + cell] != R(0) ? 1 : 0;
      if (any != 0) list(first, first + kBlock);
    }
    list(first, last);
  }

  const Column<R>& column_;  // the network's
  std::int32_t lanes_;
  std::int32_t slots_ = 1;
  std::int32_t present_ = 0;
  // by slot (slots x neurons x lanes); empty without delays
  Column<R> said_;
  std::vector<std::vector<std::int32_t>> active_;  // by slot; empty where nobody asks
  // of the next list, one after the other; empty where nobody asks
  std::vector<std::vector<std::int32_t>> parts_;
};

}  // namespace locus
