#include "core/transport/columns/grains.h"

#include <algorithm>
#include <array>

#include "core/kernel/events.h"
#include "core/kernel/product.h"
#include "core/kernel/settle.h"
#include "core/kernel/sparse.h"
#include "core/transport/views.h"

namespace locus {
namespace {

/// Sums over grains of the sources of a part of a projection: sum (targets x lanes) += those of the
/// targets [first, first + width). Grains are numbered within the whole projection.
template <class R>
struct SentGrains {
  const Common<R>& common;
  const Projection& projection;
  const R* weight;
  const R* activity;  // of the own sources
  Grains grains;      // of all sources

  SentGrains(const Common<R>& of, const Projection& over, const R* by, const R* said)
      : common(of), projection(over), weight(by), activity(said), grains(of.grains(over.all_sources())) {}

  void add(std::int32_t grain, std::int32_t first, std::int32_t width, R* sum) const {
    const std::int32_t lanes = common.lanes;
    const std::int32_t begin = grains.begin(grain) - projection.sources_before;
    const std::int32_t size = grains.size(grain);
    if (projection.dense) {
      const std::ptrdiff_t targets = projection.target_size;
      return add_product<R>({weight + begin * targets + first, width, size, targets},
                            activity + std::ptrdiff_t{begin} * lanes, lanes, sum);
    }
    const SynapsesView<const R> synapses = synapses_with(projection, weight);
    for (std::int32_t j = begin; j < begin + size; ++j) {
      const R* from = activity + std::ptrdiff_t{j} * lanes;
      if (count_nonzero(from, lanes) != 0) add_run_of_lanes(synapses, j, from, lanes, sum);
    }
  }
};

/// The same over grains of the targets: sum ((last - first) x lanes) += what the sources [first,
/// last) are told.
template <class R>
struct CarriedGrains {
  const Common<R>& common;
  const Projection& projection;
  const R* weight;
  const R* errors;  // of the own targets
  Grains grains;    // of all targets

  CarriedGrains(const Common<R>& of, ProjectionId p, const R* of_layer)
      : common(of),
        projection(of.projection(p)),
        weight(of.weight(p)),
        errors(of_layer + of.first_target(projection)),
        grains(of.grains(projection.all_targets())) {}

  void add(std::int32_t grain, std::int32_t first, std::int32_t last, R* sum) const {
    const std::int32_t lanes = common.lanes;
    const std::int32_t begin = grains.begin(grain) - projection.targets_before;
    if (projection.dense) {
      return add_transposed_product<R>(
          {weight + projection.begin_of(first) + begin, grains.size(grain), last - first, projection.target_size},
          errors + std::ptrdiff_t{begin} * lanes, lanes, sum);
    }
    add_transposed_grain(synapses_with(projection, weight), errors, lanes, first, last, begin,
                         begin + grains.size(grain), sum - std::ptrdiff_t{first} * lanes);
  }
};

/// sum (width) = the tree over the grains [first, last); leaf(grain, vector) adds to zeros. room:
/// as many vectors as the tree is deep.
template <class R, class Leaf>
void sum_node(std::int32_t first, std::int32_t last, std::ptrdiff_t width, R* room, R* sum, const Leaf& leaf) {
  sum_tree(first, last, width, room, sum, [&](std::int32_t grain, R* vector) {
    std::fill_n(vector, width, R(0));
    leaf(grain, vector);
  });
}

/// Chunks of the targets of a projection, or of its sources, whatever the threads; each has its
/// part of the vectors of the tree. Calls task(first, size, room).
template <class R, class Task>
void in_chunks(const Common<R>& common, const Projection& projection, std::int32_t neurons, std::int32_t grains,
               const Task& task) {
  constexpr std::int32_t kChunk = 128;
  const int chunks = chunks_of(projection.whole_size() * common.lanes, common.lanes, neurons, kChunk);
  const std::ptrdiff_t vectors = tree_depth(grains) + 1;
  common.executor(chunks, [&](int chunk) {
    const std::int32_t first = chunks == 1 ? 0 : chunk * kChunk;
    const std::int32_t size = chunks == 1 ? neurons : std::min(kChunk, neurons - first);
    task(first, size, common.tree.data() + std::ptrdiff_t{first} * common.lanes * vectors);
  });
}

template <class R>
void add_to(R* to, const R* from, std::ptrdiff_t width) {
  for (std::ptrdiff_t k = 0; k < width; ++k) to[k] += from[k];
}

}  // namespace

template <class R>
void send_grains(const Common<R>& common, const Projection& projection, const R* weight, const R* activity, R* current) {
  const SentGrains<R> sent(common, projection, weight, activity);
  const std::int32_t grains = sent.grains.count();
  const auto send = [&](std::int32_t first, std::int32_t size, R* room) {
    const std::ptrdiff_t width = std::ptrdiff_t{size} * common.lanes;
    sum_node(0, grains, width, room + width, room, [&](std::int32_t grain, R* sum) { sent.add(grain, first, size, sum); });
    add_to(current + std::ptrdiff_t{first} * common.lanes, room, width);
  };
  if (!projection.dense) return send(0, projection.target_size, common.tree.data());
  in_chunks(common, projection, projection.target_size, grains, send);
}

template <class R>
void send_parts(const Common<R>& common, const Projection& projection, const R* weight, const R* activity, R* current) {
  const SentGrains<R> sent(common, projection, weight, activity);
  const std::int32_t targets = projection.target_size;
  const std::ptrdiff_t width = std::ptrdiff_t{targets} * common.lanes;
  R* const whole = common.tree.data();
  const auto node = [&](std::int32_t first, std::int32_t last, R* sum) {
    sum_node(first, last, width, whole, sum, [&](std::int32_t grain, R* vector) { sent.add(grain, 0, targets, vector); });
  };
  common.crossing.share_tree(projection.source_begin - projection.sources_before, projection.all_sources(), width, node,
                             whole);
  add_to(current, whole, width);
}

template <class R>
void carry_grains_back(const Common<R>& common, ProjectionId p, const R* errors, R* sums) {
  const CarriedGrains<R> carried(common, p, errors);
  const Projection& projection = carried.projection;
  const std::int32_t grains = carried.grains.count();
  in_chunks(common, projection, projection.source_size, grains, [&](std::int32_t first, std::int32_t size, R* room) {
    const std::ptrdiff_t width = std::ptrdiff_t{size} * common.lanes;
    sum_node(0, grains, width, room + width, room,
             [&](std::int32_t grain, R* sum) { carried.add(grain, first, first + size, sum); });
    add_to(sums + std::ptrdiff_t{projection.source_begin + first} * common.lanes, room, width);
  });
}

template <class R>
void trade_errors_back(const Common<R>& common, ProjectionId p, const R* errors, R* sums) {
  const CarriedGrains<R> carried(common, p, errors);
  const Projection& projection = carried.projection;
  const auto node = [&](std::int32_t begin, std::int32_t end, R* sum) {
    in_chunks(common, projection, projection.source_size, carried.grains.count(),
              [&](std::int32_t first, std::int32_t size, R* room) {
                const std::ptrdiff_t width = std::ptrdiff_t{size} * common.lanes;
                sum_node(begin, end, width, room, sum + std::ptrdiff_t{first} * common.lanes,
                         [&](std::int32_t grain, R* vector) { carried.add(grain, first, first + size, vector); });
              });
  };
  common.crossing.trade_tree(projection.target_begin - projection.targets_before, projection.all_targets(),
                             projection.source_begin, projection.source_size, node, sums);
}

template <class R>
R squares_of(const Common<R>& common, ProjectionId p, R* delta, R scale) {
  const Projection& projection = common.projection(p);
  const SynapsesView<R> synapses = synapses_with(projection, common.synapses(p).weight.data());
  if (is_on_every_rank(projection)) return sum_of_squares(synapses, delta, scale);
  const bool by_targets = projection.target_layer == Layer::kRate;
  const std::int32_t neurons = by_targets ? projection.all_targets() : projection.all_sources();
  const std::int32_t before = by_targets ? projection.targets_before : projection.sources_before;
  const Grains grains = common.grains(neurons);
  std::array<R, kDeepestTree + 1> room{};
  R sum = 0;
  const auto node = [&](std::int32_t first, std::int32_t last, R* to) {
    sum_tree(first, last, 1, room.data(), to, [&](std::int32_t grain, R* of) {
      const std::int32_t begin = grains.begin(grain) - before;
      const std::int32_t end = begin + grains.size(grain);
      *of = by_targets ? sum_of_squares(synapses, delta, scale, 0, projection.source_size, begin, end)
                       : sum_of_squares(synapses, delta, scale, begin, end, 0, projection.target_size);
    });
  };
  if (common.crossing.alone()) {
    node(0, grains.count(), &sum);
  } else {
    const std::int32_t first = (by_targets ? projection.target_begin : projection.source_begin) - before;
    common.crossing.share_tree(first, neurons, 1, node, &sum);
  }
  return sum;
}

template void send_grains(const Common<double>&, const Projection&, const double*, const double*, double*);
template void send_grains(const Common<float>&, const Projection&, const float*, const float*, float*);
template void carry_grains_back(const Common<double>&, ProjectionId, const double*, double*);
template void carry_grains_back(const Common<float>&, ProjectionId, const float*, float*);
template void send_parts(const Common<double>&, const Projection&, const double*, const double*, double*);
template void send_parts(const Common<float>&, const Projection&, const float*, const float*, float*);
template void trade_errors_back(const Common<double>&, ProjectionId, const double*, double*);
template void trade_errors_back(const Common<float>&, ProjectionId, const float*, float*);
template double squares_of(const Common<double>&, ProjectionId, double*, double);
template float squares_of(const Common<float>&, ProjectionId, float*, float);

}  // namespace locus
