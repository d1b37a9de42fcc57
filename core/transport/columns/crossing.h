// Crossing: what the ranks of a run hand each other (core/base/rank_exchange.h): activities
// after each step, and the nodes of trees of sums over neurons (core/base/tree.h), which every
// receiver adds up in the order of the tree.
//
// Cost, of P ranks: a block for each activity, equal for all (the widest share); a vector for each
// largest node of the tree that a rank has, at most twice the tree's depth and one where P is a
// power of two that cuts the grains evenly. Invariant: what is sent and when follows from sizes
// that all ranks know.
#pragma once

#include <cstdint>
#include <vector>

#include "core/actor/network.h"
#include "core/base/function_ref.h"
#include "core/base/rank_exchange.h"

namespace locus {

template <class R>
class Crossing {
 public:
  Crossing(const Topology& topology, std::int32_t lanes, RankExchange exchange);

  bool alone() const { return shares_.empty(); }
  /// True if this process counts what every rank does alike, as readouts do.
  bool is_first() const { return exchange_.rank == 0; }
  /// True if the sources of a projection onto readouts stand on several ranks.
  bool parts(const Projection& projection) const {
    return !alone() && projection.source_layer == Layer::kRate && projection.target_layer == Layer::kReadout;
  }

  /// The grains of the own share, of `neurons` neurons of the layer from `begin` on.
  struct OwnGrains {
    std::int32_t first = 0;
    std::int32_t last = 0;
  };
  OwnGrains own_grains(std::int32_t begin, std::int32_t neurons) const {
    return grains_of(exchange_.rank, begin, neurons);
  }

  /// activity (n x lanes) of the own neurons becomes that of all.
  void share_activities(R* activity);

  /// Writes the sum (width) of the grains [first, last) of the population, a node of its tree.
  using Node = FunctionRef<void(std::int32_t first, std::int32_t last, R* sum)>;
  /// to (width) = the sum over the tree of `neurons` neurons of the layer from `begin` on.
  void share_tree(std::int32_t begin, std::int32_t neurons, std::ptrdiff_t width, Node node, R* to);
  /// The same where a node has a sum (lanes wide) for each of `sources` sources of the layer from
  /// `first_source` on: to (n x lanes) += the sums of the own sources.
  void trade_tree(std::int32_t begin, std::int32_t neurons, std::int32_t first_source, std::int32_t sources, Node node,
                  R* to);
  /// Copies a vector (width) from the rank that has these neurons to all ranks.
  void share_result(std::int32_t begin, std::int32_t neurons, std::ptrdiff_t width, R* values);

 private:
  OwnGrains grains_of(int rank, std::int32_t begin, std::int32_t neurons) const;
  std::int32_t nodes_of(int rank, std::int32_t begin, std::int32_t neurons) const;
  Share part_of_rank(int rank, std::int32_t begin, std::int32_t size) const;
  void share(R* all, std::ptrdiff_t width);
  /// to (width) = the tree over [first, last), of the nodes of each rank, which stand one after the
  /// other at next[rank] and are used up.
  void add_up(std::int32_t begin, std::int32_t neurons, std::int32_t first, std::int32_t last, std::ptrdiff_t width,
              R* room, R* to);

  RankExchange exchange_;
  std::vector<Share> shares_;
  std::int32_t grain_;
  std::int32_t lanes_;
  Column<R> sent_;
  Column<R> arrived_;
  Column<R> room_;
  std::vector<const R*> next_;  // by rank: the next node of a tree
  // by rank, of a trade; those of this rank stay 0
  std::vector<std::size_t> to_bytes_;
  std::vector<std::size_t> from_bytes_;
};

}  // namespace locus
