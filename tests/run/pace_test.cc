// Schedules and stop criteria: their formulas, and their effect on runs with both transports.
#include "sim/run/pace.h"

#include <cmath>

#include <gtest/gtest.h>

#include "sim/run/run.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

using Decay = ScheduleSpec::Decay;

TEST(Schedule, FollowsItsFormula) {
  const auto factors = [](const ScheduleSpec& schedule) {
    std::vector<double> all;
    for (int k = 0; k < 7; ++k) all.push_back(rate_factor(schedule, k, 7));
    return all;
  };
  EXPECT_EQ(factors({}), std::vector<double>(7, 1.0));
  EXPECT_EQ(factors({.warmup = 4}), (std::vector<double>{0.25, 0.5, 0.75, 1, 1, 1, 1}));
  EXPECT_EQ(factors({.warmup = 1, .decay = Decay::kStep, .every = 2, .factor = 0.5}),
            (std::vector<double>{1, 1, 1, 0.5, 0.5, 0.25, 0.25}));
  EXPECT_EQ(factors({.decay = Decay::kExponential, .factor = 0.5}),
            (std::vector<double>{1, 0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625}));
  EXPECT_EQ(factors({.warmup = 2, .decay = Decay::kLinear, .last = 0.5}),
            (std::vector<double>{0.5, 1, 1, 0.875, 0.75, 0.625, 0.5}));
  const std::vector<double> cosine = factors({.decay = Decay::kCosine, .last = 0.2});
  EXPECT_EQ(cosine.front(), 1);
  EXPECT_NEAR(cosine[3], 0.6, 1e-15);
  EXPECT_NEAR(cosine[1], 0.2 + 0.8 * (1 + std::sqrt(3) / 2) / 2, 1e-15);
  EXPECT_EQ(cosine.back(), 0.2);
  EXPECT_EQ(rate_factor({.decay = Decay::kCosine, .last = 0.2}, 0, 1), 1) << "a run of one update";
}

TEST(Schedule, IsALearningRateOfEachUpdate) {
  Spec spec = odd_model(21);
  spec.training.updates = 3;
  std::erase_if(spec.rules, [](const RuleSpec& rule) { return rule.kind == RuleKind::kNone; });
  for (ProjectionSpec& projection : spec.network.projections) projection.learning_rate.reset();
  for (const TransportKind transport : kTransports) {
    Spec halved = spec;
    *halved.training.learning_rate /= 2;
    Spec scheduled = spec;
    scheduled.training.schedule = ScheduleSpec{.decay = Decay::kStep, .every = 100, .factor = 0.25};
    const RunResult plain = run_with(spec, transport);
    const RunResult same = run_with(scheduled, transport);
    for (std::size_t k = 0; k < plain.outcomes.size(); ++k) EXPECT_TRUE(identical(plain.outcomes[k], same.outcomes[k]));
    // 1, 3/4, 1/2
    scheduled.training.schedule = ScheduleSpec{.decay = Decay::kLinear, .last = 0.5};
    const RunResult falling = run_with(scheduled, transport);
    // By hand: each update is a separate run with its own rate, from the state at the end of the
    // last.
    std::optional<RunState> state;
    for (const double factor : {1.0, 0.75, 0.5}) {
      Spec one = spec;
      one.training.learning_rate = spec.training.learning_rate.value() * factor;
      std::vector<RunState> after;
      const std::int64_t goal = state ? state->rules.back().updates + 1 : 1;
      one.rules = {spec.rules.front()};
      run(one, {.transport = transport,
                .threads = 1,
                .watch =
                    [&](const Moment& moment) {
                      if (moment.present != nullptr && moment.present->updates == goal)
                        after.push_back({.rules = {moment.state()}, .running = true});
                    },
                .from = state ? &*state : nullptr});
      ASSERT_EQ(after.size(), 1U);
      state = after.front();
    }
    EXPECT_EQ(state->rules.front().losses, falling.outcomes.front().losses);
    EXPECT_EQ(state->rules.front().weights, state_of(falling.outcomes.front()).weights);
    EXPECT_NE(falling.outcomes.front().losses, plain.outcomes.front().losses);
  }
}

std::string reason_after(const StopSpec& stop, const std::vector<double>& losses) {
  Stopper stopper(stop);
  for (std::size_t k = 0; k < losses.size(); ++k) {
    EXPECT_EQ(stopper.reason(), "") << k;
    stopper.hear(losses[k]);
  }
  return stopper.reason();
}

TEST(Stop, WhenALossIsBelow) {
  EXPECT_EQ(reason_after({.loss_below = 0.5}, {3, 2, 0.5}), "");
  EXPECT_EQ(reason_after({.loss_below = 0.5}, {3, 2, 0.25}), "the loss was below 0.5");
  EXPECT_EQ(reason_after({.loss_below = 1, .mean_of = 2}, {0.1, 2, 0.5, 0.25}),
            "the loss, the mean of 2 updates, was below 1");
}

TEST(Stop, WhenPatienceEnds) {
  EXPECT_EQ(reason_after({.patience = 3}, {5, 6, 6, 4, 4, 4}), "");
  EXPECT_EQ(reason_after({.patience = 3}, {5, 6, 6, 4, 4, 4, 4}), "the loss was not lower than 4 for 3 updates");
  EXPECT_EQ(reason_after({.patience = 2, .improvement = 1}, {5, 4.5, 4.25}), "the loss was not lower than 5 for 2 updates");
  EXPECT_EQ(reason_after({.patience = 2, .improvement = 1}, {5, 4.5, 3.5}), "");
}

TEST(Stop, EndsARuleAndIsTheSameAfterABreak) {
  Spec spec = small_model({.inputs = 2, .units = 3, .readouts = 1, .ticks = 4},
                          {.activation = Activation::kTanh, .leak = 0.5}, 4);
  spec.training.updates = 60;
  spec.training.learning_rate = 0.05;
  spec.training.stop = StopSpec{.patience = 4, .improvement = 0.01, .mean_of = 3};
  for (const TransportKind transport : kTransports) {
    std::vector<RunState> states;
    const RunResult whole = run(spec, {.transport = transport, .threads = 1, .watch = [&](const Moment& moment) {
                                         if (moment.present == nullptr || moment.present->updates % 7 != 3) return;
                                         RunState& state = states.emplace_back();
                                         for (const Outcome& outcome : moment.done.outcomes)
                                           state.rules.push_back(state_of(outcome));
                                         state.rules.push_back(moment.state());
                                         state.running = true;
                                       }});
    int stopped = 0;
    for (const Outcome& outcome : whole.outcomes) {
      if (outcome.status != Status::kCompleted || outcome.message.empty()) continue;
      ++stopped;
      EXPECT_LT(outcome.updates, 60);
      EXPECT_EQ(outcome.message.find("stopped after " + std::to_string(outcome.updates) +
                                     " of 60 updates: the loss, the mean of 3"),
                0U)
          << outcome.message;
    }
    EXPECT_GT(stopped, 0);
    for (RunState& state : states) {
      const RunResult resumed = run(spec, {.transport = transport, .threads = 1, .from = &state});
      ASSERT_EQ(resumed.outcomes.size(), whole.outcomes.size());
      for (std::size_t k = 0; k < whole.outcomes.size(); ++k)
        ASSERT_TRUE(identical(whole.outcomes[k], resumed.outcomes[k])) << whole.outcomes[k].rule;
    }
  }
}

}  // namespace
}  // namespace locus
