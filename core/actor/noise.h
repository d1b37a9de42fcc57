// Noise of a population: Gaussian numbers on the currents of its neurons, or on their activities.
//
// A neuron draws its own number in every tick, as a function of (key, trial, tick, neuron). Ticks
// count from the trial's first: a trial that begins late has the numbers that it has alone. No
// message carries it, and the numbers do not depend on threads, lanes or transports. draw_noise
// draws for all neurons before they step; the step of each adds its own (rate_neuron.h).
// Cost: one random number a noisy neuron, lane and tick; nothing if no population is noisy.
#pragma once

#include <cstdint>

#include "core/base/random.h"

namespace locus {

/// The noise of one population.
struct NoiseParameters {
  double stddev = 0;         // [1]
  bool on_activity = false;  // true: on h_t, after the step; false: on the current, before it
  RandomKey key = {};
};

template <class R>
struct Network;

/// Writes the noise of tick t = 1 .. T, of all noisy populations; lane l shows trial first_trial +
/// l, and has none before it begins. The network has noise (RateLayer::noise is not empty).
template <class R>
void draw_noise(Network<R>& network, std::uint64_t first_trial, std::int32_t tick);

}  // namespace locus
