// Rates of spiking populations, as an experimenter reads them off: spikes a second, a mean over
// neurons and the trials of an update.
#pragma once

#include <string>
#include <vector>

#include "sim/model/spec.h"

namespace locus {

template <class R>
struct Network;

struct PopulationRate {
  std::string population;
  double first = 0;  // Hz, of the run's first update
  double last = 0;   // Hz, of its last
};

/// At the end of an update's trials: sets `last`, and `first` where this is the first time. Empty
/// where no population spikes.
template <class R>
void measure_rates(const Network<R>& network, const TrainingSpec& training, std::vector<PopulationRate>& rates);

}  // namespace locus
