// The two shipped models whose figures NEST 3.10 publishes, run with every tick watched; and what
// they must give (tests/data/spiking).
#pragma once

#include <array>
#include <string>
#include <vector>

#include "sim/run/run.h"
#include "tests/support/spiking_oracle.h"

namespace locus {

struct Fixture {
  std::string model;
  std::array<double, 5> losses;  // NEST's test, published
  std::int32_t neurons;          // spiking
  oracle::ByProjection weights;  // after the fifth update, entries as the model lists them
  spiking::Spikes spikes;        // (tick, neuron) of each of the five trials
};

/// Reads the data; throws std::runtime_error where they are not there.
Fixture pattern_generation();
Fixture evidence();

struct Watched {
  std::vector<double> losses;
  oracle::ByProjection weights;  // after the last commit
  spiking::Spikes spikes;        // by trial
  Ledger first_trial;            // after it
};

/// Trains the fixture's model for five updates.
Watched train(const Fixture& fixture, TransportKind transport);

/// The shipped model itself.
Spec spec_of(const Fixture& fixture);

/// The largest |difference| of the two, over the largest move of a weight of the projection from
/// its start; of the worst projection.
double miss(const Spec& spec, const oracle::ByProjection& weights, const oracle::ByProjection& wanted);

}  // namespace locus
