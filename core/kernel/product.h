// Products of a projection's weights with columns of neurons, lanes contiguous under each neuron.
//
// Why here: transports and teachers need the same products, of any number of weights with a few
// dozen columns. Eigen prepares both factors in blocks, which so few columns do not pay for; here
// both go straight into registers. Products of many rows, and of fewer lanes than a register holds,
// are Eigen's. Which order a sum has depends on the sizes alone; callers split a product in the
// same ranges for any number of threads. Where the level has fused multiply-add it is used (as
// Eigen uses it), so bits belong to a level. Invariant: takes no memory, but for Eigen's scratch
// space.
#pragma once

#include <cstddef>
#include <cstdint>

namespace locus {

/// Weights of a dense projection, source by source: W_ij at weight[j * stride + i], i < targets, j
/// < sources.
template <class R>
struct WeightsView {
  const R* weight = nullptr;
  std::int32_t targets = 0;
  std::int32_t sources = 0;
  std::ptrdiff_t stride = 0;
};

/// The neurons of a whole projection, by which an algorithm is chosen where the arguments are a
/// rank's part of it (core/base/tree.h); 0: those of the arguments.
struct WholeSizes {
  std::int32_t targets = 0;
  std::int32_t sources = 0;
};

/// From so many bytes of weights on they come from afar, and best come as they stand: a few whole
/// columns at a time.
constexpr std::int64_t kFar = std::int64_t{1} << 19;

template <class R>
bool is_far(const WeightsView<R>& w) {
  return w.stride * w.sources * std::int64_t{sizeof(R)} >= kFar;
}

/// The activities of some neurons in some rows (ticks, or ticks and lanes): row r, neuron i at
/// value[r * by_row + i * by_neuron]; one of the strides is 1.
template <class R>
struct RowsView {
  const R* value = nullptr;
  std::int32_t rows = 0;
  std::int32_t neurons = 0;
  std::ptrdiff_t by_row = 1;
  std::ptrdiff_t by_neuron = 1;
};

/// to (targets x lanes) += W from (sources x lanes).
template <class R>
void add_product(WeightsView<R> w, const R* from, std::int32_t lanes, R* to);

/// to (sources x lanes) += W^T from (targets x lanes).
template <class R>
void add_transposed_product(WeightsView<R> w, const R* from, std::int32_t lanes, R* to);

/// Row by row, to (rows x targets) += from (rows x sources) W^T; a row of `from` and of `to` is
/// contiguous, those of `to` are `by_row` apart.
template <class R>
void add_products(WeightsView<R> w, RowsView<R> from, R* to, std::ptrdiff_t by_row, WholeSizes whole = {});

/// weight (targets x sources, source by source, `stride` apart) -= rate * sum over rows of left
/// (targets) right^T (sources).
template <class R>
void subtract_outer_products(R rate, RowsView<R> left, RowsView<R> right, R* weight, std::ptrdiff_t stride,
                             WholeSizes whole = {});

/// Sum over rows of left's neuron i times right's neuron j: what the product above takes, for one
/// synapse.
template <class R>
R inner_product(RowsView<R> left, std::int32_t i, RowsView<R> right, std::int32_t j);

}  // namespace locus
