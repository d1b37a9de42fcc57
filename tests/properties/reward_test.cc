// Rewards: who gives them, what reaches the neurons, and what the texts of models/rules make of
// them, against loops over the equations.
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/model/builder.h"
#include "sim/model/load.h"
#include "sim/run/session.h"
#include "sim/task/task.h"
#include "tests/support/agreement.h"

namespace locus::rewards {
namespace {

const std::string kRules = LOCUS_MODELS "/rules/";

/// STDP with a trace that waits for a reward, spike by spike, onto the four neurons of the shipped
/// model, which are alike: Delta of each input, the mean over both trials.
std::array<double, 6> rewarded_by_hand(const RecordedTask& task) {
  std::array<double, 6> delta{};
  const double kept = std::exp(-1.0 / 10);
  for (const RecordedTrial& trial : task.trials) {
    const auto& spikes = std::get<SparseMatrix>(trial.input);
    std::array<double, 6> x{}, c{};
    double y = 0, v = 0, spike = 0;
    for (std::int32_t tick = 0; tick < 20; ++tick) {
      std::array<double, 6> pre{};
      for (std::size_t k = 0; k < spikes.row.size(); ++k)
        if (spikes.row[k] == tick) pre[static_cast<std::size_t>(spikes.col[k])] = 1;
      v = kept * v - 0.5 * spike;
      for (const double z : pre) v += 0.4 * z;
      spike = v > 0.5 ? 1 : 0;
      y = 0.9 * y + spike;
      for (std::size_t j = 0; j < 6; ++j) {
        x[j] = 0.9 * x[j] + pre[j];
        c[j] = 0.95 * c[j] + x[j] * spike - 0.5 * y * pre[j];
        delta[j] -= trial.reward.values[static_cast<std::size_t>(tick)] * c[j] / 2;
      }
    }
  }
  return delta;
}

TEST(RewardedStdp, IsItsEquations) {
  Spec spec = load(kRules + "rewarded.txtpb");
  spec.training.updates = 1;
  spec.training.locality = Locality::kStrict;
  const std::array<double, 6> wanted = rewarded_by_hand(std::get<RecordedTask>(spec.task));
  EXPECT_GT(std::abs(wanted[0]), 0.1);
  for (const TransportKind transport : kTransports) {
    const Outcome outcome = run_with(spec, transport).outcomes[0];
    ASSERT_EQ(outcome.status, Status::kCompleted) << outcome.message;
    const std::vector<double> weights = weights_of(outcome)[0];  // neurons x inputs
    for (std::size_t k = 0; k < weights.size(); ++k)
      EXPECT_NEAR((0.4 - weights[k]) / 0.01, wanted[k % 6], 1e-11) << name(transport) << ", synapse " << k;
    // four neurons, one rewarded tick in each of two trials
    EXPECT_EQ(outcome.ledger.messages(Channel::kReward), 8);
    EXPECT_EQ(outcome.ledger.violations(), 0);
  }
}

TEST(RewardedStdp, StrengthensWhatIsRewarded) {
  const Outcome outcome = run_with(load(kRules + "rewarded.txtpb"), TransportKind::kBatched).outcomes[0];
  const std::vector<double> weights = weights_of(outcome)[0];
  for (std::size_t k = 0; k < weights.size(); ++k) EXPECT_EQ(weights[k] > 0.4, k % 6 < 3) << "synapse " << k;
}

/// A program that gives the rewards of the trials makes the same weights and counts.
TEST(Session, GivesTheRewardsOfTrials) {
  Spec spec = load(kRules + "rewarded.txtpb");
  auto& task = std::get<RecordedTask>(spec.task);
  task.trials.resize(1);
  spec.training.batch = 1;
  spec.training.updates = 3;
  const auto& input = std::get<SparseMatrix>(task.trials[0].input);
  for (const TransportKind transport : kTransports) {
    const Outcome run = run_with(spec, transport).outcomes[0];
    Session net(spec, spec.rules[0], {.transport = transport});
    for (int update = 0; update < 3; ++update) {
      net.begin_trial();
      for (std::int32_t tick = 0; tick < 20; ++tick) {
        std::array<double, 6> x{};
        for (std::size_t k = 0; k < input.row.size(); ++k)
          if (input.row[k] == tick) x[static_cast<std::size_t>(input.col[k])] = 1;
        net.step(x);
        if (tick == 15) net.reward(1);
      }
      EXPECT_TRUE(net.commit());
    }
    EXPECT_TRUE(identical(run, net.outcome())) << name(transport);
  }
}

/// Trials of a task and trials that a program drives may follow each other under any rule.
TEST(Session, GoesFromTrialsToItsOwnAndBack) {
  const Spec spec = load(kRules + "rewarded.txtpb");
  RuleSpec deaf{.name = "hebb", .kind = RuleKind::kLocal};
  deaf.local = {.changes = {{"-spike*pre"}}};
  for (const RuleSpec& rule : {spec.rules[0], deaf, RuleSpec{.name = "none"}}) {
    Session net(spec, rule);
    EXPECT_TRUE(net.update());
    net.begin_trial();
    for (std::int32_t tick = 0; tick < 20; ++tick) net.step(std::vector<double>(12, 0.0));
    EXPECT_TRUE(net.commit());
    EXPECT_TRUE(net.update()) << rule.name;
  }
}

TEST(Session, RefusesRewardsThatNobodyHears) {
  const Spec spec = load(kRules + "stdp.txtpb");
  Session net(spec, spec.rules[0]);
  EXPECT_THROW(net.reward(1), OrderError);
  net.begin_trial();
  EXPECT_THROW(net.reward(1), OrderError);
  net.step(std::vector<double>(20, 0.0));
  EXPECT_THROW(net.reward(1), ArgumentError);
  const Spec rewarded = load(kRules + "rewarded.txtpb");
  Session listening(rewarded, rewarded.rules[0]);
  listening.begin_trial();
  listening.step(std::vector<double>(12, 0.0));
  EXPECT_THROW(listening.reward(1), ArgumentError) << "there are two lanes";
  EXPECT_THROW(listening.reward(std::vector<double>{1, std::nan("")}), ArgumentError);
}

/// A network of one input, two linear neurons and a readout that does not learn.
Model small(std::int32_t batch) {
  Model model("small", 3);
  model.input("in", 1);
  model.rate("rec", 2, {.leak = 0.5});
  model.readout("out", 1);
  model.connect("in", "rec", constant(0.5));
  model.connect("rec", "out", constant(0.75), {.plastic = false});
  std::vector<RecordedTrial> trials;
  for (std::int32_t k = 0; k < batch; ++k)
    trials.push_back(
        trial(DenseMatrix{5, 1, {1, -0.5, 0.25, 1, 0.75}}, DenseMatrix{5, 1, {0.5, 0.2 + 0.1 * k, -1, 0.25, 1}}));
  model.recorded(trials);
  model.training({.loss = Loss::kSum, .batch = batch, .updates = 1, .learning_rate = 1});
  return model;
}

/// -reward summed over ticks is the loss, whoever says it when; the mean over a batch is that of
/// the losses.
TEST(Loss, IsTheRewardWithAMinus) {
  for (const std::int32_t batch : {1, 3}) {
    for (const RewardFrom from : {RewardFrom::kTickLoss, RewardFrom::kTrialLoss}) {
      for (const ChangeOn on : {ChangeOn::kTick, ChangeOn::kError, ChangeOn::kEnd}) {
        // the end has the loss of the last tick alone
        if (on == ChangeOn::kEnd && from == RewardFrom::kTickLoss) continue;
        Model model = small(batch);
        model.rule(local({.changes = {{"-reward", on}}, .signal = LocalSignal::kReward, .reward = from}));
        const Spec spec = model.finish();
        for (const TransportKind transport : kTransports) {
          const Outcome outcome = run_with(spec, transport).outcomes[0];
          ASSERT_EQ(outcome.losses.size(), 1U);
          EXPECT_GT(outcome.losses[0], 0.1);
          const std::vector<double> weights = weights_of(outcome)[0];
          for (const double weight : weights) EXPECT_NEAR(0.5 - weight, outcome.losses[0], 1e-12);
          const std::int64_t ticks = from == RewardFrom::kTickLoss ? 5 : 1;
          EXPECT_EQ(outcome.ledger.messages(Channel::kReward), 2 * batch * ticks) << name(transport);
        }
      }
    }
  }
}

/// Minus the loss of a trial comes in its last tick, whether or not a program teaches that one.
TEST(Loss, ComesInAnUntaughtTick) {
  Model model = small(1);
  model.rule(local({.changes = {{"-reward"}}, .signal = LocalSignal::kReward, .reward = RewardFrom::kTrialLoss}));
  const Spec spec = model.finish();
  for (const TransportKind transport : kTransports) {
    Session net(spec, spec.rules[0], {.transport = transport});
    net.begin_trial();
    for (int tick = 0; tick < 5; ++tick) {
      net.step(std::array{1.0});
      if (tick < 4) net.teach(2);
    }
    EXPECT_TRUE(net.commit());
    EXPECT_GT(net.losses()[0], 0.1);
    EXPECT_NEAR(0.5 - std::get<DenseMatrix>(net.weights("in-rec").matrix).values[0], net.losses()[0], 1e-12)
        << name(transport);
    EXPECT_EQ(net.ledger().messages(Channel::kReward), 2);
  }
}

/// What happens at the end happens once: a sum that a trace has kept is the sum itself.
TEST(End, IsOnceATrial) {
  const auto change_of = [](const LocalText& text, TransportKind transport) {
    Model model = small(2);
    model.rule(local(text));
    return weights_of(run_with(model.finish(), transport).outcomes[0])[0];
  };
  for (const TransportKind transport : kTransports) {
    const LocalText summed{.traces = {{"p", "p + activity*pre"}}, .changes = {{"p", ChangeOn::kEnd}}};
    EXPECT_TRUE(close({change_of(summed, transport)}, {change_of({.changes = {{"activity*pre"}}}, transport)}, 1e-12));
    // h_5 of leak 1/2 and weight 1/2, times x_5, by hand
    double h = 0;
    for (const double x : {1.0, -0.5, 0.25, 1.0, 0.75}) h = 0.5 * h + 0.5 * (0.5 * x);
    const LocalText last{.changes = {{"activity*pre", ChangeOn::kEnd}}};
    for (const double weight : change_of(last, transport)) EXPECT_NEAR(0.5 - weight, h * 0.75, 1e-14);
  }
}

/// POST of the end is one message of its own factors: two neurons, one synapse each.
TEST(End, SendsOneMessageASynapse) {
  Model model = small(1);
  model.rule(local({.traces = {{"p", "p + pre", TraceAt::kSource}}, .changes = {{"activity*p", ChangeOn::kEnd}}}));
  for (const TransportKind transport : kTransports) {
    const Outcome outcome = run_with(model.finish(), transport).outcomes[0];
    EXPECT_EQ(outcome.ledger.messages(Channel::kPost), 2) << name(transport);
  }
}

/// Miconi's rule, neuron by neuron; without noise its fluctuations are those of the inputs.
TEST(Miconi, IsItsEquations) {
  Spec spec = load(kRules + "miconi.txtpb");
  for (PopulationSpec& population : spec.network.populations) {
    if (population.noise) population.noise->stddev = 0;
  }
  spec.training.batch = 1;
  spec.training.updates = 1;
  spec.training.learning_rate = 1;
  const std::size_t inputs = 3;
  const std::size_t n = 8;
  std::vector<std::vector<double>> first;  // by projection (targets x sources)
  for (const char* projection : {"B", "W"})
    first.push_back(std::get<DenseMatrix>(Session(spec, spec.rules[0]).weights(projection).matrix).values);
  const auto ticks = static_cast<std::size_t>(spec.training.ticks);
  Batch<double> batch = make_batch<double>(spec.training.ticks, 3, 1, 1);
  Task task(spec);
  task.prepare(batch);
  task.fill(0, batch);
  const Column<double>& shown = batch.input;  // ticks x inputs
  for (const TransportKind transport : kTransports) {
    const Outcome outcome = run_with(spec, transport).outcomes[0];
    ASSERT_EQ(outcome.status, Status::kCompleted) << outcome.message;
    std::vector<double> r(n, 0), mean(n, 0), e(n * n, 0);
    for (std::size_t t = 0; t < ticks; ++t) {
      std::vector<double> x(n, 0);
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) x[i] += first[1][i * n + j] * r[j];
        for (std::size_t j = 0; j < inputs; ++j) x[i] += first[0][i * inputs + j] * shown[t * inputs + j];
        for (std::size_t j = 0; j < n; ++j) e[i * n + j] += std::pow(r[j] * (x[i] - mean[i]), 3);
        mean[i] = 0.05 * mean[i] + 0.95 * x[i];
      }
      for (std::size_t i = 0; i < n; ++i) r[i] = std::tanh(x[i]);
    }
    std::vector<double> wanted;  // w += eta (R - R_mean) e with R = -L and R_mean = -1/2
    for (const double of : e) wanted.push_back(-(0.5 - outcome.losses[0]) * of);
    const std::vector<double> last = weights_of(outcome)[1];
    std::vector<double> delta;  // at a learning rate of 1
    for (std::size_t k = 0; k < last.size(); ++k) delta.push_back(first[1][k] - last[k]);
    EXPECT_TRUE(close({delta}, {wanted}, 1e-10)) << name(transport);
  }
}

/// Without recurrent synapses e-prop's trace is the filtered input times the pseudo-derivative:
/// that is OTTT, and DECOLLE with an instantaneous synapse. The delta rule is RFLO without memory.
TEST(Surrogate, AreTheRowsThatTheyComeTo) {
  Spec texts = load(kRules + "surrogate.txtpb");
  for (ConstantText& constant : texts.rules[2].local.constants)
    if (constant.name == "synaptic") constant.value = 0;
  Spec rows = texts;
  rows.rules = {RuleSpec{.name = "rflo", .kind = RuleKind::kRflo}, RuleSpec{.name = "eprop", .kind = RuleKind::kEprop},
                RuleSpec{.name = "random", .kind = RuleKind::kEpropRandom}};
  rows.rules[0].trace_decay = 0;
  rows.rules[0].feedback = texts.rules[0].feedback;
  rows.rules[2].feedback = texts.rules[2].feedback;
  for (const TransportKind transport : kTransports) {
    const RunResult text = run_with(texts, transport);
    const RunResult row = run_with(rows, transport);
    for (std::size_t k = 0; k < 3; ++k) {
      ASSERT_EQ(text.outcomes[k].status, Status::kCompleted) << text.outcomes[k].message;
      EXPECT_TRUE(close(weights_of(text.outcomes[k]), weights_of(row.outcomes[k]), 1e-9))
          << name(transport) << ", " << text.outcomes[k].rule;
      EXPECT_NE(text.outcomes[k].losses.front(), text.outcomes[k].losses.back()) << "nothing was learnt";
    }
  }
}

}  // namespace
}  // namespace locus::rewards
