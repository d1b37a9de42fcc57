// Sizes of a network's layers, and how its populations lie in them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/model/spec.h"

namespace locus {

/// Kind of a population, by its index.
PopulationKind kind_of(const NetworkSpec& network, std::int32_t population);

/// Neurons of a kind: m inputs, n rate neurons, o readouts.
std::int64_t neurons(const NetworkSpec& network, PopulationKind kind);

/// Populations of a kind, as indices in file order.
std::vector<std::int32_t> populations_of(const NetworkSpec& network, PopulationKind kind);

/// For each population whether a plastic projection ends there.
std::vector<bool> have_plastic_input(const NetworkSpec& network);

/// Synapses of weights between `rows` targets and `cols` sources.
std::int64_t synapses_of(const WeightsSpec& weights, std::int64_t rows, std::int64_t cols);

/// Those of a projection; without autapses the diagonal is none.
std::int64_t synapses_of(const ProjectionSpec& projection, std::int64_t rows, std::int64_t cols);

/// Ticks that a projection's AXON always takes: 1 between rate (and spiking) populations, 0 from
/// inputs and to readouts.
std::int32_t shortest_delay(const NetworkSpec& network, const ProjectionSpec& projection);
/// Ticks that it takes beyond those.
std::int32_t wait_of(const NetworkSpec& network, const ProjectionSpec& projection);

/// Whether some population spikes; whether some readout has memory.
bool has_spikes(const NetworkSpec& network);
bool has_memory(const NetworkSpec& network);

/// "input", "rate", "spiking", "readout".
std::string_view kind_name(const PopulationSpec& population);

/// "input", "rate", "readout".
std::string_view name(PopulationKind kind);

}  // namespace locus
