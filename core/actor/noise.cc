#include "core/actor/noise.h"

#include <algorithm>
#include <span>

#include "core/actor/network.h"

namespace locus {

template <class R>
void draw_noise(Network<R>& network, std::uint64_t first_trial, std::int32_t tick) {
  RateLayer<R>& rate = network.rate;
  const auto lanes = static_cast<std::size_t>(network.lanes);
  for (const Neurons& population : rate.populations) {
    if (!population.noise) continue;
    const std::span<double> drawn(rate.drawn_noise.data(), static_cast<std::size_t>(population.size));
    R* const cells = rate.noise.data() + static_cast<std::size_t>(population.begin) * lanes;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const std::int32_t own = tick - network.late[lane];  // of the trial
      if (own <= 0) {
        std::ranges::fill(drawn, 0.0);
      } else {
        fill_normal(population.noise->key, first_trial + lane, static_cast<std::uint64_t>(own),
                    population.noise->stddev, drawn);
      }
      for (std::size_t i = 0; i < drawn.size(); ++i) cells[i * lanes + lane] = static_cast<R>(drawn[i]);
    }
  }
}

template void draw_noise(Network<double>&, std::uint64_t, std::int32_t);
template void draw_noise(Network<float>&, std::uint64_t, std::int32_t);

}  // namespace locus
