// Products of a projection's weights with columns of neurons, lanes contiguous under each neuron.
//
// Why here: transports and teachers need the same two products, and small ones must not pay for what large ones prepare: up to some ten thousand
// weights go straight from the columns into registers, more of them through Eigen's blocks. Which order a sum has depends on the sizes alone;
// callers split a product in the same ranges for any number of threads. Where the level has fused multiply-add it is used (as
// Eigen uses it), so bits belong to a level.
// Invariant: takes no memory where the weights are few; Eigen takes scratch space where they are many.
#pragma once

#include <cstddef>
#include <cstdint>

namespace locus {

/// Weights of a dense projection, source by source: W_ij at weight[j * stride + i], i < targets, j < sources.
template <class R>
struct WeightsView {
  const R* weight = nullptr;
  std::int32_t targets = 0;
  std::int32_t sources = 0;
  std::ptrdiff_t stride = 0;
};

/// to (targets x lanes) += W from (sources x lanes).
template <class R>
void add_product(WeightsView<R> w, const R* from, std::int32_t lanes, R* to);

/// to (sources x lanes) += W^T from (targets x lanes).
template <class R>
void add_transposed_product(WeightsView<R> w, const R* from, std::int32_t lanes, R* to);

}  // namespace locus
