// The rank of RFLO's change: with phi = identity, one alpha and lambda and everything dense, the
// columns of Delta W and Delta B lie in the row space of R. The rank of W_K - W_0 is therefore at
// most o for every sequence of updates. Rules that carry errors over A have no such bound.
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/agreement.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

constexpr int kInputs = 4, kUnits = 6, kTicks = 8;

Spec training_model(int readouts, Style style, CommitWhen commit, std::int32_t batch, std::optional<double> decay,
                    std::uint64_t seed) {
  Spec spec = small_model({kInputs, kUnits, readouts, kTicks}, style, seed);
  RecordedTask task;
  Dice dice(seed + 1);
  for (int trial = 0; trial < 6; ++trial) {
    DenseMatrix input{kTicks, kInputs, {}};
    DenseMatrix target{kTicks, readouts, {}};
    for (int k = 0; k < kTicks * kInputs; ++k) input.values.push_back(dice.value());
    for (int k = 0; k < kTicks * readouts; ++k) target.values.push_back(dice.value());
    task.trials.push_back({input, target});
  }
  DenseMatrix feedback{readouts, kUnits, {}};
  for (int k = 0; k < readouts * kUnits; ++k) feedback.values.push_back(dice.value());
  for (const char* weights : {"B", "W", "A"}) {  // small weights keep training bounded
    for (ProjectionSpec& projection : spec.network.projections) {
      if (projection.name != weights) continue;
      auto& values = style.sparse ? std::get<SparseMatrix>(projection.weights).values
                                  : std::get<DenseMatrix>(projection.weights).values;
      for (double& value : values) value /= 4;
    }
  }
  spec.task = task;
  spec.training.commit = commit;
  spec.training.batch = batch;
  spec.training.updates = 12;
  spec.training.learning_rate = 0.01;
  spec.rules = {rule_spec(RuleKind::kRflo, {{1, feedback}}, decay), rule_spec(RuleKind::kBptt),
                rule_spec(RuleKind::kEprop)};
  return spec;
}

const RankReport& report_of(const Outcome& outcome, const std::string& projection) {
  for (const RankReport& report : outcome.ranks) {
    if (report.projection == projection) return report;
  }
  throw std::runtime_error("no rank of " + projection);
}

/// The largest part of a column of W_K - W_0 outside the rows of R (Gram-Schmidt), relative to the
/// largest entry.
double outside_rows(const Spec& spec, const Outcome& outcome, std::size_t projection) {
  const DenseMatrix& feedback = std::get<DenseMatrix>(spec.rules[0].feedback[0].weights);
  std::vector<std::vector<double>> basis;
  const auto remove = [&](std::vector<double>& vector) {
    for (const auto& direction : basis) {
      double along = 0;
      for (std::size_t i = 0; i < vector.size(); ++i) along += vector[i] * direction[i];
      for (std::size_t i = 0; i < vector.size(); ++i) vector[i] -= along * direction[i];
    }
  };
  for (std::int64_t k = 0; k < feedback.rows; ++k) {
    std::vector<double> row(feedback.values.begin() + k * kUnits, feedback.values.begin() + (k + 1) * kUnits);
    remove(row);
    double norm = 0;
    for (const double value : row) norm += value * value;
    for (double& value : row) value /= std::sqrt(norm);
    basis.push_back(row);
  }
  const std::vector<double> moved = change(spec, outcome).at(projection);
  const std::size_t columns = moved.size() / kUnits;
  double outside = 0;
  double size = 0;
  for (std::size_t j = 0; j < columns; ++j) {
    std::vector<double> column(kUnits);
    for (std::size_t i = 0; i < kUnits; ++i) {
      column[i] = moved[i * columns + j];
      size = std::max(size, std::abs(column[i]));
    }
    remove(column);
    for (const double value : column) outside = std::max(outside, std::abs(value));
  }
  return outside / size;
}

class Rank : public testing::TestWithParam<TransportKind> {};

TEST_P(Rank, OfRfloIsAtMostTheReadouts) {
  for (const int readouts : {1, 2, 3}) {
    for (const double leak : {1.0, 0.25}) {
      for (const Loss loss : {Loss::kFinal, Loss::kSequence}) {
        for (const std::int32_t batch : {1, 3}) {
          for (const CommitWhen commit : {CommitWhen::kEndOfBatch, CommitWhen::kEveryTick}) {
            if (commit == CommitWhen::kEveryTick && batch > 1) continue;
            Style style;
            style.leak = leak;
            style.loss = loss;
            const Spec spec =
                training_model(readouts, style, commit, batch, leak == 1 ? std::optional<double>(0.5) : std::nullopt, 31);
            const RunResult result = run_with(spec, GetParam());
            for (const char* projection : {"B", "W"}) {
              const RankReport& rflo = report_of(result.outcomes[0], projection);
              EXPECT_LE(rflo.rank, readouts) << projection << " of " << describe(spec);
              EXPECT_GE(rflo.rank, 1) << projection << " of " << describe(spec);
              EXPECT_GT(report_of(result.outcomes[1], projection).rank, readouts)
                  << "BPTT, " << projection << " of " << describe(spec);
            }
            EXPECT_LT(outside_rows(spec, result.outcomes[0], 0), 1e-11) << describe(spec);
            EXPECT_LT(outside_rows(spec, result.outcomes[0], 1), 1e-11) << describe(spec);
          }
        }
      }
    }
  }
}

/// Without its conditions the bound is broken, so that the test above is not empty: with a curved
/// activation, and with a mask.
TEST_P(Rank, OfRfloIsFreeWithACurvedActivationOrAMask) {
  for (const bool sparse : {false, true}) {
    Style style;
    style.activation = sparse ? Activation::kIdentity : Activation::kTanh;
    style.sparse = sparse;
    style.loss = Loss::kSequence;
    const Spec spec = training_model(1, style, CommitWhen::kEndOfBatch, 1, 0.5, 32);
    EXPECT_GT(report_of(run_with(spec, GetParam()).outcomes[0], "W").rank, 1) << describe(spec);
  }
}

/// In float32 rounding alone gives a change of full rank; the tolerance of that precision removes
/// this.
TEST_P(Rank, OfRfloIsAtMostTheReadoutsInFloat32) {
  Style style;
  style.leak = 0.25;
  style.loss = Loss::kSequence;
  Spec spec = training_model(2, style, CommitWhen::kEndOfBatch, 3, std::nullopt, 31);
  spec.precision = Precision::kFloat32;
  const RunResult result = run_with(spec, GetParam());
  for (const char* projection : {"B", "W"}) {
    const RankReport& rflo = report_of(result.outcomes[0], projection);
    EXPECT_EQ(rflo.tolerance, 1e-4);
    EXPECT_LE(rflo.rank, 2);
    EXPECT_GT(rflo.singular_values[2], 1e-9 * rflo.singular_values[0]) << "rounding is not seen";
    EXPECT_GT(report_of(result.outcomes[1], projection).rank, 2) << "BPTT, " << projection;
  }
}

INSTANTIATE_TEST_SUITE_P(Transports, Rank, testing::ValuesIn(kTransports),
                         [](const testing::TestParamInfo<TransportKind>& instance) {
                           return std::string(name(instance.param));
                         });

}  // namespace
}  // namespace locus
