// A sweep equals its single runs: bit by bit, for any number of threads, stopped and resumed, and
// with failing members.
#include "sim/sweep/sweep.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <set>

#include <gtest/gtest.h>

#include "sim/model/errors.h"
#include "sim/model/load.h"
#include "tests/support/folder.h"
#include "tests/sweep/student_text.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

const std::string kModel = student_text("name: \"swept\" seed: 5", 4, R"(training { ticks: 5 updates: 3 learning_rate: 0.1 }
rules { name: "bptt" bptt {} }
rules { name: "short" tbptt { depth: 2 } }
rules { name: "rflo" rflo {} }
)");

class Sweep : public InFolder {
 protected:
  SweepPlan plan(const std::vector<std::string>& sets, std::int32_t seeds) const {
    SweepPlan plan{.model = model_, .axes = {}, .seeds = seeds, .overrides = {.rules = {}}};
    for (const std::string& set : sets) plan.axes.push_back(axis_of(set));
    return plan;
  }
  std::vector<fs::path> written() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / "out")) {
      if (entry.path().filename() == "result.binpb") files.push_back(entry.path());
    }
    return files;
  }

  const fs::path model_ = file("model.txtpb", kModel);
};

/// The single run of a member.
RunResult alone(const fs::path& model, const SweepMember& member) {
  std::ifstream file(model, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  std::vector<Setting> settings;
  for (const std::string& text : member.settings) settings.push_back(setting_of(text));
  std::vector<Fault> warnings;
  Spec spec = load_bytes(bytes, model, settings, warnings);
  spec.seed = member.seed;
  return run(spec, {.threads = 2});
}

TEST_F(Sweep, Of200MembersIs200SingleRunsOnAnyNumberOfThreads) {
  const SweepPlan two_hundred =
      plan({"training.learning_rate=0.05,0.1,0.2,0.4,0.8", "rules[short].tbptt.depth=1,2,3,4"}, 10);
  ASSERT_EQ(size_of(two_hundred), 200U);
  const SweepResult swept = sweep(two_hundred, {.threads = 4, .folder = {}, .progress = {}});
  ASSERT_EQ(swept.members.size(), 200U);
  for (const SweepMember& member : swept.members) {
    EXPECT_EQ(member.failure, "");
    const RunResult single = alone(model_, member);
    EXPECT_EQ(member.rules, digests_of(single));
    ASSERT_EQ(member.rules.size(), single.outcomes.size());
    for (std::size_t r = 0; r < member.rules.size(); ++r)
      // over losses, weights and counts
      EXPECT_EQ(member.rules[r].fingerprint, single.outcomes[r].fingerprint);
  }
  // The settings have an effect: the results differ.
  EXPECT_NE(swept.members.front().rules[0].fingerprint, swept.members.back().rules[0].fingerprint);
  EXPECT_EQ(swept.members.front().rules[1].max_lag, 0);
  EXPECT_EQ(swept.members.back().rules[1].max_lag, 3);
  EXPECT_EQ(swept.members[9].seed, 14U);
}

/// A rule is named by a dot; only it learns at another rate.
TEST_F(Sweep, TakesARulesOwnRateAsAnAxis) {
  const SweepResult swept =
      sweep(plan({"rules.rflo.learning_rate=0.05,0.2"}, 1), {.threads = 2, .folder = {}, .progress = {}});
  ASSERT_EQ(swept.members.size(), 2U);
  EXPECT_EQ(swept.members[0].settings, (std::vector<std::string>{"rules.rflo.learning_rate=0.05"}));
  for (const SweepMember& member : swept.members) EXPECT_EQ(member.rules, digests_of(alone(model_, member)));
  const auto print = [&](std::size_t member, std::size_t rule) { return swept.members[member].rules[rule].fingerprint; };
  EXPECT_EQ(print(0, 0), print(1, 0));
  EXPECT_EQ(print(0, 1), print(1, 1));
  EXPECT_NE(print(0, 2), print(1, 2));
  try {
    sweep(plan({"rules.rfol.learning_rate=0.05"}, 1), {.threads = 1, .folder = {}, .progress = {}});
    ADD_FAILURE() << "an unknown rule was taken";
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("did you mean \"rflo\"?"), std::string::npos) << error.what();
  }
}

/// 2^64 members are 0 in 64 bits; 2^20 are just too many, and 2^19 are not.
TEST_F(Sweep, CountsItsMembersBeyond64Bits) {
  const auto of_fields = [&](int fields, std::int32_t seeds = 1) {
    SweepPlan many = plan({}, seeds);
    for (int k = 0; k < fields; ++k) many.axes.push_back({"f" + std::to_string(k), {"1", "2"}});
    return many;
  };
  const auto refusal = [](const SweepPlan& many) -> std::string {
    try {
      check_size(many);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(refusal(of_fields(19)), "");
  EXPECT_EQ(refusal(of_fields(20)), "that is 1048576 members; must be at most 1000000");
  EXPECT_EQ(refusal(of_fields(19, 3)), "that is 1572864 members; must be at most 1000000");
  EXPECT_EQ(refusal(of_fields(63)), "that is 9223372036854775808 members; must be at most 1000000");
  for (const int fields : {64, 65, 128, 1000})
    EXPECT_EQ(refusal(of_fields(fields)), "that is more than 1000000 members; must be at most 1000000") << fields;
  EXPECT_EQ(refusal(of_fields(62, 4)), "that is more than 1000000 members; must be at most 1000000");
  EXPECT_THROW(sweep(of_fields(64), {.threads = 1, .folder = {}, .progress = {}}), UsageError);
}

TEST_F(Sweep, IsResumedWithWhatIsLeft) {
  fs::create_directory(folder_ / "out");
  const SweepPlan four = plan({"training.learning_rate=0.1,0.2"}, 2);
  const SweepOptions options{.threads = 1, .folder = folder_ / "out", .progress = {}};
  const SweepResult first = sweep(four, options);
  std::vector<fs::path> files = written();
  ASSERT_EQ(files.size(), 4U);
  const auto kept = fs::last_write_time(files[0]);
  fs::remove(files[1]);
  std::ofstream(files[2]) << "no result";
  const SweepResult second = sweep(four, options);
  EXPECT_EQ(written().size(), 4U);
  EXPECT_EQ(fs::last_write_time(files[0]), kept);  // found, not run again
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(first.members[i].rules, second.members[i].rules);
  // Another model, setting or seed is another member.
  sweep(plan({"training.learning_rate=0.1,0.2"}, 3), options);
  EXPECT_EQ(written().size(), 6U);
  std::ofstream(model_) << kModel << "# other bytes\n";
  sweep(four, options);
  EXPECT_EQ(written().size(), 10U);
}

TEST_F(Sweep, GoesOnWhereAMemberFails) {
  const SweepResult swept = sweep(plan({"network.populations[rec].rate.leak=0.5,2", "training.updates=1,0"}, 2),
                                  {.folder = {}, .progress = {}});
  ASSERT_EQ(swept.members.size(), 8U);
  for (const SweepMember& member : swept.members) {
    const bool good =
        member.settings == std::vector<std::string>{"network.populations[rec].rate.leak=0.5", "training.updates=1"};
    EXPECT_EQ(member.failure.empty(), good);
    EXPECT_EQ(member.rules.size(), good ? 3U : 0U);
  }
  EXPECT_EQ(swept.members.back().failure, "network.populations[1].rate.leak is 2; must be above 0 and at most 1");
  std::string table = sweep_table(swept);
  std::ranges::replace(table, '\n', ' ');
  for (const char* line : {"FAILED: 2 of 8 members: training.updates is 0; must be at least 1   (first: ",
                           "FAILED: 4 of 8 members: network.populations[1].rate.leak is 2; must be above 0 "})
    EXPECT_NE(table.find(std::string(line).substr(0, 50)), std::string::npos) << line << " in " << table;
}

TEST_F(Sweep, TellsWhyRulesEndedEarly) {
  const SweepResult swept =
      sweep(plan({"training.learning_rate=0.1,1e30", "training.updates=9"}, 2), {.folder = {}, .progress = {}});
  std::string table = sweep_table(swept);
  std::ranges::replace(table, '\n', ' ');
  std::erase(table, ' ');
  int diverged = 0;
  for (std::size_t r = 0; r < 3; ++r) {
    const auto of = [&](std::size_t m) { return swept.members[m].rules.at(r); };
    const std::string& rule = of(0).rule;
    EXPECT_EQ(of(0).status, "COMPLETED");
    if (of(2).status != "DIVERGED" || of(3).status != "DIVERGED") continue;
    ++diverged;
    std::string line =
        "DIVERGED: " + rule + " in 2 of 4 members: " + of(2).message + " (first: training.learning_rate=1e30";
    std::erase(line, ' ');
    EXPECT_NE(table.find(line), std::string::npos) << line << " in " << table;
  }
  EXPECT_GT(diverged, 0);
}

TEST_F(Sweep, AnInterruptLeavesMembersOut) {
  fs::create_directory(folder_ / "out");
  std::atomic<bool> stop = false;
  SweepOptions options{
      .threads = 1, .folder = folder_ / "out", .interrupt = &stop, .progress = [&](std::size_t done, std::size_t) {
        if (done == 2) stop = true;
      }};
  const SweepPlan five = plan({}, 5);
  const SweepResult part = sweep(five, options);
  EXPECT_EQ(std::ranges::count_if(part.members, [](const SweepMember& member) { return member.rules.empty(); }), 3);
  EXPECT_EQ(written().size(), 2U);
  stop = false;
  options.progress = {};
  const SweepResult whole = sweep(five, options);
  EXPECT_EQ(std::ranges::count_if(whole.members, [](const SweepMember& member) { return member.rules.empty(); }), 0);
}

TEST_F(Sweep, RefusesSettingsThatDoNotMeanThisModel) {
  for (const char* set : {"training.learning_rat=1", "rules[bptt].tbptt.depth=1", "rules.tbptt.depth=1",
                          "rules[9].tbptt.depth=1", "training=1", "training.updates=many",
                          "network.populations[rec.size=1", "name.first=1", "rules[short].name[0]=x"}) {
    EXPECT_THROW(sweep(plan({set}, 1), {.folder = {}, .progress = {}}), UsageError) << set;
  }
  for (const char* text :
       {"training.updates", "=1", "seed=1,2", "training.updates=", "training.updates=1,", "training.updates=1,1"})
    EXPECT_THROW(axis_of(text), UsageError) << text;
}

TEST_F(Sweep, TakesListsAndMessagesAsValues) {
  EXPECT_EQ(axis_of("a.b=[1, 2],[3,4],{ c: 5, d: \"},\" },'x,y',7").values,
            (std::vector<std::string>{"[1, 2]", "[3,4]", "{ c: 5, d: \"},\" }", "'x,y'", "7"}));
  const SweepResult swept =
      sweep(plan({"network.populations[rec].rate.initial=[0.1, 0.2, 0.3, 0.4],[0.4, 0.3, 0.2, 0.1],[]",
                  "training.optimizer.adam={},{beta1: 0.5}"},
                 1),
            {.folder = {}, .progress = {}});
  ASSERT_EQ(swept.members.size(), 6U);
  std::set<std::string> fingerprints;
  for (const SweepMember& member : swept.members) {
    EXPECT_EQ(member.failure, "");
    EXPECT_EQ(member.rules, digests_of(alone(model_, member)));
    fingerprints.insert(member.rules.at(0).fingerprint);
  }
  EXPECT_EQ(fingerprints.size(), 6U) << "every value has its effect";
}

TEST_F(Sweep, RefusesSeedsThatWrap) {
  SweepPlan last = plan({}, 2);
  last.overrides.seed = std::numeric_limits<std::uint64_t>::max() - 1;
  const SweepResult swept = sweep(last, {.folder = {}, .progress = {}});
  EXPECT_EQ(swept.members.at(1).seed, std::numeric_limits<std::uint64_t>::max());
  last.seeds = 3;
  EXPECT_THROW(sweep(last, {.folder = {}, .progress = {}}), UsageError);
}

TEST(SweepSummary, QuantilesAreThoseOfNumpysDefault) {
  // numpy.quantile([3, 1, 4, 1, 5, 9, 2, 6], [0, 0.25, 0.5, 0.75, 1])
  const std::vector<double> numbers = {3, 1, 4, 1, 5, 9, 2, 6};
  EXPECT_DOUBLE_EQ(quantile(numbers, 0), 1);
  EXPECT_DOUBLE_EQ(quantile(numbers, 0.25), 1.75);
  EXPECT_DOUBLE_EQ(quantile(numbers, 0.5), 3.5);
  EXPECT_DOUBLE_EQ(quantile(numbers, 0.75), 5.25);
  EXPECT_DOUBLE_EQ(quantile(numbers, 1), 9);
  EXPECT_TRUE(std::isnan(quantile({}, 0.5)));
}

TEST(SweepSummary, IsOverCompletedSeedsOfACombination) {
  const auto digest = [](const char* rule, const char* status, double last) {
    return Digest{.rule = rule,
                  .kind = {},
                  .status = status,
                  .message = {},
                  .fingerprint = {},
                  .last = last,
                  .messages = 10 * last,
                  .violations = 2};
  };
  SweepResult result{.model = "m", .model_sha256 = {}, .axes = {{"a.b", {"1", "2"}}}, .members = {}};
  result.members = {{{"a.b=1"}, 0, "", {digest("x", "COMPLETED", 1), digest("y", "COMPLETED", 5)}},
                    {{"a.b=1"}, 1, "", {digest("x", "DIVERGED", 1e9), digest("y", "COMPLETED", 7)}},
                    {{"a.b=1"}, 2, "", {digest("x", "COMPLETED", 3), digest("y", "COMPLETED", 9)}},
                    {{"a.b=2"}, 0, "no memory", {}}};
  const std::vector<SummaryLine> lines = summary_of(result);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].rule, "x");
  EXPECT_EQ(lines[0].seeds, 3);
  EXPECT_EQ(lines[0].completed, 2);
  EXPECT_DOUBLE_EQ(lines[0].loss.mean, 2);
  EXPECT_DOUBLE_EQ(lines[0].loss.q25, 1.5);
  EXPECT_DOUBLE_EQ(lines[0].messages, 20);
  EXPECT_DOUBLE_EQ(lines[1].loss.median, 7);
  EXPECT_DOUBLE_EQ(lines[0].loss.sd, std::sqrt(2.0));
  EXPECT_DOUBLE_EQ(lines[0].loss.sem, 1);
  std::string absent;  // evaluations and accuracies
  for (int k = 0; k < 3; ++k) absent += ",0,,,,,,";
  const std::string no_columns(8, ',');  // ranks and chip
  EXPECT_EQ(summary_csv(result),
            "a.b,rule,seeds,completed,mean,sd,sem,q25,median,q75,evaluation_seeds,evaluation_mean,evaluation_sd,"
            "evaluation_sem,evaluation_q25,evaluation_median,evaluation_q75,accuracy_seeds,accuracy_mean,accuracy_sd,"
            "accuracy_sem,accuracy_q25,accuracy_median,accuracy_q75,evaluation_accuracy_seeds,evaluation_accuracy_mean,"
            "evaluation_accuracy_sd,evaluation_accuracy_sem,evaluation_accuracy_q25,evaluation_accuracy_median,"
            "evaluation_accuracy_q75,messages,violations,kept_bytes,rank,effective_rank,packets,learning_packets,hops,"
            "busiest_link,energy_pj,time_ns\n1,x,3,2,2,1.4142135623730951,1,1.5,2,2.5" +
                absent + ",20,2,0" + no_columns + "\n1,y,3,3,7,2,1.1547005383792517,6,7,8" + absent + ",70,2,0" +
                no_columns + "\n");
}

}  // namespace
}  // namespace locus
