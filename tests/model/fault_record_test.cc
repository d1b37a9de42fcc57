// Records: the Spec of a good one, and its faults.
#include <gtest/gtest.h>

#include "sim/model/load.h"
#include "tests/model/fault_case.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

using M = ModelText;

TEST(Record, IsReadWithItsDefaults) {
  const Folder folder;
  M model;
  model.more = "record { quantity: LEARNING_SIGNAL population: \"rec\" } record { quantity: WEIGHTS projection: \"W\" }";
  const Spec spec = load(folder.write("m.txtpb", model.text()));
  ASSERT_EQ(spec.records.size(), 2U);
  const RecordSpec& signal = spec.records[0];
  EXPECT_EQ(signal.name, "rec-learning-signal");
  EXPECT_EQ(signal.quantity, Quantity::kLearningSignal);
  EXPECT_EQ(signal.of, 1);
  EXPECT_TRUE(signal.takes_update(0) && signal.takes_update(1'000'000));
  EXPECT_TRUE(signal.takes_tick(1) && signal.takes_tick(2));
  EXPECT_FALSE(signal.takes_tick(0) || signal.takes_tick(3)) << "a trial has two ticks";
  EXPECT_FALSE(signal.trial.has_value());
  EXPECT_FALSE(signal.protobuf);
  EXPECT_EQ(signal.numbers, Precision::kFloat64);
  EXPECT_EQ(spec.records[1].name, "W-weights");
  EXPECT_EQ(spec.records[1].of, 1);
  model.head += " precision: FLOAT32";
  EXPECT_EQ(load(folder.write("m.txtpb", model.text())).records[0].numbers, Precision::kFloat32);
}

TEST(Record, KeepsWhatIsGiven) {
  const Folder folder;
  M model;
  model.training = "training { learning_rate: 0.1 batch: 3 updates: 50 }";
  model.more =
      "record { name: \"a\" quantity: OUTPUT population: \"out\" every_updates: 7 first_update: 2 last_update: 40 every_ticks: 2 first_tick: 2 "
      "last_tick: 2 trial: 2 form: PROTOBUF numbers: FLOAT32 }";
  const RecordSpec record = load(folder.write("m.txtpb", model.text())).records.at(0);
  EXPECT_EQ(record.name, "a");
  EXPECT_EQ(record.every_updates, 7);
  EXPECT_EQ(record.first_update, 2);
  EXPECT_EQ(record.last_update, 40);
  EXPECT_EQ(record.every_ticks, 2);
  EXPECT_EQ(record.first_tick, 2);
  EXPECT_EQ(record.last_tick, 2);
  EXPECT_EQ(record.trial, 2);
  EXPECT_TRUE(record.protobuf);
  EXPECT_EQ(record.numbers, Precision::kFloat32);
}

std::string activity(const std::string& more) {
  return "record { quantity: ACTIVITY population: \"rec\" " + more + " }";
}

/// The model has two inputs, three rate neurons, one readout, two ticks, and one trial an update.
TEST(Faults, OfRecords) {
  expect_faults({
      {"no quantity", [](M& m) { m.more = "@record { population: \"rec\" }"; }, "record[0].quantity", {"is missing"}},
      {"of nothing",
       [](M& m) { m.more = "@record { quantity: ACTIVITY }"; },
       "record[0]",
       {"says not of what", "population or projection"}},
      {"another population",
       [](M& m) { m.more = "record { quantity: ACTIVITY @population: \"rce\" }"; },
       "record[0].population",
       {"\"rce\"", "no population", "did you mean \"rec\"?"}},
      {"another projection",
       [](M& m) { m.more = "record { quantity: WEIGHTS @projection: \"w\" }"; },
       "record[0].projection",
       {"\"w\"", "no projection", "\"W\""}},
      {"weights of a population",
       [](M& m) { m.more = "record { quantity: WEIGHTS @population: \"rec\" }"; },
       "record[0].population",
       {"must be a projection where the quantity is WEIGHTS"}},
      {"activity of a projection",
       [](M& m) { m.more = "record { quantity: ACTIVITY @projection: \"W\" }"; },
       "record[0].projection",
       {"must be a population where the quantity is ACTIVITY"}},
      {"activity of readouts",
       [](M& m) { m.more = "record { quantity: ACTIVITY @population: \"out\" }"; },
       "record[0].population",
       {"\"out\", whose ACTIVITY cannot be recorded", "OUTPUT"}},
      {"output of rate neurons",
       [](M& m) { m.more = "record { quantity: OUTPUT @population: \"rec\" }"; },
       "record[0].population",
       {"must be a readout population"}},
      {"signal of inputs",
       [](M& m) { m.more = "record { quantity: LEARNING_SIGNAL @population: \"in\" }"; },
       "record[0].population",
       {"must be a rate or spiking population"}},
      {"voltage of rate neurons",
       [](M& m) { m.more = "record { quantity: VOLTAGE @population: \"rec\" }"; },
       "record[0].population",
       {"must be a spiking population"}},
      {"current of inputs",
       [](M& m) { m.more = "record { quantity: CURRENT @population: \"in\" }"; },
       "record[0].population",
       {"must be a rate or spiking population"}},
      {"trace onto readouts",
       [](M& m) { m.more = "record { quantity: TRACE @projection: \"A\" }"; },
       "record[0].projection",
       {"must end on a rate or spiking population"}},
      {"trace of what is static",
       [](M& m) {
         m.w.insert(m.w.rfind('}'), " plastic: false");
         m.more = "record { quantity: TRACE @projection: \"W\" }";
       },
       "record[0].projection",
       {"must be plastic"}},
  });
}

TEST(Faults, OfWindowsAndNamesOfRecords) {
  expect_faults({
      {"never", [](M& m) { m.more = activity("@every_updates: 0"); }, "record[0].every_updates", {"is 0", "at least 1"}},
      {"before the first", [](M& m) { m.more = activity("@first_update: -1"); }, "record[0].first_update", {"is -1"}},
      {"ends before it begins",
       [](M& m) { m.more = activity("first_update: 5 @last_update: 4"); },
       "record[0].last_update",
       {"is 4", "at least 5"}},
      {"no tick", [](M& m) { m.more = activity("@every_ticks: 0"); }, "record[0].every_ticks", {"is 0"}},
      {"tick 0", [](M& m) { m.more = activity("@first_tick: 0"); }, "record[0].first_tick", {"is 0", "1 to 2"}},
      {"behind the trial", [](M& m) { m.more = activity("@last_tick: 3"); }, "record[0].last_tick", {"is 3", "1 to 2"}},
      {"another trial", [](M& m) { m.more = activity("@trial: 1"); }, "record[0].trial", {"is 1"}},
      {"ticks of weights",
       [](M& m) { m.more = "record { quantity: WEIGHTS projection: \"W\" @every_ticks: 2 }"; },
       "record[0].every_ticks",
       {"is given", "must not be given where the quantity is WEIGHTS"}},
      {"more than a message holds",
       [](M& m) {
         m.training = "training { learning_rate: 0.1 batch: 50000000 }";
         m.more = activity("@form: PROTOBUF");
       },
       "record[0].form",
       {"3 values in 50000000 trials", "must be NPY"}},
      {"twice the same", [](M& m) { m.more = activity("") + "@" + activity(""); }, "record[1]", {"\"rec-activity\"", "unique"}},
      {"twice the name",
       [](M& m) { m.more = activity("name: \"a\"") + activity("first_tick: 2 @name: \"a\""); },
       "record[1].name",
       {"\"a\"", "unique"}},
      {"a long name", [](M& m) { m.more = activity("@name: \"" + std::string(101, 'a') + "\""); }, "record[0].name", {"100 bytes"}},
      {"too many",
       [](M& m) {
         for (int i = 0; i <= 100; ++i)
           m.more += (i == 0 ? "@" : "") + activity("name: \"" + std::to_string(i) + "\"") + "\n";
       },
       "record",
       {"has 101 entries", "at most 100"}},
  });
}

/// A record of evaluation trials, of which the model has one.
void evaluate(M& m, const std::string& record) {
  m.training = "training { learning_rate: 0.1 evaluation { every: 1 } }";
  const std::string trial = "{ input { rows: 2 cols: 2 values: [1, 0, 0, 1] } target { rows: 2 cols: 1 values: [0, 1] } } ";
  m.task = recorded("trials " + trial + "evaluation_trials " + trial);
  m.more = record;
}

TEST(Record, OfEvaluationTrialsIsRead) {
  const Folder folder;
  M model;
  evaluate(model, activity("evaluation: true") + activity(""));
  const Spec spec = load(folder.write("m.txtpb", model.text()));
  ASSERT_EQ(spec.records.size(), 2U);
  EXPECT_TRUE(spec.records[0].evaluation);
  EXPECT_EQ(spec.records[0].name, "rec-activity-evaluation");
  EXPECT_FALSE(spec.records[1].evaluation);
}

TEST(Faults, OfRecordsOfEvaluationTrials) {
  expect_faults({
      {"without an evaluation",
       [](M& m) { m.more = activity("@evaluation: true"); },
       "record[0].evaluation",
       {"the training has no evaluation", "must stand with training.evaluation"}},
      {"of what learns",
       [](M& m) { evaluate(m, "record { quantity: LEARNING_SIGNAL population: \"rec\" @evaluation: true }"); },
       "record[0].evaluation",
       {"the quantity is LEARNING_SIGNAL", "ACTIVITY, OUTPUT, ERROR, VOLTAGE and CURRENT"}},
      {"weights",
       [](M& m) { evaluate(m, "record { quantity: WEIGHTS projection: \"W\" @evaluation: true }"); },
       "record[0].evaluation",
       {"the quantity is WEIGHTS"}},
      {"another trial", [](M& m) { evaluate(m, activity("evaluation: true @trial: 1")); }, "record[0].trial", {"is 1", "must be 0"}},
      {"twice the same",
       [](M& m) { evaluate(m, activity("evaluation: true") + "@" + activity("evaluation: true")); },
       "record[1]",
       {"\"rec-activity-evaluation\"", "unique"}},
  });
}

}  // namespace
}  // namespace locus
