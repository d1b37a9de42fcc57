// Faults of projections and weights.
#include <gtest/gtest.h>

#include "tests/model/fault_case.h"

namespace locus {
namespace {

using M = ModelText;

std::string projection(const std::string& inside) {
  return "projections { " + inside + " weights { constant { value: 1 } } }";
}

TEST(Faults, OfPrecision) {
  const auto in_float32 = [](auto change) {
    return [change](M& m) {
      m.head += " precision: FLOAT32";
      change(m);
    };
  };
  const std::vector<std::string> words = {"holds 1e+300", "at most 3.4028234663852886e+38", "FLOAT32"};
  const auto projection_of = [](const std::string& form) {
    return "projections { name: \"W\" source: \"rec\" target: \"rec\" @weights { " + form + " } }";
  };
  expect_faults({
      {"no such precision", [](M& m) { m.head += " precision: @FLOAT16"; }, "precision", {"FLOAT16", "did you mean \"FLOAT64\"?"}},
      {"a constant beyond float32", in_float32([&](M& m) { m.w = projection_of("constant { value: 1e300 }"); }),
       "network.projections[1].weights", words},
      {"an entry beyond float32", in_float32([&](M& m) {
         m.w = projection_of("sparse { rows: 3 cols: 3 row: [0, 1] col: [0, 1] values: [1, 1e300] }");
       }),
       "network.projections[1].weights", words},
      {"a deviation beyond float32", in_float32([&](M& m) { m.w = projection_of("gaussian { stddev: 1e300 }"); }),
       "network.projections[1].weights", words},
      {"a rate beyond float32", in_float32([](M& m) { m.training = "training { @learning_rate: 1e300 }"; }),
       "training.learning_rate", words},
      {"a trial beyond float32", in_float32([](M& m) {
         m.task =
             "task { recorded { @trials { input { rows: 2 cols: 2 values: [1, 2, 3, 1e300] } target { rows: 2 cols: 1 "
             "values: [1, 2] } } } }";
       }),
       "task.recorded.trials[0]", words},
      {"a target beyond float32", in_float32([](M& m) {
         m.task =
             "task { recorded { trials { input { rows: 2 cols: 2 values: [1, 2, 3, 4] } @target { rows: 2 cols: 1 "
             "values: [1, 1e300] } } } }";
       }),
       "task.recorded.trials[0].target", words},
      {"feedback beyond float32", in_float32([](M& m) {
         m.rules = "@rules { name: \"r\" rflo { feedback { weights { constant { value: 1e300 } } } } }";
       }),
       "rules[0]", words},
  });
}

TEST(Faults, OfProjections) {
  const std::string at = "network.projections[1]";
  expect_faults({
      {"no name", [](M& m) { m.w = "@" + projection("source: \"rec\" target: \"rec\""); }, at + ".name", {"is missing"}},
      {"name twice",
       [](M& m) { m.w = projection("@name: \"B\" source: \"rec\" target: \"rec\""); },
       at + ".name",
       {"\"B\" again", "projections[0]"}},
      {"no source", [](M& m) { m.w = "@" + projection("name: \"W\" target: \"rec\""); }, at + ".source", {"is missing"}},
      {"unknown source",
       [](M& m) { m.w = projection("name: \"W\" @source: \"rek\" target: \"rec\""); },
       at + ".source",
       {"\"rek\"", "did you mean \"rec\"?"}},
      {"unknown target",
       [](M& m) { m.w = projection("name: \"W\" source: \"rec\" @target: \"nowhere\""); },
       at + ".target",
       {"\"nowhere\"", "known here: in, rec, out"}},
      {"input to input",
       [](M& m) { m.w = "@" + projection("name: \"W\" source: \"in\" target: \"in\""); },
       at,
       {"from input to input", "rate to readout"}},
      {"readout to rate",
       [](M& m) { m.w = "@" + projection("name: \"W\" source: \"out\" target: \"rec\""); },
       at,
       {"from readout to rate"}},
      {"rate to input",
       [](M& m) { m.w = "@" + projection("name: \"W\" source: \"rec\" target: \"in\""); },
       at,
       {"from rate to input"}},
      {"no weights",
       [](M& m) { m.w = "@projections { name: \"W\" source: \"rec\" target: \"rec\" }"; },
       at + ".weights",
       {"are missing"}},
      {"no form",
       [](M& m) { m.w = "projections { name: \"W\" source: \"rec\" target: \"rec\" @weights { } }"; },
       at + ".weights",
       {"gives no weights", "dense, sparse, csr"}},
      {"learning rate negative",
       [](M& m) { m.w = projection("name: \"W\" source: \"rec\" target: \"rec\" @learning_rate: -1"); },
       at + ".learning_rate",
       {"is -1", "at least 0"}},
      {"learning rate infinite",
       [](M& m) { m.w = projection("name: \"W\" source: \"rec\" target: \"rec\" @learning_rate: inf"); },
       at + ".learning_rate",
       {"is inf", "finite"}},
  });
}

TEST(Faults, OfDenseWeights) {
  const std::string at = "network.projections[1].weights.dense";
  expect_faults({
      {"rows",
       [](M& m) { m.w = dense_w("@rows: 2 cols: 3 values: [1, 2, 3, 4, 5, 6]"); },
       at + ".rows",
       {"is 2", "must be 3, the size of target \"rec\""}},
      {"cols",
       [](M& m) { m.w = dense_w("rows: 3 @cols: 2 values: [1, 2, 3, 4, 5, 6]"); },
       at + ".cols",
       {"is 2", "must be 3, the size of source \"rec\""}},
      {"too few values",
       [](M& m) { m.w = dense_w("rows: 3 cols: 3 @values: [1, 2, 3, 4, 5, 6, 7, 8]"); },
       at + ".values",
       {"has 8 numbers", "must have 9, rows x cols = 3 x 3"}},
      {"too many values",
       [](M& m) { m.w = dense_w("rows: 3 cols: 3 @values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"); },
       at + ".values",
       {"has 10 numbers"}},
      {"a value that is no number",
       [](M& m) { m.w = dense_w("rows: 3 cols: 3 values: [1, 2, 3, 4, 5, 6, 7, @nan, 9]"); },
       at + ".values[7]",
       {"is nan", "must be finite"}},
      {"an infinite value, of several lists",
       [](M& m) { m.w = dense_w("rows: 3 cols: 3 values: [1, 2, 3] values: 4\n values: [5, -6e-3, @-inf, 8, 9]"); },
       at + ".values[6]",
       {"is -inf"}},
      {"a value of a name alone",
       [](M& m) { m.w = dense_w("rows: 3 cols: 3 values: [1, 2, 3] @values: inf values: [5, 6, 7, 8, 9]"); },
       at + ".values[3]",
       {"is inf"}},
  });
}

TEST(Faults, OfSparseWeights) {
  const std::string at = "network.projections[1].weights.sparse";
  expect_faults({
      {"row out of range",
       [](M& m) { m.w = sparse_w("rows: 3 cols: 3 row: [0, @3] col: [0, 1] values: [1, 2]"); },
       at + ".row[1]",
       {"is 3", "must be 0 to 2", "count from 0"}},
      {"column negative",
       [](M& m) { m.w = sparse_w("rows: 3 cols: 3 row: [0, 1] col: [@-1, 1] values: [1, 2]"); },
       at + ".col[0]",
       {"is -1", "must be 0 to 2"}},
      {"an entry twice",
       [](M& m) { m.w = sparse_w("rows: 3 cols: 3 row: [2, 0, @2] col: [1, 1, 1] values: [1, 2, 3]"); },
       at + ".row[2]",
       {"(2, 1) again", "element 0"}},
      {"too few columns",
       [](M& m) { m.w = sparse_w("rows: 3 cols: 3 row: [0, 1] @col: [0] values: [1, 2]"); },
       at + ".col",
       {"has 1 numbers", "must have 2"}},
      {"too few values",
       [](M& m) { m.w = sparse_w("rows: 3 cols: 3 row: [0, 1] col: [0, 1] @values: [1]"); },
       at + ".values",
       {"has 1 numbers", "must have 2"}},
      {"a value that is no number",
       [](M& m) { m.w = sparse_w("rows: 3 cols: 3 row: [0, 1] col: [0, 1] values: [1, @nan]"); },
       at + ".values[1]",
       {"is nan"}},
      {"rows", [](M& m) { m.w = sparse_w("@rows: 4 cols: 3 row: [0] col: [0] values: [1]"); }, at + ".rows", {"is 4", "must be 3"}},
  });
}

TEST(Faults, OfCsrWeights) {
  const std::string at = "network.projections[1].weights.csr";
  expect_faults({
      {"too few offsets",
       [](M& m) { m.w = csr_w("rows: 3 cols: 3 @offset: [0, 1, 2] col: [0, 1] values: [1, 2]"); },
       at + ".offset",
       {"has 3 numbers", "must have 4"}},
      {"first offset",
       [](M& m) { m.w = csr_w("rows: 3 cols: 3 offset: [@1, 1, 1, 2] col: [0, 1] values: [1, 2]"); },
       at + ".offset[0]",
       {"is 1", "must be 0"}},
      {"offset descends",
       [](M& m) { m.w = csr_w("rows: 3 cols: 3 offset: [0, 2, @1, 2] col: [0, 1] values: [1, 2]"); },
       at + ".offset[2]",
       {"is 1", "must be 2"}},
      {"last offset",
       [](M& m) { m.w = csr_w("rows: 3 cols: 3 offset: [0, 1, 1, @1] col: [0, 1] values: [1, 2]"); },
       at + ".offset[3]",
       {"is 1", "must be 2, the length of col"}},
      {"offset beyond",
       [](M& m) { m.w = csr_w("rows: 3 cols: 3 offset: [0, 1, 1, @9000000000000] col: [0, 1] values: [1, 2]"); },
       at + ".offset[3]",
       {"is 9000000000000"}},
      {"column out of range",
       [](M& m) { m.w = csr_w("rows: 3 cols: 3 offset: [0, 1, 1, 2] col: [0, @7] values: [1, 2]"); },
       at + ".col[1]",
       {"is 7", "must be 0 to 2"}},
      {"a column twice in a row",
       [](M& m) { m.w = csr_w("rows: 3 cols: 3 offset: [0, 3, 3, 3] col: [2, 0, @2] values: [1, 2, 3]"); },
       at + ".col[2]",
       {"(0, 2) again"}},
      {"too few values",
       [](M& m) { m.w = csr_w("rows: 3 cols: 3 offset: [0, 2, 2, 2] col: [2, 0] @values: [1]"); },
       at + ".values",
       {"has 1 numbers", "as many as col"}},
  });
}

TEST(Faults, OfDrawnWeights) {
  const std::string at = "network.projections[1].weights.";
  expect_faults({
      {"no scale", [](M& m) { m.w = w_with("@gaussian {}"); }, at + "gaussian", {"neither gain nor stddev"}},
      {"gain negative", [](M& m) { m.w = w_with("gaussian { @gain: -0.5 }"); }, at + "gaussian.gain", {"is -0.5", "at least 0"}},
      {"stddev infinite", [](M& m) { m.w = w_with("gaussian { @stddev: inf }"); }, at + "gaussian.stddev", {"is inf", "finite"}},
      {"constant missing", [](M& m) { m.w = w_with("@constant {}"); }, at + "constant.value", {"is missing"}},
      {"constant no number", [](M& m) { m.w = w_with("constant { @value: nan }"); }, at + "constant.value", {"is nan"}},
      {"no modes", [](M& m) { m.w = w_with("@aligned {}"); }, at + "aligned.values", {"has 0 modes", "1 to 3"}},
      {"too many modes",
       [](M& m) { m.w = w_with("aligned { @values: [1, 2, 3, 4] }"); },
       at + "aligned.values",
       {"has 4 modes", "1 to 3", "3 x 3"}},
      {"a mode that is no number",
       [](M& m) { m.w = w_with("aligned { values: [1, @nan] }"); },
       at + "aligned.values[1]",
       {"is nan"}},
      {"aligned beside sparse",
       [](M& m) {
         m.w = w_with("@aligned { values: 1 }");
         m.a = "projections { name: \"A\" source: \"rec\" target: \"out\" weights { sparse { rows: 1 cols: 3 } } }";
       },
       at + "aligned",
       {"sparse projection \"A\"", "every projection dense"}},
      {"aligned among several",
       [](M& m) {
         m.w = w_with("@aligned { values: 1 }");
         m.populations += " populations { name: \"x\" size: 1 rate {} }";
       },
       at + "aligned",
       {"2 rate populations", "one population of each kind"}},
      {"aligned and large",
       [](M& m) {
         m.whole =
             "network { populations { name: \"i\" size: 1 input {} } populations { name: \"r\" size: 5000 rate {} } "
             "projections { name: \"W\" source: \"r\" target: \"r\" weights { @aligned { values: 1 } } } } task { "
             "recorded { trials { input { rows: 1 cols: 1 values: 1 } } } } rules { name: \"n\" none {} }";
       },
       "network.projections[0].weights.aligned",
       {"5000 x 5000", "up to 4096"}},
      {"drawn and far too large",
       [](M& m) {
         m.whole =
             "network { populations { name: \"i\" size: 1 input {} } populations { name: \"r\" size: 90000000 rate {} "
             "} projections { name: \"W\" source: \"r\" target: \"r\" @weights { gaussian { gain: 1 } } } } task { "
             "recorded { trials { input { rows: 1 cols: 1 values: 1 } } } } rules { name: \"n\" none {} }";
       },
       "network.projections[0].weights",
       {"90000000 x 90000000", "at most 4000000000"}},
      {"dense and far too large",
       [](M& m) {
         m.whole =
             "network { populations { name: \"i\" size: 1 input {} } populations { name: \"r\" size: 90000000 rate {} "
             "} projections { name: \"W\" source: \"r\" target: \"r\" weights { @dense { rows: 90000000 cols: "
             "90000000 values: 1 } } } } task { recorded { trials { input { rows: 1 cols: 1 values: 1 } } } } rules { name: \"n\" none {} }";
       },
       "network.projections[0].weights.dense",
       {"at most 4000000000"}},
  });
}

TEST(Faults, OfBases) {
  const auto aligned = [](M& m) { m.w = w_with("aligned { values: 1 }"); };
  expect_faults({
      {"no use", [](M& m) { m.more = "@bases { u { rows: 1 cols: 1 values: 1 } }"; }, "bases", {"has no use"}, true},
      {"wrong size",
       [&](M& m) {
         aligned(m);
         m.more = "bases { v { rows: 2 @cols: 3 values: [1, 0, 0, 0, 1, 0] } }";
       },
       "bases.v.cols",
       {"is 3", "must be 2, the number of inputs"}},
      {"of nobody",
       [](M& m) {
         m.whole =
             "network { populations { name: \"i\" size: 1 input {} } populations { name: \"r\" size: 1 rate {} } "
             "projections { name: \"W\" source: \"r\" target: \"r\" weights { aligned { values: 1 } } } } "
             "task { recorded { trials { spikes {} } } } training { ticks: 1 } rules { name: \"n\" none {} } bases { @u {} }";
       },
       "bases.u",
       {"would be 0 x 0, the number of readouts"}},
      {"misspelt within",
       [&](M& m) {
         aligned(m);
         m.more = "bases { v { rows: 2 @colds: 2 values: [0, 1, -1, 0] } }";
       },
       "bases.v",
       {"did you mean \"cols\"?"}},
      {"not orthogonal",
       [&](M& m) {
         aligned(m);
         m.more = "bases { @v { rows: 2 cols: 2 values: [1, 0, 1, 1] } }";
       },
       "bases.v",
       {"not orthogonal"}},
  });
}

}  // namespace
}  // namespace locus
