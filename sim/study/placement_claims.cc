// The claim placement: on which cores the neurons stand decides how much of the gradient a chip can
// learn without a sensitivity that leaves a core.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/base/random.h"
#include "sim/model/builder.h"
#include "sim/run/run.h"
#include "sim/study/claim.h"

namespace locus {
namespace placement_claims {

constexpr std::int32_t kUnits = 32;
constexpr std::int32_t kModule = 8;  // units
constexpr std::int32_t kInputs = 4;
constexpr std::int32_t kReadouts = 3;
constexpr std::int32_t kTicks = 30;

/// Random numbers for one network, one after the other.
class Stream {
 public:
  Stream(std::uint64_t seed, std::string_view purpose) : key_(random_key(seed, purpose)) {}
  double normal() { return normal_at(key_, 0, 0, next_++); }
  double uniform() { return uniform_at(key_, 1, 0, next_++); }

 private:
  RandomKey key_;
  std::uint64_t next_ = 0;
};

/// Four modules of eight units: all pairs within a module, autapses included, and a tenth of the
/// others with half of the weight.
InitialWeights modular(Stream& draws) {
  std::vector<std::int32_t> row, col;
  std::vector<double> values;
  for (std::int32_t i = 0; i < kUnits; ++i) {
    for (std::int32_t j = 0; j < kUnits; ++j) {
      const bool same = i / kModule == j / kModule;
      if (!same && draws.uniform() > 0.1) continue;
      row.push_back(i);
      col.push_back(j);
      values.push_back(draws.normal() * 1.2 / std::sqrt(10.0) * (same ? 1 : 0.5));
    }
  }
  return sparse(kUnits, kUnits, std::move(row), std::move(col), std::move(values));
}

Model modular_network(std::uint64_t seed, std::string_view purpose) {
  Stream draws(seed, purpose);
  Model model("placement", seed);
  model.input("in", kInputs);
  model.rate("rec", kUnits, {.activation = Activation::kTanh, .leak = 0.5});
  model.readout("out", kReadouts);
  const auto matrix = [&](std::int32_t rows, std::int32_t cols, double scale) {
    std::vector<double> values;
    for (std::int32_t k = 0; k < rows * cols; ++k) values.push_back(scale * draws.normal());
    return dense(rows, cols, std::move(values));
  };
  model.connect("in", "rec", matrix(kUnits, kInputs, 0.8), {.name = "B"});
  model.connect("rec", "rec", modular(draws), {.name = "W"});
  model.connect("rec", "out", matrix(kReadouts, kUnits, 0.4), {.name = "A"});
  return model;
}

enum class Cores { kModules, kGreedy, kRandom };

/// A row of cores with room for `size` units each, and more cores for the readouts.
ChipSpec chip_of(Cores cores, std::int32_t size, std::uint64_t seed) {
  ChipSpec chip;
  const std::int32_t of_units = (kUnits + size - 1) / size;
  chip.width = of_units + (kReadouts + size - 1) / size;
  chip.neurons_per_core = size;
  chip.policy = PlacementPolicy::kGreedy;
  if (cores == Cores::kGreedy) return chip;
  chip.policy = PlacementPolicy::kExplicit;
  std::vector<std::int32_t> order(kUnits);
  std::iota(order.begin(), order.end(), 0);
  Stream draws(seed, "claim/placement/cores");
  for (std::size_t k = order.size() - 1; cores == Cores::kRandom && k > 0; --k)
    std::swap(order[k], order[static_cast<std::size_t>(draws.uniform() * static_cast<double>(k + 1))]);
  chip.cores.assign(kUnits, 0);
  for (std::int32_t place = 0; place < kUnits; ++place)
    chip.cores[static_cast<std::size_t>(order[static_cast<std::size_t>(place)])] = place / size;
  for (std::int32_t k = 0; k < kReadouts; ++k) chip.cores.push_back(of_units + k / size);
  return chip;
}

struct Measured {
  double cosine = 0;         // of the change of W at the start, with the gradient
  double eprop_cosine = 0;   // the same of e-prop
  double loss = 0;           // mean of the last ten updates, over the first one
  double core_local = 0;     // messages a trial
  double packets = 0;        // of learning a trial
  double leaving = 0;        // packets of sensitivities
  double exact_packets = 0;  // of learning a trial, under RTRL that keeps everything
};

double loss_left(const Outcome& outcome) {
  const auto& losses = outcome.losses;
  return std::accumulate(losses.end() - 10, losses.end(), 0.0) / 10 / losses.front();
}

double packets_of_learning(const Outcome& outcome) {
  const ChipTraffic& report = outcome.chip->report;
  return double(report.total.packets - report.forward_packets) / double(outcome.ledger.trials());
}

Measured measure(Cores cores, std::int32_t size, std::uint64_t seed, std::int64_t updates) {
  Model model = modular_network(seed, "claim/placement/student");
  model.student_teacher(modular_network(seed, "claim/placement/teacher"));
  TrainingSpec training;
  training.loss = Loss::kSequence;
  training.ticks = kTicks;
  training.batch = 8;
  training.updates = updates;
  training.learning_rate = 0.1;
  model.training(training);
  model.rule(rtrl_core());
  model.chip(chip_of(cores, size, seed));
  model.compare({.every = updates, .rules = {"rtrl:core", "eprop"}});
  const RunResult result = run(model.finish(), {.threads = 1});
  const Outcome& within = result.outcomes.front();
  Measured measured;
  for (const Alignment& one : within.comparisons.alignment) {
    if (one.update != 0 || one.projection != "W" || one.with != "bptt") continue;
    (one.rule == "eprop" ? measured.eprop_cosine : measured.cosine) = one.cosine.value_or(0);
  }
  measured.loss = loss_left(within);
  measured.core_local = double(within.ledger.core_local()) / double(within.ledger.trials());
  measured.packets = packets_of_learning(within);
  for (const ChipEntry& entry : within.chip->report.entries)
    measured.leaving += within.ledger.is_core_local(entry.channel) ? double(entry.counts.packets) : 0;
  training.updates = 1;
  model.training(training);
  model.compare({.every = 1, .rules = {"bptt"}});
  measured.exact_packets = packets_of_learning(run(model.under(rtrl()).finish(), {.threads = 1}).outcomes.front());
  return measured;
}

}  // namespace placement_claims

Evidence measure_placement(const Effort& effort) {
  using namespace placement_claims;
  Evidence evidence;
  const std::int64_t updates = effort.full ? 400 : 100;
  const int seeds = effort.full ? 5 : 2;
  evidence.parameters = {
      {"network", fmt::format("{} tanh units (leak 0.5) in modules of {}, all pairs within, a tenth between; m = {}, o = {}",
                              kUnits, kModule, kInputs, kReadouts)},
      {"task", "student and teacher of this kind, white noise, sequence loss"},
      {"simulation", fmt::format("T = {}, batch 8, {} updates, eta 0.1, seeds 1..{}", kTicks, updates, seeds)},
      {"rule", "rtrl:core; cosine: of its first change of W with the gradient"}};
  Table table = {"cores",
                 {"cores", "neurons_per_core", "seed", "cosine", "eprop_cosine", "loss_left", "core_local_messages",
                  "learning_packets", "exact_rtrl_learning_packets"},
                 {}};
  std::map<std::pair<Cores, std::int32_t>, Measured> means;
  double leaving = 0, eprop_apart = 0, eprop = 0;
  for (const auto& [cores, called] : {std::pair(Cores::kModules, "modules"), std::pair(Cores::kGreedy, "greedy"),
                                      std::pair(Cores::kRandom, "random")}) {
    for (const std::int32_t size : {1, 2, 4, 8, 16, 32}) {
      if (size == kUnits && cores != Cores::kModules) continue;  // one core is one core
      Measured& mean = means[{cores, size}];
      for (int seed = 1; seed <= seeds; ++seed) {
        const Measured one = measure(cores, size, static_cast<std::uint64_t>(seed), updates);
        table.rows.push_back({std::string(called), double(size), double(seed), one.cosine, one.eprop_cosine, one.loss,
                              one.core_local, one.packets, one.exact_packets});
        mean.cosine += one.cosine / seeds;
        mean.loss += one.loss / seeds;
        leaving += one.leaving;
        eprop += size == kModule && cores == Cores::kModules ? one.eprop_cosine / seeds : 0;
        if (size == 1) eprop_apart = std::max(eprop_apart, std::abs(one.cosine - one.eprop_cosine));
      }
    }
  }
  const auto cosine = [&](Cores cores, std::int32_t size) { return means[{cores, size}].cosine; };
  evidence.at_most("packets of sensitivities that leave a core", leaving, 0);
  evidence.at_most("one neuron a core: largest difference of its cosine and e-prop's", eprop_apart, 1e-9);
  evidence.at_least("all neurons on one core: mean cosine with the gradient", cosine(Cores::kModules, kUnits), 1 - 1e-9);
  evidence.at_least("cores = modules: mean cosine with the gradient", cosine(Cores::kModules, kModule), 0.98);
  evidence.at_least("cores = modules: mean cosine above that of random cores",
                    cosine(Cores::kModules, kModule) - cosine(Cores::kRandom, kModule), 0.01);
  evidence.at_least("GREEDY, cores of a module's size: mean cosine above that of random cores",
                    cosine(Cores::kGreedy, kModule) - cosine(Cores::kRandom, kModule), 0.01);
  evidence.report("random cores of a module's size: mean cosine with the gradient", cosine(Cores::kRandom, kModule));
  evidence.report("e-prop: mean cosine with the gradient", eprop);
  evidence.report("cores = modules: loss left, over the first", means[{Cores::kModules, kModule}].loss);
  evidence.report("random cores of a module's size: loss left, over the first", means[{Cores::kRandom, kModule}].loss);
  evidence.tables.push_back(std::move(table));
  return evidence;
}

}  // namespace locus
