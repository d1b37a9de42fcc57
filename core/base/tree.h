// Tree: sums over many neurons in an order that depends on their number alone.
//
// Neurons stand in grains of 384, the last of which is smaller or a little larger. A sum over
// neurons is that of each grain, and the sums of grains are added as a tree: a run of grains is
// halved, the left half taking the odd one. Whoever has a whole node of the tree can compute its
// sum alone, so that processes which have some grains each get the bits of one that has them all.
// Why 384: how a neuron's sum is rounded depends on the group of registers that it falls into
// (core/kernel/product_lane.h, Eigen's rows). Cuts at multiples of 8 registers of the widest kind
// (128 numbers) and of Eigen's rows (24, 48) split no group; tests/kernel/grain_test.cc shows it.
// Why a halving tree and not a chain: a process with consecutive grains has few nodes, and exactly
// one where the number of processes is a power of two. Cost: as many vectors as the tree is deep;
// one addition a grain and number.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/base/check.h"

namespace locus {

/// Neurons of a grain.
inline constexpr std::int32_t kGrain = 384;

/// So many neurons or more are left for a grain of their own; fewer belong to the last one, as
/// Eigen has other products for a few rows or columns.
inline constexpr std::int32_t kLeastGrain = 32;

/// The grains of so many neurons.
struct Grains {
  std::int32_t neurons = 0;
  std::int32_t grain = kGrain;

  std::int32_t count() const {
    if (neurons == 0) return 0;
    const std::int32_t whole = neurons / grain;
    return std::max(1, whole + (neurons % grain >= std::min(kLeastGrain, grain) ? 1 : 0));
  }
  /// The first neuron of a grain; all of them for count().
  std::int32_t begin(std::int32_t index) const { return index == count() ? neurons : index * grain; }
  std::int32_t size(std::int32_t index) const { return begin(index + 1) - begin(index); }
};

/// The first grain of the right half of the node [first, last).
constexpr std::int32_t middle_of(std::int32_t first, std::int32_t last) { return first + (last - first + 1) / 2; }

/// The number of vectors that sum_tree needs besides its result.
constexpr std::int32_t tree_depth(std::int32_t grains) {
  std::int32_t depth = 0;
  for (std::int32_t left = grains; left > 1; left = (left + 1) / 2) ++depth;
  return depth;
}

/// No tree of grains is deeper: 2^31 neurons.
inline constexpr std::int32_t kDeepestTree = 31;

/// to (width) = the sum of the grains [first, last), which is not empty. leaf(grain, vector) writes
/// the sum of a grain; room: tree_depth(last - first) vectors.
template <class R, class Leaf>
void sum_tree(std::int32_t first, std::int32_t last, std::ptrdiff_t width, R* room, R* to, const Leaf& leaf) {
  CHECK(first < last, "a node of the tree has grains");
  if (last - first == 1) return leaf(first, to);
  const std::int32_t middle = middle_of(first, last);
  sum_tree(first, middle, width, room, to, leaf);
  sum_tree(middle, last, width, room + width, room, leaf);
  for (std::ptrdiff_t k = 0; k < width; ++k) to[k] += room[k];
}

/// The same where the sums of the grains stand in vectors (grains x width): that of `first` becomes
/// the sum of all, the others are used up.
template <class R>
void add_tree_in_place(std::int32_t first, std::int32_t last, std::ptrdiff_t width, R* vectors) {
  if (last - first <= 1) return;
  const std::int32_t middle = middle_of(first, last);
  add_tree_in_place(first, middle, width, vectors);
  add_tree_in_place(middle, last, width, vectors);
  R* const to = vectors + first * width;
  const R* const from = vectors + middle * width;
  for (std::ptrdiff_t k = 0; k < width; ++k) to[k] += from[k];
}

/// Calls visit(first, last) for each largest node of the tree over [first, last) that lies within
/// the grains [begin, end), from left to right.
template <class Visit>
void each_node_within(std::int32_t first, std::int32_t last, std::int32_t begin, std::int32_t end, const Visit& visit) {
  if (end <= first || last <= begin) return;
  if (begin <= first && last <= end) return visit(first, last);
  const std::int32_t middle = middle_of(first, last);
  each_node_within(first, middle, begin, end, visit);
  each_node_within(middle, last, begin, end, visit);
}

}  // namespace locus
