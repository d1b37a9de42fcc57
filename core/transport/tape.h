// Tape: what was said at each tick of a trial, kept so that a run of ticks can be delivered as one
// matrix product ("deferred").
//
// A row a (tick, lane), a column a neuron. Layout of a tape that products read: with one lane, a
// tick is contiguous; with more, the rows of a neuron are, and its lanes within a tick. Either way
// products read it in place. A tape that no product reads keeps each tick as the column it was; one
// of values that every tick repeats keeps one column.
// Invariant: sized when the network is built. Cost of a write: one pass over the column.
// `Rows` remembers which ticks hold something since the last commit.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/actor/eligibility.h"
#include "core/base/column.h"
#include "core/base/product.h"

namespace locus {

template <class R>
class Tape {
 public:
  Tape() = default;
  enum class For : std::uint8_t { kProducts, kRecall, kConstant };

  Tape(std::int32_t ticks, std::int32_t lanes, std::int32_t width, For use = For::kProducts)
      : ticks_(use == For::kConstant ? 1 : ticks),
        lanes_(lanes),
        width_(width),
        by_tick_(use != For::kProducts || lanes == 1),
        constant_(use == For::kConstant),
        by_neuron_(apart(std::ptrdiff_t{ticks_} * lanes)),
        data_(static_cast<std::size_t>(by_tick_ ? std::ptrdiff_t{ticks_} * lanes * width : by_neuron_ * width), R(0)) {}

  bool empty() const { return data_.empty(); }
  /// Whether every tick says what the first one did, so that none after it need be written.
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
  /// So many rows and a few more, that the neurons' be an odd number of cache lines apart: what is
  /// a power of two apart pushes each other out.
  static std::ptrdiff_t apart(std::ptrdiff_t rows) {
    constexpr std::ptrdiff_t kLine = 64 / std::ptrdiff_t{sizeof(R)};
    return ((rows + kLine - 1) / kLine | 1) * kLine;
  }

  std::int32_t ticks_ = 0;
  std::int32_t lanes_ = 1;
  std::int32_t width_ = 0;
  bool by_tick_ = true;
  bool constant_ = false;
  // from a neuron's rows to the next one's, where they are contiguous
  std::ptrdiff_t by_neuron_ = 0;
  Column<R> data_;
};

/// From the last tick back: what the signals on a tape amount to as coefficients of what the source
/// sent.
///
/// delta = sum_t signal_t trace_t with trace_t = decay_t trace_{t-1} + gain_t pre_t is sum_s
/// coefficient_s pre_s with coefficient_s = gain_s S_s, S_s = signal_s + decay_{s+1} S_{s+1}: Post
/// is linear in what the source sent, and this is its transpose. R: a scalar, or a register of
/// them.
template <class R>
struct TransposedTrace {
  R sum{};    // S_{s+1}
  R decay{};  // decay_{s+1}

  R coefficient(R signal, R gain, R own_decay) {
    sum = signal + decay * sum;
    decay = own_decay;
    return gain * sum;
  }
};

/// The same of a spiking neuron under e-prop: its Eligible handlers are linear in what the source
/// sent, and this is their transpose.
///
/// Delta = sum_t (signal_t low_pass_t + reg e_t) is sum_t w_t e_t, w_t = (1 - kappa) sum_{u >= t}
/// kappa^(u-t) signal_u + reg. Of that e_t makes c_t = psi_t (w_t + m_{t+1}), m_t = rho m_{t+1} -
/// beta c_t being what `adapted` passes on, and the filtered trace zeta sum_{u >= t} alpha^(u-t)
/// c_u.
template <class R>
struct TransposedEligibility {
  R heard = 0;    // sum of kappa^(u-t) signal_u
  R adapted = 0;  // m_{t+1}
  R sum = 0;      // sum of alpha^(u-t) c_u

  R coefficient(R signal, R psi, R reg, const Eligible<R>& c) {
    heard = c.filter * heard + signal;
    const R own = psi * ((R(1) - c.filter) * heard + reg + adapted);
    adapted = c.adaptation_decay * adapted - c.adaptation * own;
    sum = c.decay * sum + own;
    return c.gain * sum;
  }
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
