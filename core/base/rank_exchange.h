// RankExchange: how the ranks of a run, each with a share of the neurons, hand each other numbers.
// Core knows only this seam; what carries the bytes lives outside of it, as threads do
// (executor.h).
//
// Law: an exchange moves bytes and adds nothing. Sums over ranks are made by the program, as trees
// (core/base/tree.h), so that they are those of one process. Every call is made by all ranks or by
// none, in the same order; whether it is made never follows from what one rank alone knows.
#pragma once

#include <cstddef>

namespace locus {

struct RankExchange {
  void* context = nullptr;
  int rank = 0;
  int ranks = 1;
  /// Blocks of equal size, by rank: each rank's own lies at its place in `all` (ranks x bytes)
  /// already, and all of them do afterwards.
  void (*share)(void* context, void* all, std::size_t bytes) = nullptr;
  /// Blocks of any size: those of `to` (one after the other, by rank) go to each rank, and those of
  /// each rank arrive in `from`. The sizes [bytes] are known to both ends; those to itself are 0.
  void (*trade)(void* context, const void* to, const std::size_t* to_bytes, void* from,
                const std::size_t* from_bytes) = nullptr;
};

}  // namespace locus
