// Random models in which no message is left out because of a 0, so that the closed forms are exact.
#pragma once

#include <cstdint>

#include "sim/model/spec.h"

namespace locus {

/// Several populations of each kind, of rate neurons or all spiking; dense and sparse projections,
/// static and plastic, with and without autapses; delays, initial states and carried states; every
/// loss, with windows and warm-ups; batches, both commits, changes bounded by the norm; every rule
/// that the network allows, with several depths and strides. A function of the seed alone.
Spec generic_model(std::uint64_t seed);

}  // namespace locus
