// Records of evaluation trials: what they show is what a loop by hand computes from the weights of
// that update, they change nothing, and they take what their windows ask for.
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "sim/run/run.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"
#include "tests/support/records.h"
#include "tests/support/spiking_model.h"

namespace locus {
namespace {

constexpr std::int32_t kTrials = 37;  // more than run abreast

/// Adds evaluation trials, each with other inputs; every fifth is two ticks shorter.
void evaluate(Spec& spec, std::int64_t every, std::int32_t trials) {
  auto& task = std::get<RecordedTask>(spec.task);
  for (std::int32_t k = 0; k < trials; ++k) {
    RecordedTrial trial = task.trials[static_cast<std::size_t>(k) % task.trials.size()];
    if (auto* dense = std::get_if<DenseMatrix>(&trial.input)) {
      for (double& value : dense->values) value += 0.0625 * k;
      if (k % 5 == 4 && dense->rows > 2) {
        dense->rows -= 2;
        dense->values.resize(static_cast<std::size_t>(dense->rows * dense->cols));
        trial.target.rows -= 2;
        trial.target.values.resize(static_cast<std::size_t>(trial.target.rows * trial.target.cols));
      }
    }
    task.evaluation_trials.push_back(trial);
  }
  spec.training.evaluation = EvaluationSpec{every, trials};
}

/// Every record that evaluation trials may have.
std::vector<RecordSpec> evaluation_records(const Spec& spec) {
  std::vector<RecordSpec> records;
  for (RecordSpec record : every_record(spec)) {
    if (!is_of_evaluation(record.quantity)) continue;
    record.evaluation = true;
    record.name += "-evaluation";
    records.push_back(record);
  }
  return records;
}

/// What a loop by hand says of a tick.
struct ByHand {
  std::vector<double> activity, current, output;
};

/// A small_model of tanh neurons with leak 0.5 that begin at `initial`, in loops over its weights.
std::vector<ByHand> by_hand(const oracle::ByProjection& weights, const RecordedTrial& trial, std::int32_t ticks,
                            const std::vector<double>& initial) {
  const auto& x = std::get<DenseMatrix>(trial.input);
  const std::size_t units = initial.size();
  const auto inputs = static_cast<std::size_t>(x.cols);
  const std::size_t outputs = weights[2].size() / units;
  std::vector<ByHand> all(static_cast<std::size_t>(ticks),
                          {std::vector<double>(units), std::vector<double>(units), std::vector<double>(outputs)});
  std::vector<double> h = initial;
  for (auto row = std::size_t{0}; row < static_cast<std::size_t>(x.rows); ++row) {
    ByHand& now = all[static_cast<std::size_t>(ticks - x.rows) + row];
    const std::vector<double> before = h;
    for (std::size_t i = 0; i < units; ++i) {
      for (std::size_t j = 0; j < inputs; ++j)
        now.current[i] += weights[0][i * inputs + j] * x.values[row * inputs + j];
      for (std::size_t j = 0; j < units; ++j) now.current[i] += weights[1][i * units + j] * before[j];
      h[i] = 0.5 * before[i] + 0.5 * std::tanh(now.current[i]);
    }
    now.activity = h;
    for (std::size_t k = 0; k < outputs; ++k) {
      for (std::size_t i = 0; i < units; ++i) now.output[k] += weights[2][k * units + i] * h[i];
    }
  }
  return all;
}

void expect_near(const std::vector<double>& seen, std::size_t trial, const std::vector<double>& wanted, double tolerance) {
  for (std::size_t i = 0; i < wanted.size(); ++i)
    ASSERT_NEAR(seen.at(trial * wanted.size() + i), wanted[i], tolerance) << "trial " << trial << ", neuron " << i;
}

TEST(EvaluationRecords, AreWhatALoopByHandComputes) {
  for (const Precision precision : {Precision::kFloat64, Precision::kFloat32}) {
    Spec spec = small_model({2, 4, 2, 5}, {.activation = Activation::kTanh, .leak = 0.5, .loss = Loss::kSequence}, 3);
    spec.precision = precision;
    spec.network.populations[1].initial = {0.5, -0.25, 1, 0.125};
    spec.training.updates = 3;
    spec.training.learning_rate = 0.0625;
    evaluate(spec, 2, kTrials);
    spec.records = evaluation_records(spec);
    const auto& trials = std::get<RecordedTask>(spec.task).evaluation_trials;
    const double tolerance = precision == Precision::kFloat64 ? 1e-13 : 1e-5;
    for (const TransportKind transport : kTransports) {
      std::vector<std::vector<oracle::ByProjection>> weights(spec.rules.size());
      run(spec, {.transport = transport, .threads = 1, .watch = [&](const Moment& moment) {
                   if (moment.present != nullptr)
                     weights[moment.done.outcomes.size()].push_back(moment.state().weights);
                 }});
      const Recorded recorded = record(spec, transport);
      for (std::size_t rule = 0; rule < spec.rules.size(); ++rule) {
        if (spec.rules[rule].kind == RuleKind::kNone) continue;
        for (const std::int64_t update : {0, 2, 3}) {
          for (std::size_t k = 0; k < kTrials; ++k) {
            const auto hand = by_hand(weights[rule].at(static_cast<std::size_t>(update)), trials[k], 5,
                                      spec.network.populations[1].initial);
            for (std::int32_t tick = 1; tick <= 5; ++tick) {
              const ByHand& wanted = hand[static_cast<std::size_t>(tick) - 1];
              const auto seen = [&](Quantity quantity, std::int32_t of) -> const std::vector<double>& {
                return recorded.at(rule, record_of(spec, quantity, of), update, tick);
              };
              expect_near(seen(Quantity::kActivity, 1), k, wanted.activity, tolerance);
              expect_near(seen(Quantity::kOutput, 2), k, wanted.output, tolerance);
              const std::int64_t row = tick - 1 - (5 - rows_of(trials[k]));
              if (row < 0) continue;
              expect_near(seen(Quantity::kCurrent, 1), k, wanted.current, tolerance);
              std::vector<double> error = wanted.output;
              for (std::size_t o = 0; o < error.size(); ++o)
                error[o] -= trials[k].target.values[static_cast<std::size_t>(row) * error.size() + o];
              expect_near(seen(Quantity::kError, 2), k, error, tolerance);
            }
          }
        }
      }
    }
  }
}

/// Nothing is recorded of `none`, which has no evaluation; elsewhere each evaluation once.
TEST(EvaluationRecords, AreOfEveryEvaluation) {
  Spec spec = odd_model(4);
  spec.training.updates = 5;
  evaluate(spec, 2, 3);
  spec.records = evaluation_records(spec);
  const Recorded recorded = record(spec, TransportKind::kBatched);
  for (std::size_t k = 0; k < spec.rules.size(); ++k) {
    for (std::size_t r = 0; r < spec.records.size(); ++r) {
      const auto& seen = recorded.seen[k][r];
      EXPECT_EQ(has_record(spec.rules[k].kind, spec.records[r]), spec.rules[k].kind != RuleKind::kNone);
      if (spec.rules[k].kind == RuleKind::kNone) {
        EXPECT_TRUE(seen.empty());
        continue;
      }
      ASSERT_EQ(std::ssize(seen), samples_of(spec.records[r], spec.training, 5) * spec.training.ticks);
      std::size_t next = 0;
      for (const std::int64_t update : {0, 2, 4, 5}) {
        for (std::int32_t tick = 1; tick <= spec.training.ticks; ++tick, ++next) {
          EXPECT_EQ(seen[next].update, update);
          EXPECT_EQ(seen[next].tick, tick);
        }
      }
    }
  }
}

TEST(EvaluationRecords, ChangeNoBit) {
  for (std::uint64_t seed = 1; seed <= 16; ++seed) {
    Spec plain = seed % 2 == 0 ? odd_model(seed) : odd_spiking_model(seed);
    plain.training.updates = 3;
    evaluate(plain, 1, 3);
    Spec spec = plain;
    spec.records = evaluation_records(spec);
    for (const TransportKind transport : kTransports) {
      const RunResult expected = run_with(plain, transport);
      const Recorded recorded = record(spec, transport);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        ASSERT_TRUE(identical(expected.outcomes[k], recorded.result.outcomes[k]))
            << name(transport) << " of " << describe(plain);
        EXPECT_EQ(expected.outcomes[k].evaluations, recorded.result.outcomes[k].evaluations);
      }
    }
  }
}

/// A window is a part of the whole; records of learning stand beside those of evaluations.
TEST(EvaluationRecords, TakeTheirWindowTheirStepsAndTheirTrial) {
  Spec spec = small_model({2, 4, 2, 6}, {.activation = Activation::kTanh, .leak = 0.5, .loss = Loss::kSequence}, 3);
  spec.training.updates = 7;
  spec.training.learning_rate = 0.0625;
  spec.rules = {rule_spec(RuleKind::kBptt)};
  evaluate(spec, 1, kTrials);
  RecordSpec all = {.name = "all", .quantity = Quantity::kOutput, .of = 2, .last_tick = 6, .trial = {}, .evaluation = true};
  RecordSpec some = {.name = "some",
                     .quantity = Quantity::kOutput,
                     .of = 2,
                     .every_updates = 3,
                     .first_update = 1,
                     .last_update = 6,
                     .every_ticks = 2,
                     .first_tick = 2,
                     .last_tick = 5,
                     .trial = 34,
                     .evaluation = true};
  RecordSpec learnt = all;
  learnt.name = "learnt";
  learnt.evaluation = false;
  spec.records = {all, some, learnt};
  EXPECT_EQ(sample_shape(spec, all), (std::vector<std::int64_t>{kTrials, 2}));
  EXPECT_EQ(sample_shape(spec, some), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(samples_of(all, spec.training, 7), 8);
  EXPECT_EQ(samples_of(some, spec.training, 7), 2);
  // of the longest run, without a visit to each of its updates
  RecordSpec sixths = all;
  sixths.every_updates = 6;
  sixths.first_update = 5;
  TrainingSpec longest = spec.training;
  longest.evaluation->every = 4;
  EXPECT_EQ(samples_of(sixths, longest, 2'000'000'000), 0);
  sixths.first_update = 2;
  EXPECT_EQ(samples_of(sixths, longest, 2'000'000'000), 166'666'667);
  const Recorded recorded = record(spec, TransportKind::kBatched);
  ASSERT_EQ(recorded.seen[0][1].size(), 4U);
  for (const std::int64_t update : {1, 4}) {
    for (const std::int32_t tick : {2, 4}) {
      const std::vector<double>& whole = recorded.at(0, 0, update, tick);
      EXPECT_EQ(recorded.at(0, 1, update, tick), (std::vector<double>{whole[68], whole[69]}));
    }
  }
  EXPECT_EQ(recorded.seen[0][2].size(), 7U * 6);
}

}  // namespace
}  // namespace locus
