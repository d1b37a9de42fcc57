// Biases of neurons as a network has them: weights from the unit, a population of one neuron that
// is always 1.
//
// Why so: a bias learns, is bounded, written, read, recorded and kept exactly as the weight of a
// synapse, so all that is true of weights is true of biases, under the name POPULATION.bias. What
// makes it the neuron's own is one flag (Projection::is_bias): it has no synapse and no message. A
// model file or the builder gives biases to a population; add_bias makes the projection.
// Invariants: the unit is the last population, and biases are the last projections; all other
// indices are those of the file.
#pragma once

#include <cstdint>

#include "sim/model/field_path.h"
#include "sim/model/spec.h"

namespace locus {

/// Gives the neurons of a population biases of their own. All populations and all other projections
/// of the network must have been added before.
void add_bias(NetworkSpec& network, std::int32_t population, const BiasSpec& bias);

/// The field of biases in a model file: network.populations[1].rate.bias.
FieldPath bias_field(const NetworkSpec& network, const ProjectionSpec& bias, const FieldPath& where);

/// The index of the unit, or -1 if no neuron has a bias.
std::int32_t unit_of(const NetworkSpec& network);

}  // namespace locus
