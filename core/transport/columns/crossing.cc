#include "core/transport/columns/crossing.h"

#include <algorithm>

#include "core/base/check.h"

namespace locus {
namespace {

template <class R>
void make_room(Column<R>& column, std::ptrdiff_t cells) {
  if (std::ssize(column) < cells) column.assign(static_cast<std::size_t>(cells), R(0));
}

}  // namespace

template <class R>
Crossing<R>::Crossing(const Topology& topology, std::int32_t lanes, RankExchange exchange)
    : exchange_(exchange), shares_(topology.shares), grain_(topology.grain), lanes_(lanes) {
  CHECK(alone() || std::ssize(shares_) == exchange.ranks, "each rank has a share");
  CHECK(alone() || topology.rank == exchange.rank, "the part of a rank is its own");
  next_.resize(shares_.size());
  to_bytes_.resize(shares_.size());
  from_bytes_.resize(shares_.size());
}

template <class R>
Share Crossing<R>::part_of_rank(int rank, std::int32_t begin, std::int32_t size) const {
  const Share share = shares_[static_cast<std::size_t>(rank)];
  const std::int32_t first = std::clamp(share.begin, begin, begin + size);
  return {first, std::clamp(share.end, first, begin + size)};
}

template <class R>
typename Crossing<R>::OwnGrains Crossing<R>::grains_of(int rank, std::int32_t begin, std::int32_t neurons) const {
  const Share part = part_of_rank(rank, begin, neurons);
  if (part.size() == 0) return {};
  const std::int32_t last = part.end - begin;
  return {(part.begin - begin) / grain_, last == neurons ? Grains{neurons, grain_}.count() : last / grain_};
}

template <class R>
std::int32_t Crossing<R>::nodes_of(int rank, std::int32_t begin, std::int32_t neurons) const {
  const OwnGrains own = grains_of(rank, begin, neurons);
  std::int32_t nodes = 0;
  each_node_within(0, Grains{neurons, grain_}.count(), own.first, own.last, [&](auto, auto) { ++nodes; });
  return nodes;
}

template <class R>
void Crossing<R>::share(R* all, std::ptrdiff_t width) {
  exchange_.share(exchange_.context, all, static_cast<std::size_t>(width) * sizeof(R));
}

template <class R>
void Crossing<R>::share_activities(R* activity) {
  std::int32_t widest = 0;
  for (const Share& share : shares_) widest = std::max(widest, share.size());
  const std::ptrdiff_t width = std::ptrdiff_t{widest} * lanes_;
  make_room(arrived_, width * exchange_.ranks);
  const auto cells_of = [&](int rank) { return std::ptrdiff_t{shares_[static_cast<std::size_t>(rank)].size()} * lanes_; };
  const auto first_of = [&](int rank) { return std::ptrdiff_t{shares_[static_cast<std::size_t>(rank)].begin} * lanes_; };
  std::copy_n(activity + first_of(exchange_.rank), cells_of(exchange_.rank), arrived_.data() + width * exchange_.rank);
  share(arrived_.data(), width);
  for (int rank = 0; rank < exchange_.ranks; ++rank) {
    if (rank != exchange_.rank) std::copy_n(arrived_.data() + width * rank, cells_of(rank), activity + first_of(rank));
  }
}

template <class R>
void Crossing<R>::add_up(std::int32_t begin, std::int32_t neurons, std::int32_t first, std::int32_t last,
                         std::ptrdiff_t width, R* room, R* to) {
  for (int rank = 0; rank < exchange_.ranks; ++rank) {
    const OwnGrains own = grains_of(rank, begin, neurons);
    if (own.first > first || own.last < last) continue;
    const R*& node = next_[static_cast<std::size_t>(rank)];
    std::copy_n(node, width, to);
    node += width;
    return;
  }
  const std::int32_t middle = middle_of(first, last);
  add_up(begin, neurons, first, middle, width, room, to);
  add_up(begin, neurons, middle, last, width, room + width, room);
  for (std::ptrdiff_t k = 0; k < width; ++k) to[k] += room[k];
}

template <class R>
void Crossing<R>::share_tree(std::int32_t begin, std::int32_t neurons, std::ptrdiff_t width, Node node, R* to) {
  const std::int32_t grains = Grains{neurons, grain_}.count();
  std::int32_t most = 0;
  for (int rank = 0; rank < exchange_.ranks; ++rank) most = std::max(most, nodes_of(rank, begin, neurons));
  const std::ptrdiff_t block = width * most;
  make_room(arrived_, block * exchange_.ranks);
  make_room(room_, width * (tree_depth(grains) + 1));
  R* own = arrived_.data() + block * exchange_.rank;
  const OwnGrains mine = own_grains(begin, neurons);
  each_node_within(0, grains, mine.first, mine.last, [&](std::int32_t first, std::int32_t last) {
    node(first, last, own);
    own += width;
  });
  share(arrived_.data(), block);
  for (int rank = 0; rank < exchange_.ranks; ++rank)
    next_[static_cast<std::size_t>(rank)] = arrived_.data() + block * rank;
  add_up(begin, neurons, 0, grains, width, room_.data(), to);
}

template <class R>
void Crossing<R>::trade_tree(std::int32_t begin, std::int32_t neurons, std::int32_t first_source, std::int32_t sources,
                             Node node, R* to) {
  const std::int32_t grains = Grains{neurons, grain_}.count();
  const std::ptrdiff_t all = std::ptrdiff_t{sources} * lanes_;  // of one node
  const OwnGrains mine = own_grains(begin, neurons);
  const std::int32_t own_nodes = nodes_of(exchange_.rank, begin, neurons);
  const Share own_sources = part_of_rank(exchange_.rank, first_source, sources);
  const std::ptrdiff_t width = std::ptrdiff_t{own_sources.size()} * lanes_;
  make_room(sent_, 2 * all * own_nodes);
  std::ptrdiff_t arriving = 0;
  for (int rank = 0; rank < exchange_.ranks; ++rank) {
    const std::ptrdiff_t cells = width * nodes_of(rank, begin, neurons);
    arriving += cells;
    const std::ptrdiff_t leaving = std::ptrdiff_t{part_of_rank(rank, first_source, sources).size()} * lanes_ * own_nodes;
    if (rank == exchange_.rank) continue;
    from_bytes_[static_cast<std::size_t>(rank)] = static_cast<std::size_t>(cells) * sizeof(R);
    to_bytes_[static_cast<std::size_t>(rank)] = static_cast<std::size_t>(leaving) * sizeof(R);
  }
  make_room(arrived_, arriving);
  make_room(room_, width * (tree_depth(grains) + 2));
  // every node's sums of all sources, then cut by the rank that the sources are on
  R* const nodes = sent_.data();
  R* next = nodes;
  each_node_within(0, grains, mine.first, mine.last, [&](std::int32_t first, std::int32_t last) {
    node(first, last, next);
    next += all;
  });
  const R* const leaving = next;
  for (int rank = 0; rank < exchange_.ranks; ++rank) {
    if (rank == exchange_.rank) continue;
    const Share part = part_of_rank(rank, first_source, sources);
    const std::ptrdiff_t first = std::ptrdiff_t{part.begin - first_source} * lanes_;
    for (std::int32_t k = 0; k < own_nodes; ++k)
      next = std::copy_n(nodes + all * k + first, std::ptrdiff_t{part.size()} * lanes_, next);
  }
  exchange_.trade(exchange_.context, leaving, to_bytes_.data(), arrived_.data(), from_bytes_.data());
  // own nodes stand behind those that have arrived
  const R* from = arrived_.data();
  R* own = arrived_.data() + (arriving - width * own_nodes);
  next_[static_cast<std::size_t>(exchange_.rank)] = own;
  const std::ptrdiff_t first = std::ptrdiff_t{own_sources.begin - first_source} * lanes_;
  for (std::int32_t k = 0; k < own_nodes; ++k) own = std::copy_n(nodes + all * k + first, width, own);
  for (int rank = 0; rank < exchange_.ranks; ++rank) {
    if (rank == exchange_.rank) continue;
    next_[static_cast<std::size_t>(rank)] = from;
    from += from_bytes_[static_cast<std::size_t>(rank)] / sizeof(R);
  }
  if (width == 0) return;
  R* const sum = room_.data();
  add_up(begin, neurons, 0, grains, width, sum + width, sum);
  R* const into = to + std::ptrdiff_t{own_sources.begin} * lanes_;
  for (std::ptrdiff_t k = 0; k < width; ++k) into[k] += sum[k];
}

template <class R>
void Crossing<R>::share_result(std::int32_t begin, std::int32_t neurons, std::ptrdiff_t width, R* values) {
  make_room(arrived_, width * exchange_.ranks);
  std::copy_n(values, width, arrived_.data() + width * exchange_.rank);
  share(arrived_.data(), width);
  for (int rank = 0; rank < exchange_.ranks; ++rank) {
    if (part_of_rank(rank, begin, neurons).size() > 0) std::copy_n(arrived_.data() + width * rank, width, values);
  }
}

template class Crossing<double>;
template class Crossing<float>;

}  // namespace locus
