// TapeLayout: how the numbers of a tape lie, and how many there are.
//
// A tape holds what each neuron of a layer said at each tick of a trial. A row is a (tick, lane), a
// column a neuron. A tape that products read is contiguous tick by tick with one lane; with more,
// the rows of a neuron are, so that a product reads it in place. A tape that no product reads keeps
// each tick as the column it was; one of values that every tick repeats keeps one column.
#pragma once

#include <cstddef>
#include <cstdint>

namespace locus {

struct TapeLayout {
  enum class Use : std::uint8_t { kProducts, kRecall, kConstant };
  std::int32_t ticks = 0;  // 0: there is no such tape
  std::int32_t lanes = 1;
  std::int32_t width = 0;  // neurons
  Use use = Use::kProducts;

  bool empty() const { return cells(1) == 0; }
  std::int32_t rows() const { return use == Use::kConstant ? 1 : ticks; }
  bool by_tick() const { return use != Use::kProducts || lanes == 1; }
  /// From a neuron's rows to the next one's, if they are contiguous. The distance is an odd number
  /// of cache lines, because rows a power of two apart evict each other.
  std::ptrdiff_t by_neuron(std::int64_t scalar_bytes) const {
    const std::ptrdiff_t line = 64 / scalar_bytes;
    return ((std::ptrdiff_t{rows()} * lanes + line - 1) / line | 1) * line;
  }
  /// Numbers that it takes, each of so many bytes.
  std::int64_t cells(std::int64_t scalar_bytes) const {
    if (ticks == 0) return 0;
    return by_tick() ? std::int64_t{rows()} * lanes * width : by_neuron(scalar_bytes) * width;
  }
  friend bool operator==(const TapeLayout&, const TapeLayout&) = default;
};

}  // namespace locus
