// Recorded values are those of the actors, for both transports; recording changes nothing.
#include <cmath>

#include <gtest/gtest.h>

#include "core/protocol/rule.h"
#include "sim/model/pace_of.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"
#include "tests/support/records.h"
#include "tests/support/spiking_model.h"

namespace locus {
namespace {

/// Odd models of rate neurons and of spiking ones, with and without delays, every rule.
std::vector<Spec> models(std::uint64_t most) {
  std::vector<Spec> models;
  for (std::uint64_t seed = 1; seed <= most; ++seed) {
    models.push_back(odd_model(seed));
    models.push_back(odd_spiking_model(seed));
    if (seed % 4 == 0) models.push_back(with_delays(odd_model(seed), seed));
    if (seed % 4 == 1) models.push_back(with_delays(odd_spiking_model(seed), seed));
    models[models.size() - seed % 2 - 1].precision = seed % 3 == 0 ? Precision::kFloat32 : Precision::kFloat64;
  }
  return models;
}

TEST(Recorder, ChangesNoCountAndNoBitUnderAnyRule) {
  for (const Spec& silent : models(12)) {
    Spec spec = silent;
    spec.records = every_record(spec);
    for (const TransportKind transport : kTransports) {
      const RunResult expected = run_with(silent, transport);
      const Recorded recorded = record(spec, transport);
      ASSERT_EQ(recorded.result.outcomes.size(), expected.outcomes.size());
      for (std::size_t k = 0; k < expected.outcomes.size(); ++k) {
        ASSERT_TRUE(identical(expected.outcomes[k], recorded.result.outcomes[k]))
            << name(transport) << ", " << silent.rules[k].name << " of " << describe(silent);
        EXPECT_EQ(expected.outcomes[k].fingerprint, recorded.result.outcomes[k].fingerprint);
      }
    }
  }
}

/// As many samples as the quantity has ticks or updates, and none for quantities that a rule lacks.
TEST(Recorder, SeesEveryTickAndUpdateOfWhatARuleHas) {
  Spec spec = odd_model(4);
  spec.records = every_record(spec);
  const Recorded recorded = record(spec, TransportKind::kBatched);
  int without = 0;
  for (std::size_t k = 0; k < spec.rules.size(); ++k) {
    const std::int64_t updates = recorded.result.outcomes[k].updates;
    ASSERT_GT(updates, 0);
    for (std::size_t r = 0; r < spec.records.size(); ++r) {
      const RecordSpec& wanted = spec.records[r];
      const bool has = has_quantity(spec.rules[k].kind, wanted.quantity);
      without += has ? 0 : 1;
      const std::int64_t samples = !has ? 0 : updates * (is_of_ticks(wanted.quantity) ? spec.training.ticks : 1);
      EXPECT_EQ(std::ssize(recorded.seen[k][r]), samples) << spec.rules[k].name << ", " << wanted.name;
      for (const Seen& seen : recorded.seen[k][r]) {
        std::int64_t size = 1;
        for (const std::int64_t side : sample_shape(spec, wanted)) size *= side;
        EXPECT_EQ(std::ssize(seen.values), size) << wanted.name;
      }
    }
  }
  EXPECT_GT(without, 0) << "bptt keeps no trace";
}

TEST(Recorder, BothTransportsSeeTheSame) {
  for (Spec spec : models(12)) {
    // later, weights differ in their last bits, and a threshold may lie between them
    spec.training.updates = 1;
    spec.precision = Precision::kFloat64;
    spec.records = every_record(spec);
    const Recorded mailbox = record(spec, TransportKind::kMailbox);
    const Recorded batched = record(spec, TransportKind::kBatched);
    for (std::size_t k = 0; k < spec.rules.size(); ++k) {
      for (std::size_t r = 0; r < spec.records.size(); ++r) {
        const auto& one = mailbox.seen[k][r];
        const auto& other = batched.seen[k][r];
        ASSERT_EQ(one.size(), other.size());
        double size = 1;
        for (const Seen& seen : one) {
          for (const double value : seen.values) size = std::max(size, std::abs(value));
        }
        for (std::size_t s = 0; s < one.size(); ++s) {
          ASSERT_EQ(one[s].tick, other[s].tick);
          ASSERT_EQ(one[s].values.size(), other[s].values.size());
          for (std::size_t i = 0; i < one[s].values.size(); ++i) {
            ASSERT_NEAR(one[s].values[i], other[s].values[i], 1e-12 * size)
                << spec.records[r].name << "[" << i << "] at tick " << one[s].tick << ", " << spec.rules[k].name
                << " of " << describe(spec);
          }
        }
      }
    }
  }
}

/// Without a record of outputs, readouts may stay idle; their errors are 0 anyway at ticks without
/// one, in every trial.
TEST(Recorder, ErrorsAloneAreThoseOfEveryTick) {
  int quiet = 0;
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    Spec spec = odd_model(seed);
    spec.training.updates = 3;
    spec.precision = Precision::kFloat64;
    std::erase_if(spec.records = every_record(spec), [](const RecordSpec& r) { return r.quantity != Quantity::kError; });
    if (spec.records.empty()) continue;
    const Recorded mailbox = record(spec, TransportKind::kMailbox);
    const Recorded batched = record(spec, TransportKind::kBatched);
    for (std::size_t k = 0; k < spec.rules.size(); ++k) {
      if (mailbox.result.outcomes[k].status != Status::kCompleted) continue;
      for (std::size_t s = 0; s < mailbox.seen[k][0].size(); ++s) {
        const Seen& one = mailbox.seen[k][0][s];
        const Seen& other = batched.seen[k][0].at(s);
        for (std::size_t i = 0; i < one.values.size(); ++i) {
          quiet += one.values[i] == 0 ? 1 : 0;
          ASSERT_NEAR(one.values[i], other.values[i], 1e-9 * std::max(1.0, std::abs(one.values[i])))
              << "tick " << one.tick << ", " << spec.rules[k].name << " of " << describe(spec);
        }
      }
    }
  }
  EXPECT_GT(quiet, 100) << "few ticks are without an error";
}

/// W_k - W_{k-1} = -eta / batch sum over trials and ticks of signal_i trace_ij: recorded traces and
/// signals are those of learning.
void expect_signals_times_traces(const Spec& spec, const Recorded& recorded, std::size_t k, std::int32_t p) {
  const ProjectionSpec& projection = spec.network.projections[static_cast<std::size_t>(p)];
  const auto& populations = spec.network.populations;
  const auto cols = static_cast<std::size_t>(populations[static_cast<std::size_t>(projection.source)].size);
  const auto rows = static_cast<std::size_t>(populations[static_cast<std::size_t>(projection.target)].size);
  const std::size_t trace = record_of(spec, Quantity::kTrace, p);
  const std::size_t signal = record_of(spec, Quantity::kLearningSignal, projection.target);
  const double rate = learning_rate_of(projection, spec.training) / spec.training.batch;
  const auto* sparse = std::get_if<SparseMatrix>(&projection.weights);
  std::vector<double> before = initial_weights(spec)[static_cast<std::size_t>(p)];
  const std::size_t entries = before.size();
  for (std::int64_t update = 0; update < recorded.result.outcomes[k].updates; ++update) {
    std::vector<double> change(entries, 0);
    for (std::int32_t tick = 1; tick <= spec.training.ticks; ++tick) {
      const auto& traces = recorded.at(k, trace, update, tick);
      const auto& signals = recorded.at(k, signal, update, tick);
      for (std::size_t lane = 0; lane < static_cast<std::size_t>(spec.training.batch); ++lane) {
        for (std::size_t e = 0; e < entries; ++e) {
          const std::size_t row = sparse != nullptr ? static_cast<std::size_t>(sparse->row[e]) : e / cols;
          change[e] -= rate * signals[lane * rows + row] * traces[lane * entries + e];
        }
      }
    }
    const auto& after = recorded.at(k, record_of(spec, Quantity::kWeights, p), update, 0);
    double size = 1;
    for (const double value : after) size = std::max(size, std::abs(value));
    for (std::size_t e = 0; e < entries; ++e) {
      ASSERT_NEAR(before[e] + change[e], after[e], 1e-10 * size)
          << spec.rules[k].name << ", entry " << e << " of " << projection.name << ", update " << update << " of "
          << describe(spec);
    }
    before = after;
  }
}

TEST(Recorder, SignalsTimesTracesAreWhatWeightsMoved) {
  int held = 0;
  for (Spec spec : models(25)) {
    spec.precision = Precision::kFloat64;
    if (!spec.training.optimizer.plain()) continue;
    spec.records = every_record(spec);
    for (const TransportKind transport : kTransports) {
      const Recorded recorded = record(spec, transport);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        const RuleSpec& online = spec.rules[k];
        if (!has_quantity(online.kind, Quantity::kTrace) || online.firing_rate) continue;
        for (const RecordSpec& wanted : spec.records) {
          if (wanted.quantity != Quantity::kTrace) continue;
          expect_signals_times_traces(spec, recorded, k, wanted.of);
          ++held;
        }
      }
    }
  }
  EXPECT_GT(held, 200);
}

/// u = W h + B x, h = (1 - alpha) h + alpha tanh(u), y = A h, e = y - y*, in plain loops with the
/// recorded weights.
TEST(Recorder, ActivityOutputAndErrorAreThoseOfTheEquations) {
  Style style;
  style.activation = Activation::kTanh;
  style.leak = 0.5;
  for (const Loss loss : {Loss::kFinal, Loss::kSequence}) {
    style.loss = loss;
    Spec spec = small_model({3, 4, 2, 6}, style, 5);
    spec.training.updates = 3;
    spec.training.learning_rate = 0.125;
    spec.records = every_record(spec);
    const RecordedTrial& trial = std::get<RecordedTask>(spec.task).trials[0];
    const auto& input = std::get<DenseMatrix>(trial.input);
    for (const TransportKind transport : kTransports) {
      const Recorded recorded = record(spec, transport);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        const bool learns = spec.rules[k].kind != RuleKind::kNone;
        if (spec.training.commit == CommitWhen::kEveryTick) continue;
        oracle::ByProjection weights = initial_weights(spec);  // B, W, A
        for (std::int64_t update = 0; update < 3; ++update) {
          std::vector<double> h(4, 0);
          for (std::int32_t tick = 1; tick <= 6; ++tick) {
            std::vector<double> next(4, 0);
            for (std::size_t i = 0; i < 4; ++i) {
              double u = 0;
              for (std::size_t j = 0; j < 4; ++j) u += weights[1][i * 4 + j] * h[j];
              for (std::size_t j = 0; j < 3; ++j)
                u += weights[0][i * 3 + j] * input.values[static_cast<std::size_t>(tick - 1) * 3 + j];
              next[i] = 0.5 * h[i] + 0.5 * std::tanh(u);
            }
            h = next;
            const auto& activity = recorded.at(k, record_of(spec, Quantity::kActivity, 1), update, tick);
            for (std::size_t i = 0; i < 4; ++i) ASSERT_NEAR(activity[i], h[i], 1e-12) << spec.rules[k].name;
            for (std::size_t j = 0; j < 3; ++j) {
              ASSERT_EQ(recorded.at(k, record_of(spec, Quantity::kActivity, 0), update, tick)[j],
                        input.values[static_cast<std::size_t>(tick - 1) * 3 + j]);
            }
            for (std::size_t o = 0; o < 2; ++o) {
              double y = 0;
              for (std::size_t j = 0; j < 4; ++j) y += weights[2][o * 4 + j] * h[j];
              ASSERT_NEAR(recorded.at(k, record_of(spec, Quantity::kOutput, 2), update, tick)[o], y, 1e-12)
                  << spec.rules[k].name << ", tick " << tick << ", " << name(transport);
              const bool has_error = loss == Loss::kSequence || tick == 6;
              const double error = has_error ? y - trial.target.values[static_cast<std::size_t>(tick - 1) * 2 + o] : 0;
              if (!learns) continue;
              ASSERT_NEAR(recorded.at(k, record_of(spec, Quantity::kError, 2), update, tick)[o], error, 1e-12);
            }
          }
          for (std::int32_t p = 0; p < 3; ++p)
            weights[static_cast<std::size_t>(p)] = recorded.at(k, record_of(spec, Quantity::kWeights, p), update, 0);
        }
        EXPECT_EQ(weights, weights_of(recorded.result.outcomes[k]));
      }
    }
  }
}

TEST(Recorder, TheLastSingularValuesAreThoseOfTheResult) {
  Spec spec = odd_model(7);
  spec.records = every_record(spec);
  const Recorded recorded = record(spec, TransportKind::kBatched);
  int held = 0;
  for (std::size_t k = 0; k < spec.rules.size(); ++k) {
    const Outcome& outcome = recorded.result.outcomes[k];
    for (const RankReport& rank : outcome.ranks) {
      for (std::size_t r = 0; r < spec.records.size(); ++r) {
        const RecordSpec& wanted = spec.records[r];
        if (wanted.quantity != Quantity::kSingularValues) continue;
        if (spec.network.projections[static_cast<std::size_t>(wanted.of)].name != rank.projection) continue;
        EXPECT_EQ(recorded.at(k, r, outcome.updates - 1, 0), rank.singular_values);
        ++held;
      }
    }
  }
  EXPECT_GT(held, 0);
}

TEST(Recorder, TakesItsWindowItsStepsAndItsTrial) {
  Style style;
  Spec spec = small_model({2, 3, 1, 9}, style, 11);
  spec.training.updates = 12;
  spec.training.learning_rate = 0;
  spec.rules = {spec.rules[0]};
  RecordedTask& task = std::get<RecordedTask>(spec.task);
  task.trials.push_back(task.trials[0]);
  for (double& value : std::get<DenseMatrix>(task.trials[1].input).values) value = -2 * value;
  spec.training.batch = 2;
  spec.records = every_record(spec);
  const std::size_t all = record_of(spec, Quantity::kActivity, 1);
  RecordSpec some = spec.records[all];
  some.name = "some";
  some.first_update = 2;
  some.every_updates = 3;
  some.last_update = 10;
  some.first_tick = 3;
  some.every_ticks = 4;
  some.last_tick = 8;
  some.trial = 1;
  spec.records.push_back(some);
  const Recorded recorded = record(spec, TransportKind::kBatched);
  std::vector<std::pair<std::int64_t, std::int32_t>> when;
  for (const Seen& seen : recorded.seen[0].back()) {
    when.emplace_back(seen.update, seen.tick);
    const auto& both = recorded.at(0, all, seen.update, seen.tick);
    EXPECT_EQ(seen.values, std::vector<double>(both.begin() + 3, both.end()));
    EXPECT_NE(seen.values, std::vector<double>(both.begin(), both.begin() + 3));
  }
  EXPECT_EQ(when, (std::vector<std::pair<std::int64_t, std::int32_t>>{{2, 3}, {2, 7}, {5, 3}, {5, 7}, {8, 3}, {8, 7}}));
  EXPECT_EQ(updates_of(some, 12), 3);
  EXPECT_EQ(updates_of(some, 2), 0);
  EXPECT_EQ(updates_of(some, 3), 1);
  EXPECT_EQ(ticks_of(some), 2);
}

TEST(Recorder, SeesTheSameWithAnyNumberOfThreads) {
  Spec spec = wide_model(150, Style{}, CommitWhen::kEndOfBatch, 3);
  spec.records = every_record(spec);
  const Recorded one = record(spec, TransportKind::kBatched, 1);
  const Recorded many = record(spec, TransportKind::kBatched, 3);
  for (std::size_t k = 0; k < spec.rules.size(); ++k) {
    for (std::size_t r = 0; r < spec.records.size(); ++r) {
      ASSERT_EQ(one.seen[k][r].size(), many.seen[k][r].size());
      for (std::size_t s = 0; s < one.seen[k][r].size(); ++s)
        ASSERT_EQ(one.seen[k][r][s].values, many.seen[k][r][s].values) << spec.records[r].name;
    }
  }
}

}  // namespace
}  // namespace locus
