// The balanced network in models/ is in the asynchronous irregular state: rates, irregularity and
// synchrony, from all spikes of its run.
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/model/load.h"
#include "sim/model/network_size.h"
#include "sim/run/run.h"

namespace locus {
namespace {

/// Spike trains of one population: the ticks of each neuron's spikes, ascending.
using Trains = std::vector<std::vector<std::int32_t>>;

/// The mean over neurons with at least four spikes of the coefficient of variation of a neuron's
/// intervals: 1 for a Poisson process, 0 for a clock.
double mean_cv(const Trains& trains) {
  double sum = 0;
  double neurons = 0;
  for (const std::vector<std::int32_t>& train : trains) {
    if (train.size() < 4) continue;
    const auto intervals = static_cast<double>(train.size() - 1);
    const double mean = (train.back() - train.front()) / intervals;
    double squares = 0;
    for (std::size_t k = 1; k < train.size(); ++k) squares += std::pow(train[k] - train[k - 1] - mean, 2);
    sum += std::sqrt(squares / (intervals - 1)) / mean;
    neurons += 1;
  }
  return sum / neurons;
}

/// The variance divided by the mean of the population's spikes in bins of `width` ticks: 1 for
/// independent neurons, the number of neurons if all spike together.
double fano_factor(const Trains& trains, std::int32_t begin, std::int32_t end, std::int32_t width) {
  std::vector<double> bins(static_cast<std::size_t>((end - begin) / width), 0);
  for (const std::vector<std::int32_t>& train : trains) {
    for (const std::int32_t tick : train) ++bins.at(static_cast<std::size_t>((tick - begin - 1) / width));
  }
  const double mean = std::accumulate(bins.begin(), bins.end(), 0.0) / static_cast<double>(bins.size());
  double squares = 0;
  for (const double count : bins) squares += std::pow(count - mean, 2);
  return squares / static_cast<double>(bins.size() - 1) / mean;
}

TEST(Balanced, IsAsynchronousAndIrregular) {
  constexpr std::int32_t kBegun = 2000;  // ticks until the beginning has no influence
  Spec spec = load(std::string(LOCUS_MODELS) + "/balanced.txtpb");
  std::vector<Trains> populations;
  for (const std::int32_t population : populations_of(spec.network, PopulationKind::kRate)) {
    const PopulationSpec& own = spec.network.populations[static_cast<std::size_t>(population)];
    RecordSpec& record = spec.records.emplace_back();
    record.name = own.name;
    record.of = population;
    record.last_tick = spec.training.ticks;
    populations.emplace_back(static_cast<std::size_t>(own.size));
  }
  RunOptions options;
  options.threads = 1;
  options.look = [&](const Sample& seen) {
    if (seen.tick <= kBegun) return;
    for (std::size_t i = 0; i < seen.values.size(); ++i) {
      if (seen.values[i] != 0) populations[seen.record][i].push_back(seen.tick);
    }
  };
  run(spec, options);
  for (const Trains& trains : populations) {
    double spikes = 0;
    for (const std::vector<std::int32_t>& train : trains) spikes += static_cast<double>(train.size());
    const double seconds = (spec.training.ticks - kBegun) * spec.training.dt / 1000;
    const double rate = spikes / static_cast<double>(trains.size()) / seconds;
    const double cv = mean_cv(trains);
    const double fano_1ms = fano_factor(trains, kBegun, spec.training.ticks, 10);
    const double fano_5ms = fano_factor(trains, kBegun, spec.training.ticks, 50);
    const std::string found = fmt::format("{} neurons: {:.2f} Hz, CV {:.3f}, Fano factor {:.2f} and {:.2f} at 1 and 5 ms",
                                          trains.size(), rate, cv, fano_1ms, fano_5ms);
    SCOPED_TRACE(found);
    EXPECT_GT(rate, 5);
    EXPECT_LT(rate, 10);
    EXPECT_GT(cv, 0.8);
    EXPECT_LT(cv, 1.1);
    // This corresponds to a mean correlation (F - 1) / n of two neurons below 0.001. With weights
    // of 0.2 and -1 that arrive one tick later, E spiked in volleys, and the values were 95 and
    // 154.
    EXPECT_LT(fano_1ms, 6);
    EXPECT_LT(fano_5ms, 8);
  }
}

}  // namespace
}  // namespace locus
