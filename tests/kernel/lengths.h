// Columns of drawn numbers that begin anywhere: what a kernel must give at every length around a
// register, wherever its columns stand.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/column.h"
#include "core/kernel/registers.h"

namespace locus {

/// A column whose first number stands `shift` numbers behind a cache line.
template <class R>
class Drawn {
 public:
  Drawn(std::size_t size, int seed, std::size_t shift = 0) : shift_(shift), values_(size + shift) {
    for (std::size_t k = 0; k < size; ++k)
      values_[k + shift] = static_cast<R>(std::sin(1.7 * static_cast<double>(k) + 0.3 + seed));
  }
  R* data() { return values_.data() + shift_; }
  const R* data() const { return values_.data() + shift_; }
  std::size_t size() const { return values_.size() - shift_; }
  R& operator[](std::size_t k) { return values_[shift_ + k]; }
  R operator[](std::size_t k) const { return values_[shift_ + k]; }

 private:
  std::size_t shift_;
  Column<R> values_;
};

/// Calls visit(length, shift) for lengths around one, two and four of the widest registers, and
/// columns that begin at and behind a cache line.
template <class R, class Visit>
void each_length(Visit visit) {
  constexpr auto kLanes = static_cast<std::int32_t>(Register<R>::kLanes);
  for (const std::int32_t around : {kLanes, 2 * kLanes, 4 * kLanes, 9 * kLanes}) {
    for (std::int32_t length = around - 1; length <= around + 1; ++length) {
      for (const std::size_t shift : {0U, 1U, 3U}) visit(length, shift);
    }
  }
}

}  // namespace locus
