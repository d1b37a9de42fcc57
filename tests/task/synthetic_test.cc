// The tasks of the literature, trial by trial: each target follows from the inputs that were shown,
// by a loop that is written from docs/tasks.md; trials depend on nothing but their numbers.
#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "sim/task/mackey_glass.h"
#include "sim/task/task.h"
#include "tests/task/synthetic_tasks.h"

namespace locus {
namespace {

constexpr int kTrials = 60;

TEST(AddTrials, AddTwoBitsOfThePast) {
  for (const int hold : {1, 3}) {
    for (const auto& [first, second] : {std::pair{6, 10}, std::pair{2, 0}, std::pair{4, 4}}) {
      const Spec spec = synthetic_spec(AddTask{.first_lag = first, .second_lag = second, .hold = hold}, 2, 60);
      for (int trial = 0; trial < kTrials; ++trial) {
        const ShownTrial shown = shown_trial(spec, trial);
        for (int t = 1; t <= 60; ++t) {
          EXPECT_EQ(shown.x(t, 1), 1 - shown.x(t, 0));
          EXPECT_EQ(shown.x(t, 0), shown.x(t - (t - 1) % hold, 0)) << "a bit stays";
          const auto past = [&](int lag) { return t - lag * hold >= 1 ? shown.x(t - lag * hold, 0) : 0; };
          EXPECT_EQ(shown.y(t, 0), 0.5 + 0.5 * past(first) - 0.25 * past(second)) << "tick " << t;
          EXPECT_EQ(shown.y(t, 1), 1 - shown.y(t, 0));
        }
      }
    }
  }
}

TEST(AddTrials, CoinsAreThrownWithTheSumAsProbability) {
  const Spec spec = synthetic_spec(AddTask{.first_lag = 1, .second_lag = 2, .coin = true}, 2, 50);
  std::vector<double> heads(4);
  std::vector<double> throws(4);
  for (int trial = 0; trial < 1000; ++trial) {
    const ShownTrial shown = shown_trial(spec, trial);
    for (int t = 3; t <= 50; ++t) {
      const auto seen = static_cast<std::size_t>(2 * shown.x(t - 1, 0) + shown.x(t - 2, 0));
      ASSERT_TRUE(shown.y(t, 0) == 0 || shown.y(t, 0) == 1);
      heads[seen] += shown.y(t, 0);
      throws[seen] += 1;
    }
  }
  const double wanted[] = {0.5, 0.25, 1, 0.75};
  for (std::size_t k = 0; k < 4; ++k)  // five standard deviations: a false alarm in 10^6
    EXPECT_NEAR(heads[k] / throws[k], wanted[k], 5 * std::sqrt(wanted[k] * (1 - wanted[k]) / throws[k])) << k;
}

TEST(CopyTrials, AskForTheSymbolsAfterTheDelimiter) {
  const Spec spec = synthetic_spec(CopyTask{.symbols = 3, .length = 4, .delay = 2}, 3);
  ASSERT_EQ(spec.training.ticks, 11);
  ASSERT_EQ(spec.training.warmup, 7);
  for (int trial = 0; trial < kTrials; ++trial) {
    const ShownTrial shown = shown_trial(spec, trial);
    for (int t = 1; t <= 11; ++t) {
      for (int s = 0; s < 3; ++s) {
        EXPECT_EQ(shown.y(t, s), t > 7 ? shown.x(t - 7, s) : 0) << "tick " << t;
      }
      EXPECT_EQ(shown.x(t, 0) + shown.x(t, 1) + shown.x(t, 2), t <= 4 ? 1 : 0);
      EXPECT_EQ(shown.x(t, 3), t == 7 ? 1 : 0) << "the delimiter";
    }
  }
}

TEST(FlipFlopTrials, HoldTheSignOfTheLastPulse) {
  const Spec spec = synthetic_spec(FlipFlopTask{.bits = 3, .probability = 0.2}, 3, 40);
  for (int trial = 0; trial < kTrials; ++trial) {
    const ShownTrial shown = shown_trial(spec, trial);
    for (int i = 0; i < 3; ++i) {
      double held = 0;
      for (int t = 1; t <= 40; ++t) {
        if (shown.x(t, i) != 0) held = shown.x(t, i);
        EXPECT_EQ(std::abs(held), 1) << "the first tick has a pulse";
        EXPECT_EQ(shown.y(t, i), held);
      }
    }
  }
}

TEST(DelayedMatchTrials, CompareTheStimuli) {
  const DelayedMatchTask task{
      .stimuli = 4, .fixation_ticks = 2, .sample_ticks = 3, .delay_ticks = 4, .test_ticks = 2, .decision_ticks = 3, .noise = 0};
  for (const int readouts : {1, 2}) {
    const Spec spec = synthetic_spec(task, readouts);
    ASSERT_EQ(spec.training.ticks, 14);
    ASSERT_EQ(window_of(spec.training), 3);
    SyntheticSource source(spec);
    for (int trial = 0; trial < kTrials; ++trial) {
      const ShownTrial shown = shown_trial(spec, trial);
      int sample = -1, test = -1;
      for (int t = 1; t <= 14; ++t) {
        EXPECT_EQ(shown.x(t, 0), t <= 11 ? 1 : 0) << "the fixation cue";
        int seen = -1;
        for (int s = 0; s < 4; ++s) {
          if (shown.x(t, 1 + s) == 1) seen = s;
        }
        if (t == 3) sample = seen;
        if (t == 10) test = seen;
        EXPECT_EQ(seen, t >= 3 && t <= 5 ? sample : t >= 10 && t <= 11 ? test : -1) << "tick " << t;
      }
      ASSERT_GE(sample, 0);
      ASSERT_GE(test, 0);
      EXPECT_EQ(source.class_of(trial), sample == test ? 0 : 1);
      expect_choice(shown, sample == test ? 0 : 1, 12);
    }
  }
}

TEST(DelayedMatchTrials, HaveNoiseOnStimuliOnly) {
  DelayedMatchTask task{
      .fixation_ticks = 1, .sample_ticks = 50, .delay_ticks = 2, .test_ticks = 50, .decision_ticks = 3, .noise = 0.5};
  const Spec noisy = synthetic_spec(task, 2);
  task.noise = 0;
  const Spec clear = synthetic_spec(task, 2);
  double squares = 0, sum = 0, count = 0;
  for (int trial = 0; trial < 200; ++trial) {
    const ShownTrial shown = shown_trial(noisy, trial);
    const ShownTrial without = shown_trial(clear, trial);
    EXPECT_EQ(shown.target, without.target);
    for (int t = 1; t <= noisy.training.ticks; ++t) {
      const bool stimulus = (t >= 2 && t <= 51) || (t >= 54 && t <= 103);
      EXPECT_EQ(shown.x(t, 0), without.x(t, 0));
      for (int i = 1; i <= 2; ++i) {
        const double noise = shown.x(t, i) - without.x(t, i);
        EXPECT_TRUE(stimulus || noise == 0) << "tick " << t;
        if (stimulus) squares += noise * noise, sum += noise, ++count;
      }
    }
  }
  EXPECT_NEAR(sum / count, 0, 5 * 0.5 / std::sqrt(count));
  EXPECT_NEAR(squares / count, 0.25, 5 * 0.25 * std::sqrt(2 / count));
}

TEST(DelayedXorTrials, CompareTheSigns) {
  const DelayedXorTask task{.onset_ticks = 2, .stimulus_ticks = 3, .delay_ticks = 4, .gap_ticks = 1, .response_ticks = 5};
  for (const int readouts : {1, 2}) {
    const Spec spec = synthetic_spec(task, readouts);
    ASSERT_EQ(spec.training.ticks, 18);
    SyntheticSource source(spec);
    for (int trial = 0; trial < kTrials; ++trial) {
      const ShownTrial shown = shown_trial(spec, trial);
      for (int t = 1; t <= 18; ++t) {
        EXPECT_EQ(std::abs(shown.x(t, 0)), t >= 3 && t <= 5 ? 1 : 0);
        EXPECT_EQ(std::abs(shown.x(t, 1)), t >= 10 && t <= 12 ? 1 : 0);
      }
      EXPECT_EQ(shown.x(5, 0), shown.x(3, 0));
      EXPECT_EQ(shown.x(12, 1), shown.x(10, 1));
      const int chosen = shown.x(3, 0) * shown.x(10, 1) > 0 ? 0 : 1;
      EXPECT_EQ(source.class_of(trial), chosen);
      expect_choice(shown, chosen, 14);
    }
  }
}

TEST(ReadySetGoTrials, RiseAtSetAndReachOneAtGo) {
  const ReadySetGoTask task{.shortest = 4, .longest = 9, .gain = 1.5, .onset_ticks = 5, .pulse_ticks = 2, .after_ticks = 3};
  const Spec spec = synthetic_spec(task, 1);
  ASSERT_EQ(spec.training.ticks, 5 + 9 + 14 + 3);
  std::vector<int> intervals(10), onsets(6);
  for (int trial = 0; trial < 2000; ++trial) {
    const ShownTrial shown = shown_trial(spec, trial);
    int ready = 0, set = 0;
    for (int t = spec.training.ticks; t >= 1; --t) {
      if (shown.x(t, 0) == 1) ready = t;
      if (shown.x(t, 1) == 1) set = t;
    }
    const int interval = set - ready;
    ASSERT_TRUE(ready >= 1 && ready <= 5 && interval >= 4 && interval <= 9) << ready << ' ' << set;
    ++intervals[static_cast<std::size_t>(interval)];
    ++onsets[static_cast<std::size_t>(ready)];
    for (int t = 1; t <= spec.training.ticks; ++t) {
      EXPECT_EQ(shown.x(t, 0), t == ready || t == ready + 1 ? 1 : 0);
      EXPECT_EQ(shown.x(t, 1), t == set || t == set + 1 ? 1 : 0);
      EXPECT_DOUBLE_EQ(shown.y(t, 0), std::min(1.0, std::max(0, t - set) / (1.5 * interval)));
    }
  }
  for (int k = 4; k <= 9; ++k)  // five standard deviations
    EXPECT_NEAR(intervals[static_cast<std::size_t>(k)], 2000 / 6.0, 5 * std::sqrt(2000 * 5 / 36.0));
  for (int k = 1; k <= 5; ++k)
    EXPECT_NEAR(onsets[static_cast<std::size_t>(k)], 2000 / 5.0, 5 * std::sqrt(2000 * 4 / 25.0));
}

TEST(EvidenceTrials, CountCues) {
  const EvidenceTask task{
      .cues = 5, .cue_ticks = 3, .gap_ticks = 2, .delay_ticks = 4, .recall_ticks = 6, .group = 2, .rates = true};
  for (const int readouts : {1, 2}) {
    const Spec spec = synthetic_spec(task, readouts);
    ASSERT_EQ(spec.training.ticks, 35);
    SyntheticSource source(spec);
    for (int trial = 0; trial < kTrials; ++trial) {
      const ShownTrial shown = shown_trial(spec, trial);
      int left = 0, right = 0;
      for (int t = 1; t <= 35; ++t) {
        const bool cue = t <= 25 && (t - 1) % 5 >= 2;
        for (int group = 0; group < 4; ++group) EXPECT_EQ(shown.x(t, 2 * group), shown.x(t, 2 * group + 1));
        EXPECT_EQ(shown.x(t, 0) + shown.x(t, 2), cue ? 1 : 0) << "tick " << t;
        EXPECT_EQ(shown.x(t, 4), t >= 30 ? 1 : 0) << "the recall";
        EXPECT_EQ(shown.x(t, 6), 0.25) << "the background";
        if (cue && (t - 1) % 5 == 2) ++(shown.x(t, 0) == 1 ? left : right);
      }
      ASSERT_EQ(left + right, 5);
      EXPECT_EQ(source.class_of(trial), left > right ? 0 : 1);
      expect_choice(shown, left > right ? 0 : 1, 30);
    }
  }
}

/// The same cues as spikes: rates of active groups and of the background, and none elsewhere.
TEST(EvidenceTrials, SpikeAtTheirRates) {
  EvidenceTask task{.cues = 3, .cue_ticks = 40, .gap_ticks = 10, .delay_ticks = 20, .recall_ticks = 30, .group = 5};
  Spec spiking = synthetic_spec(task, 2);
  spiking.training.dt = 2;  // probabilities 0.08 and 0.02
  task.rates = true;
  const Spec rates = synthetic_spec(task, 2);
  double active = 0, spikes = 0, background = 0, ticks = 0;
  for (int trial = 0; trial < 300; ++trial) {
    const ShownTrial shown = shown_trial(spiking, trial);
    const ShownTrial group = shown_trial(rates, trial);
    EXPECT_EQ(shown.target, group.target);
    for (int t = 1; t <= spiking.training.ticks; ++t) {
      for (int i = 0; i < 20; ++i) {
        if (i >= 15) {
          background += shown.x(t, i), ++ticks;
        } else if (group.x(t, i) == 1) {
          spikes += shown.x(t, i), ++active;
        } else {
          EXPECT_EQ(shown.x(t, i), 0);
        }
      }
    }
  }
  EXPECT_NEAR(spikes / active, 0.08, 5 * std::sqrt(0.08 * 0.92 / active));
  EXPECT_NEAR(background / ticks, 0.02, 5 * std::sqrt(0.02 * 0.98 / ticks));
}

/// Each cue is on the favoured side with probability 0.7, so that two cues of a trial agree with
/// probability 0.7^2 + 0.3^2.
TEST(EvidenceTrials, FavourASide) {
  const Spec spec = synthetic_spec(
      EvidenceTask{.cues = 3, .cue_ticks = 1, .gap_ticks = 0, .delay_ticks = 0, .recall_ticks = 1, .group = 1, .rates = true},
      2);
  constexpr int kMany = 20000;
  int left = 0, agree = 0;
  for (int trial = 0; trial < kMany; ++trial) {
    const ShownTrial shown = shown_trial(spec, trial);
    left += shown.x(1, 0) == 1 ? 1 : 0;
    agree += shown.x(1, 0) == shown.x(2, 0) ? 1 : 0;
  }
  EXPECT_NEAR(left / double(kMany), 0.5, 5 * std::sqrt(0.25 / kMany));
  EXPECT_NEAR(agree / double(kMany), 0.58, 5 * std::sqrt(0.58 * 0.42 / kMany));
}

/// The equation integrated once more, with a whole history in a list.
TEST(MackeyGlassTrials, FollowTheEquation) {
  const MackeyGlassTask task{.tau = 17, .horizon = 3, .starts = 50};
  std::vector<double> x(171, 1.2);  // t = -17, -16.9 .. 0
  const auto slope = [](double now, double delayed) { return 0.2 * delayed / (1 + std::pow(delayed, 10)) - 0.1 * now; };
  while (x.size() < 171 + 12000) {
    const std::size_t n = x.size() - 1;
    const double a = x[n - 170], b = x[n - 169], m = (a + b) / 2, h = 0.1;
    const double k1 = slope(x[n], a), k2 = slope(x[n] + h / 2 * k1, m), k3 = slope(x[n] + h / 2 * k2, m),
                 k4 = slope(x[n] + h * k3, b);
    x.push_back(x[n] + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4));
  }
  const std::vector<double> series = mackey_glass_series(task, 200);
  // chaos doubles a difference of last bits in some hundred units of time
  for (std::size_t k = 0; k < 200; ++k) ASSERT_NEAR(series[k], x[170 + 10000 + 10 * k], 1e-6) << k;
  const Spec spec = synthetic_spec(task, 1, 30);
  const std::vector<double> whole = mackey_glass_series(task, 2 * (50 + 30 + 3));
  std::vector<int> begun(50);
  for (int trial = 0; trial < 500; ++trial) {
    const ShownTrial shown = shown_trial(spec, trial);
    std::size_t start = 0;
    while (start < 50 && whole[start] - 1 != shown.x(1, 0)) ++start;
    ASSERT_LT(start, 50U);
    ++begun[start];
    for (int t = 1; t <= 30; ++t) {
      EXPECT_EQ(shown.x(t, 0), whole[start + static_cast<std::size_t>(t) - 1] - 1);
      EXPECT_EQ(shown.y(t, 0), whole[start + static_cast<std::size_t>(t) + 2] - 1);
    }
  }
  for (const int count : begun) EXPECT_LE(std::abs(count - 10), 5 * std::sqrt(10.0));
  // held-out trials lie in the later part
  Task held_out(spec, 1, Shown::kEvaluation);
  Batch<double> batch = make_batch<double>(30, 1, 1, 1);
  for (int trial = 0; trial < 50; ++trial) {
    held_out.fill(trial, batch);
    std::size_t start = 0;
    while (whole[start] - 1 != batch.input_at(1)[0]) ASSERT_LT(++start, whole.size());
    EXPECT_GE(start, 83U);
  }
}

TEST(MackeyGlassTrials, IntegrateToFourthOrder) {
  // x <= 1 with a delay beyond the interval: dx/dt = c - gamma x has a closed form
  const MackeyGlassTask task{.tau = 1000, .gamma = 0.002, .step = 1, .starts = 1};
  const double c = 0.2 * 1.2 / (1 + std::pow(1.2, 10));
  const double at = c / 0.002 + (1.2 - c / 0.002) * std::exp(-0.002 * 1000);
  EXPECT_NEAR(mackey_glass_series(task, 1)[0], at, 1e-9);
}

/// Trial 5 is the same alone, as a lane of a batch, in float32, and as pattern 5 of 7.
TEST(SyntheticTrials, DependOnNothingButTheirNumbers) {
  for (const NamedTask& named : every_task()) {
    SCOPED_TRACE(named.name);
    Spec spec = synthetic_spec(named.kind, named.readouts, named.ticks);
    const ShownTrial wanted = shown_trial(spec, 5);
    const auto inputs_of = [&] {
      std::vector<std::vector<double>> inputs;
      for (int trial = 0; trial < 20; ++trial) inputs.push_back(shown_trial(spec, trial).input);
      return inputs;
    };
    const std::vector<std::vector<double>> twenty = inputs_of();
    EXPECT_LT(std::ranges::count(twenty, wanted.input), 15) << "trials differ";
    spec.training.batch = 4;
    Task task(spec);
    Batch<double> batch = make_batch<double>(wanted.ticks, wanted.inputs, wanted.readouts, 4);
    std::fill(batch.input.begin(), batch.input.end(), 99.0);
    std::fill(batch.target.begin(), batch.target.end(), 99.0);
    task.fill(1, batch);
    Batch<float> floats = make_batch<float>(wanted.ticks, wanted.inputs, wanted.readouts, 4);
    Task(spec).fill(1, floats);
    for (std::size_t k = 0; k < wanted.input.size(); ++k) {
      ASSERT_EQ(batch.input[4 * k + 1], wanted.input[k]);
      ASSERT_EQ(floats.input[4 * k + 1], static_cast<float>(wanted.input[k]));
    }
    for (std::size_t k = 0; k < wanted.target.size(); ++k) ASSERT_EQ(batch.target[4 * k + 1], wanted.target[k]);
    spec.training.batch = 1;
    std::get<SyntheticTask>(spec.task).patterns = 7;
    EXPECT_EQ(shown_trial(spec, 5).input, wanted.input);
    EXPECT_EQ(shown_trial(spec, 12).input, wanted.input);
    EXPECT_EQ(shown_trial(spec, 12).target, wanted.target);
    std::get<SyntheticTask>(spec.task).patterns = 0;
    spec.seed = 99;
    EXPECT_NE(inputs_of(), twenty);
  }
}

}  // namespace
}  // namespace locus
