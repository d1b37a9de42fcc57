// A resumed run equals an uninterrupted one: at every update of every rule, for both transports and
// both precisions, bit by bit.
#include <gtest/gtest.h>

#include "core/protocol/stream.h"
#include "sim/model/learning.h"
#include "sim/run/run.h"
#include "sim/run/state.h"
#include "tests/support/agreement.h"
#include "tests/support/optimizers.h"
#include "tests/support/random_model.h"
#include "tests/support/spiking_model.h"

namespace locus {
namespace {

RunState state_at(const Moment& moment) {
  RunState state;
  for (const Outcome& outcome : moment.done.outcomes) state.rules.push_back(state_of(outcome));
  state.running = moment.present != nullptr;
  if (state.running) state.rules.push_back(moment.state());
  state.rules.insert(state.rules.end(), moment.waiting.begin(), moment.waiting.end());
  state.waiting = moment.waiting.size();
  return state;
}

/// A third of the rules, others for the next `model`: the time of these tests goes with the square
/// of the number of rules, and AtEveryUpdateOfEveryRule has all.
void keep_a_third(Spec& spec, int model) {
  decltype(spec.rules) kept;
  for (std::size_t k = static_cast<std::size_t>(model) % 3; k < spec.rules.size(); k += 3)
    kept.push_back(spec.rules[k]);
  spec.rules = std::move(kept);
}

/// Every state in a run of the model.
std::vector<RunState> states_of(const Spec& spec, TransportKind transport) {
  std::vector<RunState> states;
  run(spec,
      {.transport = transport, .threads = 1, .watch = [&](const Moment& moment) { states.push_back(state_at(moment)); }});
  return states;
}

testing::AssertionResult same_chip(const Outcome& one, const Outcome& other) {
  if (one.chip.has_value() != other.chip.has_value()) return testing::AssertionFailure() << "one has a chip";
  if (!one.chip) return testing::AssertionSuccess();
  if (Traffic(one.chip->traffic).counts().messages != Traffic(other.chip->traffic).counts().messages)
    return testing::AssertionFailure() << "other counts by neuron";
  if (one.chip->report.peak != other.chip->report.peak) return testing::AssertionFailure() << "another peak";
  if (one.chip->report.loads != other.chip->report.loads) return testing::AssertionFailure() << "other loads by tick";
  if (one.chip->network != other.chip->network) return testing::AssertionFailure() << "another replay of packets";
  return testing::AssertionSuccess();
}

testing::AssertionResult same_ranks(const Outcome& one, const Outcome& other) {
  if (one.ranks.size() != other.ranks.size()) return testing::AssertionFailure() << "other projections are ranked";
  for (std::size_t i = 0; i < one.ranks.size(); ++i) {
    if (one.ranks[i].singular_values != other.ranks[i].singular_values || one.ranks[i].rank != other.ranks[i].rank)
      return testing::AssertionFailure() << "another spectrum of " << one.ranks[i].projection;
  }
  return testing::AssertionSuccess();
}

/// Resumes the run from its states, one in kTriedOneIn; returns the number of all.
std::size_t expect_resumable(const Spec& spec, TransportKind transport) {
  const RunResult whole = run_with(spec, transport);
  std::vector<RunState> states = states_of(spec, transport);
  for (std::size_t s = 0; s < states.size(); s += kTriedOneIn) {
    EXPECT_EQ(misfit(spec, topology_of(spec), states[s]), "");
    const RunResult resumed =
        run(spec, {.transport = transport, .threads = 1 + static_cast<int>(s % 3), .from = &states[s]});
    if (resumed.outcomes.size() != whole.outcomes.size()) {
      ADD_FAILURE() << resumed.outcomes.size() << " rules of " << whole.outcomes.size();
      return 0;
    }
    for (std::size_t k = 0; k < whole.outcomes.size(); ++k) {
      EXPECT_TRUE(identical(whole.outcomes[k], resumed.outcomes[k]));
      EXPECT_TRUE(same_chip(whole.outcomes[k], resumed.outcomes[k]));
      EXPECT_TRUE(same_ranks(whole.outcomes[k], resumed.outcomes[k]));
      EXPECT_EQ(whole.outcomes[k].evaluations, resumed.outcomes[k].evaluations);
      EXPECT_EQ(whole.outcomes[k].comparisons, resumed.outcomes[k].comparisons);
      EXPECT_EQ(whole.outcomes[k].kind, resumed.outcomes[k].kind);
      EXPECT_EQ(whole.outcomes[k].depth, resumed.outcomes[k].depth);
      EXPECT_EQ(whole.outcomes[k].stride, resumed.outcomes[k].stride);
      if (!testing::Test::HasFailure()) continue;
      ADD_FAILURE() << name(transport) << ", state " << s << ", rule " << whole.outcomes[k].rule << " of "
                    << describe(spec);
      return 0;
    }
  }
  return states.size();
}

std::int64_t neurons_to_place(const Spec& spec) {
  std::int64_t neurons = 0;
  for (const PopulationSpec& population : spec.network.populations) {
    if (population.kind != PopulationKind::kInput) neurons += population.size;
  }
  return neurons;
}

class Resume : public testing::TestWithParam<std::tuple<TransportKind, Precision>> {};

TEST_P(Resume, AtEveryUpdateOfEveryRuleIsTheRunWithoutABreak) {
  const auto [transport, precision] = GetParam();
  constexpr int kModels = 4;  // different ones for each parameter
  const int first =
      1000 + (transport == TransportKind::kMailbox ? 2 : 0) * kModels + (precision == Precision::kFloat32 ? kModels : 0);
  std::size_t resumed = 0;
  for (int model = 0; model < kModels && !HasFailure(); ++model) {
    Spec spec = odd_model(static_cast<std::uint64_t>(first + model));
    spec.precision = precision;
    spec.training.updates = 4;
    if (model % 2 == 0) {
      spec.chip = ChipSpec{.width = 2, .height = 2, .neurons_per_core = static_cast<std::int32_t>(neurons_to_place(spec))};
      if (model % 4 == 0) spec.chip->network = ChipNetworkSpec{.flit_bits = 16, .queue_flits = 4};
    }
    const std::size_t states = expect_resumable(spec, transport);
    EXPECT_GE(states, spec.rules.size() + 4) << "a state before each rule, and after each update";
    resumed += states;
  }
  EXPECT_GE(resumed, 150U);
}

TEST_P(Resume, GoesOnWithTheMomentsOfAdam) {
  const auto [transport, precision] = GetParam();
  int commits_in_ticks = 0;
  for (int model = 0; model < 6 && !HasFailure(); ++model) {
    const auto seed = static_cast<std::uint64_t>(3000 + model);
    Spec spec = model % 3 == 0 ? odd_spiking_model(seed) : odd_model(seed);
    spec.precision = precision;
    spec.training.updates = 4;
    spec.training.optimizer.adam = Optimizer::Adam{0.75, 0.9375, 0.0078125};
    if (model == 1) spec.training.batch = 1;
    if (model == 1) spec.training.commit = CommitWhen::kEveryTick;
    commits_in_ticks += spec.training.commit == CommitWhen::kEveryTick ? 1 : 0;
    EXPECT_GE(expect_resumable(spec, transport), spec.rules.size() + 4);
  }
  EXPECT_GE(commits_in_ticks, 1);
}

TEST_P(Resume, GoesOnWithMomentumAndPacesOfRules) {
  const auto [transport, precision] = GetParam();
  int moving = 0;
  for (int model = 0; model < 6 && !HasFailure(); ++model) {
    const auto seed = static_cast<std::uint64_t>(3500 + model);
    Spec spec = with_optimizers(model % 3 == 0 ? odd_spiking_model(seed) : odd_model(seed), seed);
    spec.precision = precision;
    spec.training.updates = 4;
    spec.rules.back().schedule = ScheduleSpec{.decay = ScheduleSpec::Decay::kExponential, .factor = 0.5};
    for (const RuleSpec& rule : spec.rules) moving += optimizer_of(rule, spec.training).momentum ? 1 : 0;
    EXPECT_GE(expect_resumable(spec, transport), spec.rules.size() + 4);
  }
  EXPECT_GE(moving, 10);
}

TEST_P(Resume, GoesOnWithWhatNeuronsCarryAndWithEvaluations) {
  const auto [transport, precision] = GetParam();
  int spiking = 0;
  for (int model = 0; model < 6 && !HasFailure(); ++model) {
    const auto seed = static_cast<std::uint64_t>(4000 + model);
    Spec spec = model % 2 == 0 ? odd_spiking_model(seed) : odd_model(seed);
    spiking += model % 2 == 0 ? 1 : 0;
    keep_a_third(spec, model);
    spec.precision = precision;
    spec.training.updates = 4;
    spec.training.carry_state = true;
    for (PopulationSpec& population : spec.network.populations) {
      if (population.kind == PopulationKind::kRate && !population.lif)
        population.initial.assign(static_cast<std::size_t>(population.size), 0.5);
    }
    auto& recorded = std::get<RecordedTask>(spec.task);
    recorded.evaluation_trials = recorded.trials;
    spec.training.evaluation = EvaluationSpec{2, static_cast<std::int64_t>(recorded.trials.size())};
    if (model % 2 == 1) spec.compare = CompareSpec{2, {}, 2, model == 1};
    EXPECT_GE(expect_resumable(spec, transport), spec.rules.size() + 4);
  }
  EXPECT_EQ(spiking, 3);
}

/// Every state of a run of some updates goes on to more of them, and so does every state of such a
/// continuation in which all rules had ended: with the bits of a run that was begun with as many.
TEST_P(Resume, WithMoreUpdatesIsARunBegunWithAsMany) {
  const auto [transport, precision] = GetParam();
  for (int model = 0; model < 4 && !HasFailure(); ++model) {
    const auto seed = static_cast<std::uint64_t>(5000 + model);
    Spec spec = model % 2 == 0 ? odd_spiking_model(seed) : odd_model(seed);
    keep_a_third(spec, model);
    spec.precision = precision;
    if (model < 2) spec.training.optimizer.adam = Optimizer::Adam{0.75, 0.9375, 0.0078125};
    spec.training.carry_state = model == 3;
    auto& recorded = std::get<RecordedTask>(spec.task);
    recorded.evaluation_trials = recorded.trials;
    spec.training.evaluation = EvaluationSpec{2, static_cast<std::int64_t>(recorded.trials.size())};
    if (model >= 2) spec.compare = CompareSpec{2, {}, model - 1, false};  // as evaluations
    if (model == 1)
      spec.chip = ChipSpec{.width = 2, .height = 2, .neurons_per_core = static_cast<std::int32_t>(neurons_to_place(spec))};
    spec.training.updates = 3;  // its end is evaluated, which is not due in a longer run
    std::vector<RunState> states;
    const auto keep = [&](const Moment& moment) { states.push_back(state_at(moment)); };
    const RunOptions kept = {.transport = transport, .threads = 1, .watch = keep, .may_go_on = true};
    const RunResult short_run = run(spec, kept);
    states.push_back({.rules = {}, .running = false, .waiting = 0});
    for (const Outcome& outcome : short_run.outcomes) states.back().rules.push_back(state_of(outcome));
    spec.training.updates = 5;
    RunState ended = states.back();
    RunOptions longer = kept;
    longer.from = &ended;
    run(spec, longer);
    const RunResult whole = run_with(spec, transport);
    for (std::size_t s = 0; s < states.size() && !HasFailure(); s += kTriedOneIn) {
      EXPECT_EQ(misfit(spec, topology_of(spec), states[s]), "") << s;
      const RunResult resumed = run(spec, {.transport = transport, .threads = 1, .from = &states[s]});
      ASSERT_EQ(resumed.outcomes.size(), whole.outcomes.size());
      for (std::size_t k = 0; k < whole.outcomes.size(); ++k) {
        EXPECT_TRUE(identical(whole.outcomes[k], resumed.outcomes[k])) << s << " " << whole.outcomes[k].rule;
        EXPECT_TRUE(same_chip(whole.outcomes[k], resumed.outcomes[k]));
        EXPECT_EQ(whole.outcomes[k].evaluations, resumed.outcomes[k].evaluations) << s;
        EXPECT_EQ(whole.outcomes[k].comparisons, resumed.outcomes[k].comparisons) << s;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Transports, Resume,
                         testing::Combine(testing::ValuesIn(kTransports),
                                          testing::Values(Precision::kFloat64, Precision::kFloat32)),
                         [](const testing::TestParamInfo<Resume::ParamType>& instance) {
                           return std::string(name(std::get<0>(instance.param))) + "_" +
                                  std::string(name(std::get<1>(instance.param)));
                         });

TEST(ResumeOf, RulesThatEndedEarly) {
  Spec spec = odd_model(7);
  spec.training.updates = 3;
  spec.training.locality = Locality::kStrict;
  expect_resumable(spec, TransportKind::kBatched);
  spec.training.locality = Locality::kAny;
  spec.training.learning_rate = 1e160;
  for (ProjectionSpec& projection : spec.network.projections) projection.learning_rate.reset();
  const RunResult wild = run_with(spec, TransportKind::kBatched);
  EXPECT_TRUE(
      std::ranges::any_of(wild.outcomes, [](const Outcome& outcome) { return outcome.status == Status::kDiverged; }));
  expect_resumable(spec, TransportKind::kBatched);
}

TEST(ResumeOf, AnInterruptedRunIsTheRunWithoutABreak) {
  Spec spec = odd_model(11);
  spec.training.updates = 5;
  const RunResult whole = run_with(spec, TransportKind::kBatched);
  for (int stop_at = 0; stop_at < 12; ++stop_at) {
    std::atomic<bool> stop = false;
    std::optional<RunState> state;
    int moments = 0;
    const RunResult part = run(spec, {.threads = 1, .interrupt = &stop, .watch = [&](const Moment& moment) {
                                        if (moment.stopping) state = state_at(moment);
                                        stop = ++moments > stop_at;
                                      }});
    ASSERT_TRUE(state.has_value()) << "the last moment is told";
    EXPECT_LT(part.outcomes.size(), whole.outcomes.size());
    const RunResult resumed = run(spec, {.threads = 1, .from = &*state});
    ASSERT_EQ(resumed.outcomes.size(), whole.outcomes.size());
    for (std::size_t k = 0; k < whole.outcomes.size(); ++k)
      ASSERT_TRUE(identical(whole.outcomes[k], resumed.outcomes[k])) << "stopped at " << stop_at;
  }
}

TEST(ResumeOf, ARunThatIsEndedFromWithinMakesNoMoreUpdates) {
  Spec spec = odd_model(11);
  spec.training.updates = 5;
  ASSERT_GE(spec.rules.size(), 2u);
  const RunResult whole = run_with(spec, TransportKind::kBatched);
  for (std::size_t rule = 0; rule < 2; ++rule) {
    for (std::int64_t last = 0; last <= 5; ++last) {
      std::optional<RunState> state;
      RunOptions options{.threads = 1};
      options.ends = [&](const Moment& moment) {
        return moment.done.outcomes.size() == rule && moment.present->updates == last;
      };
      options.watch = [&](const Moment& moment) {
        if (moment.stopping) state = state_at(moment);
      };
      const RunResult part = run(spec, options);
      ASSERT_EQ(part.outcomes.size(), rule + 1);
      EXPECT_EQ(part.outcomes.back().updates, last);
      EXPECT_EQ(part.outcomes.back().status, last == 5 ? Status::kCompleted : Status::kInterrupted);
      ASSERT_TRUE(state.has_value()) << "the watch hears of the end";
      const RunResult resumed = run(spec, {.threads = 1, .from = &*state});
      ASSERT_EQ(resumed.outcomes.size(), whole.outcomes.size());
      for (std::size_t k = 0; k < whole.outcomes.size(); ++k)
        ASSERT_TRUE(identical(whole.outcomes[k], resumed.outcomes[k])) << "rule " << rule << " ended at " << last;
    }
  }
}

TEST(ResumeOf, AnotherModelsStateIsRefusedInWords) {
  Spec spec = odd_model(7);
  spec.training.updates = 3;
  std::vector<RunState> states = states_of(spec, TransportKind::kBatched);
  const RunState good = states[5];
  const auto misfit_after = [&](auto change) {
    RunState state = good;
    change(state);
    return misfit(spec, topology_of(spec), state);
  };
  EXPECT_EQ(misfit_after([](RunState&) {}), "");
  EXPECT_NE(misfit_after([](RunState& s) { s.rules.front().rule = "another"; }), "");
  EXPECT_NE(misfit_after([](RunState& s) { s.rules.front().updates = 4; }), "");
  EXPECT_NE(misfit_after([](RunState& s) { s.rules.front().updates = -1; }), "");
  EXPECT_NE(misfit_after([](RunState& s) { s.rules.front().losses.push_back(0); }), "");
  EXPECT_NE(misfit_after([](RunState& s) { s.rules.front().weights.pop_back(); }), "");
  EXPECT_NE(misfit_after([](RunState& s) { s.rules.front().weights.front().push_back(0); }), "");
  EXPECT_NE(misfit_after([](RunState& s) {
              s.rules.front().messages.push_back({Channel::kAxon, 1 << 30, {1, 1}});
            }),
            "");
  EXPECT_NE(misfit_after([](RunState& s) { s.rules.front().messages.push_back({Channel::kAxon, 0, {-1, 1}}); }), "");
  EXPECT_NE(misfit_after([](RunState& s) { s.rules.front().trials = 1 << 30; }), "");
  EXPECT_NE(misfit_after([](RunState& s) { s.rules.front().stalled_ticks = -1; }), "");
  EXPECT_NE(misfit_after([](RunState& s) { s.rules.front().traffic.emplace(); }), "");
  EXPECT_NE(misfit_after([&](RunState& s) { s.rules.resize(spec.rules.size() + 1); }), "");
  EXPECT_NE(misfit(spec, topology_of(spec), {.rules = {}, .running = true}), "");
}

TEST(ResumeOf, AStateWithoutTheMomentsOfAdamIsRefusedInWords) {
  Spec spec = odd_model(7);
  spec.training.updates = 3;
  const RunState plain = states_of(spec, TransportKind::kBatched).at(7);
  spec.training.optimizer.adam = Optimizer::Adam{};
  const RunState good = states_of(spec, TransportKind::kBatched).at(7);
  ASSERT_TRUE(good.running);
  ASSERT_FALSE(good.rules.back().kept.empty());
  EXPECT_EQ(misfit(spec, topology_of(spec), good), "");
  const auto misfit_after = [&](auto change) {
    RunState state = good;
    change(state.rules.back());
    return misfit(spec, topology_of(spec), state);
  };
  EXPECT_NE(misfit(spec, topology_of(spec), plain).find("moments of the optimizer"), std::string::npos)
      << misfit(spec, topology_of(spec), plain);
  EXPECT_NE(misfit_after([](RuleState& rule) { rule.kept.pop_back(); }), "");
  EXPECT_NE(misfit_after([](RuleState& rule) { rule.kept.push_back(rule.kept.back()); }), "");
  EXPECT_NE(misfit_after([](RuleState& rule) { rule.kept.front().values.push_back(0); }), "");
  EXPECT_NE(misfit_after([](RuleState& rule) { rule.kept.front().index = -1; }), "");
  EXPECT_NE(misfit_after([](RuleState& rule) { std::swap(rule.kept.front().what, rule.kept.back().what); }), "");
  EXPECT_NE(misfit_after([](RuleState& rule) { rule.commits = -1; }), "");
  EXPECT_NE(misfit_after([](RuleState& rule) { rule.commits = 1 << 20; }), "");
  spec.training.optimizer.adam.reset();
  EXPECT_NE(misfit(spec, topology_of(spec), good).find("or more"), std::string::npos)
      << misfit(spec, topology_of(spec), good);
}

TEST(ResumeOf, AStateWithoutWhatNeuronsCarryIsRefusedInWords) {
  Spec spec = odd_spiking_model(4000);
  spec.training.updates = 3;
  const RunState plain = states_of(spec, TransportKind::kBatched).at(3);
  spec.training.carry_state = true;
  const RunState good = states_of(spec, TransportKind::kBatched).at(3);
  ASSERT_TRUE(good.running);
  ASSERT_EQ(good.rules.back().updates, 2);
  EXPECT_EQ(misfit(spec, topology_of(spec), good), "");
  EXPECT_NE(misfit(spec, topology_of(spec), plain).find("carried states"), std::string::npos)
      << misfit(spec, topology_of(spec), plain);
  RunState shorter = good;
  shorter.rules.back().kept.front().values.pop_back();
  EXPECT_NE(misfit(spec, topology_of(spec), shorter), "");
  RunState evaluated = good;
  evaluated.rules.back().evaluations = {{0, 1.0}};
  EXPECT_NE(misfit(spec, topology_of(spec), evaluated).find("does not ask for"), std::string::npos);
  RunState compared = good;
  compared.rules.back().comparisons.curvature = {{0, 1.0, 0.0, 1}};
  EXPECT_NE(misfit(spec, topology_of(spec), compared).find("comparisons, which its model"), std::string::npos);
  spec.compare = CompareSpec{2, {}, 1, true};
  EXPECT_EQ(misfit(spec, topology_of(spec), compared), "");
  compared.rules.back().comparisons.curvature[0].update = 1;
  EXPECT_NE(misfit(spec, topology_of(spec), compared).find("a comparison at update 1"), std::string::npos);
}

TEST(ResumeOf, CountsByNeuronThatAreNotTheLedgersAreRefusedInWords) {
  Spec spec = odd_model(8);
  spec.chip = ChipSpec{.width = 2, .height = 2, .neurons_per_core = static_cast<std::int32_t>(neurons_to_place(spec))};
  const RunState good = states_of(spec, TransportKind::kBatched).back();
  ASSERT_EQ(misfit(spec, topology_of(spec), good), "");
  RunState more = good;
  for (std::vector<std::int64_t>& stream : more.rules.front().traffic->messages) {
    // still whole events, but not those of the ledger
    for (std::int64_t& messages : stream) messages *= 2;
  }
  EXPECT_NE(misfit(spec, topology_of(spec), more).find("counts by neuron that are not its messages"), std::string::npos)
      << misfit(spec, topology_of(spec), more);
  RunState broken = good;
  std::vector<std::int64_t>& axons =
      broken.rules.front().traffic->messages[static_cast<std::size_t>(stream_of(Phase::kAxonB))];
  *std::ranges::find_if(axons, [](std::int64_t messages) { return messages > 1; }) += 1;
  EXPECT_NE(misfit(spec, topology_of(spec), broken), "");
}

}  // namespace
}  // namespace locus
