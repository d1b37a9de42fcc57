#include "sim/task/drawn_inputs.h"

#include <algorithm>
#include <variant>

#include "sim/model/wire.h"

namespace locus {

DrawnInputs::DrawnInputs(std::uint64_t seed, const std::vector<DrawnInputSpec>& inputs, const NetworkSpec& network,
                         double dt) {
  const Topology topology = topology_of(network, Listing::kNone);
  for (const DrawnInputSpec& input : inputs) {
    const PopulationSpec& population = network.populations[static_cast<std::size_t>(input.population)];
    Stream& stream = streams_.emplace_back();
    stream.begin = static_cast<std::size_t>(topology.populations[PopulationId{input.population}].begin);
    stream.size = static_cast<std::size_t>(population.size);
    if (const auto* noise = std::get_if<WhiteNoiseSpec>(&input.kind)) {
      stream.key = random_key(seed, "noise/" + population.name);
      stream.noise = true;
      stream.mean = noise->mean;
      stream.stddev = noise->stddev;
      continue;
    }
    const std::vector<double>& rates = std::get<PoissonSpec>(input.kind).rate_hz;
    const double highest = *std::ranges::max_element(rates);
    stream.key = random_key(seed, "poisson/" + population.name);
    stream.thinning = random_key(seed, "thinning/" + population.name);
    stream.probability = highest * dt / 1000;
    if (rates.size() > 1 && highest > 0) {
      for (const double rate : rates) stream.relative.push_back(rate / highest);
    }
  }
}

template <class R>
void DrawnInputs::fill_spikes(const Stream& stream, std::uint64_t trial, std::int32_t tick, std::size_t lanes, R* lane) {
  const auto at = static_cast<std::uint64_t>(tick);
  for (std::size_t i = 0; i < stream.size; ++i) lane[i * lanes] = R(0);
  draw_indices(stream.key, trial, at, stream.probability, static_cast<std::int64_t>(stream.size), drawn_);
  for (const std::int32_t drawn : drawn_) {
    const auto i = static_cast<std::size_t>(drawn);
    if (!stream.relative.empty() && uniform_at(stream.thinning, trial, at, i) >= stream.relative[i]) continue;
    lane[i * lanes] = R(1);
  }
}

template <class R>
void DrawnInputs::fill_noise(const Stream& stream, std::uint64_t trial, std::int32_t tick, std::size_t lanes, R* lane) {
  noise_.resize(stream.size);
  fill_normal(stream.key, trial, static_cast<std::uint64_t>(tick), stream.stddev, noise_);
  for (std::size_t i = 0; i < stream.size; ++i) lane[i * lanes] = static_cast<R>(stream.mean + noise_[i]);
}

template <class R>
void DrawnInputs::fill(std::span<const std::int64_t> trials, std::int32_t tick, R* values) {
  const std::size_t lanes = trials.size();
  for (const Stream& stream : streams_) {
    for (std::size_t l = 0; l < lanes; ++l) {
      R* lane = values + stream.begin * lanes + l;
      const auto trial = static_cast<std::uint64_t>(trials[l]);
      if (stream.noise) {
        fill_noise(stream, trial, tick, lanes, lane);
      } else {
        fill_spikes(stream, trial, tick, lanes, lane);
      }
    }
  }
}

template void DrawnInputs::fill(std::span<const std::int64_t>, std::int32_t, double*);
template void DrawnInputs::fill(std::span<const std::int64_t>, std::int32_t, float*);

}  // namespace locus
