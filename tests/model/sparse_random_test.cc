// Random sparse matrices: their entries, values and dependencies; a run with one equals the run
// with the same matrix as a list.
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "sim/model/build.h"
#include "sim/model/draw_sparse.h"
#include "sim/model/load.h"
#include "sim/model/network_size.h"
#include "sim/model/overrides.h"
#include "sim/model/realise.h"
#include "sim/model/wire.h"
#include "sim/report/description.h"
#include "sim/report/write.h"
#include "sim/run/run.h"
#include "sim/run/weights.h"
#include "tests/model/fault_case.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

constexpr std::int32_t kRows = 400;
constexpr std::int32_t kCols = 300;

SparseRandomWeights settled(SparseRandomWeights weights, const std::string& name = "W", std::uint64_t seed = 3,
                            std::int32_t rows = kRows, std::int32_t cols = kCols) {
  Spec spec;
  spec.seed = seed;
  spec.network.populations = {{"a", PopulationKind::kInput, cols}, {"b", PopulationKind::kRate, rows}};
  spec.network.projections = {{name, 0, 1, std::move(weights), true, {}}};
  settle_sparse(spec);
  return std::get<SparseRandomWeights>(spec.network.projections[0].weights);
}

using Cell = std::pair<std::int32_t, std::int32_t>;
std::set<Cell> cells(const SparseMatrix& matrix) {
  std::set<Cell> all;
  for (std::size_t k = 0; k < matrix.values.size(); ++k) all.emplace(matrix.row[k], matrix.col[k]);
  return all;
}

TEST(SparseRandom, GivesEveryRowItsInDegreeOfDifferentSources) {
  for (const bool autapses : {true, false}) {
    const SparseRandomWeights weights = settled({.in_degree = 60, .mean = 0.5, .autapses = autapses});
    const SparseMatrix matrix = draw_sparse(weights);
    EXPECT_EQ(weights.synapses, kRows * 60);
    std::vector<int> of_row(kRows, 0);
    std::vector<int> of_col(kCols, 0);
    for (const auto& [row, col] : cells(matrix)) {
      ++of_row.at(static_cast<std::size_t>(row));
      ++of_col.at(static_cast<std::size_t>(col));
      EXPECT_TRUE(autapses || row != col);
    }
    EXPECT_EQ(of_row, std::vector<int>(kRows, 60));
    const double p = 60.0 / kCols;
    for (const int count : of_col) EXPECT_NEAR(count, kRows * p, 5 * std::sqrt(kRows * p * (1 - p)));
    EXPECT_EQ(matrix.values, std::vector<double>(kRows * 60, 0.5));
  }
}

/// Two rows, or two columns, have common entries as often as independent ones.
TEST(SparseRandom, ConnectsPairsIndependently) {
  const double p = 0.2;
  for (const bool autapses : {true, false}) {
    const SparseRandomWeights weights = settled({.probability = p, .mean = 1, .autapses = autapses});
    const std::set<Cell> all = cells(draw_sparse(weights));
    EXPECT_EQ(std::ssize(all), weights.synapses);
    const double many = double(kRows) * kCols - (autapses ? 0 : kCols);
    EXPECT_NEAR(static_cast<double>(all.size()), p * many, 5 * std::sqrt(many * p * (1 - p)));
    double diagonal = 0;
    double rows_meet = 0;
    double cols_meet = 0;
    for (const auto& [row, col] : all) {
      diagonal += row == col ? 1 : 0;
      rows_meet += all.contains({row + 1, col}) ? 1 : 0;
      cols_meet += all.contains({row, col + 1}) ? 1 : 0;
    }
    EXPECT_NEAR(diagonal, autapses ? p * kCols : 0, autapses ? 5 * std::sqrt(kCols * p * (1 - p)) : 0);
    // the last row has no neighbour
    EXPECT_NEAR(rows_meet, p * p * many, 5 * p * std::sqrt(many) + 3 * kCols);
    EXPECT_NEAR(cols_meet, p * p * many, 5 * p * std::sqrt(many) + 3 * kRows);
  }
}

TEST(SparseRandom, HasGaussianValues) {
  const SparseMatrix matrix = draw_sparse(settled({.probability = 0.5, .stddev = 2}));
  double mean = 0;
  double square = 0;
  const double many = static_cast<double>(matrix.values.size());
  for (const double value : matrix.values) mean += value / many, square += value * value / many;
  EXPECT_NEAR(mean, 0, 5 * 2 / std::sqrt(many));
  EXPECT_NEAR(square, 4, 5 * 4 * std::sqrt(2 / many));
}

TEST(SparseRandom, IsAFunctionOfSeedNameAndRow) {
  const SparseRandomWeights weights = {.probability = 0.1, .stddev = 1};
  const SparseMatrix matrix = draw_sparse(settled(weights));
  const SparseMatrix again = draw_sparse(settled(weights));
  EXPECT_EQ(matrix.col, again.col);
  EXPECT_EQ(matrix.values, again.values);
  EXPECT_NE(cells(matrix), cells(draw_sparse(settled(weights, "V"))));
  EXPECT_NE(cells(matrix), cells(draw_sparse(settled(weights, "W", 4))));
  const SparseMatrix fewer = draw_sparse(settled(weights, "W", 3, 10));  // the first ten rows
  ASSERT_LT(fewer.values.size(), matrix.values.size());
  EXPECT_TRUE(std::equal(fewer.col.begin(), fewer.col.end(), matrix.col.begin()));
  EXPECT_TRUE(std::equal(fewer.values.begin(), fewer.values.end(), matrix.values.begin()));
}

const std::string kModel = R"(
network {
  populations { name: "in" size: 30 input {} }
  populations { name: "e" size: 40 rate { activation: TANH leak: 0.5 } }
  populations { name: "e2" size: 10 rate {} }
  populations { name: "out" size: 2 readout {} }
  projections { name: "B" source: "in" target: "e" weights { sparse_random { in_degree: 9 gaussian { gain: 1 } } } }
  projections { name: "W" source: "e" target: "e" autapses: false weights { sparse_random { probability: 0.2 constant { value: 0.1 } } } }
  projections { name: "V" source: "e" target: "e2" weights { sparse_random { probability: 0.25 gaussian { gain: 0.5 } } } }
  projections { name: "A" source: "e" target: "out" weights { sparse_random { in_degree: 20 gaussian { stddev: 0.3 } } } }
}
task { drawn { inputs { white_noise {} } targets { sines { period_ms: [10] } } } }
training { loss: SEQUENCE ticks: 12 updates: 3 batch: 2 learning_rate: 0.01 }
rules { name: "bptt" bptt {} }
rules { name: "eprop" eprop { random {} } }
)";

Spec loaded() {
  const Folder folder;
  return load(folder.write("m.txtpb", kModel));
}

/// The same model with its matrices as lists.
Spec listed(Spec spec) {
  const std::vector<Weights> weights = network_weights(spec);
  for (std::size_t k = 0; k < weights.size(); ++k) {
    spec.network.projections[k].weights = std::get<SparseMatrix>(weights[k]);
    spec.network.projections[k].autapses = true;
  }
  return spec;
}

TEST(SparseRandom, GainIsOverTheSourcesThatThereAre) {
  const Spec spec = loaded();
  EXPECT_DOUBLE_EQ(std::get<SparseRandomWeights>(spec.network.projections[0].weights).stddev, 1 / 3.0);
  EXPECT_DOUBLE_EQ(std::get<SparseRandomWeights>(spec.network.projections[2].weights).stddev, 0.5 / std::sqrt(10.0));
}

TEST(SparseRandom, RunsAsTheSameMatrixListedDoes) {
  const Spec drawn = loaded();
  const Spec known = listed(drawn);
  const Topology of_drawn = topology_of(drawn);
  const Topology of_known = topology_of(known);
  for (std::size_t p = 0; p < 4; ++p) {
    EXPECT_EQ(of_drawn.projections[p].offset, of_known.projections[p].offset);
    EXPECT_EQ(of_drawn.projections[p].target, of_known.projections[p].target);
    EXPECT_TRUE(of_drawn.projections[p].listed.empty());
  }
  EXPECT_EQ(of_drawn.projections[0].size(), 9 * 40);
  EXPECT_EQ(of_drawn.projections[3].size(), 20 * 2);
  EXPECT_TRUE(of_drawn.autapses.empty());
  EXPECT_TRUE(of_known.autapses.empty());
  for (const TransportKind transport : {TransportKind::kBatched, TransportKind::kMailbox}) {
    const RunResult a = run(drawn, {.transport = transport, .threads = 2});
    const RunResult b = run(known, {.transport = transport, .threads = 1});
    for (std::size_t r = 0; r < a.outcomes.size(); ++r) {
      EXPECT_LT(a.outcomes[r].losses.back(), 1e6);
      EXPECT_EQ(a.outcomes[r].losses, b.outcomes[r].losses);
      EXPECT_EQ(a.outcomes[r].fingerprint, b.outcomes[r].fingerprint);
    }
  }
}

/// A second draw of the entries from this spec would give another network: every part of a run,
/// with both transports, with evaluation and a chip, must take them from the topology.
TEST(SparseRandom, IsDrawnOnceForARun) {
  Spec spec = loaded();
  spec.training.evaluation = EvaluationSpec{.every = 1, .trials = 2};
  spec.chip = ChipSpec{.width = 3, .height = 2, .neurons_per_core = 9, .policy = PlacementPolicy::kGreedy};
  Spec spoilt = spec;
  for (ProjectionSpec& projection : spoilt.network.projections)
    std::get<SparseRandomWeights>(projection.weights).synapse_key = random_key(77, projection.name);
  const Topology topology = topology_of(spec);
  EXPECT_EQ(description(spoilt, topology), description(spec, topology));
  for (const TransportKind transport : {TransportKind::kBatched, TransportKind::kMailbox}) {
    const RunResult wanted = run(spec, {.transport = transport, .threads = 2});
    const RunResult once = run(spoilt, topology, {.transport = transport, .threads = 2});
    EXPECT_EQ(json_line(once), json_line(wanted));
    ASSERT_EQ(once.outcomes.size(), 2U);
    for (std::size_t r = 0; r < once.outcomes.size(); ++r) {
      EXPECT_EQ(once.outcomes[r].fingerprint, wanted.outcomes[r].fingerprint);
      EXPECT_EQ(once.outcomes[r].evaluations, wanted.outcomes[r].evaluations);
      EXPECT_EQ(once.outcomes[r].chip->report.entries, wanted.outcomes[r].chip->report.entries);
    }
    RunState state;
    for (const Outcome& outcome : once.outcomes) state.rules.push_back(state_of(outcome));
    EXPECT_EQ(misfit(spoilt, topology, state), "");
    const RunResult again = run(spoilt, topology, {.transport = transport, .threads = 2, .from = &state});
    EXPECT_EQ(json_line(again), json_line(wanted));
  }
  // A run that would draw the entries again is refused, because they were counted for other keys.
  EXPECT_THROW(run(spoilt, {}), ModelError);
}

/// A checkpoint contains the values; the topology has their positions.
TEST(SparseRandom, WeightsAreWrittenWhereTheyStand) {
  const Spec spec = loaded();
  const Topology topology = topology_of(spec);
  const Network<double> network = build<double>(spec, topology, spec.rules[0], 1);
  const std::vector<ProjectionWeights> wanted = weights_of(network);
  const std::vector<ProjectionWeights> made = weights_with(topology, values_of(network));
  ASSERT_EQ(made.size(), 4U);
  for (std::size_t k = 0; k < made.size(); ++k) {
    const auto& a = std::get<SparseMatrix>(made[k].matrix);
    const auto& b = std::get<SparseMatrix>(wanted[k].matrix);
    EXPECT_EQ(a.row, b.row);
    EXPECT_EQ(a.col, b.col);
    EXPECT_EQ(a.values, b.values);
  }
}

TEST(SparseRandom, FollowsTheSeedOfTheCommandLine) {
  Spec spec = loaded();
  const SparseMatrix before = draw_sparse(std::get<SparseRandomWeights>(spec.network.projections[1].weights));
  Overrides overrides;
  overrides.seed = 99;
  apply(overrides, spec);
  const auto& weights = std::get<SparseRandomWeights>(spec.network.projections[1].weights);
  const SparseMatrix after = draw_sparse(weights);
  EXPECT_NE(cells(before), cells(after));
  EXPECT_EQ(std::ssize(after.values), weights.synapses);
}

TEST(Faults, OfDrawnSparseMatrices) {
  const auto w = [](const std::string& inside, bool autapses = true) {
    return [=](ModelText& m) {
      m.w = w_with("sparse_random { " + inside + " }");
      if (!autapses) m.w.insert(m.w.rfind('}'), "autapses: false ");
    };
  };
  const std::string field = "network.projections[1].weights.sparse_random";
  expect_faults({
      {"which",
       [](ModelText& m) { m.w = w_with("@sparse_random { constant { value: 1 } }"); },
       field,
       {"neither probability nor in_degree"}},
      {"no values",
       [](ModelText& m) { m.w = w_with("@sparse_random { probability: 0.5 }"); },
       field,
       {"neither constant nor gaussian"}},
      {"probability", w("@probability: 1.5 constant { value: 1 }"), field + ".probability", {"is 1.5", "0 to 1"}},
      {"probability no number", w("@probability: nan constant { value: 1 }"), field + ".probability", {"is nan"}},
      {"in-degree", w("@in_degree: 4 constant { value: 1 }"), field + ".in_degree", {"is 4", "0 to 3"}},
      {"in-degree without autapses", w("@in_degree: 3 constant { value: 1 }", false), field + ".in_degree", {"is 3", "at most 2"}},
      {"no value", w("in_degree: 1 @constant {}"), field + ".constant.value", {"is missing"}},
      {"value", w("in_degree: 1 constant { @value: inf }"), field + ".constant.value", {"is inf"}},
      {"deviation", w("in_degree: 1 gaussian { @stddev: -1 }"), field + ".gaussian.stddev", {"is -1"}},
      {"feedback",
       [](ModelText& m) {
         m.rules =
             "rules { name: \"r\" rflo { feedback { weights { @sparse_random { in_degree: 1 constant { value: 1 } } } } } }";
       },
       "rules[0].rflo.feedback[0].weights.sparse_random",
       {"is given for a feedback", "is for projections"}},
  });
}

}  // namespace
}  // namespace locus
