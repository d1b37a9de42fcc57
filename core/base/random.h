// Counter-based random numbers: a number is a pure function of (seed, purpose, trial, tick, index).
//
// No result may depend on the threads, on the order of work, or on other random numbers. There is
// therefore no generator to pass around and no state to save.
// Source: Philox4x64-10, Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011
// (Random123); normals by Box-Muller. Logarithm, sine and cosine are series in this code (exact to
// the last bit or two), not those of the C library, so that the bits are the same on every machine.
// Cost: one Philox block (four 64-bit words) gives four normals. The fill functions use all four,
// many blocks at a time, so that the series vectorise.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace locus {

/// The key of one stream of numbers. `purpose` is a hash (FNV-1a, 64 bit) of a short name such as
/// "weights/W" or "input".
struct RandomKey {
  std::uint64_t seed = 0;
  std::uint64_t purpose = 0;
  friend bool operator==(const RandomKey&, const RandomKey&) = default;
};

RandomKey random_key(std::uint64_t seed, std::string_view purpose);

/// Writes values[i] ~ N(mean 0, stddev) for index = i, i = 0..size-1, at (trial, tick).
/// The value at an index is the same whatever the span's length.
void fill_normal(RandomKey key, std::uint64_t trial, std::uint64_t tick, double stddev, std::span<double> values);

/// Writes the normals of `lanes` trials from `first_trial` on and of `ticks` ticks from
/// `first_tick` on: values (ticks x size x lanes), each equal to fill_normal's with stddev 1 and
/// index = 0..size-1. One call for many costs less than many calls.
template <class R>
void fill_normal_lanes(RandomKey key, std::uint64_t first_trial, std::uint64_t first_tick, std::size_t ticks,
                       std::size_t size, std::size_t lanes, R* values);

/// One normal at (trial, tick, index): the same value as fill_normal's at that index.
double normal_at(RandomKey key, std::uint64_t trial, std::uint64_t tick, std::uint64_t index);

/// One number, uniform in (0, 1), at (trial, tick, index).
double uniform_at(RandomKey key, std::uint64_t trial, std::uint64_t tick, std::uint64_t index);

/// Draws each of the indices 0 .. size - 1 with `probability`, independently, at (trial, tick), and
/// replaces the contents of `drawn` by the drawn ones, ascending. The result for an index does not
/// depend on size.
/// Cost: one random number for each drawn index, because the function draws the gaps between them
/// (which are geometric), and none for the others.
void draw_indices(RandomKey key, std::uint64_t trial, std::uint64_t tick, double probability, std::int64_t size,
                  std::vector<std::int32_t>& drawn);

/// Draws `count` different ones of the numbers 0 .. size - 1, all such sets equally likely, at
/// (trial, tick): take(number) gets each once, and is_taken(number) says whether it has. count is
/// at most size.
/// Cost: one random number for each. Source: Floyd; Bentley, CACM 30:754, 1987.
template <class IsTaken, class Take>
void draw_subset(RandomKey key, std::uint64_t trial, std::uint64_t tick, std::int64_t size, std::int64_t count,
                 IsTaken is_taken, Take take) {
  for (std::int64_t last = size - count; last < size; ++last) {
    const double uniform = uniform_at(key, trial, tick, static_cast<std::uint64_t>(last));
    const auto drawn = std::min(static_cast<std::int64_t>(uniform * static_cast<double>(last + 1)), last);
    take(is_taken(drawn) ? last : drawn);
  }
}

}  // namespace locus
