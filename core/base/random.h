// Counter-based random numbers: a number is a pure function of (seed, what it is for, trial, tick,
// index).
//
// Why: no result may depend on threads, on the order of work, or on what else is drawn (so there is
// no generator to pass around and no state to save).
// Source: Philox4x64-10, Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011
// (Random123); normals by Box-Muller. Logarithm, sine and cosine are series written out here (exact
// to the last bit or two), not the C library's: the same bits on every machine. Cost: one Philox
// block (four 64-bit words) gives four normals; the fills use all four, many blocks at a time, so
// that the series vectorise.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace locus {

/// What a stream of numbers is for. `purpose` is a short name, such as "weights/W" or "input"; it
/// is hashed (FNV-1a, 64 bit).
struct RandomKey {
  std::uint64_t seed = 0;
  std::uint64_t purpose = 0;
  friend bool operator==(const RandomKey&, const RandomKey&) = default;
};

RandomKey random_key(std::uint64_t seed, std::string_view purpose);

/// Writes values[i] ~ N(mean 0, stddev) for index = i, i = 0..size-1, at (trial, tick).
/// The value at an index is the same whatever the span's length.
void fill_normal(RandomKey key, std::uint64_t trial, std::uint64_t tick, double stddev, std::span<double> values);

/// The normals of `lanes` trials from `first_trial` on, of `ticks` ticks from `first_tick` on, each
/// as fill_normal's with stddev 1 and index = 0..size-1: values (ticks x size x lanes). Many at
/// once cost less than one after the other.
template <class R>
void fill_normal_lanes(RandomKey key, std::uint64_t first_trial, std::uint64_t first_tick, std::size_t ticks,
                       std::size_t size, std::size_t lanes, R* values);

/// One normal at (trial, tick, index): equals fill_normal's value at that index.
double normal_at(RandomKey key, std::uint64_t trial, std::uint64_t tick, std::uint64_t index);

/// One number, uniform in (0, 1), at (trial, tick, index).
double uniform_at(RandomKey key, std::uint64_t trial, std::uint64_t tick, std::uint64_t index);

/// Which of the indices 0 .. size - 1 are drawn at (trial, tick), each independently with
/// `probability`: ascending, in place of what `drawn` held. Whether an index is drawn does not
/// depend on size. Cost: one number for each that is drawn, since the gaps between them are drawn
/// (they are geometric), and none for those in between.
void draw_indices(RandomKey key, std::uint64_t trial, std::uint64_t tick, double probability, std::int64_t size,
                  std::vector<std::int32_t>& drawn);

}  // namespace locus
