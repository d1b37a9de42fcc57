// A spiking teacher, in its own loops of the environment, against the actors: a student that equals
// its teacher has no loss, in any lane of any batch, and a different student has some.
#include <algorithm>
#include <cmath>
#include <functional>

#include <gtest/gtest.h>

#include "sim/model/realise.h"
#include "sim/run/run.h"
#include "sim/task/task.h"

namespace locus {
namespace {

constexpr std::int32_t kInputs = 8;

PopulationSpec lif(std::string name, std::int32_t size, LifSpec spec) {
  PopulationSpec population{std::move(name), PopulationKind::kRate, size};
  population.lif = spec;
  return population;
}

/// LIF, adapting and rate neurons in one layer; readouts with and without memory.
NetworkSpec mixed_network() {
  NetworkSpec network;
  PopulationSpec slow{"slow", PopulationKind::kReadout, 2};
  slow.memory = LeakSpec{12, true};
  network.populations = {
      {"in", PopulationKind::kInput, kInputs},
      lif("lif", 6, {.leak = {8, false}, .threshold = 0.7, .refractory = 1.5}),
      slow,
      lif("alif", 5, {.leak = {15, true}, .threshold = 0.3, .adaptation_tau = 30, .adaptation = 0.2}),
      {"rate", PopulationKind::kRate, 3, Activation::kTanh, 0.4},
      {"quick", PopulationKind::kReadout, 1},
  };
  const auto projection = [](std::string name, int source, int target, double stddev, bool autapses = true) {
    return ProjectionSpec{std::move(name), source, target, GaussianWeights{stddev}, true, {}, autapses};
  };
  network.projections = {
      projection("in-lif", 0, 1, 1),           projection("in-alif", 0, 3, 2),     projection("in-rate", 0, 4, 0.5),
      projection("lif-lif", 1, 1, 0.4, false), projection("lif-alif", 1, 3, 1),    projection("alif-lif", 3, 1, 0.4),
      projection("rate-lif", 4, 1, 0.3),       projection("alif-rate", 3, 4, 0.5), projection("lif-slow", 1, 2, 1),
      projection("alif-slow", 3, 2, 1),        projection("alif-quick", 3, 5, 1),  projection("rate-quick", 4, 5, 1)};
  return network;
}

/// The same with neurons of other kinds, and constants of each neuron.
NetworkSpec network_of_kinds() {
  NetworkSpec network = mixed_network();
  LifSpec& lif = *network.populations[1].lif;
  lif.current_tau = 3;
  lif.reset = Reset::kZero;
  lif.reset_to = {-0.1, 0, 0.1, 0, -0.2, 0};
  lif.rest = 0.05;
  lif.integration = Integration::kEuler;
  lif.threshold = {0.7, 0.6, 0.8, 0.7, 0.6, 0.9};
  LifSpec& alif = *network.populations[3].lif;
  alif.reset = Reset::kSubtract;
  alif.above = true;
  alif.leak.tau_m = {12, 13, 14, 15, 16};
  network.populations[4].leak = {0.4, 0.5, 1};
  return network;
}

Spec taught(std::int32_t batch, const NetworkSpec& network = mixed_network()) {
  Spec spec;
  spec.name = "taught";
  spec.seed = 21;
  spec.network = network;
  StudentTeacherTask task{network, {{0, PoissonSpec{{300}}}}};
  spec.training = {.loss = Loss::kSum, .ticks = 80, .batch = batch, .updates = 3, .learning_rate = 0};
  spec.training.dt = 0.5;
  // The teacher's weights have random keys of its own; both networks get the teacher's as numbers.
  spec.task = task;
  const std::vector<Weights> weights = teacher_weights(spec);
  for (std::size_t k = 0; k < weights.size(); ++k)
    spec.network.projections[k].weights = std::get<DenseMatrix>(weights[k]);
  spec.rules = {{.name = "bptt", .kind = RuleKind::kBptt}};
  return spec;
}

double largest(const Outcome& outcome) { return *std::max_element(outcome.losses.begin(), outcome.losses.end()); }

TEST(SpikingTeacher, OfEveryKindIsTheNetworkThatItsStudentIs) {
  for (const std::int32_t batch : {1, 3}) {
    const Spec spec = taught(batch, network_of_kinds());
    for (const TransportKind transport : {TransportKind::kBatched, TransportKind::kMailbox}) {
      const RunResult same = run(spec, {.transport = transport, .threads = 1});
      for (const PopulationRate& rate : same.outcomes[0].rates)
        EXPECT_GT(rate.first, 5) << rate.population << " is silent";
      EXPECT_LT(largest(same.outcomes[0]), 1e-20);
    }
  }
  Spec other = taught(1, network_of_kinds());
  other.network.populations[1].lif->reset = Reset::kSubtractNextTick;
  other.network.populations[1].lif->reset_to = 0;
  EXPECT_GT(largest(run(other, {.threads = 1}).outcomes[0]), 1e-3);
}

TEST(SpikingTeacher, IsTheNetworkThatItsStudentIs) {
  for (const std::int32_t batch : {1, 4}) {
    Spec spec = taught(batch);
    for (const TransportKind transport : {TransportKind::kBatched, TransportKind::kMailbox}) {
      const RunResult same = run(spec, {.transport = transport, .threads = 1});
      ASSERT_EQ(same.outcomes[0].rates.size(), 2U);
      for (const PopulationRate& rate : same.outcomes[0].rates)
        EXPECT_GT(rate.first, 5) << rate.population << " is silent";
      EXPECT_LT(largest(same.outcomes[0]), 1e-20);
    }
    // The readouts are not trivial.
    Task task(spec);
    Batch<double> shown = make_batch<double>(80, kInputs, 3, batch);
    task.fill(1, shown);
    for (std::int32_t signal = 0; signal < 3 * batch; ++signal) {
      double most = 0;
      for (std::int32_t tick = 1; tick <= 80; ++tick) most = std::max(most, std::abs(shown.target_at(tick)[signal]));
      EXPECT_GT(most, 0.05) << signal;
    }
  }
}

/// Every constant of the teacher has an effect: a student with a different one has a loss.
TEST(SpikingTeacher, IsNoneThatDiffersInAConstant) {
  const Spec spec = taught(2);
  const std::vector<std::function<void(NetworkSpec&)>> changes = {
      [](NetworkSpec& n) { n.populations[1].lif->leak.tau_m = 9; },
      [](NetworkSpec& n) { n.populations[1].lif->threshold = 0.8; },
      [](NetworkSpec& n) { n.populations[1].lif->refractory = 2; },
      [](NetworkSpec& n) { n.populations[3].lif->leak.normalise_input = false; },
      [](NetworkSpec& n) { n.populations[3].lif->adaptation = 0.3; },
      [](NetworkSpec& n) { n.populations[3].lif->adaptation_tau = 20; },
      [](NetworkSpec& n) { n.populations[2].memory->tau_m = 11; },
      [](NetworkSpec& n) { n.populations[2].memory->normalise_input = false; },
      [](NetworkSpec& n) { n.populations[2].memory.reset(); },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Spec other = spec;
    changes[i](std::get<StudentTeacherTask>(other.task).teacher);
    EXPECT_GT(largest(run(other, {.transport = TransportKind::kBatched, .threads = 1}).outcomes[0]), 1e-4) << i;
  }
}

TEST(SpikingTeacher, InFloatIsTheStudentInFloat) {
  Spec spec = taught(2);
  spec.precision = Precision::kFloat32;
  EXPECT_LT(largest(run(spec, {.transport = TransportKind::kBatched, .threads = 1}).outcomes[0]), 1e-8);
}

}  // namespace
}  // namespace locus
