// Sparse synapses where dense ones have a product: errors carried back, and outer products.
//
// Sums are those of the plain loops, source by source; threads take ranges of sources.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/kernel/synapses.h"

namespace locus {

/// sums (sources x lanes) += W^T errors (targets x lanes), of the sources [first, last): TRANSPORT
/// of every synapse.
template <class R>
void add_transposed_sparse(const SynapsesView<const R>& synapses, const R* errors, std::int32_t lanes,
                           std::int32_t first, std::int32_t last, R* sums) {
  for (std::int32_t j = first; j < last; ++j) {
    for (std::int64_t k = synapses.begin_of(j); k < synapses.begin_of(j + 1); ++k) {
      const R weight = synapses.weight[k];
      const R* error = errors + std::ptrdiff_t{synapses.target[k]} * lanes;
      for (std::int32_t lane = 0; lane < lanes; ++lane) sums[std::ptrdiff_t{j} * lanes + lane] += weight * error[lane];
    }
  }
}

/// The same of the targets [begin, end) alone. Each source's targets are found by a binary search.
template <class R>
void add_transposed_grain(const SynapsesView<const R>& synapses, const R* errors, std::int32_t lanes,
                          std::int32_t first, std::int32_t last, std::int32_t begin, std::int32_t end, R* sums) {
  for (std::int32_t j = first; j < last; ++j) {
    const std::int32_t* const run = synapses.target + synapses.begin_of(j);
    const std::int32_t* const past = synapses.target + synapses.begin_of(j + 1);
    for (const std::int32_t* onto = std::lower_bound(run, past, begin); onto < past && *onto < end; ++onto) {
      const R weight = synapses.weight[onto - synapses.target];
      const R* error = errors + std::ptrdiff_t{*onto} * lanes;
      for (std::int32_t lane = 0; lane < lanes; ++lane) sums[std::ptrdiff_t{j} * lanes + lane] += weight * error[lane];
    }
  }
}

/// weight of each synapse of the sources [first, last) -= rate * the sum over rows of what its
/// target (left) and its source (right, whose neuron 0 is source `first`) said.
template <class R>
void subtract_inner_products(R rate, RowsView<R> left, RowsView<R> right, const SynapsesView<R>& synapses,
                             std::int32_t first, std::int32_t last) {
  R* to = synapses.weight + synapses.begin_of(first);
  for (std::int32_t j = 0; j < last - first; ++j) {
    for (std::int64_t k = synapses.begin_of(first + j); k < synapses.begin_of(first + j + 1); ++k)
      *to++ -= rate * inner_product(left, synapses.target[k], right, j);
  }
}

}  // namespace locus
