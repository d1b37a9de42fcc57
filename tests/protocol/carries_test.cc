// Over which synapses each kind of message goes, by hand from docs/locality.md, and the facts that
// follow from it.
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "core/protocol/phase_table.h"
#include "core/protocol/stream.h"

namespace locus {
namespace {

/// A projection of block B, W or A, plastic ('p') or static ('s'), onto neurons whose phi is the
/// identity ('i') or tanh ('t'), or onto spiking ones ('z'); readouts are 'i'.
struct Wiring {
  char block;
  char plastic;
  char onto;

  Projection projection() const {
    Projection made;
    made.source_layer = block == 'B' ? Layer::kInput : Layer::kRate;
    made.target_layer = block == 'A' ? Layer::kReadout : Layer::kRate;
    made.plastic = plastic == 'p';
    return made;
  }
  Population target() const {
    Population made;
    made.layer = block == 'A' ? Layer::kReadout : Layer::kRate;
    made.constant_gain = onto == 'i';
    made.spiking = onto == 'z';
    return made;
  }
};

std::vector<Wiring> wirings() {
  std::vector<Wiring> all;
  for (const char plastic : {'p', 's'}) {
    for (const char block : {'B', 'W'}) {
      for (const char onto : {'i', 't', 'z'}) all.push_back({block, plastic, onto});
    }
    all.push_back({'A', plastic, 'i'});
  }
  return all;
}

struct Wires {
  Phase phase;
  std::string_view blocks;
  std::string_view plastic = "ps";
  std::string_view onto = "itz";
};

TEST(Carries, HasTheSynapsesOfEachPhase) {
  const std::vector<Wires> expected = {{Phase::kAxonB, "B"},
                                       {Phase::kAxonW, "W"},
                                       {Phase::kAxonA, "A"},
                                       {Phase::kAxonFactor, "W"},
                                       {Phase::kReplayB, "B", "p"},
                                       {Phase::kReplayW, "W", "p"},
                                       {Phase::kCurrent, "BW"},
                                       {Phase::kCurrentAndActivity, "BW"},
                                       {Phase::kReadoutCurrent, "A"},
                                       {Phase::kFactorCurrent, "W"},
                                       {Phase::kOwnWeight, ""},
                                       {Phase::kReadoutPost, "A", "p"},
                                       {Phase::kReadoutPostToStatic, "A", "s"},
                                       {Phase::kConstantGainPost, "BW", "p", "i"},
                                       {Phase::kPost, "BW", "p", "t"},
                                       {Phase::kOwnDecayPost, "BW", "p", "it"},
                                       {Phase::kSpikingPost, "BW", "p", "z"},
                                       {Phase::kLocalPost, "BW", "p", "t"},
                                       {Phase::kLocalErrorPost, "BW", "p", "t"},
                                       {Phase::kLocalConstantPost, "BW", "p", "i"},
                                       {Phase::kLocalConstantErrorPost, "BW", "p", "i"},
                                       {Phase::kLocalSpikingPost, "BW", "p", "z"},
                                       {Phase::kLocalEndPost, "BW", "p", "it"},
                                       {Phase::kLocalSpikingEndPost, "BW", "p", "z"},
                                       {Phase::kRateError, "BW", "p", "z"},
                                       {Phase::kSensitivityPost, "BW", "p"},
                                       {Phase::kPostBack, "BW", "p"},
                                       {Phase::kPostBackToStatic, "W", "s"},
                                       {Phase::kFeedbackPost, ""},
                                       {Phase::kTarget, ""},
                                       {Phase::kWeightedTarget, ""},
                                       {Phase::kFeedback, ""},
                                       {Phase::kTransportW, "W"},
                                       {Phase::kTransportAToAgent, "A"},
                                       {Phase::kTransportAToNeuron, "A"},
                                       {Phase::kAdjoint, ""},
                                       {Phase::kInfluence, "W"},
                                       {Phase::kGather, "BW", "p"},
                                       {Phase::kNorm, ""},
                                       {Phase::kReward, ""},
                                       {Phase::kErrorReward, ""},
                                       {Phase::kEndReward, ""},
                                       {Phase::kReduce, ""},
                                       {Phase::kScales, ""},
                                       {Phase::kSquare, "BWA", "p"},
                                       {Phase::kFactor, "BWA", "p"}};
  ASSERT_EQ(expected.size(), kPhaseTable.size());
  for (const Wires& wires : expected) {
    for (const Wiring& wiring : wirings()) {
      const bool has = wires.blocks.find(wiring.block) != std::string_view::npos &&
                       wires.plastic.find(wiring.plastic) != std::string_view::npos &&
                       wires.onto.find(wiring.onto) != std::string_view::npos;
      EXPECT_EQ(carries(row(wires.phase), wiring.projection(), wiring.target()), has)
          << row(wires.phase).payload << ": " << wiring.block << wiring.plastic << wiring.onto;
    }
  }
}

/// Only RFLO has a decay that is the same for all ticks, and a gain is constant under the identity.
TEST(KnowsGain, HoldsOntoTheIdentityUnderRflo) {
  for (const Rule& rule : kRules) {
    for (const Wiring& wiring : wirings()) {
      const bool knows = rule.name == "rflo" && wiring.block != 'A' && wiring.plastic == 'p' && wiring.onto == 'i';
      EXPECT_EQ(knows_gain(rule, wiring.projection(), wiring.target()), knows)
          << rule.name << ' ' << wiring.block << wiring.plastic << wiring.onto;
    }
  }
}

TEST(LeavesCore, HoldsForMessagesBetweenNeurons) {
  using enum Channel;
  const std::set<Channel> leaving = {kAxon,      kTarget, kFeedback, kTransport, kAdjoint,
                                     kInfluence, kGather, kNorm,     kReward,    kReduce};
  for (const ChannelRow& channel : kChannelTable)
    EXPECT_EQ(leaves_core(channel.channel), leaving.contains(channel.channel)) << name(channel.channel);
  for (const PhaseRow& phase : kPhaseTable)
    EXPECT_EQ(phase.stream.empty(), !leaves_core(phase.channel)) << phase.payload;
}

TEST(TrialShape, KnowsItsTicksWithAnError) {
  for (std::int32_t ticks = 1; ticks <= 6; ++ticks) {
    for (std::int32_t window = 1; window <= ticks; ++window) {
      const TrialShape trial{.ticks = ticks, .window = window};
      std::int32_t errors = 0;
      for (std::int32_t tick = 1; tick <= ticks; ++tick) {
        if (!trial.has_error(tick)) continue;
        EXPECT_LE(trial.first_error(), Tick{tick});
        EXPECT_EQ(trial.row_in_window(Tick{tick}), errors++);
      }
      EXPECT_EQ(errors, window);
      EXPECT_EQ(trial.row_in_window(Tick{1}), window - ticks);
    }
  }
}

TEST(LeastDelay, IsOneTickBetweenRateNeurons) {
  EXPECT_EQ(least_delay(Layer::kInput, Layer::kRate), 0);
  EXPECT_EQ(least_delay(Layer::kRate, Layer::kRate), 1);
  EXPECT_EQ(least_delay(Layer::kRate, Layer::kReadout), 0);
  EXPECT_EQ(least_delay(Layer::kReadout, Layer::kRate), 0) << "FEEDBACK";
}

}  // namespace
}  // namespace locus
