// Trials from arrays of NumPy: shapes, orders and types, events, lengths, masks, and false files.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "sim/model/load.h"
#include "sim/model/read_trial_files.h"
#include "tests/model/text_parts.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

/// An .npy file of these numbers.
template <class Number>
std::string array_file(const std::string& type, const std::string& shape, const std::vector<Number>& numbers,
                       bool fortran = false, bool swapped = false) {
  std::string text =
      "{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape + ", }";
  text += std::string(63 - (text.size() + 10) % 64, ' ') + "\n";
  std::string all = "\x93NUMPY\x01";
  all += '\0';
  for (std::size_t i = 0; i < 2; ++i) all += static_cast<char>((text.size() >> (8 * i)) & 255U);
  all += text;
  for (const Number number : numbers) {
    std::string bytes(reinterpret_cast<const char*>(&number), sizeof(Number));
    if (swapped) std::ranges::reverse(bytes);
    all += bytes;
  }
  return all;
}

/// Two inputs, one readout, three ticks: two trials.
constexpr const char* kShape = "(2, 3, 2)";
const std::vector<double> kInputs = {1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6.5};
const std::vector<double> kTargets = {0, 1, 2, 3, 4, 5};

struct ArrayFiles {
  std::vector<std::pair<std::string, std::string>> files;
  std::string task;  // what recorded holds
  std::string training = "training { learning_rate: 0.1 }";
};

struct LoadedTrials {
  std::vector<Fault> faults;
  Spec spec;
};

LoadedTrials load_files(const ArrayFiles& given) {
  const Folder folder;
  for (const auto& [name, bytes] : given.files) folder.write(name, bytes);
  ModelText model;
  model.task = "task { recorded { " + given.task + " } }";
  model.training = given.training;
  const auto file = folder.write("m.txtpb", model.text());
  LoadedTrials loaded;
  loaded.faults = validate(file);
  if (loaded.faults.empty()) loaded.spec = load(file);
  return loaded;
}

RecordedTask task_of(const ArrayFiles& given) {
  const LoadedTrials loaded = load_files(given);
  EXPECT_TRUE(loaded.faults.empty()) << loaded.faults.front().field << " " << loaded.faults.front().what << " "
                                     << loaded.faults.front().allowed;
  return loaded.faults.empty() ? std::get<RecordedTask>(loaded.spec.task) : RecordedTask{};
}

const std::string kBoth = "files { input: \"x.npy\" target: \"y.npy\" }";

/// The two trials, written into the model.
RecordedTask written() {
  return task_of({{},
                  "trials { input { rows: 3 cols: 2 values: [1, 2, 3, 4, 5, 6] } target { rows: 3 cols: 1 values: [0, 1, 2] } } "
                  "trials { input { rows: 3 cols: 2 values: [-1, -2, -3, -4, -5, -6.5] } target { rows: 3 cols: 1 values: "
                  "[3, 4, 5] } }"});
}

TEST(TrialFiles, AreTheTrialsOfTheirNumbers) {
  const std::string y = array_file("<f8", "(2, 3, 1)", kTargets);
  EXPECT_EQ(task_of({{{"x.npy", array_file("<f8", kShape, kInputs)}, {"y.npy", y}}, kBoth}), written());
  EXPECT_EQ(task_of({{{"x.npy", array_file(">f8", kShape, kInputs, false, true)}, {"y.npy", y}}, kBoth}), written())
      << "big-endian";
  std::vector<double> fortran(12);
  for (std::size_t k = 0; k < 12; ++k) fortran[k / 6 + 2 * (k / 2 % 3) + 6 * (k % 2)] = kInputs[k];
  EXPECT_EQ(task_of({{{"x.npy", array_file("<f8", kShape, fortran, true)}, {"y.npy", y}}, kBoth}), written())
      << "Fortran order";
  const std::vector<float> narrow(kInputs.begin(), kInputs.end());
  EXPECT_EQ(task_of({{{"x.npy", array_file("<f4", kShape, narrow)}, {"y.npy", y}}, kBoth}), written()) << "float32";
  RecordedTask whole = written();
  std::get<DenseMatrix>(whole.trials[1].input).values.back() = -6;
  const std::vector<std::int8_t> bytes(kInputs.begin(), kInputs.end());
  EXPECT_EQ(task_of({{{"x.npy", array_file("|i1", kShape, bytes)}, {"y.npy", y}}, kBoth}), whole) << "int8";
}

TEST(TrialFiles, SayTheTicksOfTheModel) {
  const ArrayFiles given = {
      {{"x.npy", array_file("<f8", kShape, kInputs)}, {"y.npy", array_file("<f8", "(2, 3, 1)", kTargets)}}, kBoth};
  EXPECT_EQ(load_files(given).spec.training.ticks, 3);
  EXPECT_EQ(load_files(given).spec.inputs.size(), 3U) << "the model, and what it names";
}

TEST(TrialFiles, GiveClassesLengthsAndMasks) {
  const std::string files =
      "files { input: \"x.npy\" classes: \"c.npy\" lengths: \"n.npy\" mask: \"m.npy\" } shuffle: true";
  const RecordedTask task = task_of({{{"x.npy", array_file("<f8", kShape, kInputs)},
                                      {"c.npy", array_file("<i8", "(2,)", std::vector<std::int64_t>{0, 0})},
                                      {"n.npy", array_file("<u2", "(2,)", std::vector<std::uint16_t>{3, 2})},
                                      {"m.npy", array_file("|u1", "(2, 3)", std::vector<std::uint8_t>{1, 0, 1, 1, 1, 0})}},
                                     files});
  ASSERT_EQ(task.trials.size(), 2U);
  EXPECT_TRUE(task.shuffle);
  EXPECT_EQ(task.trials[0].label, 0);
  EXPECT_EQ(task.trials[0].mask, (DenseMatrix{3, 1, {1, 0, 1}}));
  EXPECT_EQ(std::get<DenseMatrix>(task.trials[1].input), (DenseMatrix{2, 2, {-1, -2, -3, -4}}));
  EXPECT_EQ(task.trials[1].mask, (DenseMatrix{2, 1, {1, 1}}));
  EXPECT_EQ(task.trials[1].target.rows, 0);
}

TEST(TrialFiles, KeepEventsAsEvents) {
  const std::vector<std::int32_t> events = {1, 3, 0, 0, 1, 1, 0, 2, 0, 1, 1, 1};
  const RecordedTask task =
      task_of({{{"e.npy", array_file("<i4", "(4, 3)", events)}, {"y.npy", array_file("<f8", "(2, 3, 1)", kTargets)}},
               "files { events: \"e.npy\" target: \"y.npy\" }",
               "training { learning_rate: 0.1 ticks: 3 }"});
  ASSERT_EQ(task.trials.size(), 2U);
  EXPECT_EQ(std::get<SparseMatrix>(task.trials[0].input), (SparseMatrix{3, 2, {0, 1}, {1, 0}, {1, 1}}));
  EXPECT_EQ(std::get<SparseMatrix>(task.trials[1].input), (SparseMatrix{3, 2, {2, 0}, {0, 1}, {1, 1}}));
}

TEST(TrialFiles, ServeEvaluation) {
  const LoadedTrials loaded =
      load_files({{{"x.npy", array_file("<f8", kShape, kInputs)}, {"y.npy", array_file("<f8", "(2, 3, 1)", kTargets)}},
                  kBoth + " evaluation_files { input: \"x.npy\" target: \"y.npy\" }",
                  "training { learning_rate: 0.1 evaluation { every: 1 } }"});
  ASSERT_TRUE(loaded.faults.empty()) << loaded.faults.front().what;
  EXPECT_EQ(std::get<RecordedTask>(loaded.spec.task).evaluation_trials, written().trials);
  EXPECT_EQ(loaded.spec.training.evaluation->trials, 2);
}

struct BadArrays {
  const char* name;
  ArrayFiles files;
  const char* field;
  std::vector<std::string> words;
};

void expect_refused(const std::vector<BadArrays>& cases) {
  for (const BadArrays& bad : cases) {
    const LoadedTrials loaded = load_files(bad.files);
    ASSERT_FALSE(loaded.faults.empty()) << bad.name;
    const Fault& fault = loaded.faults.front();
    EXPECT_EQ(fault.field, bad.field) << bad.name;
    EXPECT_EQ(loaded.faults.size(), 1U) << bad.name << ": " << loaded.faults.back().field << " "
                                        << loaded.faults.back().what;
    for (const std::string& word : bad.words)
      EXPECT_NE((fault.what + ", " + fault.allowed).find(word), std::string::npos)
          << bad.name << ": " << fault.what << ", " << fault.allowed;
  }
}

ArrayFiles with_lengths(const std::vector<double>& lengths) {
  return {{{"x.npy", array_file("<f8", kShape, kInputs)},
           {"y.npy", array_file("<f8", "(2, 3, 1)", kTargets)},
           {"n.npy", array_file("<f8", "(2,)", lengths)}},
          "files { input: \"x.npy\" target: \"y.npy\" lengths: \"n.npy\" }"};
}

TEST(TrialFiles, AreRefusedWithFileShapeAndWhatIsAllowed) {
  const std::string x = array_file("<f8", kShape, kInputs);
  const std::string y = array_file("<f8", "(2, 3, 1)", kTargets);
  const std::vector<BadArrays> cases = {
      {"no file", {{{"y.npy", y}}, kBoth}, "task.recorded.files.input", {"x.npy"}},
      {"two dimensions",
       {{{"x.npy", array_file("<f8", "(6, 2)", kInputs)}, {"y.npy", y}}, kBoth},
       "task.recorded.files.input",
       {"shape (6, 2)", "trials x ticks x 2 inputs"}},
      {"inputs",
       {{{"x.npy", array_file("<f8", "(2, 2, 3)", kInputs)}, {"y.npy", y}}, kBoth},
       "task.recorded.files.input",
       {"shape (2, 2, 3)", "2 inputs"}},
      {"ticks",
       {{{"x.npy", x}, {"y.npy", array_file("<f8", "(2, 2, 1)", std::vector<double>{1, 2, 3, 4})}}, kBoth},
       "task.recorded.files.target",
       {"shape (2, 2, 1)", "3 ticks, as input has"}},
      {"trials",
       {{{"x.npy", x}, {"y.npy", array_file("<f8", "(1, 3, 1)", std::vector<double>{1, 2, 3})}}, kBoth},
       "task.recorded.files.target",
       {"shape (1, 3, 1)", "must have 2 trials, as input has"}},
      {"no number",
       {{{"x.npy", array_file("<f8", kShape, std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8, 9, std::nan(""), 11, 12})},
         {"y.npy", y}},
        kBoth},
       "task.recorded.files.input",
       {"entry (1, 1, 1) is nan", "must be finite"}},
      {"a short file",
       {{{"x.npy", x.substr(0, x.size() - 8)}, {"y.npy", y}}, kBoth},
       "task.recorded.files.input",
       {"88 bytes of numbers", "take 96"}},
      {"an ending", {{{"x.csv", "1"}}, "files { input: \"x.csv\" }"}, "task.recorded.files.input", {"must end in .npy"}},
      {"more ticks than training has",
       {{{"x.npy", x}, {"y.npy", y}}, kBoth, "training { learning_rate: 0.1 ticks: 2 }"},
       "task.recorded.files.input",
       {"trials of 3 ticks", "at most 2, training.ticks"}},
      {"a length", with_lengths({3, 4}), "task.recorded.files.lengths", {"number 1 is 4", "must be 1 to 3"}},
      {"half a length", with_lengths({3, 1.5}), "task.recorded.files.lengths", {"number 1 is 1.5", "whole number"}},
      {"a class",
       {{{"x.npy", x}, {"c.npy", array_file("<i8", "(2,)", std::vector<std::int64_t>{0, 1})}},
        "files { input: \"x.npy\" classes: \"c.npy\" }"},
       "task.recorded.files.classes",
       {"number 1 is 1", "0 to 0"}},
      {"classes and targets",
       {{{"x.npy", x}, {"y.npy", y}, {"c.npy", array_file("<i8", "(2,)", std::vector<std::int64_t>{0, 0})}},
        "files { input: \"x.npy\" target: \"y.npy\" classes: \"c.npy\" }"},
       "task.recorded.files.classes",
       {"beside target"}},
      {"no targets",
       {{{"x.npy", x}}, "files { input: \"x.npy\" }"},
       "task.recorded.files.target",
       {"is missing", "rule \"bptt\" learns"}},
      {"a negative weight",
       {{{"x.npy", x}, {"y.npy", y}, {"m.npy", array_file("<f8", "(2, 3)", std::vector<double>{1, 1, 1, 1, -0.5, 1})}},
        "files { input: \"x.npy\" target: \"y.npy\" mask: \"m.npy\" }"},
       "task.recorded.files.mask",
       {"entry (1, 1, 0) is -0.5", "must be at least 0"}},
      {"no inputs", {{{"y.npy", y}}, "files { target: \"y.npy\" }"}, "task.recorded.files", {"has no input"}},
      {"files and trials",
       {{{"x.npy", x}, {"y.npy", y}},
        kBoth + " trials { input { rows: 3 cols: 2 values: [1, 2, 3, 4, 5, 6] } target { rows: 3 "
                "cols: 1 values: [0, 1, 2] } }"},
       "task.recorded.files",
       {"beside trials"}},
  };
  expect_refused(cases);
}

TEST(TrialFiles, OfEventsAreRefusedAlike) {
  const std::string y = array_file("<f8", "(2, 3, 1)", kTargets);
  const auto with_events = [&](const std::vector<std::int32_t>& events, const std::string& shape = "(1, 3)") {
    return ArrayFiles{{{"e.npy", array_file("<i4", shape, events)}, {"y.npy", y}},
                      "files { events: \"e.npy\" target: \"y.npy\" }"};
  };
  expect_refused({
      {"an event's trial", with_events({2, 1, 0}), "task.recorded.files.events", {"event 0 has trial 2", "0 to 1"}},
      {"an event's tick", with_events({0, 0, 0}), "task.recorded.files.events", {"event 0 has tick 0", "1 to 3"}},
      {"an event's input", with_events({0, 1, 2}), "task.recorded.files.events", {"event 0 has input 2", "0 to 1"}},
      {"an event twice", with_events({0, 1, 1, 0, 1, 1}, "(2, 3)"), "task.recorded.files.events", {"trial 0, tick 1, input 1 twice"}},
      {"an event's shape", with_events({0, 1}, "(1, 2)"), "task.recorded.files.events", {"shape (1, 2)", "events x 3"}},
      {"how many trials of events",
       {{{"e.npy", array_file("<i4", "(1, 3)", std::vector<std::int32_t>{0, 1, 1})}}, "files { events: \"e.npy\" }"},
       "task.recorded.files.events",
       {"how many trials"}},
  });
}

}  // namespace
}  // namespace locus
