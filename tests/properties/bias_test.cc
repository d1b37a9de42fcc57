// Biases of neurons, constant inputs and projections from inputs to readouts: gradients against
// differences of the loss, biases against the same model with a constant input in their place, and
// tasks that know nothing of constant inputs. The random models of networks_test.cc and of
// tests/spiking, which have all of these, are held against the oracles.
#include "sim/model/bias.h"

#include <set>

#include <gtest/gtest.h>

#include "sim/model/load.h"
#include "sim/model/network_size.h"
#include "sim/run/session.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"
#include "tests/support/spiking_model.h"

namespace locus {
namespace {

DenseMatrix drawn(std::int64_t rows, std::int64_t cols, Dice& dice) {
  DenseMatrix matrix{rows, cols, {}};
  for (std::int64_t k = 0; k < rows * cols; ++k) matrix.values.push_back(dice.value());
  return matrix;
}

/// A small model with biases, two constant inputs between the others, D from both, and noise.
Spec with_parts(const Style& style, std::uint64_t seed) {
  Spec spec = smooth_model({2, 4, 2, 5}, style, seed);
  Dice dice(seed + 7);
  NetworkSpec& network = spec.network;
  network.populations.push_back({.name = "held", .kind = PopulationKind::kInput, .size = 2, .constant = 0.625});
  network.projections.push_back({"C", 3, 1, drawn(4, 2, dice), true, std::nullopt});
  network.projections.push_back({"D", 0, 2, drawn(2, 2, dice), true, std::nullopt});
  network.projections.push_back({"E", 3, 2, drawn(2, 2, dice), true, std::nullopt});
  network.populations[1].noise = NoiseSpec{0.25, seed % 2 == 0};
  add_bias(network, 1, {.value = {0.5, -0.25, 0.75, 0.125}});
  add_bias(network, 2, {.value = {-0.5}});
  return spec;
}

class Parts : public testing::TestWithParam<TransportKind> {};

TEST_P(Parts, HaveTheGradientOfTheLoss) {
  std::uint64_t seed = 300;
  for (const Activation activation : {Activation::kIdentity, Activation::kTanh, Activation::kSigmoid}) {
    for (const Loss loss : {Loss::kFinal, Loss::kSequence}) {
      for (const double leak : {1.0, 0.375}) {
        Style style;
        style.activation = activation;
        style.leak = leak;
        style.loss = loss;
        Spec spec = with_parts(style, seed++);
        const oracle::ByProjection differences = oracle::central_differences(spec);
        spec.training.learning_rate = 1 << 20;
        spec.rules = {rule_spec(RuleKind::kBptt), rule_spec(RuleKind::kRtrl), truncated(5, 2)};
        const RunResult result = run_with(spec, GetParam());
        for (std::size_t k = 0; k < spec.rules.size(); ++k) {
          const oracle::ByProjection found = change(spec, result.outcomes.at(k));
          ASSERT_EQ(found.size(), 8U);
          EXPECT_TRUE(close(found, differences, 1e-9)) << spec.rules[k].name << " of " << describe(spec);
        }
      }
    }
  }
}

/// Biases become projections from a constant input of their own name.
Spec twin_of(Spec spec) {
  spec.network.populations.back().is_unit = false;
  spec.network.populations.back().name = "one";
  for (ProjectionSpec& projection : spec.network.projections) projection.is_bias = false;
  return spec;
}

/// The messages of the synapses in place of biases that would go to and from their own neurons, by
/// the oracle's log.
oracle::Counts messages_of_twins(const Spec& own, const RuleSpec& rule) {
  std::set<std::int32_t> biases;
  for (std::size_t p = 0; p < own.network.projections.size(); ++p) {
    if (own.network.projections[p].is_bias) biases.insert(static_cast<std::int32_t>(p));
  }
  oracle::Counts counts;
  for (const oracle::Message& m : oracle::solve(twin_of(own), rule, true).log) {
    if (m.channel != Channel::kAxon && m.channel != Channel::kDendrite && m.channel != Channel::kPost) continue;
    const oracle::Actor& synapse = m.channel == Channel::kDendrite ? m.from : m.to;
    if (biases.contains(synapse.projection)) ++counts[{m.channel, m.lag}].messages;
  }
  return counts;
}

void expect_twins(const Spec& spec, TransportKind transport, double tolerance, bool counts_known) {
  const Spec twin = twin_of(spec);
  const RunResult own = run_with(spec, transport);
  const RunResult other = run_with(twin, transport);
  for (std::size_t k = 0; k < spec.rules.size(); ++k) {
    SCOPED_TRACE(std::string(name(transport)) + ", " + spec.rules[k].name + " of " + describe(spec));
    const Outcome& one = own.outcomes[k];
    const Outcome& two = other.outcomes[k];
    ASSERT_EQ(one.losses.size(), two.losses.size());
    for (std::size_t u = 0; u < one.losses.size(); ++u)
      ASSERT_NEAR(one.losses[u], two.losses[u], tolerance * std::max(1e-6, std::abs(two.losses[u])));
    ASSERT_TRUE(close(weights_of(one), weights_of(two), tolerance));
    EXPECT_EQ(one.ledger.trace_bytes(), two.ledger.trace_bytes());
    const bool sweeps = rule(spec.rules[k].kind).drive == Drive::kSweep;
    EXPECT_EQ(one.ledger.history_bytes() < two.ledger.history_bytes(), sweeps) << "an input keeps its past";
    oracle::Counts expected = counts_known ? messages_of_twins(spec, spec.rules[k]) : oracle::Counts();
    for (const LedgerEntry& entry : two.ledger.entries()) {
      const std::int64_t less = entry.tally.messages - one.ledger.at(entry.channel, entry.lag).messages;
      if (counts_known) {
        EXPECT_EQ(less, (expected[{entry.channel, entry.lag}].messages)) << name(entry.channel) << " " << entry.lag;
        continue;
      }
      const bool of_neuron =
          entry.channel == Channel::kAxon || entry.channel == Channel::kDendrite || entry.channel == Channel::kPost;
      EXPECT_GE(less, 0);
      EXPECT_TRUE(of_neuron || less == 0) << name(entry.channel);
    }
  }
}

bool has_bias(const Spec& spec) { return unit_of(spec.network) >= 0; }

TEST_P(Parts, OfBiasesAreConstantInputsWithoutMessages) {
  int models = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Spec spec = odd_model(seed);
    if (!has_bias(spec)) continue;
    ++models;
    expect_twins(spec, GetParam(), 1e-12, true);
  }
  EXPECT_GT(models, 30);
}

TEST_P(Parts, OfSpikingNeuronsAreConstantInputsWithoutMessages) {
  int models = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Spec spec = odd_spiking_model(seed);
    if (!has_bias(spec)) continue;
    ++models;
    expect_twins(spec, GetParam(), 1e-12, false);
  }
  EXPECT_GT(models, 30);
}

INSTANTIATE_TEST_SUITE_P(Transports, Parts, testing::ValuesIn(kTransports),
                         [](const testing::TestParamInfo<TransportKind>& instance) {
                           return std::string(name(instance.param));
                         });

/// The same model with a constant input population before, between or behind the others, whose
/// weights are 0.
Spec with_idle_constant(Spec spec, std::int32_t at) {
  const auto insert = [&](NetworkSpec& network) {
    network.populations.insert(network.populations.begin() + at,
                               {.name = "idle", .kind = PopulationKind::kInput, .size = 2, .constant = 3});
    for (ProjectionSpec& projection : network.projections) {
      projection.source += projection.source >= at ? 1 : 0;
      projection.target += projection.target >= at ? 1 : 0;
    }
    std::int32_t target = 0;
    while (network.populations[static_cast<std::size_t>(target)].kind != PopulationKind::kRate) ++target;
    const std::int64_t rows = network.populations[static_cast<std::size_t>(target)].size;
    network.projections.push_back(
        {.name = "idle",
         .source = at,
         .target = target,
         .weights = DenseMatrix{rows, 2, std::vector<double>(static_cast<std::size_t>(2 * rows), 0)},
         .plastic = false,
         .learning_rate = {},
         .delay = {}});
  };
  insert(spec.network);
  for (RuleSpec& rule : spec.rules) {
    for (FeedbackSpec& feedback : rule.feedback) feedback.population += feedback.population >= at ? 1 : 0;
  }
  const auto shift = [&](std::vector<DrawnInputSpec>& inputs) {
    for (DrawnInputSpec& input : inputs) input.population += input.population >= at ? 1 : 0;
  };
  if (auto* drawn = std::get_if<DrawnTask>(&spec.task)) shift(drawn->inputs);
  if (auto* taught = std::get_if<StudentTeacherTask>(&spec.task)) {
    shift(taught->inputs);
    insert(taught->teacher);
  }
  return spec;
}

/// Losses and weights of the first model's projections, to the last bit.
void expect_same_learning(const Spec& plain, const Spec& changed) {
  for (const TransportKind transport : kTransports) {
    const RunResult one = run_with(plain, transport);
    const RunResult other = run_with(changed, transport);
    for (std::size_t k = 0; k < plain.rules.size(); ++k) {
      EXPECT_EQ(one.outcomes[k].losses, other.outcomes[k].losses) << name(transport) << ", " << plain.rules[k].name;
      for (std::size_t p = 0; p < plain.network.projections.size(); ++p)
        EXPECT_EQ(weights_of(one.outcomes[k])[p], weights_of(other.outcomes[k])[p]);
    }
  }
}

/// Two input populations, a rate population and a readout.
Spec two_inputs(TaskSpec task, std::int32_t batch) {
  Dice dice(5);
  Spec spec;
  spec.name = "two";
  spec.seed = 11;
  spec.network.populations = {
      {.name = "a", .kind = PopulationKind::kInput, .size = 2},
      {.name = "rec", .kind = PopulationKind::kRate, .size = 3, .activation = Activation::kTanh, .leak = 0.5},
      {.name = "b", .kind = PopulationKind::kInput, .size = 1},
      {.name = "out", .kind = PopulationKind::kReadout, .size = 1}};
  const auto connect = [&](const char* name, std::int32_t source, std::int32_t target, std::int32_t rows,
                           std::int32_t cols) {
    spec.network.projections.push_back({name, source, target, drawn(rows, cols, dice), true, std::nullopt});
  };
  connect("A", 1, 3, 1, 3);
  connect("W", 1, 1, 3, 3);
  connect("a-rec", 0, 1, 3, 2);
  connect("b-rec", 2, 1, 3, 1);
  connect("a-out", 0, 3, 1, 2);
  spec.task = std::move(task);
  spec.training = {.loss = Loss::kSequence, .ticks = 6, .batch = batch, .updates = 3, .learning_rate = 0.0625};
  spec.rules = {rule_spec(RuleKind::kBptt), rule_spec(RuleKind::kEprop)};
  return spec;
}

TEST(ConstantInput, LeavesTheDataOfTasksAlone) {
  Dice dice(8);
  const DenseMatrix target = drawn(6, 1, dice);
  const SparseMatrix events{6, 3, {5, 0, 2, 2, 4}, {2, 0, 1, 2, 0}, {1, 1, 0.5, 2, 1}};
  const std::vector<RecordedTrial> trials = {{drawn(6, 3, dice), target}, {events, target}, {events, target}};
  const std::vector<DrawnInputSpec> inputs = {{0, WhiteNoiseSpec{0.5, 2}}, {2, PoissonSpec{{400}}}};
  for (const std::int32_t batch : {1, 2}) {
    NetworkSpec teacher = two_inputs({}, batch).network;
    const TaskSpec tasks[] = {RecordedTask{trials}, DrawnTask{inputs, 3, {target}}, StudentTeacherTask{teacher, {}},
                              StudentTeacherTask{teacher, inputs}};
    for (const TaskSpec& task : tasks) {
      for (const std::int32_t at : {0, 2, 4}) {
        SCOPED_TRACE(testing::Message() << "task " << task.index() << ", batch " << batch << ", at " << at);
        Spec plain = two_inputs(task, batch);
        expect_same_learning(plain, with_idle_constant(plain, at));
        plain.precision = Precision::kFloat32;
        expect_same_learning(plain, with_idle_constant(plain, at));
      }
    }
  }
}

TEST(ConstantInput, IsNoNumberOfAStep) {
  const Spec plain = two_inputs({}, 2);
  const Spec changed = with_idle_constant(plain, 0);
  Session one(plain, rule_spec(RuleKind::kBptt), {.loss = Loss::kSequence});
  Session other(changed, rule_spec(RuleKind::kBptt), {.loss = Loss::kSequence});
  EXPECT_EQ(one.inputs(), 3);
  EXPECT_EQ(other.inputs(), 3);
  one.begin_trial();
  other.begin_trial();
  for (int t = 0; t < one.ticks(); ++t) {
    const std::vector<double> x = {0.5, 1.0 * t, -1, 2, 0.25 * t, 0};
    const auto y = one.step(x);
    const std::vector<double> first(y.begin(), y.end());
    const auto same = other.step(x);
    EXPECT_EQ(first, std::vector<double>(same.begin(), same.end())) << "tick " << t + 1;
  }
  EXPECT_THROW(other.step(std::vector<double>(10, 0)), SessionError);
}

/// A network whose inputs are all constant: a file's trials have targets alone.
TEST(ConstantInput, MayBeTheOnlyOne) {
  const std::string network =
      "network { populations { name: \"one\" size: 1 input { constant: 0.5 } } "
      "populations { name: \"rec\" size: 2 rate { leak: 0.5 bias { value: 0.25 } } } "
      "populations { name: \"out\" size: 1 readout {} } "
      "projections { name: \"B\" source: \"one\" target: \"rec\" weights { constant { value: 1 } } } "
      "projections { name: \"A\" source: \"rec\" target: \"out\" weights { constant { value: 1 } } } } "
      "training { loss: SEQUENCE ticks: 3 learning_rate: 0.5 } rules { name: \"bptt\" bptt {} } name: \"m\" ";
  const std::string target = "target { rows: 3 cols: 1 values: [0, 0, 0] }";
  std::vector<std::vector<double>> losses;
  for (const std::string& task :
       {"task { recorded { trials { " + target + " } } }", "task { recorded { trials { spikes {} " + target + " } } }",
        "task { recorded { trials { input { rows: 3 cols: 0 } " + target + " } } }",
        std::string("task { drawn { targets { matrix { rows: 3 cols: 1 values: [0, 0, 0] } } } }")}) {
    std::vector<Fault> warnings;
    const Spec spec = load_bytes(network + task, "m.txtpb", warnings);
    for (const TransportKind transport : kTransports) losses.push_back(run_with(spec, transport).outcomes[0].losses);
  }
  // h = 3/8, 9/16, 21/32 of each neuron: u is 3/4 in every tick
  const double loss = (0.75 * 0.75 + 1.125 * 1.125 + 1.3125 * 1.3125) / 6;
  for (const std::vector<double>& of_task : losses) {
    ASSERT_EQ(of_task.size(), 1U);
    EXPECT_NEAR(of_task[0], loss, 1e-15);
  }
}

/// torch.nn.RNN with biases and a torch.nn.Linear behind it, in float64.
TEST(Bias, IsThatOfTorch) {
  for (const char* file : {"/torch/rnn_tanh.txtpb", "/torch/rnn_relu.txtpb"}) {
    std::vector<Fault> warnings;
    const Spec spec = load(LOCUS_TEST_DATA + std::string(file), warnings);
    const auto& trial = std::get<RecordedTask>(spec.task).trials.at(0);
    const auto& x = std::get<DenseMatrix>(trial.input);
    for (const TransportKind transport : kTransports) {
      Session session(spec, rule_spec(RuleKind::kBptt), {.transport = transport});
      session.begin_trial();
      for (std::int64_t t = 0; t < x.rows; ++t) {
        const auto y = session.step(std::span(x.values).subspan(static_cast<std::size_t>(3 * t), 3));
        for (std::size_t k = 0; k < 2; ++k)
          EXPECT_NEAR(y[k], trial.target.values[static_cast<std::size_t>(2 * t) + k], 1e-13) << file << ", tick " << t + 1;
      }
    }
  }
}

}  // namespace
}  // namespace locus
