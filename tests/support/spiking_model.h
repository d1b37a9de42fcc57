// Small random spiking models for tests: a function of the seed alone, the same on every machine.
#pragma once

#include <cstdint>

#include "sim/model/spec.h"
#include "tests/support/random_model.h"

namespace locus {

/// An odd_model whose rate populations all spike: LIF and ALIF, all surrogates, with and without
/// refractoriness, half of them plain and half of every other kind (LifKind); readouts with and
/// without memory; dense projections with and without autapses; every loss and window; spikes and
/// analog inputs; batches; both optimizers, bounds; every rule except RTRL, e-prop with and without
/// its filter and its firing rate, all with and without the average over the window.
Spec odd_spiking_model(std::uint64_t seed);

/// The kinds of spiking neurons, all together.
struct LifKind {
  bool current = false;
  Reset reset = Reset::kSubtractNextTick;
  bool above = false;
  Integration integration = Integration::kExact;
  bool cut = false;
  bool differ = false;  // constants of each neuron
};

/// Kind k of the kLifKinds; those below 48 do not cut the gradient of their resets.
inline constexpr int kLifKinds = 96;
LifKind lif_kind(int k);

/// Makes a spiking population one of this kind, with drawn constants.
void make_kind(PopulationSpec& population, const LifKind& kind, Dice& dice);

/// small_spiking_model with populations of a kind.
Spec small_spiking_model(std::uint64_t seed, const LifKind& kind);

/// Few neurons and ticks, everything plastic and dense, one population of each kind, some neurons
/// with adaptation; loss SUM, one trial, one update.
Spec small_spiking_model(std::uint64_t seed);

}  // namespace locus
