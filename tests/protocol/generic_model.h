// Random models in which nothing that may be sent is 0, so that the closed forms are exact.
#pragma once

#include <cstdint>

#include "sim/model/spec.h"

namespace locus {

/// Several populations of each kind, of rate neurons or all spiking; dense and sparse projections,
/// static and plastic, with and without autapses; delays, initial states and states carried over;
/// every loss, with windows and warm-ups; batches, both commits, changes bounded by the norm; every
/// rule that the network has, with several depths and strides. From a seed alone.
Spec generic_model(std::uint64_t seed);

}  // namespace locus
