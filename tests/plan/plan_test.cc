// A plan as a table: how each projection sends, learns and commits, by rule, horizon and width of a
// run. No network is built.
#include "core/plan/plan.h"

#include <gtest/gtest.h>

#include "core/plan/thresholds.h"
#include "tests/plan/three_layers.h"

namespace locus {
namespace {

Learning learning_by(RuleKind kind, std::int32_t depth = 0, std::int32_t stride = 0) {
  return {.kind = kind, .depth = depth, .stride = stride, .trace_decay = {}};
}

constexpr std::int64_t kRoomy = std::int64_t{64} << 20;

struct Row {
  const char* name;
  RuleKind kind;
  bool identity;
  bool every_tick;
  std::int32_t lanes;
  std::int64_t tape_floor;
  // of W
  Sends sends;
  Way learns;
  Commits commits;
  bool runs;
};

class Plans : public testing::TestWithParam<Row> {};

TEST_P(Plans, ChooseOfWAndOfRuns) {
  const Row& row = GetParam();
  const Topology topology = three_layers({}, row.identity);
  const bool sweeps = rule(row.kind).drive == Drive::kSweep;
  const Learning learning = sweeps ? learning_by(row.kind, 5, 5) : learning_by(row.kind);
  const Horizon horizon{.trial = {.ticks = 5, .window = 5, .commits_every_tick = row.every_tick},
                        .tape_floor = row.tape_floor};
  const Plan plan = plan_of(topology, learning, horizon, {.lanes = row.lanes, .threads = 1, .scalar_bytes = 8});
  const ProjectionPlan& w = plan.projections[1];
  EXPECT_EQ(w.sends, row.sends) << name(w.sends);
  EXPECT_EQ(w.learns, row.learns) << name(w.learns);
  EXPECT_EQ(w.commits, row.commits) << name(w.commits);
  EXPECT_EQ(plan.runs, row.runs);
  EXPECT_FALSE(w.why.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Table, Plans,
    testing::Values(
        Row{"none", RuleKind::kNone, false, false, 1, kRoomy, Sends::kProduct, Way::kStatic, Commits::kNever, false},
        Row{"online", RuleKind::kRflo, false, true, 1, kRoomy, Sends::kProduct, Way::kFused, Commits::kInPass, false},
        Row{"eprop", RuleKind::kEprop, false, true, 1, kRoomy, Sends::kProduct, Way::kFused, Commits::kInPass, false},
        Row{"batch", RuleKind::kRflo, false, false, 3, kRoomy, Sends::kProduct, Way::kDeferred, Commits::kAtOnce, false},
        Row{"no_room", RuleKind::kRflo, false, false, 3, 0, Sends::kProduct, Way::kLoop, Commits::kSettled, false},
        Row{"linear", RuleKind::kRflo, true, false, 2, kRoomy, Sends::kProduct, Way::kShared, Commits::kAtOnce, false},
        Row{"linear_eprop", RuleKind::kEprop, true, false, 2, kRoomy, Sends::kProduct, Way::kDeferred, Commits::kAtOnce,
            false},
        Row{"one_lane", RuleKind::kRflo, false, false, 1, kRoomy, Sends::kProduct, Way::kDeferred, Commits::kAtOnce, true},
        Row{"bptt", RuleKind::kBptt, false, false, 1, kRoomy, Sends::kProduct, Way::kDeferred, Commits::kAtOnce, true},
        Row{"bptt_no_room", RuleKind::kBptt, false, false, 1, 0, Sends::kProduct, Way::kDeferred, Commits::kAtOnce, true},
        Row{"bptt_lanes", RuleKind::kBptt, false, false, 4, kRoomy, Sends::kProduct, Way::kDeferred, Commits::kAtOnce, false},
        Row{"rtrl", RuleKind::kRtrl, false, false, 2, kRoomy, Sends::kProduct, Way::kSummed, Commits::kSettled, false},
        Row{"rtrl_online", RuleKind::kRtrl, false, true, 1, kRoomy, Sends::kProduct, Way::kSummed, Commits::kSettled, false}),
    [](const auto& param) { return std::string(param.param.name); });

Plan plain_plan(const Topology& topology, const Learning& learning, RunWidth extent = {}, Horizon horizon = {}) {
  horizon.trial.ticks = 5;
  horizon.trial.window = 5;
  return plan_of(topology, learning, horizon, extent);
}

TEST(Plan, InputsAreSentAheadWhereTheyAreKnown) {
  const Topology topology = three_layers({}, false);
  const Learning learning = learning_by(RuleKind::kRflo);
  const Plan known = plain_plan(topology, learning);
  EXPECT_EQ(known.projections[0].sends, Sends::kAhead);
  EXPECT_EQ(known.ahead_ticks, 5);
  EXPECT_TRUE(known.runs);
  const Plan answered = plain_plan(topology, learning, {}, {.inputs_tick_by_tick = true});
  EXPECT_EQ(answered.ahead_ticks, 1) << "sums are those of a longer run, but for one tick alone";
  EXPECT_FALSE(answered.runs);
  const Plan moving = plain_plan(topology, learning, {}, {.trial = {.commits_every_tick = true}});
  EXPECT_EQ(moving.projections[0].sends, Sends::kProduct) << "its weights change before the tick comes";
  EXPECT_FALSE(plain_plan(topology, learning, {}, {.outputs_are_seen = true}).runs);
}

TEST(Plan, TicksRunForwardWhereNothingLearnsAndNobodyLooks) {
  const auto forward = [](RuleKind kind, LayersOfPlan sizes, RunWidth extent, Horizon horizon) {
    return plain_plan(three_layers(sizes, false), learning_by(kind), extent, horizon).runs_forward;
  };
  EXPECT_TRUE(forward(RuleKind::kNone, {}, {}, {}));
  EXPECT_FALSE(forward(RuleKind::kRflo, {}, {}, {}));
  EXPECT_FALSE(forward(RuleKind::kNone, {}, {.lanes = 2}, {}));
  EXPECT_FALSE(forward(RuleKind::kNone, {}, {}, {.outputs_are_seen = true}));
  EXPECT_FALSE(forward(RuleKind::kNone, {}, {}, {.inputs_tick_by_tick = true}));
  EXPECT_FALSE(forward(RuleKind::kNone, {.neurons = 4096}, {}, {})) << "threads may share so many neurons out";
}

TEST(Plan, AheadAreAsManyTicksAsGiveFewEnoughCurrents) {
  const auto ticks = [](LayersOfPlan sizes, Horizon horizon) {
    horizon.trial.ticks = 1000;
    horizon.trial.window = 1000;
    return plan_of(three_layers(sizes, false), learning_by(RuleKind::kRflo), horizon, {}).ahead_ticks;
  };
  EXPECT_EQ(ticks({.neurons = 6}, {}), 682) << "4096 currents of 6 neurons";
  EXPECT_EQ(ticks({.neurons = 64}, {}), 64);
  EXPECT_EQ(ticks({.neurons = 1000}, {}), 32) << "at least so many";
  EXPECT_EQ(ticks({.neurons = 64}, {.inputs_tick_by_tick = true}), 1);
  EXPECT_EQ(ticks({.neurons = 64}, {.trial = {.commits_every_tick = true}}), 0) << "nothing is known ahead";
}

TEST(Plan, ThreadsCutRunsWhereTheyTakeTargets) {
  Topology topology = three_layers({.inputs = 100, .neurons = 200}, false);
  const auto splits = [&](RunWidth width) {
    return plain_plan(topology, learning_by(RuleKind::kRflo), width).projections[0].splits;
  };
  EXPECT_EQ(splits({.threads = 3}), 0) << "B is dense";
  thin_out(topology.projections[0], 4095);
  EXPECT_EQ(splits({.threads = 3}), 0) << "W is dense, and B sends too little to wake threads";
  thin_out(topology.projections[0], 4096);
  EXPECT_EQ(splits({.threads = 3}), 100 * 2);
  EXPECT_EQ(splits({.threads = 1}), 0);
  EXPECT_EQ(splits({.lanes = 2, .threads = 3}), 0);
}

TEST(Plan, AnOptimizerLetsChangesWait) {
  const Topology topology = three_layers({}, false);
  Learning learning = learning_by(RuleKind::kRflo);
  learning.optimizer.adam = Optimizer::Adam{};
  const Plan batch = plain_plan(topology, learning, {.lanes = 2});
  EXPECT_EQ(batch.projections[1].learns, Way::kDeferred);
  EXPECT_EQ(batch.projections[1].commits, Commits::kSettled);
  EXPECT_EQ(batch.projections[1].delta, 36);
  const Plan online = plain_plan(topology, learning, {}, {.trial = {.commits_every_tick = true}});
  EXPECT_EQ(online.projections[1].learns, Way::kLoop);
}

/// Synapses of a source onto neurons with leaks of their own do not share one trace, and such
/// neurons are not taken through a run in one loop.
TEST(Plan, NeuronsThatDifferShareNoTrace) {
  Topology topology = three_layers({}, true);
  const Horizon every_tick{.trial = {.commits_every_tick = true}};
  EXPECT_EQ(plain_plan(topology, learning_by(RuleKind::kRflo)).projections[1].learns, Way::kShared);
  EXPECT_EQ(plain_plan(topology, learning_by(RuleKind::kRflo), {}, every_tick).projections[1].decays, 0);
  EXPECT_TRUE(plain_plan(topology, learning_by(RuleKind::kBptt, 5, 5)).recurrent);
  topology.populations[PopulationId{1}].neurons_differ = true;
  EXPECT_EQ(plain_plan(topology, learning_by(RuleKind::kRflo)).projections[1].learns, Way::kDeferred);
  EXPECT_EQ(plain_plan(topology, learning_by(RuleKind::kRflo), {}, every_tick).projections[1].decays, 6);
  EXPECT_EQ(plain_plan(topology, learning_by(RuleKind::kEprop), {}, every_tick).projections[1].decays, 0)
      << "neurons tell their decays";
  EXPECT_FALSE(plain_plan(topology, learning_by(RuleKind::kBptt, 5, 5)).recurrent);
}

/// Only a sweep over neurons that are reset to a voltage keeps voltages.
TEST(Plan, VoltagesAreKeptForASweepThatNeedsThem) {
  Topology topology = three_layers({}, false, true);
  const auto kept = [&](RuleKind kind) { return plain_plan(topology, learning_by(kind, 5, 5)).tapes.voltages.cells(8); };
  EXPECT_EQ(kept(RuleKind::kBptt), 0);
  topology.populations[PopulationId{1}].recalls_voltage = true;
  EXPECT_EQ(kept(RuleKind::kBptt), 5 * 6);
  EXPECT_EQ(kept(RuleKind::kEprop), 0);
}

TEST(Plan, MomentumDecayAndLimitsOfAProjectionLetItsChangesWait) {
  Topology topology = three_layers({}, false);
  const Horizon every_tick{.trial = {.commits_every_tick = true}};
  const auto online = [&](const Learning& learning) {
    return plain_plan(topology, learning, {}, every_tick).projections;
  };
  Learning learning = learning_by(RuleKind::kRflo);
  learning.optimizer.momentum = 0.5;
  EXPECT_EQ(online(learning)[1].learns, Way::kLoop);
  learning.optimizer = {.weight_decay = 0.1};
  EXPECT_EQ(online(learning)[1].learns, Way::kLoop);
  learning.optimizer = {};
  EXPECT_EQ(online(learning)[1].learns, Way::kFused);
  for (const WeightLimits& limits : {WeightLimits{.sign = 1}, WeightLimits{.sign = -1}, WeightLimits{.max = 1},
                                     WeightLimits{.min = 0}, WeightLimits{.decay = 0.5}}) {
    topology.projections[1].limits = limits;
    EXPECT_EQ(online(learning)[1].learns, Way::kLoop);
    EXPECT_EQ(online(learning)[0].learns, Way::kFused) << "B has none";
    const Plan batch = plain_plan(topology, learning);
    EXPECT_EQ(batch.projections[1].commits, Commits::kSettled);
    EXPECT_EQ(batch.projections[1].delta, 36);
    EXPECT_EQ(batch.projections[0].commits, Commits::kAtOnce);
  }
  topology.projections[1].limits = {.decay = 0};
  EXPECT_EQ(online(learning)[1].learns, Way::kFused) << "no decay is none";
}

TEST(Plan, OfTwoRecurrentProjectionsNoneRunsInOneLoop) {
  Topology topology = three_layers({}, false);
  const Learning learning = learning_by(RuleKind::kEprop);
  EXPECT_EQ(plain_plan(topology, learning).recurrent, ProjectionId{1});
  topology.projections.push_back(topology.projections[1]);
  find_autapses(topology);
  EXPECT_EQ(topology.autapses.size(), 12U);
  EXPECT_EQ(topology.autapses[1].neuron, topology.autapses[0].neuron);
  const Plan two = plain_plan(topology, learning);
  EXPECT_TRUE(two.runs);
  EXPECT_EQ(two.recurrent, std::nullopt);
}

TEST(Plan, SpikingNetworksGoByEvents) {
  const Topology topology = three_layers({}, false, true, true);
  for (const RuleKind kind : {RuleKind::kEprop, RuleKind::kBptt}) {
    const Plan plan = plain_plan(topology, learning_by(kind, 5, 5));
    for (const ProjectionPlan& projection : plan.projections) EXPECT_EQ(projection.learns, Way::kEvents);
    EXPECT_EQ(plan.projections[1].sends, Sends::kColumns);
    EXPECT_TRUE(plan.lists_speakers);
    EXPECT_FALSE(plan.runs);
    EXPECT_EQ(plan.worth, 5 * 6);
    EXPECT_EQ(plan.readout_worth, 5 * 2);
  }
}

TEST(Plan, ThreadsShareOutNeuronsThatHearOfSparseSynapsesAlone) {
  Topology topology = three_layers({}, false);
  thin_out(topology.projections[0], 10);
  EXPECT_FALSE(plain_plan(topology, learning_by(RuleKind::kNone), {.threads = 3}).shared_out) << "W is dense";
  thin_out(topology.projections[1], 12);
  const Plan plan = plain_plan(topology, learning_by(RuleKind::kNone), {.threads = 3});
  EXPECT_TRUE(plan.shared_out);
  EXPECT_EQ(plan.projections[1].sends, Sends::kEvents);
  EXPECT_TRUE(plan.projections[1].copied) << "nothing changes the weights";
  const Plan learning = plain_plan(topology, learning_by(RuleKind::kRflo), {.threads = 3});
  EXPECT_FALSE(learning.projections[1].copied);
  EXPECT_EQ(learning.projections[1].splits, 6 * 2);
  EXPECT_FALSE(plain_plan(topology, learning_by(RuleKind::kRflo), {.threads = 1}).shared_out);
  EXPECT_FALSE(plain_plan(topology, learning_by(RuleKind::kRflo), {.lanes = 2, .threads = 3}).shared_out);
}

TEST(Plan, OneLoopRunsAPopulationWhoseWeightsAreNear) {
  const Learning learning = learning_by(RuleKind::kBptt, 5, 5);
  const Plan near = plain_plan(three_layers({}, false), learning);
  EXPECT_EQ(near.recurrent, ProjectionId{1});
  EXPECT_EQ(near.errors_back, 2 * 6);
  const Plan far = plain_plan(three_layers({.neurons = 300}, false), learning);
  EXPECT_TRUE(far.runs);
  EXPECT_EQ(far.recurrent, std::nullopt) << "300 x 300 weights of 8 bytes are far";
  const Plan narrow = plain_plan(three_layers({.neurons = 300}, false), learning, {.scalar_bytes = 4});
  EXPECT_EQ(narrow.recurrent, ProjectionId{1});
}

TEST(Plan, SweepsThatDoNotOverlapKeepNoCoefficientsApart) {
  const Topology topology = three_layers({}, false);
  EXPECT_TRUE(plain_plan(topology, learning_by(RuleKind::kBptt, 5, 5)).coefficients_replace_gains);
  EXPECT_TRUE(plain_plan(topology, learning_by(RuleKind::kBptt, 5, 5)).tapes.coefficients.empty());
  EXPECT_FALSE(plain_plan(topology, learning_by(RuleKind::kTbptt, 3, 2)).coefficients_replace_gains);
}

/// Bytes add up: of the columns of W and of the tapes, by hand.
TEST(Plan, BytesAreThoseOfItsColumns) {
  const Topology topology = three_layers({}, false);
  const Plan loop = plain_plan(topology, learning_by(RuleKind::kRflo), {.lanes = 3, .scalar_bytes = 4}, {.tape_floor = 0});
  const ProjectionPlan& w = loop.projections[1];
  EXPECT_EQ(w.pre, 6 * 3);
  EXPECT_EQ(w.trace, 36 * 3);
  EXPECT_EQ(w.delta, 36);
  EXPECT_EQ(w.bytes, 4 * (18 + 108 + 36) + 4 * 6);
  EXPECT_EQ(loop.tape_bytes, 0);
  const Plan sweep = plain_plan(topology, learning_by(RuleKind::kBptt, 5, 5), {.scalar_bytes = 8});
  // x, h (one more), gains and eps, of five ticks
  EXPECT_EQ(sweep.tape_bytes, 8 * (5 * 3 + 6 * 6 + 5 * 6 + 5 * 2));
  EXPECT_EQ(sweep.projections[1].sent, 6);
  std::int64_t sum = sweep.tape_bytes + sweep.column_bytes;
  for (const ProjectionPlan& projection : sweep.projections) sum += projection.bytes;
  EXPECT_EQ(sweep.bytes, sum);
}

TEST(TapeLayout, RowsOfANeuronAreAnOddNumberOfCacheLinesApart) {
  const TapeLayout lanes{.ticks = 16, .lanes = 4, .width = 3};
  EXPECT_FALSE(lanes.by_tick());
  EXPECT_EQ(lanes.by_neuron(8), 72);
  EXPECT_EQ(lanes.cells(8), 3 * 72);
  const TapeLayout constant{.ticks = 16, .lanes = 4, .width = 3, .use = TapeLayout::Use::kConstant};
  EXPECT_EQ(constant.cells(8), 12);
  EXPECT_TRUE(TapeLayout{}.empty());
}

}  // namespace
}  // namespace locus
