// Faults of narrow wires and synapses of few bits, and what presets and round trips keep.
#include <gtest/gtest.h>

#include "sim/model/load.h"
#include "tests/model/fault_case.h"

namespace locus {
namespace {

std::function<void(ModelText&)> trained(const std::string& words) {
  return [words](ModelText& m) { m.training = "training { learning_rate: 0.1 loss: SEQUENCE " + words + " }"; };
}

TEST(Faults, OfNarrowWires) {
  expect_faults({
      {"one bit", trained("wires { @bits: 1 range: 2 }"), "training.wires[0].bits", {"is 1", "2"}},
      {"too many bits", trained("wires { @bits: 33 range: 2 }"), "training.wires[0].bits", {"is 33", "32"}},
      {"no range", trained("@wires { bits: 4 }"), "training.wires[0].range", {"is missing", "bits"}},
      {"range of 0", trained("wires { bits: 4 @range: 0 }"), "training.wires[0].range", {"is 0", "above 0"}},
      {"more than all lost", trained("wires { @drop: 1.5 }"), "training.wires[0].drop", {"is 1.5", "at most 1"}},
      {"losses that are no number", trained("wires { @drop: nan }"), "training.wires[0].drop", {"is nan"}},
      {"a delay below 0", trained("wires { @delay: -1 }"), "training.wires[0].delay", {"is -1", "0 to"}},
      {"a delay of the whole trial", trained("wires { @delay: 100 }"), "training.wires[0].delay", {"is 100", "some must arrive"}},
      {"a delay of the only error",
       [](ModelText& m) { m.training = "training { learning_rate: 0.1 wires { @delay: 1 } }"; },
       "training.wires[0].delay",
       {"must be 0", "last tick"}},
      {"a channel twice", trained("wires { drop: 0.5 } @wires {}"), "training.wires[1]", {"second entry", "one for each channel"}},
  });
}

TEST(Faults, OfNarrowSynapses) {
  expect_faults({
      {"weights of one bit", trained("synapse { @weight_bits: 1 range: 2 }"), "training.synapse.weight_bits", {"is 1"}},
      {"no range", trained("@synapse { weight_bits: 8 }"), "training.synapse.range", {"is missing"}},
      {"no range of a preset's traces",
       trained("@synapse { preset: LOIHI range: 2 }"),
       "training.synapse.trace_range",
       {"is missing"}},
      {"range below 0", trained("synapse { weight_bits: 8 @range: -2 }"), "training.synapse.range", {"is -2"}},
      {"a bound between levels",
       trained("synapse { weight_bits: 3 range: 2 } optimizer { @weight_max: 0.7 }"),
       "training.optimizer.weight_max",
       {"is 0.7", "0.5 times a whole number", "1.5"}},
      {"traces of RTRL",
       [](ModelText& m) {
         m.training = "training { learning_rate: 0.1 synapse { @trace_bits: 8 trace_range: 2 } }";
         m.rules = "rules { name: \"exact\" rtrl {} }";
       },
       "training.synapse.trace_bits",
       {"rule", "RTRL"}},
      {"more bits than float32 has",
       [](ModelText& m) {
         m.training = "training { learning_rate: 0.1 synapse { @weight_bits: 25 range: 2 } }";
         m.rules += " precision: FLOAT32";
       },
       "training.synapse.weight_bits",
       {"is 25", "24"}},
  });
}

TrainingSpec training_with(const std::string& words) {
  ModelText model;
  trained(words)(model);
  std::vector<Fault> warnings;
  return load_bytes(model.text(), "m.txtpb", {}, warnings).training;
}

TEST(Narrow, PresetsAreTheBitsOfChips) {
  EXPECT_EQ(training_with("synapse { range: 2 trace_range: 1 }").synapses, NarrowSynapses{});
  const NarrowSynapses loihi = training_with("synapse { preset: LOIHI range: 2 trace_range: 1 }").synapses;
  EXPECT_EQ(loihi.weight, (Grid{9, 2, Rounding::kStochastic}));
  EXPECT_EQ(loihi.trace, (Grid{7, 1, Rounding::kStochastic}));
  const NarrowSynapses reckon =
      training_with("synapse { preset: RECKON range: 2 trace_range: 1 rounding: NEAREST weight_bits: 4 }").synapses;
  EXPECT_EQ(reckon.weight, (Grid{4, 2, Rounding::kNearest})) << "a field goes before the preset's";
  EXPECT_EQ(reckon.trace, (Grid{12, 1, Rounding::kNearest}));
}

TEST(Narrow, WiresAreRead) {
  const TrainingSpec training = training_with("wires { bits: 4 range: 2 drop: 0.25 rounding: STOCHASTIC }");
  ASSERT_EQ(training.wires.size(), 1U);
  EXPECT_EQ(
      training.wires[0],
      (NarrowWires{.channel = Channel::kFeedback, .grid = Grid{4, 2, Rounding::kStochastic}, .drop = 0.25, .delay = 0}));
}

}  // namespace
}  // namespace locus
