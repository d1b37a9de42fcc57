// A population of rate neurons through a run of ticks with one lane, if all its other inputs are
// known in advance: each row of activities is computed directly from the previous one.
//
//     u_t += W h_{t-1};  h_t = (1 - alpha) h_{t-1} + alpha phi(u_t)
//
// Why here: among few neurons a tick is a dozen nanoseconds, and asking anew in each of them what
// is to be done took longer. What a neuron does is rate_neuron.h's; sums are those of add_product
// (core/kernel/product.h), which is faster where the weights are far. Cost: n^2 a tick.
#pragma once

#include <cstdint>

#include "core/actor/activation.h"
#include "core/kernel/product.h"

namespace locus {

template <class R>
struct Recurrence {
  WeightsView<R> w;  // (n x n)
  Activation activation = Activation::kIdentity;
  R leak = 1;                     // alpha
  const R* own_weight = nullptr;  // W_ii (n), only for decays
};

/// The rows of a run (ticks x n), each contiguous and n after the previous one.
template <class R>
struct RecurrentRows {
  const R* current = nullptr;  // currents from other projections
  const R* before = nullptr;   // h_0, one row
  R* activity = nullptr;       // h_t; may be the rows of `current`, which are then overwritten
  R* gain = nullptr;           // alpha phi'(u_t); null if not needed
  R* decay = nullptr;          // decay of e-prop's traces; null if not needed
  bool one_gain = false;       // true: all rows of `gain` are the same memory
  bool one_decay = false;
};

template <class R>
void advance(const Recurrence<R>& recurrence, RecurrentRows<R> rows, std::int32_t ticks);

}  // namespace locus
