// Trials of unequal lengths, masks on the loss and classes, in random networks: compared with the
// oracle, with their parts alone, and with the closed forms.
#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "sim/model/learning.h"
#include "sim/model/load.h"
#include "sim/model/network_size.h"
#include "sim/model/wire.h"
#include "tests/support/agreement.h"
#include "tests/support/model_text.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

constexpr std::uint64_t kUnevenModels = 160;

TEST(UnevenTrials, DoWhatTheOracleDoes) {
  int shorter = 0, masked = 0, classified = 0;
  for (std::uint64_t seed = 1; seed <= kUnevenModels; ++seed) {
    Spec spec = with_uneven_trials(odd_model(seed), seed);
    const auto& trials = std::get<RecordedTask>(spec.task).trials;
    shorter += std::ranges::any_of(trials, [&](const auto& t) { return rows_of(t) < spec.training.ticks; }) ? 1 : 0;
    masked += std::ranges::any_of(trials, [](const auto& t) { return t.mask.rows > 0; }) ? 1 : 0;
    classified += has_classes(spec.task, neurons(spec.network, PopulationKind::kReadout)) ? 1 : 0;
    for (const Precision precision : {Precision::kFloat64, Precision::kFloat32}) {
      if (precision == Precision::kFloat32 && seed % 4 != 0) continue;
      spec.precision = precision;
      for (const TransportKind transport : kTransports) {
        const RunResult result = run_with(spec, transport);
        for (std::size_t k = 0; k < spec.rules.size(); ++k) {
          const double tolerance = precision == Precision::kFloat32 ? 1e-4 : 1e-11;
          ASSERT_TRUE(agrees(spec, result.outcomes[k], oracle::solve(spec, spec.rules[k]), tolerance))
              << name(transport) << ", " << spec.rules[k].name << " of " << describe(spec);
          EXPECT_EQ(result.outcomes[k].accuracies.size(),
                    has_classes(spec.task, neurons(spec.network, PopulationKind::kReadout))
                        ? result.outcomes[k].losses.size()
                        : 0);
        }
      }
    }
  }
  for (const int models : {shorter, masked, classified}) EXPECT_GT(models, 60);
}

/// What a closed form counts is at most met: it knows neither masks nor lengths.
TEST(UnevenTrials, SendAtMostWhatClosedFormsSay) {
  int less = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Spec spec = with_uneven_trials(odd_model(seed), seed);
    const Topology topology = topology_of(spec);
    const RunResult result = run_with(spec, TransportKind::kBatched);
    for (std::size_t k = 0; k < spec.rules.size(); ++k) {
      const Ledger one = closed_form(learning_of(spec.rules[k], spec.training), topology,
                                     feedback_of(topology, spec.rules[k]), trial_shape_of(spec), 8);
      for (const LedgerEntry& entry : result.outcomes[k].ledger.entries()) {
        const Tally most = one.at(entry.channel, entry.lag);
        const std::int64_t trials = result.outcomes[k].ledger.trials();
        ASSERT_LE(entry.tally.messages, most.messages * trials) << describe(spec);
        ASSERT_LE(entry.tally.scalars, most.scalars * trials) << describe(spec);
        less += entry.channel == Channel::kTarget && entry.tally.messages < most.messages * trials ? 1 : 0;
      }
    }
  }
  EXPECT_GT(less, 60);
}

/// The model without what moves neurons where nothing arrives.
Spec at_rest(Spec spec) {
  for (PopulationSpec& population : spec.network.populations) {
    if (population.activation == Activation::kSigmoid) population.activation = Activation::kTanh;
    population.initial.clear();
    population.noise.reset();
  }
  return spec;
}

/// A trial that begins late is the same trial behind rows of zeros and a mask of zeros, where
/// neurons are at rest, no input is constant and no neuron has a bias: these wait until it begins.
TEST(UnevenTrials, AreTrialsBehindSilence) {
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Spec spec = at_rest(with_uneven_trials(odd_model(seed), seed));
    const auto is_constant = [](const PopulationSpec& population) { return population.constant.has_value(); };
    if (!weighs_errors(spec.task, spec.training.ticks) || std::ranges::any_of(spec.network.populations, is_constant))
      continue;
    ++compared;
    Spec padded = spec;
    for (RecordedTrial& trial : std::get<RecordedTask>(padded.task).trials) {
      const std::int64_t late = padded.training.ticks - rows_of(trial);
      if (trial.mask.rows == 0)
        trial.mask = {rows_of(trial), 1, std::vector<double>(static_cast<std::size_t>(rows_of(trial)), 1)};
      const auto pad = [&](DenseMatrix& matrix) {
        if (matrix.rows == 0) return;
        matrix.rows += late;
        matrix.values.insert(matrix.values.begin(), static_cast<std::size_t>(late * matrix.cols), 0.0);
      };
      pad(trial.mask);
      pad(trial.target);
      if (auto* dense = std::get_if<DenseMatrix>(&trial.input)) pad(*dense);
      if (auto* sparse = std::get_if<SparseMatrix>(&trial.input)) {
        sparse->rows += late;
        for (std::int32_t& row : sparse->row) row += static_cast<std::int32_t>(late);
      }
    }
    for (const TransportKind transport : kTransports) {
      const RunResult one = run_with(spec, transport);
      const RunResult other = run_with(padded, transport);
      for (std::size_t k = 0; k < spec.rules.size(); ++k)
        ASSERT_TRUE(identical(one.outcomes[k], other.outcomes[k])) << spec.rules[k].name << " of " << describe(spec);
    }
  }
  EXPECT_GT(compared, 3);
}

TEST(UnevenTrials, AreTheSameFromText) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Spec spec = with_uneven_trials(odd_model(seed), seed);
    spec.rules = {rule_spec(RuleKind::kBptt)};
    std::vector<Fault> warnings;
    const Spec loaded = load_bytes(model_text(spec), "m.txtpb", warnings);
    EXPECT_EQ(std::get<RecordedTask>(loaded.task), std::get<RecordedTask>(spec.task)) << describe(spec);
  }
}

}  // namespace
}  // namespace locus
