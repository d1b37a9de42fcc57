// UORO: its mean is RTRL's change, and one sample is what a loop by hand finds with the same signs.
//
// The oracle (tests/support/oracle_factors.cc) holds every sample of both transports, here over
// models of several populations, and in tests/properties/oracle_test.cc. The mean is tested by
// Student's t over groups of trials, for all synapses: the bound of 7 at 63 degrees of freedom has
// a false-alarm rate below 1e-6 for 28 synapses.
#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "sim/model/builder.h"
#include "sim/run/session.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

constexpr int kSignGroups = 64;
constexpr double kLargestT = 7;
constexpr double kSmallRate = 1e-7;  // weights as good as stay

/// A batch of the same trial over and over: signs alone differ.
Spec one_trial_model(Loss loss) {
  Model model("signs", 5);
  model.input("in", 2);
  model.rate("rec", 4, {.activation = Activation::kTanh, .leak = 0.6});
  model.readout("out", 2);
  model.connect("in", "rec", gaussian(1));
  model.connect("rec", "rec", gaussian(0.9));
  model.connect("rec", "out", gaussian(1), {.plastic = false});
  const DenseMatrix input{6, 2, {1, 0.5, -0.5, 1, 0.25, -1, 1, 0.75, -1, 0.5, 0.25, 0.5}};
  const DenseMatrix target{6, 2, {0.5, -1, 1, 2, -0.5, 0.25, 1, 1, -1, 0.5, 0.75, -0.25}};
  model.recorded({trial(input, target)});
  model.training({.loss = loss, .batch = 256, .updates = kSignGroups, .learning_rate = kSmallRate});
  model.rule(rtrl());
  model.rule(uoro());
  return model.finish();
}

/// The change of B and W in each update.
std::vector<std::vector<double>> changes_of(const Spec& spec, const RuleSpec& rule) {
  Session net(spec, rule);
  const auto weights = [&] {
    std::vector<double> all;
    for (const char* projection : {"in-rec", "rec-rec"}) {
      const ProjectionWeights own = net.weights(projection);
      const auto& dense = std::get<DenseMatrix>(own.matrix).values;
      all.insert(all.end(), dense.begin(), dense.end());
    }
    return all;
  };
  std::vector<std::vector<double>> changes;
  std::vector<double> before = weights();
  for (int group = 0; group < kSignGroups; ++group) {
    EXPECT_TRUE(net.update());
    const std::vector<double> after = weights();
    std::vector<double>& change = changes.emplace_back();
    for (std::size_t k = 0; k < after.size(); ++k) change.push_back((before[k] - after[k]) / kSmallRate);
    before = after;
  }
  return changes;
}

/// The largest |t| over synapses of sample - factor * exact.
double largest_t_of(const std::vector<std::vector<double>>& sample, const std::vector<std::vector<double>>& exact,
                    double factor) {
  double largest = 0;
  for (std::size_t k = 0; k < sample[0].size(); ++k) {
    double sum = 0, squares = 0;
    for (std::size_t group = 0; group < sample.size(); ++group) {
      const double difference = sample[group][k] - factor * exact[group][k];
      sum += difference;
      squares += difference * difference;
    }
    const double mean = sum / kSignGroups;
    const double variance = (squares / kSignGroups - mean * mean) * kSignGroups / (kSignGroups - 1);
    largest = std::max(largest, std::abs(mean) / std::sqrt(variance / kSignGroups));
  }
  return largest;
}

TEST(Uoro, HasTheChangeOfRtrlAsItsMean) {
  for (const Loss loss : {Loss::kSequence, Loss::kFinal}) {
    const Spec spec = one_trial_model(loss);
    const auto exact = changes_of(spec, spec.rules[0]);
    const auto sample = changes_of(spec, spec.rules[1]);
    EXPECT_LT(largest_t_of(sample, exact, 1), kLargestT);
    EXPECT_GT(largest_t_of(sample, exact, 1.5), kLargestT) << "a mean that is a third too short is noticed";
  }
}

/// Models of several populations, batches, both losses and commits, under UORO alone.
Spec odd_uoro(std::uint64_t seed) {
  Spec spec = odd_model(seed);
  spec.rules = {rule_spec(RuleKind::kUoro)};
  spec.seed = seed;
  return spec;
}

TEST(Uoro, IsALoopByHandUnderBothTransports) {
  for (std::uint64_t seed = 7001; seed <= 7080; ++seed) {
    Spec spec = odd_uoro(seed);
    spec.precision = seed % 4 == 0 ? Precision::kFloat32 : Precision::kFloat64;
    const double tolerance = spec.precision == Precision::kFloat32 ? 1e-3 : 1e-11;
    for (const TransportKind transport : kTransports) {
      const RunResult result = run_with(spec, transport);
      ASSERT_TRUE(agrees(spec, result.outcomes[0], oracle::solve(spec, spec.rules[0]), tolerance))
          << name(transport) << " of " << describe(spec);
    }
  }
}

TEST(Uoro, IsTheSameBitsForAnyNumberOfThreadsAndShards) {
  for (std::uint64_t seed = 7001; seed <= 7012; ++seed) {
    const Spec spec = odd_uoro(seed);
    ASSERT_TRUE(same_for_threads(spec, {2, 5})) << describe(spec);
  }
}

/// Another seed draws other signs, from the same weights and trials.
TEST(Uoro, DrawsItsSignsFromTheSeed) {
  Spec spec = odd_uoro(7003);
  const Outcome one = run_with(spec, TransportKind::kBatched).outcomes[0];
  spec.seed += 1;
  const Outcome other = run_with(spec, TransportKind::kBatched).outcomes[0];
  EXPECT_EQ(one.ledger, other.ledger);
  EXPECT_FALSE(close(weights_of(other), weights_of(one), 1e-9));
}

/// Only the readouts' weights, which carry the error, break locality.
TEST(Uoro, BreaksLocalityByTransportAlone) {
  const Outcome outcome = run_with(odd_uoro(7003), TransportKind::kBatched).outcomes[0];
  EXPECT_GT(outcome.ledger.messages(Channel::kReduce), 0);
  EXPECT_EQ(outcome.ledger.violations(), outcome.ledger.messages(Channel::kTransport));
  EXPECT_EQ(outcome.ledger.max_lag(), 0);
}

}  // namespace
}  // namespace locus
