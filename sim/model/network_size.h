// Sizes of a network's layers, and the places of populations in them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/model/spec.h"

namespace locus {

/// The kind of a population, by its index.
PopulationKind kind_of(const NetworkSpec& network, std::int32_t population);

/// The number of neurons of a kind: inputs (constant ones, too), n rate neurons, o readouts.
std::int64_t neurons(const NetworkSpec& network, PopulationKind kind);

/// The input of each column of a task's inputs: its number within the input layer. Constant inputs
/// have no column, so that the two are not the same.
std::vector<std::int32_t> input_columns(const NetworkSpec& network);
/// The number of these columns.
std::int64_t shown_inputs(const NetworkSpec& network);

/// An input that is the same at every tick.
struct ConstantInput {
  std::int32_t input = 0;  // number within the input layer
  double value = 0;        // [1]
};
/// The constant inputs of a network, the unit of biases included.
std::vector<ConstantInput> constant_inputs(const NetworkSpec& network);

/// The indices of populations of a kind, in the order of the file; without the unit.
std::vector<std::int32_t> populations_of(const NetworkSpec& network, PopulationKind kind);

/// By population: true if a plastic projection ends there.
std::vector<bool> have_plastic_input(const NetworkSpec& network);

/// The number of synapses of weights between `rows` targets and `cols` sources.
std::int64_t synapses_of(const WeightsSpec& weights, std::int64_t rows, std::int64_t cols);

/// The number of synapses of a projection; without autapses its diagonal has none.
std::int64_t synapses_of(const ProjectionSpec& projection, std::int64_t rows, std::int64_t cols);

/// The least number of ticks of a projection's AXON: 1 between rate (and spiking) populations, 0
/// from inputs and to readouts.
std::int32_t shortest_delay(const NetworkSpec& network, const ProjectionSpec& projection);
/// The ticks of its delay beyond that number.
std::int32_t wait_of(const NetworkSpec& network, const ProjectionSpec& projection);

/// True if some population spikes; true if some readout has memory.
bool has_spikes(const NetworkSpec& network);
bool has_memory(const NetworkSpec& network);

/// "input", "rate", "spiking", "readout".
std::string_view kind_name(const PopulationSpec& population);

/// "input", "rate", "readout".
std::string_view name(PopulationKind kind);

}  // namespace locus
