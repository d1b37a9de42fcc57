// The two models of models/ with published figures of NEST 3.10: their runs with every tick
// observed, and the correct results (tests/data/spiking).
#pragma once

#include <array>
#include <string>
#include <vector>

#include "sim/run/run.h"
#include "tests/support/spiking_oracle.h"

namespace locus {

struct Fixture {
  std::string model;
  std::array<double, 5> losses;  // published, from NEST's test
  std::int32_t neurons;          // spiking neurons
  oracle::ByProjection weights;  // after the fifth update, entries in the order of the model
  spiking::Spikes spikes;        // (tick, neuron) of each of the five trials
};

/// Reads the data; throws std::runtime_error if it is missing.
Fixture pattern_generation();
Fixture evidence();

struct Watched {
  std::vector<double> losses;
  oracle::ByProjection weights;  // after the last commit
  spiking::Spikes spikes;        // by trial
  Ledger first_trial;            // after the first trial
};

/// Trains the fixture's model for five updates.
Watched train(const Fixture& fixture, TransportKind transport);

/// The model itself, from models/.
Spec spec_of(const Fixture& fixture);

/// The largest |difference| of the two, relative to the largest change of a weight of the
/// projection since its start, for the worst projection.
double miss(const Spec& spec, const oracle::ByProjection& weights, const oracle::ByProjection& wanted);

}  // namespace locus
