// Drawn inputs: Poisson spikes and white noise for the input populations of a network.
//
// What population P shows in a tick of a trial is a pure function of (seed, "poisson/P" or
// "noise/P", trial, tick): the same for every rule, batch, transport and number of threads,
// whatever other populations there are. Cost: Poisson spikes one drawn number each (neurons that
// are silent cost nothing but the zero that is written), noise one an input.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/random.h"
#include "sim/model/spec.h"

namespace locus {

class DrawnInputs {
 public:
  /// One stream for each input population of the network that is shown something.
  DrawnInputs(std::uint64_t seed, const std::vector<DrawnInputSpec>& inputs, const NetworkSpec& network, double dt);

  /// x_t of a tick [1] (m x lanes, lanes contiguous under each neuron), lane l showing trial
  /// trials[l].
  template <class R>
  void fill(std::span<const std::int64_t> trials, std::int32_t tick, R* values);

 private:
  struct Stream {
    RandomKey key;
    RandomKey thinning;            // where neurons have rates of their own
    bool noise = false;            // otherwise Poisson
    std::size_t begin = 0;         // within the layer
    std::size_t size = 0;          // neurons
    double mean = 0;               // of noise
    double stddev = 0;             // of noise
    double probability = 0;        // of a spike in a tick, of the neuron with the highest rate
    std::vector<double> relative;  // of each neuron to that, where they differ (size)
  };
  template <class R>
  void fill_spikes(const Stream& stream, std::uint64_t trial, std::int32_t tick, std::size_t lanes, R* lane);
  template <class R>
  void fill_noise(const Stream& stream, std::uint64_t trial, std::int32_t tick, std::size_t lanes, R* lane);

  std::size_t neurons_ = 0;  // m
  std::vector<Stream> streams_;
  std::vector<std::int32_t> drawn_;
  std::vector<double> noise_;
};

}  // namespace locus
