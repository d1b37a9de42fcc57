// Drawn inputs: Poisson spikes and white noise for the input populations of a network.
//
// The input of population P in one tick of a trial is a pure function of (seed, "poisson/P" or
// "noise/P", trial, tick). It is therefore the same for every rule, batch size, transport, number
// of threads and set of other populations.
// Cost: one random number for each Poisson spike (a neuron without a spike costs only the writing
// of its zero), and one for each noise input.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/random.h"
#include "sim/model/spec.h"

namespace locus {

class DrawnInputs {
 public:
  /// Makes one stream for each input population of the network that has an entry in `inputs`.
  DrawnInputs(std::uint64_t seed, const std::vector<DrawnInputSpec>& inputs, const NetworkSpec& network, double dt);

  /// Writes x_t of one tick [1] (m x lanes, with contiguous lanes for each neuron); lane l shows
  /// trial trials[l].
  template <class R>
  void fill(std::span<const std::int64_t> trials, std::int32_t tick, R* values);

 private:
  struct Stream {
    RandomKey key;
    RandomKey thinning;      // only for neurons with their own rates
    bool noise = false;      // true: noise; false: Poisson spikes
    std::size_t begin = 0;   // first neuron within the layer
    std::size_t size = 0;    // neurons
    double mean = 0;         // of noise [1]
    double stddev = 0;       // of noise [1]
    double probability = 0;  // of a spike in one tick, for the neuron with the highest rate
    // rate of each neuron / highest rate (size); empty if all rates are equal
    std::vector<double> relative;
  };
  template <class R>
  void fill_spikes(const Stream& stream, std::uint64_t trial, std::int32_t tick, std::size_t lanes, R* lane);
  template <class R>
  void fill_noise(const Stream& stream, std::uint64_t trial, std::int32_t tick, std::size_t lanes, R* lane);

  std::vector<Stream> streams_;
  std::vector<std::int32_t> drawn_;
  std::vector<double> noise_;
};

}  // namespace locus
