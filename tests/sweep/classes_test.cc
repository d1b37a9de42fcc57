// Sweeps of models whose trials have classes: accuracies of members, in tables, files and curves,
// and best settings that are chosen by them. And recordings of members, and differences of sweeps.
#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "sim/model/errors.h"
#include "sim/model/load.h"
#include "sim/report/diff.h"
#include "sim/sweep/sweep.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

/// Six trials of three classes; one of them has a target and no class.
std::string model_text(int readouts) {
  std::string text = R"(# proto-file: proto/locus/v1/model.proto
# proto-message: locus.v1.Model
name: "classes" seed: 5
network {
  populations { name: "in"  size: 3 input {} }
  populations { name: "rec" size: 6 rate { activation: TANH leak: 0.5 } }
  populations { name: "out" size: 3 readout {} }
  projections { name: "B" source: "in"  target: "rec" weights { gaussian { gain: 1 } } }
  projections { name: "W" source: "rec" target: "rec" weights { gaussian { gain: 0.8 } } }
  projections { name: "A" source: "rec" target: "out" weights { gaussian { gain: 1 } } }
}
rules { name: "bptt" bptt {} }
rules { name: "rflo" rflo {} }
)";
  if (readouts == 1) text.replace(text.find("size: 3 readout"), 15, "size: 1 readout");
  return text;
}

std::string trials(const char* field) {
  std::string text;
  for (int k = 0; k < 6; ++k) {
    const std::string target =
        k == 4 ? "target { rows: 2 cols: 3 values: [0, 1, 0, 0, 1, 0] }" : "class: " + std::to_string(k % 3);
    text += std::string(field) + " { input { rows: 2 cols: 3 values: [";
    for (int i = 0; i < 6; ++i) text += (i == 0 ? "" : ", ") + std::to_string(i % 3 == k % 3 ? 1.0 - 0.1 * k : 0.1 * i);
    text += "] } " + target + " }\n";
  }
  return text;
}

class SweepClasses : public InFolder {
 protected:
  SweepPlan plan(const std::vector<std::string>& sets, std::int32_t seeds) const {
    SweepPlan plan{.model = model_, .axes = {}, .seeds = seeds, .overrides = {.rules = {}}};
    for (const std::string& set : sets) plan.axes.push_back(axis_of(set));
    return plan;
  }
  RunResult alone(const SweepMember& member) const {
    std::vector<Setting> settings;
    for (const std::string& text : member.settings) settings.push_back(setting_of(text));
    std::vector<Fault> warnings;
    Spec spec = load_bytes(text("classes.txtpb"), model_, settings, warnings);
    spec.seed = member.seed;
    return run(spec, {.threads = 2});
  }
  static std::string refusal(const SweepPlan& plan) {
    try {
      sweep(plan, {.folder = {}});
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  }

  const std::string model_ = file(
      "classes.txtpb", model_text(3) +
                           "training { loss: CROSS_ENTROPY ticks: 2 batch: 2 updates: 9 learning_rate: 0.3 evaluation { "
                           "every: 3 trials: 6 } }\ntask { recorded {\n" +
                           trials("trials") + trials("evaluation_trials") + "} }\n");
};

const SweepCurve* find_curve(const std::vector<SweepCurve>& curves, const std::string& rule, bool evaluation) {
  const auto found = std::ranges::find_if(
      curves, [&](const SweepCurve& one) { return one.rule == rule && one.accuracy && one.evaluation == evaluation; });
  return found == curves.end() ? nullptr : &*found;
}

TEST_F(SweepClasses, AccuraciesAreThoseOfSingleRuns) {
  const std::string out = at("out");
  fs::create_directory(out);
  const SweepResult swept = sweep(plan({}, 3), {.threads = 2, .folder = out});
  const std::vector<SweepCurve> curves = curves_of(swept);
  std::vector<RunResult> runs;
  for (const SweepMember& member : swept.members) runs.push_back(alone(member));
  const std::vector<SummaryLine> summary = summary_of(swept);
  for (std::size_t r = 0; r < 2; ++r) {
    std::vector<double> ends;
    std::vector<double> evaluated;
    for (std::size_t m = 0; m < 3; ++m) {
      const Outcome& outcome = runs[m].outcomes[r];
      // by hand: the last update of 9 is the window
      ASSERT_EQ(outcome.accuracies.size(), 9U);
      ASSERT_TRUE(swept.members[m].rules[r].accuracy.has_value());
      EXPECT_EQ(*swept.members[m].rules[r].accuracy, outcome.accuracies.back());
      EXPECT_EQ(swept.members[m].rules[r].evaluation_accuracy, outcome.evaluations.back().accuracy);
      ends.push_back(outcome.accuracies.back());
      evaluated.push_back(outcome.evaluations.back().accuracy.value());
    }
    std::ranges::sort(evaluated);
    EXPECT_EQ(summary[r].evaluation_accuracy.median, evaluated[1]);
    EXPECT_DOUBLE_EQ(summary[r].accuracy.mean, (ends[0] + ends[1] + ends[2]) / 3);
    const SweepCurve* const training = find_curve(curves, swept.members[0].rules[r].rule, false);
    ASSERT_NE(training, nullptr);
    ASSERT_EQ(training->points.size(), 9U);
    for (std::size_t k = 0; k < 9; ++k) {
      std::vector<double> all;
      for (const RunResult& run : runs) all.push_back(run.outcomes[r].accuracies[k]);
      std::ranges::sort(all);
      EXPECT_EQ(training->points[k].median, all[1]) << "the same bits";
      EXPECT_EQ(training->update[k], static_cast<std::int64_t>(k));
    }
    const SweepCurve* const evaluation = find_curve(curves, swept.members[0].rules[r].rule, true);
    ASSERT_NE(evaluation, nullptr);
    ASSERT_EQ(evaluation->points.size(), runs[0].outcomes[r].evaluations.size());
  }
  EXPECT_NE(sweep_table(swept).find("ACCURACY OF EVALUATION TRIALS"), std::string::npos);
  write_sweep(swept, out);
  EXPECT_EQ(
      text("out/members.csv").find("seed,rule,status,first,last,evaluation,accuracy,evaluation_accuracy,messages,"), 0U);
  const std::string csv = text("out/curves.csv");
  EXPECT_NE(csv.find("\nbptt,accuracy,training,0,1,3,"), std::string::npos) << csv;
  EXPECT_NE(csv.find("\nrflo,accuracy,evaluation,9,1,3,"), std::string::npos) << csv;
  // A member that is found again has what it had.
  const SweepResult again = sweep(plan({}, 3), {.threads = 1, .folder = out});
  for (std::size_t m = 0; m < 3; ++m) EXPECT_EQ(again.members[m].rules, swept.members[m].rules);
  EXPECT_TRUE(difference(fs::path(out), fs::path(out), 0).agree);
}

TEST(SweepCurves, UpdatesWithoutAClassAreNotCounted) {
  const double none = std::nan("");
  const std::vector<double> accuracies = {1, none, 0.5, none, none, none, 0};
  const std::vector<double> curve = curve_of(accuracies, 7, 4);
  ASSERT_EQ(curve.size(), 4U);
  EXPECT_EQ(curve[0], 1);
  EXPECT_EQ(curve[1], 0.5);
  EXPECT_TRUE(std::isnan(curve[2]));
  EXPECT_EQ(curve[3], 0);
  Digest digest{.rule = "x", .kind = "x", .status = "COMPLETED", .message = {}, .fingerprint = {}};
  digest.accuracy_curve = curve;
  digest.stretch = 2;
  SweepResult result{.model = "m", .model_sha256 = {}, .axes = {}, .members = {{{}, 0, "", {digest}, ""}}, .notes = {}};
  const std::vector<SweepCurve> curves = curves_of(result);
  ASSERT_EQ(curves.size(), 1U);
  EXPECT_EQ(curves[0].update, (std::vector<std::int64_t>{0, 2, 6}));
}

TEST_F(SweepClasses, TheBestMayBeChosenByAccuracy) {
  SweepPlan four = plan({"training.learning_rate=0.001,0.3,1"}, 4);
  four.best = Criterion::kAccuracy;
  const SweepResult swept = sweep(four, {.threads = 2, .folder = {}});
  ASSERT_TRUE(swept.best.has_value());
  EXPECT_EQ(swept.best->by, Criterion::kAccuracy);
  for (std::size_t r = 0; r < 2; ++r) {
    std::map<std::vector<std::string>, double> sums;  // of the choosing seeds, 5 and 6
    for (const SweepMember& member : swept.members) {
      if (member.seed < 7) sums[member.settings] += member.rules[r].evaluation_accuracy.value() / 2;
    }
    const double highest = std::ranges::max_element(sums, {}, [](const auto& one) { return one.second; })->second;
    EXPECT_EQ(swept.best->rules[r].chosen_by, highest);
    EXPECT_EQ(sums.at(swept.best->rules[r].settings), highest);
  }
  // Neither losses, nor what is reported, bear on it.
  SweepResult other = swept;
  for (SweepMember& member : other.members) {
    for (Digest& digest : member.rules) {
      digest.last = digest.evaluation.emplace(static_cast<double>(member.seed % 3) / digest.last);
      digest.accuracy = 1 - digest.accuracy.value_or(0);
      if (member.seed > 6) digest.evaluation_accuracy = 1 - digest.evaluation_accuracy.value();
    }
  }
  const BestSettings again = best_of(other, Criterion::kAccuracy);
  for (std::size_t r = 0; r < 2; ++r) EXPECT_EQ(again.rules[r].settings, swept.best->rules[r].settings);
  // Accuracies of the choosing seeds do.
  for (SweepMember& member : other.members) {
    for (Digest& digest : member.rules)
      digest.evaluation_accuracy = member.settings[0] == "training.learning_rate=0.001" ? 1 : 0;
  }
  EXPECT_EQ(best_of(other, Criterion::kAccuracy).rules[0].settings[0], "training.learning_rate=0.001");
  EXPECT_EQ(best_csv(swept).find("training.learning_rate,criterion,chosen_by,"), 0U);
  EXPECT_NE(best_csv(swept).find(",accuracy,"), std::string::npos);
}

TEST_F(SweepClasses, AccuracyChoosesOnlyWhereTrialsHaveClasses) {
  SweepPlan by_accuracy = plan({}, 2);
  by_accuracy.best = Criterion::kAccuracy;
  EXPECT_EQ(refusal(by_accuracy), "");
  // A choice between two, said by one readout with +1 and -1, is no class.
  const char* const kTraining = "training { updates: 2 learning_rate: 0.1 evaluation { every: 1 trials: 2 } }\n";
  std::string one =
      model_text(1) + kTraining +
      "task { delayed_xor { onset_ticks: 0 stimulus_ticks: 1 delay_ticks: 0 gap_ticks: 0 response_ticks: 2 } }\n";
  one.replace(one.find("size: 3 input"), 13, "size: 2 input");
  by_accuracy.model = file("signed.txtpb", one);
  EXPECT_NE(refusal(by_accuracy).find("--best-by accuracy needs trials with classes"), std::string::npos);
  by_accuracy.best = Criterion::kLoss;
  EXPECT_EQ(refusal(by_accuracy), "");
  const SweepResult swept = sweep(by_accuracy, {.threads = 1, .folder = {}});
  ASSERT_EQ(swept.members[0].failure, "");
  EXPECT_FALSE(swept.members[0].rules.at(0).accuracy.has_value());
  EXPECT_EQ(sweep_table(swept).find("ACCURACY"), std::string::npos);
}

TEST_F(SweepClasses, MembersHaveTheirRecordings) {
  const std::string recorded =
      file("recorded.txtpb",
           text("classes.txtpb") + "record { name: \"y\" quantity: OUTPUT population: \"out\" every_updates: 4 }\n");
  SweepPlan two = plan({}, 2);
  two.model = recorded;
  const std::string out = at("out");
  fs::create_directory(out);
  std::vector<std::string> notes;
  const SweepResult swept =
      sweep(two, {.threads = 2, .folder = out, .note = [&](const std::string& note) { notes.push_back(note); }});
  EXPECT_TRUE(notes.empty());
  for (const SweepMember& member : swept.members) {
    ASSERT_EQ(member.recordings.size(), 2U) << "one a rule";
    const std::string folder = member.file.substr(0, member.file.rfind('/'));
    EXPECT_EQ(member.recordings[0], folder + "/record/bptt/y.npy");
    for (const std::string& recording : member.recordings)
      EXPECT_EQ(text("out/" + recording).substr(1, 5), "NUMPY") << recording;
  }
  write_sweep(swept, out);
  EXPECT_NE(text("out/sweep.json").find("/record/rflo/y.npy"), std::string::npos);
  // Where a recording is gone, its member runs again, and the file is what it was.
  const std::string gone = swept.members[1].recordings[1];
  const std::string bytes = text("out/" + gone);
  fs::remove(fs::path(out) / gone);
  const SweepResult again = sweep(two, {.threads = 1, .folder = out});
  EXPECT_TRUE(again.members[1].replaced);
  EXPECT_FALSE(again.members[0].replaced);
  EXPECT_EQ(text("out/" + gone), bytes);
  // Without a folder they have no place.
  sweep(two, {.threads = 1, .folder = {}, .note = [&](const std::string& note) { notes.push_back(note); }});
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0], "recordings need --out DIR; the model's records (y) are left out");
}

TEST_F(SweepClasses, DifferencesAreToldByMemberAndColumn) {
  for (const char* name : {"a", "b", "c"}) fs::create_directory(at(name));
  const auto written = [&](const char* name, const std::vector<std::string>& sets, std::int32_t seeds) {
    write_sweep(sweep(plan(sets, seeds), {.threads = 2, .folder = at(name)}), at(name));
  };
  written("a", {"training.learning_rate=0.3"}, 2);
  written("b", {"training.learning_rate=0.3"}, 3);
  const Difference more = difference(at("a"), at("b"), 0);
  EXPECT_FALSE(more.agree);
  EXPECT_EQ(more.text, "training.learning_rate=0.3 seed 7: only in the second\n");
  EXPECT_EQ(difference(at("b"), at("a"), 0).text, "training.learning_rate=0.3 seed 7: only in the first\n");
  SweepResult other = sweep(plan({"training.learning_rate=0.3"}, 2), {.threads = 1, .folder = at("a")});
  other.members[1].rules[0].last *= 1.001;
  other.members[1].rules[1].accuracy.reset();
  write_sweep(other, at("c"));
  const Difference one = difference(at("a"), at("c"), 0);
  EXPECT_NE(one.text.find("bptt: last: 1 of 2 differ, most by 0.001 of its size,"), std::string::npos) << one.text;
  EXPECT_NE(one.text.find("training.learning_rate=0.3 seed 6: rflo, accuracy: only in the first"), std::string::npos)
      << one.text;
  other.members[1].rules[1].accuracy =
      sweep(plan({"training.learning_rate=0.3"}, 2), {.folder = at("a")}).members[1].rules[1].accuracy;
  write_sweep(other, at("c"));
  EXPECT_TRUE(difference(at("a"), at("c"), 0.01).agree);
  const fs::path member = fs::path(at("a")) / other.members[0].file;
  EXPECT_THROW(difference(at("a"), member, 0), ModelError) << "a sweep and a result";
}

}  // namespace
}  // namespace locus
