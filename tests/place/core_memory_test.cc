// The memory of cores against a walk over every synapse, and its sums against the closed forms.
#include "sim/place/core_memory.h"

#include <set>

#include <gtest/gtest.h>

#include "core/protocol/closed_form.h"
#include "core/protocol/sensitivity_pattern.h"
#include "sim/model/learning.h"
#include "sim/model/wire.h"
#include "sim/place/learning_on_chip.h"
#include "tests/place/walker.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

/// Synapse by synapse; history stays 0.
std::map<int, CoreMemory> walked(const Spec& spec, const Topology& topology, const RuleSpec& rule_spec) {
  const Placement placement = place_on_chip(*spec.chip, topology);
  const Learning learning = learning_of(spec, topology, rule_spec);
  const bool learns = rule(learning.kind).drive != Drive::kNothing;
  const Optimizer optimizer = rule_spec.optimizer.value_or(spec.training.optimizer);
  std::map<int, CoreMemory> found;
  std::set<std::tuple<int, int, int>> axons;  // kind of source, source, core
  const auto axon = [&](int kind, int source, int from, int to) {
    if (from == to || !axons.insert({kind, source, to}).second) return;
    ++found[to].axons_in;
    ++found[from].axons_out;
  };
  for (const Projection& projection : topology.projections) {
    projection.each([&](std::int32_t source, std::int32_t target) {
      const int core = placement.core_of(projection.target_layer, target);
      CoreMemory& own = found[core];
      ++own.weights;
      if (!projection.dense && !projection.hollow) ++own.sources;
      own.traces += traces_of_synapse(learning, topology, projection);
      if (learns && projection.plastic) {
        own.changes += spec.training.commit == CommitWhen::kEveryTick ? 0 : 1;
        own.means += optimizer.adam ? 2 : optimizer.momentum ? 1 : 0;
      }
      if (projection.is_bias) return;
      axon(projection.source_layer == Layer::kInput ? 0 : 1, source, placement.core_of(projection.source_layer, source),
           core);
    });
  }
  for (const Projection& wires : feedback_of(topology, rule_spec)) {
    wires.each([&](std::int32_t source, std::int32_t target) {
      axon(2, source, placement.readout[static_cast<std::size_t>(source)],
           placement.rate[static_cast<std::size_t>(target)]);
      if (!wires.plastic) return;
      CoreMemory& own = found[placement.rate[static_cast<std::size_t>(target)]];
      ++own.weights;
      own.changes += spec.training.commit == CommitWhen::kEveryTick ? 0 : 1;
      own.means += optimizer.adam ? 2 : optimizer.momentum ? 1 : 0;
    });
    for (std::int32_t i = 0; wires.plastic && topology.has_leaky_readouts() && i < wires.target_size; ++i)
      ++found[placement.rate[static_cast<std::size_t>(wires.target_begin + i)]].traces;
  }
  if (rule(learning.kind).drive == Drive::kSensitivity) {
    const SensitivityPattern pattern(topology, learning);
    for (int k = 0; k < topology.sizes.rate_neurons; ++k) {
      for (const std::int32_t post : pattern.posts(k))
        found[placement.rate[static_cast<std::size_t>(k)]].traces += pattern.fan(post);
    }
  }
  if (rule(learning.kind).drive == Drive::kFactors) {
    for (int k = 0; k < topology.sizes.rate_neurons; ++k) ++found[placement.rate[static_cast<std::size_t>(k)]].traces;
    for (const Projection& projection : topology.projections) {
      projection.each([&](std::int32_t, std::int32_t target) {
        const bool own = projection.plastic && projection.target_layer == Layer::kRate;
        if (own) ++found[placement.rate[static_cast<std::size_t>(target)]].traces;
      });
    }
  }
  return found;
}

/// Holds the memory of every core against the walk over all synapses. The walk has no history: that
/// is held by its sum alone.
void expect_walked(const Spec& spec, const Topology& topology, const RuleSpec& rule_spec) {
  const Learning learning = learning_of(spec, topology, rule_spec);
  const std::vector<CoreMemory> memories = core_memories(
      topology, feedback_of(topology, rule_spec), place_on_chip(*spec.chip, topology), learning, trial_shape_of(spec));
  std::map<int, CoreMemory> expected = walked(spec, topology, rule_spec);
  std::int64_t traces = 0;
  std::int64_t history = 0;
  ASSERT_EQ(memories.size(), static_cast<std::size_t>(spec.chip->width * spec.chip->height) + 1);
  for (const CoreMemory& one : memories) {
    CoreMemory own = expected[one.place];
    own.place = one.place;
    own.neurons = std::ranges::count(spec.chip->cores, one.place);
    own.history = one.history;
    ASSERT_EQ(one, own) << "place " << one.place << ", " << rule_spec.name << " of " << describe(spec);
    traces += one.traces;
    history += one.history;
  }
  const ProtocolMemory closed = protocol_memory(learning, topology, trial_shape_of(spec), 1);
  ASSERT_EQ(traces, closed.trace_bytes) << rule_spec.name << " of " << describe(spec);
  ASSERT_EQ(history, closed.history_bytes) << rule_spec.name << " of " << describe(spec);
}

TEST(CoreMemory, IsThatOfEverySynapse) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Spec spec = odd_model(seed);
    Dice dice(seed + 3000);
    spec.chip = random_chip(spec, dice);
    if (dice.chance(30)) spec.training.optimizer.adam = Optimizer::Adam{};
    const Topology topology = topology_of(spec);
    for (const RuleSpec& rule_spec : spec.rules) ASSERT_NO_FATAL_FAILURE(expect_walked(spec, topology, rule_spec));
  }
}

/// Feedback that learns is kept with its rate neurons, which beside readouts with memory filter
/// their activity.
TEST(CoreMemory, CountsFeedbackThatLearns) {
  int counted = 0;
  for (std::uint64_t seed = 61; seed <= 80; ++seed) {
    Spec spec = odd_model(seed);
    Dice dice(seed + 3000);
    spec.chip = random_chip(spec, dice);
    spec.training.commit = CommitWhen::kEndOfBatch;
    if (dice.chance(50)) spec.training.optimizer.momentum = 0.5;
    for (PopulationSpec& population : spec.network.populations) {
      if (population.kind == PopulationKind::kReadout && seed % 2 == 0) population.memory = LeakSpec{10, false};
    }
    std::erase_if(spec.rules, [](const RuleSpec& rule) { return rule.feedback.empty(); });
    const Topology topology = topology_of(spec);
    for (RuleSpec& rule_spec : spec.rules) {
      for (FeedbackSpec& feedback : rule_spec.feedback) feedback.learn = LearnSpec{0.1};
      ASSERT_NO_FATAL_FAILURE(expect_walked(spec, topology, rule_spec));
      ++counted;
    }
  }
  EXPECT_GT(counted, 20);
}

/// A budget of exactly what is needed is enough, and one less is an error that names it.
TEST(CoreMemory, BudgetsHoldWhatFits) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Spec spec = odd_model(seed);
    Dice dice(seed + 4000);
    spec.chip = random_chip(spec, dice);
    const Topology topology = topology_of(spec);
    EXPECT_FALSE(lack_of_memory(spec, topology, "m"));
    const MemoryBits bits{.scalar = 8 * scalar_bytes(spec.precision)};
    std::int64_t bytes = 0;
    std::int64_t axons = 0;
    for (const RuleSpec& rule_spec : spec.rules) {
      for (const CoreMemory& one :
           core_memories(topology, feedback_of(topology, rule_spec), place_on_chip(*spec.chip, topology),
                         learning_of(spec, topology, rule_spec), trial_shape_of(spec))) {
        if (one.place == kHost) continue;
        bytes = std::max(bytes, (bits_of(one, bits) + 7) / 8);
        axons = std::max(axons, one.axons_in);
      }
    }
    std::map<std::pair<bool, int>, std::int64_t> synapses;
    for (const Projection& projection : topology.projections) {
      projection.each([&](std::int32_t, std::int32_t target) {
        if (!projection.is_bias) ++synapses[{projection.target_layer == Layer::kRate, target}];
      });
    }
    std::int64_t fan_in = 0;
    for (const auto& [neuron, own] : synapses) fan_in = std::max(fan_in, own);
    ChipMemorySpec& memory = spec.chip->memory;
    memory = {.bytes_per_core = bytes,
              .fan_in = std::max<std::int64_t>(fan_in, 1),
              .axons_per_core = std::max<std::int64_t>(axons, 1)};
    EXPECT_FALSE(lack_of_memory(spec, topology, "m")) << describe(spec);
    const auto refused = [&](const char* field, std::int64_t needed) {
      const std::optional<Fault> lack = lack_of_memory(spec, topology, "m");
      ASSERT_TRUE(lack.has_value()) << field << " of " << describe(spec);
      EXPECT_EQ(lack->field, std::string("chip.memory.") + field);
      EXPECT_NE(lack->allowed.find("must be at least " + std::to_string(needed)), std::string::npos) << lack->allowed;
    };
    memory = {.bytes_per_core = bytes - 1};
    refused("bytes_per_core", bytes);
    memory = {.axons_per_core = axons - 1};
    if (axons > 1) refused("axons_per_core", axons);
    memory = {.fan_in = fan_in - 1};
    if (fan_in > 1) refused("fan_in", fan_in);
  }
}

/// History by place, worked out by hand: two tanh neurons on two cores, an input, a readout, and a
/// sweep over four ticks from the host's agent.
TEST(CoreMemory, OfASweepIsWhereTheNeuronsAre) {
  Style style;
  style.activation = Activation::kTanh;
  Spec spec = small_model({1, 2, 1, 4}, style, 3);
  spec.rules = {rule_spec(RuleKind::kBptt)};
  spec.chip = ChipSpec{.width = 2, .neurons_per_core = 2, .policy = PlacementPolicy::kExplicit, .cores = {0, 1, 1}};
  const Topology topology = topology_of(spec);
  const Learning learning = learning_of(spec, topology, spec.rules[0]);
  const std::vector<CoreMemory> memories =
      core_memories(topology, {}, place_on_chip(*spec.chip, topology), learning, trial_shape_of(spec));
  EXPECT_EQ(memories[0].history, 4);      // the input's past
  EXPECT_EQ(memories[1].history, 2 * 4);  // activity and gain of neuron 0
  EXPECT_EQ(memories[2].history, 2 * 4);
  EXPECT_EQ(memories[1].weights, 1 + 2);
  EXPECT_EQ(memories[2].weights, 1 + 2 + 2);
  EXPECT_EQ(memories[1].axons_in, 2);   // the input, neuron 1
  EXPECT_EQ(memories[2].axons_in, 2);   // the input, neuron 0
  EXPECT_EQ(memories[0].axons_out, 2);  // the input to both cores
  EXPECT_EQ(bits_of(memories[1], {8, 16}), 8 * (3 + 3 + 8) + 16 * (2 + 1));
  EXPECT_EQ(fullest_core(memories, {}).place, 1);
}

}  // namespace
}  // namespace locus
