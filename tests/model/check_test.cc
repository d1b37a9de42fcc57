// A Spec that was filled in by hand is refused where it is wrong, by the same checks as a file:
// each fault names its field, what is there and what is allowed.
#include "sim/model/check.h"

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/model/draw_sparse.h"
#include "sim/run/run.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct Case {
  std::string name;
  std::function<void(Spec&)> breaks;
  std::string field;
  std::vector<std::string> words;
};

/// Two inputs, three rate neurons, one readout; B, W and A dense; two ticks; every rule.
Spec good() { return small_model({2, 3, 1, 2}, {}, 1); }

DenseMatrix& weights(Spec& spec, std::size_t projection) {
  return std::get<DenseMatrix>(spec.network.projections[projection].weights);
}

void expect_refused(const std::vector<Case>& cases) {
  for (const Case& wanted : cases) {
    SCOPED_TRACE(wanted.name);
    Spec spec = good();
    wanted.breaks(spec);
    const std::vector<Fault> faults = check(spec);
    ASSERT_EQ(faults.size(), 1U) << ModelError(faults).what();
    EXPECT_EQ(faults[0].field, wanted.field);
    EXPECT_EQ(faults[0].line, 0);
    for (const std::string& word : wanted.words)
      EXPECT_NE(describe(faults[0]).find(word), std::string::npos) << describe(faults[0]);
    EXPECT_THROW(run(spec, {.threads = 1}), ModelError);
  }
}

TEST(Check, TakesWhatIsGood) {
  EXPECT_TRUE(check(good()).empty()) << ModelError(check(good())).what();
  EXPECT_NO_THROW(require_valid(good()));
}

TEST(Check, SaysWhereASpecMadeByHandIsWrong) {
  Spec spec = good();
  spec.network.projections[2].target = 7;
  EXPECT_EQ(describe(check(spec).at(0)),
            "error: network.projections[2].target is 7, which is no population; must be 0 to 2 (indices count from 0)");
}

TEST(Check, FindsWrongIndices) {
  expect_refused({
      {"source", [](Spec& s) { s.network.projections[0].source = -1; }, "network.projections[0].source", {"is -1", "0 to 2"}},
      {"target", [](Spec& s) { s.network.projections[2].target = 1 << 30; }, "network.projections[2].target", {"no population"}},
      {"feedback",
       [](Spec& s) {
         s.rules = {rule_spec(RuleKind::kRflo, {{3, ConstantWeights{1}}})};
       },
       "rules[0].rflo.feedback[0].population",
       {"is 3", "0 to 2"}},
      {"feedback to inputs",
       [](Spec& s) {
         s.rules = {rule_spec(RuleKind::kRflo, {{0, ConstantWeights{1}}})};
       },
       "rules[0].rflo.feedback[0].population",
       {"\"in\", which is no rate population"}},
      {"record",
       [](Spec& s) { s.records = {{.name = "r", .quantity = Quantity::kActivity, .of = 9, .last_tick = 2}}; },
       "record[0].population",
       {"is 9", "0 to 2"}},
      {"record of a projection",
       [](Spec& s) { s.records = {{.name = "r", .quantity = Quantity::kWeights, .of = -2}}; },
       "record[0].projection",
       {"is -2", "0 to 2"}},
      {"drawn input",
       [](Spec& s) {
         s.task = DrawnTask{{{5, WhiteNoiseSpec{}}}, 0, {DenseMatrix{2, 1, {1, 2}}}};
       },
       "task.drawn.inputs[0].population",
       {"is 5"}},
      {"core",
       [](Spec& s) {
         s.chip = model_on_two_cores().chip;
         s.chip->neurons_per_core = 4;
         s.chip->cores = {0, 1, 1, 2};
       },
       "chip.cores[3]",
       {"is 2", "0 to 1"}},
  });
}

TEST(Check, FindsMatricesThatDoNotFit) {
  expect_refused({
      {"rows", [](Spec& s) { weights(s, 1).rows = 4; }, "network.projections[1].weights.dense.rows", {"is 4", "must be 3"}},
      {"values",
       [](Spec& s) { weights(s, 1).values.pop_back(); },
       "network.projections[1].weights.dense.values",
       {"has 8 numbers", "must have 9"}},
      {"no number",
       [](Spec& s) { weights(s, 1).values[7] = kNaN; },
       "network.projections[1].weights.dense.values[7]",
       {"is nan", "finite"}},
      {"row",
       [](Spec& s) {
         s.network.projections[1].weights = SparseMatrix{3, 3, {0, 3}, {0, 1}, {1, 2}};
       },
       "network.projections[1].weights.sparse.row[1]",
       {"is 3", "0 to 2"}},
      {"twice",
       [](Spec& s) {
         s.network.projections[1].weights = SparseMatrix{3, 3, {2, 0, 2}, {1, 1, 1}, {1, 2, 3}};
       },
       "network.projections[1].weights.sparse.row[2]",
       {"(2, 1) again", "element 0"}},
      {"trial",
       [](Spec& s) { std::get<DenseMatrix>(std::get<RecordedTask>(s.task).trials[0].input).rows = -2; },
       "task.recorded.trials[0].input.rows",
       {"is -2", "must be 2"}},
      {"initial",
       [](Spec& s) {
         s.network.populations[1].initial = {1, 2};
       },
       "network.populations[1].rate.initial",
       {"has 2 values", "3 neurons"}},
      {"not settled",
       [](Spec& s) { s.network.projections[1].weights = SparseRandomWeights{.in_degree = 1, .mean = 1}; },
       "network.projections[1].weights.sparse_random",
       {"settle_sparse"}},
  });
  Spec settled = good();
  settled.network.projections[1].weights = SparseRandomWeights{.in_degree = 1, .mean = 1};
  settle_sparse(settled);
  EXPECT_TRUE(check(settled).empty());
}

TEST(Check, FindsNumbersOutOfRange) {
  expect_refused({
      {"size", [](Spec& s) { s.network.populations[1].size = -3; }, "network.populations[1].size", {"is -3", "1 to"}},
      {"kind",
       [](Spec& s) { s.network.populations[1].kind = static_cast<PopulationKind>(9); },
       "network.populations[1].kind",
       {"is 9", "no name"}},
      {"activation",
       [](Spec& s) { s.network.populations[1].activation = static_cast<Activation>(4); },
       "network.populations[1].rate.activation",
       {"is 4"}},
      {"leak", [](Spec& s) { s.network.populations[1].leak = kNaN; }, "network.populations[1].rate.leak", {"is nan"}},
      {"rule", [](Spec& s) { s.rules[0].kind = static_cast<RuleKind>(77); }, "rules[0].kind", {"is 77"}},
      {"ticks", [](Spec& s) { s.training.ticks = 0; }, "training.ticks", {"is 0"}},
      {"batch", [](Spec& s) { s.training.batch = -1; }, "training.batch", {"is -1"}},
      {"rate", [](Spec& s) { s.training.learning_rate = -1; }, "training.learning_rate", {"is -1"}},
      {"no rate", [](Spec& s) { s.training.learning_rate.reset(); }, "training.learning_rate", {"is missing", "learns"}},
      {"mesh",
       [](Spec& s) {
         s.chip = ChipSpec{};
         s.chip->width = 0;
       },
       "chip.mesh.width",
       {"is 0"}},
      {"both bounds", [](Spec& s) { s.training.optimizer.element = s.training.optimizer.norm = 1; }, "training.clip", {"both"}},
  });
}

TEST(Check, FindsNames) {
  expect_refused({
      {"none", [](Spec& s) { s.network.projections[0].name.clear(); }, "network.projections[0].name", {"is missing"}},
      {"twice", [](Spec& s) { s.network.populations[2].name = "in"; }, "network.populations[2].name", {"again"}},
      {"control", [](Spec& s) { s.rules[0].name = "a\nb"; }, "rules[0].name", {"control characters"}},
      {"model", [](Spec& s) { s.name = std::string(101, 'm'); }, "name", {"100 bytes"}},
  });
}

TEST(Check, ASessionNeedsNoTask) {
  Spec spec = good();
  spec.task = RecordedTask{};
  spec.training.ticks = 0;
  EXPECT_FALSE(check(spec).empty());
  EXPECT_TRUE(check(spec, Purpose::kSession).empty()) << ModelError(check(spec, Purpose::kSession)).what();
}

TEST(Check, WarnsWithoutRefusing) {
  Spec spec = good();
  spec.training.loss = Loss::kSequence;
  spec.rules = {truncated(1, 2)};
  const std::vector<Fault> faults = check(spec);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].severity, Severity::kWarning);
  EXPECT_NO_THROW(require_valid(spec));
}

}  // namespace
}  // namespace locus
