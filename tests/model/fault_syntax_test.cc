// Faults of syntax, names and populations.
#include <gtest/gtest.h>

#include "sim/model/errors.h"
#include "sim/model/load.h"
#include "tests/model/fault_case.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

using M = ModelText;

TEST(Faults, OfNames) {
  expect_faults({
      {"unknown field",
       [](M& m) { m.training = "training { learning_rate: 0.1 @tikcs: 2 }"; },
       "training",
       {"\"tikcs\"", "did you mean \"ticks\"?"}},
      {"unknown field, far from any",
       [](M& m) { m.training = "training { learning_rate: 0.1 @zzzzzzzzz: 2 }"; },
       "training",
       {"\"zzzzzzzzz\"", "known here: loss, ticks"}},
      {"unknown message",
       [](M& m) { m.more = "@rulez { name: \"x\" nothing: [1, 2] more { a: -inf } }"; },
       "",
       {"\"rulez\"", "did you mean \"rules\"?"}},
      {"the kind that is missing is the one misspelt",
       [](M& m) { m.populations = rate_population("size: 3 @rat {}"); },
       "network.populations[1]",
       {"\"rat\"", "did you mean \"rate\"?"}},
      {"unknown enum value",
       [](M& m) { m.populations = rate_population("size: 3 rate { activation: @TAHN }"); },
       "network.populations[1].rate.activation",
       {"is TAHN", "did you mean \"TANH\"?"}},
      {"enum value in other letters",
       [](M& m) { m.training = "training { learning_rate: 0.1 loss: @final }"; },
       "training.loss",
       {"is final", "did you mean \"FINAL\"?"}},
      {"enum number without a name",
       [](M& m) { m.training = "training { learning_rate: 0.1 @loss: 17 }"; },
       "training.loss",
       {"is 17", "FINAL, SEQUENCE"}},
      {"unknown field behind tabs",
       [](M& m) { m.training = "\ttraining {\tlearning_rate: 0.1\t@tikcs: 2 }"; },
       "training",
       {"did you mean \"ticks\"?"}},
  });
}

TEST(Faults, OfSyntax) {
  expect_faults({
      {"text for a number",
       [](M& m) { m.training = "training { learning_rate: @\"fast\" }"; },
       "training.learning_rate",
       {"\"fast\"", "must be a number"}},
      {"decimal comma",
       [](M& m) { m.training = "training { learning_rate: @0,05 batch: 1 }"; },
       "training.learning_rate",
       {"is 0,05; must have a decimal point, not a comma: 0.05"}},
      {"decimal comma below 0, with an exponent, between wide characters",
       [](M& m) { m.w = "# 神\n" + w_with("gaussian { gain: @-12,5e-1 }"); },
       "network.projections[1].weights.gaussian.gain",
       {"is -12,5", "-12.5"}},
      {"decimal comma for a whole number",
       [](M& m) { m.training = "training { learning_rate: 0.1 batch: @1,5}"; },
       "training.batch",
       {"is 1,5", "1.5"}},
      {"number too large",
       [](M& m) { m.training = "training { learning_rate: 0.1 batch: @3000000000 }"; },
       "training.batch",
       {"3000000000", "2147483647"}},
      {"field given twice",
       [](M& m) { m.training = "training { learning_rate: 0.1 @learning_rate: 0.2 }"; },
       "training.learning_rate",
       {"is given a second time", "must be given once"}},
      {"two of a choice",
       [](M& m) { m.w = w_with("gaussian { gain: 0.5 @stddev: 1 }"); },
       "network.projections[1].weights.gaussian.stddev",
       {"is given beside gain", "only one of the two"}},
      {"bracket that is never closed", [](M& m) { m.more = "bases @{ "; }, "", {"\"{\" is not closed before the end of the file"}},
      {"wrong number of a choice, and a comma",
       [](M& m) { m.w = w_with("gaussian { gain: @fast, }"); },
       "network.projections[1].weights.gaussian.gain",
       {"must be a number"}},
      {"fraction for a whole number",
       [](M& m) { m.training = "training { learning_rate: 0.1 batch: @1.5 }"; },
       "training.batch",
       {"1.5", "whole number"}},
      {"number for yes or no",
       [](M& m) {
         m.b = "projections { name: \"B\" plastic: @7 source: \"in\" target: \"rec\" weights { constant { value: 0.5 } } }";
       },
       "network.projections[0].plastic",
       {"true or false"}},
      {"word for an element",
       [](M& m) { m.w = dense_w("rows: 3 cols: 3 values: [1, 2, @x, 4, 5, 6, 7, 8, 9]"); },
       "network.projections[1].weights.dense.values[2]",
       {"must be a number"}},
      {"negative seed", [](M& m) { m.head = "name: \"tiny\" seed: @-1"; }, "seed", {"from 0 to 18446744073709551615"}},
      {"brackets too deep", [](M& m) { m.more = std::string(100, '['); }, "", {"nests brackets deeper"}},
      {"unknown field that nests too deep",
       [](M& m) {
         for (int i = 0; i < 100000; ++i) m.more += "x { ";
       },
       "",
       {"nests brackets deeper"}},
  });
}

TEST(Faults, OfEveryDecimalCommaOfAFile) {
  ModelText model;
  model.populations = rate_population("size: 3 rate { leak: 0,5 }");
  model.training = "training { learning_rate: 0,05, ticks: 2 }";
  model.rules = "rules { name: \"t\" rflo { trace_decay: 0,25 } }";
  std::vector<Fault> warnings;
  try {
    load_bytes(model.text(), "m.txtpb", warnings);
    FAIL();
  } catch (const ModelError& error) {
    std::vector<std::string> said;
    for (const Fault& fault : error.faults()) said.push_back(fault.field + " " + fault.what);
    EXPECT_EQ(said, (std::vector<std::string>{"network.populations[1].rate.leak[0] is 0,5",
                                              "training.learning_rate is 0,05", "rules[0].rflo.trace_decay is 0,25"}));
  }
}

TEST(Faults, OfAListNameNoDecimalComma) {
  ModelText model;
  model.w = sparse_w("rows: 3 cols: 3 row: [0,3000000000,1] col: [0,1,2] values: [1,2,3]");
  std::vector<Fault> warnings;
  try {
    load_bytes(model.text(), "m.txtpb", warnings);
    FAIL();
  } catch (const ModelError& error) {
    EXPECT_EQ(error.faults()[0].field, "network.projections[1].weights.sparse.row[1]");
    EXPECT_NE(error.faults()[0].what.find("integer out of range (3000000000)"), std::string::npos) << error.what();
  }
}

TEST(Faults, OfPopulations) {
  expect_faults({
      {"no name", [](M& m) { m.populations += " @populations { size: 1 rate {} }"; }, "network.populations[3].name", {"is missing"}},
      {"name twice",
       [](M& m) { m.populations += " populations { @name: \"rec\" size: 1 rate {} }"; },
       "network.populations[3].name",
       {"\"rec\" again", "populations[1]", "must be unique"}},
      {"name with a control character",
       [](M& m) { m.populations += " populations { @name: \"a\\nb\" size: 1 rate {} }"; },
       "network.populations[3].name",
       {"\"a\\x0ab\"", "no control characters"}},
      {"name too long",
       [](M& m) { m.populations += " populations { @name: \"" + std::string(101, 'x') + "\" size: 1 rate {} }"; },
       "network.populations[3].name",
       {"of 101 bytes", "at most 100"}},
      {"name that is no UTF-8",
       [](M& m) { m.populations += " populations { @name: \"\\377\" size: 1 rate {} }"; },
       "network.populations[3].name",
       {"is not UTF-8"}},
      {"size missing",
       [](M& m) { m.populations += " @populations { name: \"x\" rate {} }"; },
       "network.populations[3].size",
       {"is 0", "1 to 100000000"}},
      {"size negative",
       [](M& m) { m.populations += " populations { name: \"x\" @size: -4 rate {} }"; },
       "network.populations[3].size",
       {"is -4", "1 to 100000000"}},
      {"size beyond the limit",
       [](M& m) { m.populations += " populations { name: \"x\" @size: 2000000000 rate {} }"; },
       "network.populations[3].size",
       {"is 2000000000", "1 to 100000000"}},
      {"neurons beyond the limit",
       [](M& m) {
         m.whole = m.text();
         m.whole.insert(m.whole.find("network"), "@");
         m.whole.insert(m.whole.find(" projections"), " populations { name: \"x\" size: 99999999 rate {} }");
       },
       "network",
       {"has 100000005 neurons", "at most 100000000"}},
      {"no kind",
       [](M& m) { m.populations += " @populations { name: \"x\" size: 1 }"; },
       "network.populations[3]",
       {"has no kind", "rate {}"}},
      {"leak 0",
       [](M& m) { m.populations = rate_population("size: 3 rate { @leak: 0 }"); },
       "network.populations[1].rate.leak",
       {"is 0", "above 0 and at most 1"}},
      {"leak above 1",
       [](M& m) { m.populations = rate_population("size: 3 rate { @leak: 1.5 }"); },
       "network.populations[1].rate.leak",
       {"is 1.5", "above 0 and at most 1"}},
      {"leak that is no number",
       [](M& m) { m.populations = rate_population("size: 3 rate { @leak: nan }"); },
       "network.populations[1].rate.leak",
       {"is nan", "above 0 and at most 1"}},
  });
}

TEST(Faults, OfWholes) {
  expect_faults({
      {"no network", [](M& m) { m.whole = "name: \"x\""; }, "network", {"is missing"}},
      {"empty file", [](M& m) { m.whole = "\n"; }, "network", {"is missing"}},
      {"no task", [](M& m) { m.task = ""; }, "task", {"is missing", "recorded, student_teacher"}},
      {"name of the model", [](M& m) { m.head = "@name: \"a\\tb\""; }, "name", {"no control characters"}},
      {"no rate population",
       [](M& m) {
         m.whole =
             "@network { populations { name: \"in\" size: 1 input {} } } task { recorded { trials { input { rows: 1 "
             "cols: 1 values: 1 } } } } rules { name: \"n\" none {} }";
       },
       "network",
       {"no rate population"}},
      {"no input population",
       [](M& m) {
         m.whole =
             "@network { populations { name: \"r\" size: 1 rate {} } } task { recorded { trials { spikes {} } } } "
             "training { ticks: 1 } rules { name: \"n\" none {} }";
       },
       "network",
       {"no input population"}},
  });
}

/// A warning of validate only; a run that names its rules itself needs none.
TEST(Faults, NoRulesIsAWarningOfValidateOnly) {
  const Folder folder;
  ModelText text;
  text.rules = "";
  const auto path = folder.write("m.txtpb", text.text());
  const std::vector<Fault> faults = validate(path);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].severity, Severity::kWarning);
  EXPECT_NE(describe(faults[0]).find("names no rules"), std::string::npos);
  std::vector<Fault> warnings;
  load(path, warnings);
  EXPECT_TRUE(warnings.empty());
}

TEST(Faults, AByteOrderMarkIsPassedOver) {
  std::vector<Fault> warnings;
  EXPECT_EQ(load_bytes("\xEF\xBB\xBF" + ModelText().text(), "m.txtpb", warnings).name,
            load_bytes(ModelText().text(), "m.txtpb", warnings).name);
}

}  // namespace
}  // namespace locus
