// Random small spiking models for tests: from a seed alone, the same on every machine.
#pragma once

#include <cstdint>

#include "sim/model/spec.h"
#include "tests/support/random_model.h"

namespace locus {

/// As odd_model, with every rate population a spiking one: LIF and ALIF, all surrogates, resting or
/// not; readouts with memory or none; dense projections with and without autapses; every loss and
/// window; spikes and analog inputs; batches; both optimizers, bounds; every rule but RTRL, e-prop
/// with and without its filter, its average and its firing rate.
Spec odd_spiking_model(std::uint64_t seed);

/// Few neurons and ticks, everything plastic and dense, one population of each kind, some neurons
/// adapting; loss SUM, one trial, one update.
Spec small_spiking_model(std::uint64_t seed);

}  // namespace locus
