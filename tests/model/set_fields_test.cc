// Fields of a model that the command line sets: single values, lists, and whole messages.
#include <gtest/gtest.h>

#include "sim/model/load.h"
#include "tests/model/text_parts.h"

namespace locus {
namespace {

ModelText model() {
  ModelText model;
  model.populations =
      "populations { name: \"in\" size: 2 input {} } populations { name: \"rec\" size: 3 rate { initial: [1, 2, 3] } } "
      "populations { name: \"out\" size: 1 readout {} }";
  model.w =
      "projections { name: \"W\" source: \"rec\" target: \"rec\" weights { sparse { rows: 3 cols: 3 row: [0, 1] col: "
      "[1, 2] values: [0.5, 0.25] } } }";
  model.training = "training { learning_rate: 0.1 optimizer { adam { beta1: 0.5 } weight_max: 7 } }";
  return model;
}

Spec with(const std::vector<std::string>& texts) {
  std::vector<Setting> settings;
  for (const std::string& text : texts) settings.push_back(setting_of(text));
  std::vector<Fault> warnings;
  return load_bytes(model().text(), "m.txtpb", settings, warnings);
}

std::string refusal(const std::string& text) {
  try {
    with({text});
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(SetFields, ChangeAChoiceByAMessage) {
  ASSERT_TRUE(with({}).training.optimizer.adam);
  const Spec plain = with({"training.optimizer.sgd={}"});
  EXPECT_FALSE(plain.training.optimizer.adam);
  EXPECT_EQ(plain.training.optimizer.weight_max, 7) << "the rest of the message stays";
  const Spec other = with({"training.optimizer={ adam { beta2: 0.5 } }"});
  ASSERT_TRUE(other.training.optimizer.adam);
  EXPECT_EQ(other.training.optimizer.adam->beta1, 0.9) << "a whole message is replaced";
  EXPECT_EQ(other.training.optimizer.adam->beta2, 0.5);
  EXPECT_FALSE(other.training.optimizer.weight_max);
  EXPECT_EQ(with({"network.projections[A].weights.gaussian={gain: 1}"}).network.projections[2].weights.index(), 2U);
}

TEST(SetFields, TakeLists) {
  EXPECT_EQ(with({"network.populations[rec].rate.initial=[4, 5,6]"}).network.populations[1].initial,
            (std::vector<double>{4, 5, 6}));
  EXPECT_TRUE(with({"network.populations[rec].rate.initial=[]"}).network.populations[1].initial.empty());
  EXPECT_EQ(with({"network.populations[rec].rate.initial[1]=9"}).network.populations[1].initial,
            (std::vector<double>{1, 9, 3}));
  EXPECT_EQ(with({"network.populations[rec].rate.initial=9"}).network.populations[1].initial,
            (std::vector<double>{9, 9, 9}));
  EXPECT_EQ(with({"network.populations[rec].rate.leak=0.5"}).network.populations[1].leak, PerNeuron(0.5));
  EXPECT_EQ(with({"network.populations[rec].rate.leak=[0.5, 1, 0.25]"}).network.populations[1].leak,
            PerNeuron({0.5, 1, 0.25}));
  const Spec moved =
      with({"network.projections[W].weights.sparse.row=[2, 2]", "network.projections[W].weights.sparse.col[1]=0"});
  const auto& sparse = std::get<SparseMatrix>(moved.network.projections[1].weights);
  EXPECT_EQ(sparse.row, (std::vector<std::int32_t>{2, 2}));
  EXPECT_EQ(sparse.col, (std::vector<std::int32_t>{1, 0}));
  const Spec ruled = with({"rules=[{ name: \"a\" eprop {} }, { name: \"b\" bptt {} }]"});
  ASSERT_EQ(ruled.rules.size(), 2U);
  EXPECT_EQ(ruled.rules[1].name, "b");
  EXPECT_EQ(with({"rules[bptt]={ name: \"c\" rflo {} }"}).rules[0].kind, RuleKind::kRflo);
}

TEST(SetFields, ReachANamedElementByItsNameAfterADot) {
  const Spec set = with({"rules.bptt.learning_rate=0.5", "network.projections.W.learning_rate=0.25",
                         "rules.bptt.optimizer.weight_decay=0.125", "rules.0.schedule.warmup=3"});
  EXPECT_EQ(set.rules[0].learning_rate, 0.5);
  EXPECT_EQ(set.network.projections[1].learning_rate, 0.25);
  EXPECT_EQ(set.rules[0].optimizer->weight_decay, 0.125);
  EXPECT_EQ(set.rules[0].optimizer->weight_max, 7) << "the training's";
  EXPECT_EQ(set.rules[0].schedule->warmup, 3);
  EXPECT_EQ(with({"rules.bptt={ name: \"c\" rflo {} }"}).rules[0].kind, RuleKind::kRflo);
  EXPECT_EQ(refusal("rules.bpttt.learning_rate=1"),
            "rules.bpttt.learning_rate=1: rules[bpttt] does not exist; did you mean \"bptt\"?");
  EXPECT_NE(refusal("rules=1").find("rules are several"), std::string::npos);
  EXPECT_NE(refusal("task.recorded.trials.input=1").find("trials are several; write trials[0]"), std::string::npos);
}

TEST(SetFields, SayHowAValueIsWritten) {
  for (const auto& [text, says] : std::vector<std::pair<std::string, std::string>>{
           {"training.optimizer.sgd=1", "sgd has fields; name one, or write sgd={...}"},
           {"network.projections[W].weights.sparse.row=1", "row are several; write row=[...]"},
           {"network.populations[rec].rate.initial[0]=[1, 2]", "2 values are given for one of initial"},
           {"network.populations[rec].rate.initial=[1, x]", "initial must be a number"},
           {"training.learning_rate=0,05", "must be a number with a decimal point, not a comma"},
           {"training.learning_rate=05", "must be a number with a decimal point, not a comma"},
           {"training.learning_rate=1 batch: 2", "learning_rate must be a number"},
           {"training.optimizer.sgd={} batch: 2", "sgd must be { ... }"},
           {"training.optimizer.sgd={x: 1}", "sgd must be { ... }"},
           {"training.loss={}", "loss must be one of FINAL"},
           {"training.batch=[1]", "batch must be a whole number"}}) {
    EXPECT_NE(refusal(text).find(says), std::string::npos) << text << "\n" << refusal(text);
  }
}

}  // namespace
}  // namespace locus
