#include "sim/run/rates.h"

#include "core/actor/network.h"

namespace locus {

template <class R>
void measure_rates(const Network<R>& network, const TrainingSpec& training, std::vector<PopulationRate>& rates) {
  const bool first_time = rates.empty();
  std::size_t next = 0;
  const auto lanes = static_cast<std::size_t>(network.lanes);
  const double seconds = training.ticks * training.dt / 1000;
  for (const Neurons& population : network.rate.populations) {
    if (!population.lif) continue;
    const std::size_t begin = static_cast<std::size_t>(population.begin) * lanes;
    const std::size_t size = static_cast<std::size_t>(population.size) * lanes;
    double spikes = 0;
    for (std::size_t cell = begin; cell < begin + size; ++cell)
      spikes += static_cast<double>(network.rate.lif.count[cell]);
    const double rate = spikes / static_cast<double>(size) / seconds;
    if (first_time) rates.push_back({network.topology->populations[population.population].name, rate, rate});
    rates[next++].last = rate;
  }
}

template void measure_rates(const Network<double>&, const TrainingSpec&, std::vector<PopulationRate>&);
template void measure_rates(const Network<float>&, const TrainingSpec&, std::vector<PopulationRate>&);

}  // namespace locus
