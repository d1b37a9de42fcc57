// A population of rate neurons through a run of ticks, one lane, where all else that it will hear
// is known ahead: straight from one row into the next.
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
  const R* own_weight = nullptr;  // W_ii (n), where decays are asked for
};

/// The rows of a run (ticks x n), each contiguous and n after the one before.
template <class R>
struct RecurrentRows {
  const R* current = nullptr;  // what arrives from elsewhere
  const R* before = nullptr;   // h_0, one row
  R* activity = nullptr;       // h_t; may be the rows of `current`, which are then gone
  R* gain = nullptr;           // alpha phi'(u_t); null: nobody asks
  R* decay = nullptr;          // what e-prop's traces decay by; null: nobody asks
  bool one_gain = false;       // all rows of `gain` are one
  bool one_decay = false;
};

template <class R>
void advance(const Recurrence<R>& recurrence, RecurrentRows<R> rows, std::int32_t ticks);

}  // namespace locus
