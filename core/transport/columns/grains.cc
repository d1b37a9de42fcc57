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

/// to (width) += the tree over all grains; leaf(grain, vector) adds to zeros. room: one vector more
/// than the tree is deep.
template <class R, class Leaf>
void add_tree(Grains grains, std::ptrdiff_t width, R* room, R* to, const Leaf& leaf) {
  const auto fresh = [&](std::int32_t grain, R* vector) {
    std::fill_n(vector, width, R(0));
    leaf(grain, vector);
  };
  sum_tree(0, grains.count(), width, room + width, room, fresh);
  for (std::ptrdiff_t k = 0; k < width; ++k) to[k] += room[k];
}

}  // namespace

template <class R>
void send_grains(const Common<R>& common, const Projection& projection, const R* weight, const R* activity, R* current) {
  const std::int32_t lanes = common.lanes;
  const std::int32_t targets = projection.target_size;
  const Grains grains = common.grains(projection.source_size);
  if (!projection.dense) {
    const SynapsesView<const R> synapses = synapses_with(projection, weight);
    return add_tree(grains, std::ptrdiff_t{targets} * lanes, common.tree.data(), current, [&](std::int32_t grain, R* to) {
      for (std::int32_t j = grains.begin(grain); j < grains.begin(grain + 1); ++j) {
        const R* from = activity + std::ptrdiff_t{j} * lanes;
        if (count_nonzero(from, lanes) != 0) add_run_of_lanes(synapses, j, from, lanes, to);
      }
    });
  }
  constexpr std::int32_t kChunk = 128;  // targets; the same whatever the threads
  const int chunks = chunks_of(projection.whole_size() * lanes, lanes, targets, kChunk);
  const std::ptrdiff_t vectors = tree_depth(grains.count()) + 1;
  common.executor(chunks, [&](int chunk) {
    const std::int32_t first = chunks == 1 ? 0 : chunk * kChunk;
    const std::int32_t width = chunks == 1 ? targets : std::min(kChunk, targets - first);
    const std::ptrdiff_t cell = std::ptrdiff_t{first} * lanes;
    add_tree(grains, std::ptrdiff_t{width} * lanes, common.tree.data() + cell * vectors, current + cell,
             [&](std::int32_t grain, R* to) {
               const std::ptrdiff_t begin = grains.begin(grain);
               add_product<R>({weight + begin * targets + first, width, grains.size(grain), targets},
                              activity + begin * lanes, lanes, to);
             });
  });
}

template <class R>
void carry_grains_back(const Common<R>& common, std::int32_t p, const R* errors, R* sums) {
  const Projection& projection = common.projection(p);
  const R* weights = common.weight(p);
  const std::int32_t lanes = common.lanes;
  const R* from = errors + common.first_target(projection);
  R* to = sums + std::ptrdiff_t{projection.source_begin} * lanes;
  const Grains grains = common.grains(projection.target_size);
  constexpr std::int32_t kChunk = 128;  // sources; the same whatever the threads
  const int chunks = chunks_of(projection.whole_size() * lanes, lanes, projection.source_size, kChunk);
  const std::ptrdiff_t vectors = tree_depth(grains.count()) + 1;
  common.executor(chunks, [&](int chunk) {
    const std::int32_t first = chunks == 1 ? 0 : chunk * kChunk;
    const std::int32_t width = chunks == 1 ? projection.source_size : std::min(kChunk, projection.source_size - first);
    const std::ptrdiff_t cell = std::ptrdiff_t{first} * lanes;
    add_tree(grains, std::ptrdiff_t{width} * lanes, common.tree.data() + cell * vectors, to + cell,
             [&](std::int32_t grain, R* sum) {
               const std::int32_t begin = grains.begin(grain);
               if (!projection.dense) {
                 return add_transposed_grain(synapses_with(projection, weights), from, lanes, first, first + width,
                                             begin, grains.begin(grain + 1), sum - cell);
               }
               add_transposed_product<R>(
                   {weights + projection.begin_of(first) + begin, grains.size(grain), width, projection.target_size},
                   from + std::ptrdiff_t{begin} * lanes, lanes, sum);
             });
  });
}

template <class R>
R squares_of(const Common<R>& common, std::int32_t p, R* delta, R scale) {
  const Projection& projection = common.projection(p);
  const SynapsesView<R> synapses = synapses_with(projection, common.synapses(p).weight.data());
  const bool by_sources = projection.target_layer == Layer::kReadout && projection.source_layer == Layer::kRate;
  const bool by_targets = projection.target_layer == Layer::kRate;
  const Grains grains = common.grains(by_sources ? projection.source_size : projection.target_size);
  if ((!by_sources && !by_targets) || grains.count() <= 1) return sum_of_squares(synapses, delta, scale);
  std::array<R, kDeepestTree + 1> room{};
  sum_tree(0, grains.count(), 1, room.data() + 1, room.data(), [&](std::int32_t grain, R* sum) {
    const std::int32_t begin = grains.begin(grain);
    const std::int32_t end = grains.begin(grain + 1);
    *sum = by_sources ? sum_of_squares(synapses, delta, scale, begin, end, 0, projection.target_size)
                      : sum_of_squares(synapses, delta, scale, 0, projection.source_size, begin, end);
  });
  return room.front();
}

template void send_grains(const Common<double>&, const Projection&, const double*, const double*, double*);
template void send_grains(const Common<float>&, const Projection&, const float*, const float*, float*);
template void carry_grains_back(const Common<double>&, std::int32_t, const double*, double*);
template void carry_grains_back(const Common<float>&, std::int32_t, const float*, float*);
template double squares_of(const Common<double>&, std::int32_t, double*, double);
template float squares_of(const Common<float>&, std::int32_t, float*, float);

}  // namespace locus
