// Tape: what was said at each tick of a trial, kept so that a run of ticks can be delivered as one
// matrix product ("deferred").
//
// How its numbers lie is core/plan/tape_layout.h: products read it in place.
// Invariant: sized when the network is built. Cost of a write: one pass over the column.
// `Rows` remembers which ticks hold something since the last commit.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/base/column.h"
#include "core/kernel/product.h"
#include "core/kernel/synapses.h"
#include "core/plan/tape_layout.h"

namespace locus {

template <class R>
class Tape {
 public:
  Tape() = default;
  explicit Tape(TapeLayout layout)
      : lanes_(layout.lanes),
        width_(layout.width),
        by_tick_(layout.by_tick()),
        constant_(layout.use == TapeLayout::Use::kConstant),
        by_neuron_(layout.by_neuron(sizeof(R))),
        data_(static_cast<std::size_t>(layout.cells(sizeof(R))), R(0)) {}

  bool empty() const { return data_.empty(); }
  /// True if all ticks have the values of the first one, which alone is written.
  bool repeats() const { return constant_; }

  /// Calls visit(value on the tape, value of the column) for each lane of the neurons [first,
  /// last); column: (width x lanes), of all.
  template <class Value, class Visit>
  void zip(std::int32_t tick, Value* column, std::int32_t first, std::int32_t last, Visit visit) {
    if (by_tick_) {
      R* row = data_.data() + row_of(tick) * width_ * lanes_;
      const std::ptrdiff_t end = std::ptrdiff_t{last} * lanes_;
#pragma GCC ivdep
      for (std::ptrdiff_t cell = std::ptrdiff_t{first} * lanes_; cell < end; ++cell) visit(row[cell], column[cell]);
      return;
    }
    for (std::int32_t i = first; i < last; ++i) {
      R* lane = data_.data() + i * by_neuron_ + std::ptrdiff_t{tick} * lanes_;
      Value* own = column + std::ptrdiff_t{i} * lanes_;
      for (std::int32_t l = 0; l < lanes_; ++l) visit(lane[l], own[l]);
    }
  }

  template <class Value, class Visit>
  void zip(std::int32_t tick, Value* column, Visit visit) {
    zip(tick, column, 0, width_, visit);
  }

  void write(std::int32_t tick, const R* column) { write(tick, column, 0, width_); }
  void write(std::int32_t tick, const R* column, std::int32_t first, std::int32_t last) {
    zip(tick, column, first, last, [](R& kept, const R& said) { kept = said; });
  }

  /// All of it, as loops take it; null where the tape is empty.
  TicksView<const R> view() const {
    const TicksView<R> all = const_cast<Tape*>(this)->view();
    return {all.value, all.by_tick, all.by_neuron};
  }
  TicksView<R> view() {
    if (empty()) return {};
    if (!by_tick_) return {data_.data(), lanes_, by_neuron_};
    return {data_.data(), constant_ ? 0 : std::ptrdiff_t{width_} * lanes_, lanes_};
  }

  /// The rows [first, first + count) in ticks of neurons [begin, begin + size): count * lanes rows.
  RowsView<R> rows(std::int32_t first, std::int32_t count, std::int32_t begin, std::int32_t size) const {
    if (lanes_ == 1) return {data_.data() + std::ptrdiff_t{first} * width_ + begin, count, size, width_, 1};
    return {data_.data() + begin * by_neuron_ + std::ptrdiff_t{first} * lanes_, count * lanes_, size, 1, by_neuron_};
  }

  /// The lanes of (tick, neuron); with one lane, those of the neurons after it follow.
  const R* at(std::int32_t tick, std::int32_t neuron) const { return const_cast<Tape*>(this)->at(tick, neuron); }
  R* at(std::int32_t tick, std::int32_t neuron) {
    if (by_tick_) return data_.data() + (row_of(tick) * width_ + neuron) * lanes_;
    return data_.data() + neuron * by_neuron_ + std::ptrdiff_t{tick} * lanes_;
  }

 private:
  std::ptrdiff_t row_of(std::int32_t tick) const { return constant_ ? 0 : tick; }
  std::int32_t lanes_ = 1;
  std::int32_t width_ = 0;
  bool by_tick_ = true;
  bool constant_ = false;
  // from a neuron's rows to the next one's, where they are contiguous
  std::ptrdiff_t by_neuron_ = 0;
  Column<R> data_;
};

/// Which rows of a tape have been written since the last commit.
class Rows {
 public:
  Rows() = default;
  explicit Rows(std::int32_t ticks) : marked_(static_cast<std::size_t>(ticks), 0) {}

  /// True if the row was marked before.
  bool mark(std::int32_t tick) {
    begin_ = std::min(begin_, tick);
    end_ = std::max(end_, tick + 1);
    const bool before = marked_[static_cast<std::size_t>(tick)] != 0;
    marked_[static_cast<std::size_t>(tick)] = 1;
    return before;
  }

  bool has(std::int32_t tick) const { return marked_[static_cast<std::size_t>(tick)] != 0; }

  void clear() {
    if (begin_ < end_) std::fill(marked_.begin() + begin_, marked_.begin() + end_, std::uint8_t{0});
    begin_ = kNone;
    end_ = 0;
  }

  /// Calls visit(first, count) for each run of marked rows, in order.
  template <class Visit>
  void each_run(Visit visit) const {
    for (std::int32_t first = begin_; first < end_; ++first) {
      std::int32_t end = first;
      while (end < end_ && marked_[static_cast<std::size_t>(end)] != 0) ++end;
      if (end == first) continue;
      visit(first, end - first);
      first = end;
    }
  }

 private:
  static constexpr std::int32_t kNone = std::numeric_limits<std::int32_t>::max();
  std::vector<std::uint8_t> marked_;  // by tick
  std::int32_t begin_ = kNone;        // none before is marked,
  std::int32_t end_ = 0;              // nor from here on
};

}  // namespace locus
