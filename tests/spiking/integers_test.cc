// Spiking networks with voltages of whole numbers: against a loop of integers whose registers step
// bit by bit, in both transports, lanes, threads and float32.
#include <deque>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/model/load.h"
#include "tests/support/agreement.h"
#include "tests/support/records.h"

namespace locus::integers {
namespace {

constexpr int kInputs = 3;
constexpr int kNeurons = 5;
constexpr int kTicks = 60;
constexpr int kB[kNeurons][kInputs] = {{17, -5, 9}, {4, 31, -8}, {-60, 12, 55}, {3, 3, 3}, {125, 110, -127}};
constexpr int kW[kNeurons][kNeurons] = {
    {0, 7, -9, 14, 2}, {-11, 0, 20, 1, 5}, {8, -30, 0, 6, 40}, {25, 2, 13, 0, -7}, {5, 5, -60, 9, 0}};

bool is_shown(int trial, int tick, int input) { return (tick * (input + 2) + 3 * trial) % 7 < 3; }

template <std::size_t kColumns>
std::string dense(const int (&rows)[kNeurons][kColumns]) {
  std::string text = "weights { dense { rows: 5 cols: " + std::to_string(kColumns) + " values: [";
  for (int i = 0; i < kNeurons; ++i) {
    for (std::size_t j = 0; j < kColumns; ++j)
      text += std::string(i > 0 || j > 0 ? ", " : "") + std::to_string(rows[i][j]);
  }
  return text + "] } }";
}

/// Two updates of two trials each; `lif` are further fields of the neurons.
Spec model(const std::string& lif, const std::string& rules, const std::string& more = "") {
  std::string text = "name: \"m\" " + more + " network { populations { name: \"in\" size: 3 input {} } ";
  text +=
      "populations { name: \"n\" size: 5 lif { tau_m: [9, 20, 4, 30, 12] threshold: [40, 25, 60, 20, 33] surrogate { width: 40 } ";
  text += lif + " } } populations { name: \"out\" size: 1 readout { tau_m: 10 } } ";
  text += "projections { name: \"B\" source: \"in\" target: \"n\" " + dense(kB) + " } ";
  text += "projections { name: \"W\" source: \"n\" target: \"n\" " + dense(kW) + " } ";
  text +=
      "projections { name: \"A\" source: \"n\" target: \"out\" weights { constant { value: 0.25 } } } } task { recorded { ";
  for (int trial = 0; trial < 4; ++trial) {
    text += "trials { input { rows: 60 cols: 3 values: [";
    for (int t = 1; t <= kTicks; ++t) {
      for (int j = 0; j < kInputs; ++j)
        text += std::string(t + j > 1 ? ", " : "") + (is_shown(trial, t, j) ? "1" : "0");
    }
    text += "] } target { rows: 60 cols: 1 values: [";
    for (int t = 1; t <= kTicks; ++t) text += std::string(t > 1 ? ", " : "") + (t % 3 == 0 ? "0.5" : "-0.25");
    text += "] } } ";
  }
  text += "} } training { loss: SUM learning_rate: 0.125 updates: 2 batch: 2 } " + rules;
  text += " record { quantity: VOLTAGE population: \"n\" } record { quantity: ACTIVITY population: \"n\" }";
  std::vector<Fault> warnings;
  return load_bytes(text, "m.txtpb", warnings);
}

/// A shift register, one step after the other.
class Stepping {
 public:
  explicit Stepping(std::vector<int> bits) : bits_(bits.begin(), bits.end()) {}
  /// 7 bits of b[t] = b[t - 1] xor b[t - 7].
  int draw() {
    int draw = 0;
    for (int k = 0; k < 7; ++k) {
      draw |= bits_.back() << k;
      bits_.push_back(bits_.back() ^ bits_.front());
      bits_.pop_front();
    }
    return draw;
  }

 private:
  std::deque<int> bits_;  // b[t - 6] .. b[t]
};

struct Life {
  int v[4][kTicks + 1][kNeurons] = {};
  int z[4][kTicks + 1][kNeurons] = {};
  int clipped = 0;
  int spikes = 0;
};

/// The equations of core/actor/integer_state.h in integers: 8 bits, decays of 7 bits.
Life life(bool to_zero, bool stochastic) {
  const double taus[] = {9, 20, 4, 30, 12};
  const int thresholds[] = {40, 25, 60, 20, 33};
  // seeds 0x4d and 0x31: bit 0 is b[0], bits 1 to 6 are b[-6] .. b[-1]
  Stepping registers[] = {Stepping({0, 1, 1, 0, 0, 1, 1}), Stepping({0, 0, 0, 1, 1, 0, 1})};
  Life told;
  for (int trial = 0; trial < 4; ++trial) {
    int u[kNeurons] = {};
    int fired[kNeurons] = {};
    for (int t = 1; t <= kTicks; ++t) {
      int next[kNeurons] = {};
      int draws[6] = {};  // a register steps for three neurons, though one has two of them
      for (int k = 0; k < 6; ++k) draws[k] = registers[k % 2].draw();
      for (int i = 0; i < kNeurons; ++i) {
        const int decay = static_cast<int>(std::lround(128 * std::exp(-1 / taus[i])));
        int kept = u[i] * decay >> 7;
        const int low = u[i] * decay - kept * 128;
        if (stochastic && kept != 0 && low >= draws[i]) ++kept;
        if (fired[i] == 1) kept = to_zero ? 0 : kept - thresholds[i];
        for (int j = 0; j < kInputs; ++j) kept += is_shown(trial, t, j) ? kB[i][j] : 0;
        for (int j = 0; j < kNeurons; ++j) kept += fired[j] * kW[i][j];
        told.clipped += kept < -128 || kept > 127 ? 1 : 0;
        told.v[trial][t][i] = std::min(std::max(kept, -128), 127);
        next[i] = told.v[trial][t][i] >= thresholds[i] ? 1 : 0;
        told.z[trial][t][i] = next[i];
        told.spikes += next[i];
      }
      for (int i = 0; i < kNeurons; ++i) {
        u[i] = told.v[trial][t][i];
        fired[i] = next[i];
      }
    }
  }
  return told;
}

const char* const kRegisters =
    "integer { bits: 8 leak_bits: 7 rounding: STOCHASTIC registers { seed: [0x4d, 0x31] length: 7 } }";

TEST(IntegerNetworks, AreALoopOfIntegers) {
  for (const char* precision : {"", "precision: FLOAT32"}) {
    for (const bool to_zero : {false, true}) {
      for (const bool stochastic : {false, true}) {
        const std::string integer = stochastic ? kRegisters : "integer { bits: 8 leak_bits: 7 }";
        const Spec spec = model(integer + (to_zero ? " reset: ZERO" : ""), "rules { name: \"none\" none {} }", precision);
        const Life wanted = life(to_zero, stochastic);
        EXPECT_GT(wanted.clipped, 10);
        EXPECT_GT(wanted.spikes, 200);
        for (const TransportKind transport : kTransports) {
          const Recorded seen = record(spec, transport);
          for (int trial = 0; trial < 4; ++trial) {
            for (int t = 1; t <= kTicks; ++t) {
              for (int i = 0; i < kNeurons; ++i) {
                // lane by lane
                const auto cell = static_cast<std::size_t>(trial % 2 * kNeurons + i);
                ASSERT_EQ(seen.at(0, 0, trial / 2, t)[cell], wanted.v[trial][t][i]) << name(transport) << ", tick " << t;
                ASSERT_EQ(seen.at(0, 1, trial / 2, t)[cell], wanted.z[trial][t][i]) << name(transport) << ", tick " << t;
              }
            }
          }
        }
      }
    }
  }
}

const char* const kRules =
    "rules { name: \"eprop\" eprop {} } rules { name: \"random\" eprop { feedback {} } } "
    "rules { name: \"rflo\" rflo {} } rules { name: \"bptt\" bptt {} }";

TEST(IntegerNetworks, LearnAlikeInBothTransportsOnAnyNumberOfThreads) {
  for (const char* draws : {kRegisters, "integer { bits: 8 leak_bits: 7 rounding: STOCHASTIC }"}) {
    const Spec spec = model(draws, kRules);
    const RunResult mailbox = run_with(spec, TransportKind::kMailbox);
    const RunResult columns = run_with(spec, TransportKind::kBatched);
    for (std::size_t rule = 0; rule < spec.rules.size(); ++rule) {
      EXPECT_TRUE(close(weights_of(columns.outcomes[rule]), weights_of(mailbox.outcomes[rule]), 1e-12));
      EXPECT_FALSE(close(weights_of(columns.outcomes[rule]), initial_weights(spec), 1e-6)) << "it learns";
    }
    EXPECT_TRUE(same_for_threads(spec, {3}));
  }
}

/// The draws of a model without registers follow from its seed.
TEST(IntegerNetworks, DrawByTheirSeed) {
  const std::string integer = "integer { bits: 8 leak_bits: 7 rounding: STOCHASTIC }";
  const std::string none = "rules { name: \"none\" none {} }";
  const Recorded one = record(model(integer, none, "seed: 1"), TransportKind::kBatched);
  const Recorded same = record(model(integer, none, "seed: 1"), TransportKind::kMailbox);
  const Recorded other = record(model(integer, none, "seed: 2"), TransportKind::kBatched);
  int unlike = 0;
  for (int t = 1; t <= kTicks; ++t) {
    EXPECT_EQ(one.at(0, 0, 1, t), same.at(0, 0, 1, t));
    unlike += one.at(0, 0, 1, t) != other.at(0, 0, 1, t);
  }
  EXPECT_GT(unlike, kTicks / 2);
}

}  // namespace
}  // namespace locus::integers
