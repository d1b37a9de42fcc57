// Sending over sparse synapses by several threads, with enough events in a tick for a split: the
// same bits.
#include <tuple>

#include <gtest/gtest.h>

#include "sim/model/load.h"
#include "tests/support/agreement.h"
#include "tests/support/records.h"

namespace locus {
namespace {

// messages over a projection in a tick; the same as kWorthSending
constexpr std::int64_t kWorthSplitting = std::int64_t{1} << 12;
constexpr int kTicks = 8;

// W sends the activity of two ticks ago, so that its neurons receive and step at once
const std::string kLate = "delay: 2";
// W sends the activity of the last tick, which the step overwrites
const std::string kAtOnce = "";
const std::string kSparse = "sparse_random { in_degree: 90 gaussian { stddev: 1 } }";
// of B: threads do not share the neurons, and W sends separately
const std::string kDense = "gaussian { gain: 1 }";

/// 300 inputs, of which every second is active in a tick; 211 neurons (a prime, so that no number
/// of threads divides them), nearly all active; sparse synapses of different weights between them;
/// B with a delay of one tick.
Spec busy_model(const std::string& neurons, const std::string& rules, Precision precision,
                const std::string& w_delay = kLate, const std::string& b_weights = kSparse) {
  std::string text = R"(network {
  populations { name: "in" size: 300 input {} }
  populations { name: "rec" size: 211 )" +
                     neurons + R"( }
  populations { name: "out" size: 3 readout {} }
  projections { name: "B" source: "in" target: "rec" delay: 1 weights { )" +
                     b_weights + R"( } }
  projections { name: "W" source: "rec" target: "rec" )" +
                     w_delay + R"( weights { sparse_random { in_degree: 100 gaussian { stddev: 1 } } } }
  projections { name: "A" source: "rec" target: "out" weights { gaussian { gain: 1 } } }
}
task { drawn { inputs { poisson { rate_hz: 500 } } targets { sines { period_ms: [10] } } } }
training { loss: SUM ticks: )" +
                     std::to_string(kTicks) +
                     R"( updates: 1 learning_rate: 0.0001 }
)" + rules;
  std::vector<Fault> warnings;
  Spec spec = load_bytes(text, "busy.txtpb", warnings);
  spec.precision = precision;
  return spec;
}

const std::string kSpiking = "lif { tau_m: 5 threshold: 0.01 }";
const std::string kRate = "rate { activation: TANH leak: 0.5 }";
const std::string kStill = "rules { name: \"still\" none {} }";
const std::string kLearning = "rules { name: \"eprop\" eprop { random {} } } rules { name: \"bptt\" bptt {} }";

std::vector<Spec> busy_models() {
  std::vector<Spec> models;
  for (const std::string& neurons : {kSpiking, kRate}) {
    for (const std::string& delay : {kLate, kAtOnce}) {
      models.push_back(busy_model(neurons, kStill, Precision::kFloat32, delay));
      models.push_back(busy_model(neurons, kLearning, Precision::kFloat64, delay));
    }
    models.push_back(busy_model(neurons, kStill, Precision::kFloat32, kLate, kDense));
  }
  return models;
}

TEST(SplitSending, IsTheSameBitsForAnyNumberOfThreads) {
  for (const Spec& spec : busy_models()) {
    const RunResult one = run_with(spec, TransportKind::kBatched, 1);
    for (const int threads : {2, 3, 5}) {
      const RunResult many = run_with(spec, TransportKind::kBatched, threads);
      for (std::size_t k = 0; k < spec.rules.size(); ++k)
        EXPECT_TRUE(identical(one.outcomes[k], many.outcomes[k])) << threads << " threads, " << spec.rules[k].name;
    }
  }
}

/// The activity of every neuron in every tick, without learning: the mailbox adds single messages
/// in the order of their sources.
TEST(SplitSending, IsWhatTheMailboxSendsForAnyNumberOfThreads) {
  for (const auto& [precision, delay, weights] :
       {std::tuple{Precision::kFloat64, kLate, kSparse}, std::tuple{Precision::kFloat32, kLate, kSparse},
        std::tuple{Precision::kFloat64, kAtOnce, kSparse}, std::tuple{Precision::kFloat32, kLate, kDense}}) {
    Spec spec = busy_model(kSpiking, kStill, precision, delay, weights);
    spec.records = every_record(spec);
    const std::size_t rec = record_of(spec, Quantity::kActivity, 1);
    const Recorded single = record(spec, TransportKind::kMailbox);
    const Ledger& ledger = single.result.outcomes.at(0).ledger;
    // Without the messages of A and the ticks before the first arrivals: in most ticks both B and W
    // have enough messages for a split.
    EXPECT_GT(ledger.messages(Channel::kAxon) - std::int64_t{3} * 211 * kTicks, 2 * kWorthSplitting * (kTicks - 2));
    for (const int threads : {1, 2, 3, 5}) {
      const Recorded bulk = record(spec, TransportKind::kBatched, threads);
      EXPECT_EQ(bulk.result.outcomes.at(0).ledger, ledger);
      EXPECT_GT(bulk.result.outcomes.at(0).rates.at(0).last, 0);
      EXPECT_EQ(bulk.result.outcomes.at(0).rates.at(0).last, single.result.outcomes.at(0).rates.at(0).last);
      for (std::int32_t tick = 1; tick <= kTicks; ++tick)
        ASSERT_EQ(bulk.at(0, rec, 0, tick), single.at(0, rec, 0, tick)) << threads << " threads, tick " << tick;
    }
  }
}

/// The same with learning.
TEST(SplitSending, TeachesWhatTheMailboxTeachesOnSeveralThreads) {
  for (const std::string& neurons : {kSpiking, kRate}) {
    Spec spec = busy_model(neurons, kLearning, Precision::kFloat64);
    const RunResult single = run_with(spec, TransportKind::kMailbox);
    const RunResult bulk = run_with(spec, TransportKind::kBatched, 3);
    for (std::size_t k = 0; k < spec.rules.size(); ++k) {
      EXPECT_EQ(single.outcomes[k].ledger, bulk.outcomes[k].ledger) << spec.rules[k].name;
      EXPECT_TRUE(close(weights_of(bulk.outcomes[k]), weights_of(single.outcomes[k]), 1e-12)) << spec.rules[k].name;
    }
  }
}

}  // namespace
}  // namespace locus
