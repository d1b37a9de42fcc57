// The error bars of a sweep: curves that are those of single runs, columns of evaluation, ranks and
// chip, and best settings that are chosen by seeds that report nothing.
#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>
#include <stdexcept>

#include <gtest/gtest.h>

#include "sim/model/errors.h"
#include "sim/model/load.h"
#include "sim/sweep/sweep.h"
#include "tests/support/folder.h"
#include "tests/sweep/student_text.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

const std::string kChipModel =
    student_text("name: \"spread\" seed: 3", 6,
                 R"(training { ticks: 5 batch: 2 updates: 7 learning_rate: 0.05 evaluation { every: 2 trials: 4 } }
rules { name: "bptt" bptt {} }
rules { name: "rflo" rflo {} }
chip { mesh { width: 2 height: 2 } neurons_per_core: 2 cost_file: "cost.txtpb" }
)");

class SweepStatistics : public InFolder {
 protected:
  SweepPlan plan(const std::vector<std::string>& sets, std::int32_t seeds, bool best = false) const {
    SweepPlan plan{.model = model_, .axes = {}, .seeds = seeds, .overrides = {.rules = {}}};
    if (best) plan.best = Criterion::kLoss;
    for (const std::string& set : sets) plan.axes.push_back(axis_of(set));
    return plan;
  }
  /// The single run of a member.
  RunResult alone(const SweepMember& member) const {
    std::vector<Setting> settings;
    for (const std::string& text : member.settings) settings.push_back(setting_of(text));
    std::vector<Fault> warnings;
    Spec spec = load_bytes(kChipModel, model_, settings, warnings);
    spec.seed = member.seed;
    return run(spec, {.threads = 2});
  }

  const fs::path cost_ =
      file("cost.txtpb", "name: \"made up\" packet { energy: 2 time: 3 } hop_east_west { energy: 1 time: 1 }\n");
  const fs::path model_ = file("spread.txtpb", kChipModel);
};

const SweepCurve& curve_named(const std::vector<SweepCurve>& curves, const std::vector<std::string>& settings,
                              const std::string& rule, bool evaluation) {
  const auto found = std::ranges::find_if(curves, [&](const SweepCurve& curve) {
    return curve.settings == settings && curve.rule == rule && curve.evaluation == evaluation && !curve.accuracy;
  });
  if (found == curves.end()) throw std::runtime_error("there is no such curve");
  return *found;
}

/// Lines of comma-separated values without quotes.
std::vector<std::vector<std::string>> cells_of(const std::string& csv) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string>& row = rows.emplace_back(1);
    for (const char c : line) {
      if (c == ',') {
        row.emplace_back();
      } else {
        row.back() += c;
      }
    }
  }
  return rows;
}

TEST_F(SweepStatistics, CurvesAreThoseOfSingleRunsBitByBit) {
  const SweepResult swept = sweep(plan({"training.learning_rate=0.02,0.1"}, 3), {.threads = 2, .folder = {}});
  const std::vector<SweepCurve> curves = curves_of(swept);
  ASSERT_EQ(curves.size(), 2U * 2 * 2) << "settings, rules, training and evaluation";
  for (std::size_t first = 0; first < swept.members.size(); first += 3) {
    std::vector<RunResult> runs;
    for (std::size_t k = 0; k < 3; ++k) runs.push_back(alone(swept.members[first + k]));
    for (std::size_t r = 0; r < 2; ++r) {
      const Outcome& some = runs[0].outcomes[r];
      const SweepCurve& training = curve_named(curves, swept.members[first].settings, some.rule, false);
      ASSERT_EQ(training.points.size(), 7U);
      for (std::size_t k = 0; k < 7; ++k) {
        std::vector<double> losses;
        for (const RunResult& run : runs) losses.push_back(run.outcomes[r].losses[k]);
        std::ranges::sort(losses);
        EXPECT_EQ(training.points[k].median, losses[1]);  // the same bits
        EXPECT_EQ(training.points[k].q25, losses[0] + 0.5 * (losses[1] - losses[0]));
        EXPECT_EQ(training.points[k].count, 3);
        EXPECT_EQ(training.update[k], static_cast<std::int64_t>(k));
      }
      const SweepCurve& evaluation = curve_named(curves, swept.members[first].settings, some.rule, true);
      ASSERT_EQ(evaluation.points.size(), some.evaluations.size());
      ASSERT_GE(evaluation.points.size(), 4U);
      for (std::size_t k = 0; k < evaluation.points.size(); ++k) {
        std::vector<double> losses;
        for (const RunResult& run : runs) losses.push_back(run.outcomes[r].evaluations[k].loss);
        std::ranges::sort(losses);
        EXPECT_EQ(evaluation.points[k].median, losses[1]);
        EXPECT_EQ(evaluation.update[k], some.evaluations[k].update);
      }
    }
  }
  // One seed is its own median, mean and quartiles.
  const SweepResult one = sweep(plan({}, 1), {.folder = {}});
  const RunResult single = alone(one.members[0]);
  const std::vector<SweepCurve> own = curves_of(one);
  const SweepCurve& curve = curve_named(own, {}, "rflo", false);
  for (std::size_t k = 0; k < 7; ++k) {
    for (const double number : {curve.points[k].median, curve.points[k].mean, curve.points[k].q75})
      EXPECT_EQ(number, single.outcomes[1].losses[k]);
    EXPECT_TRUE(std::isnan(curve.points[k].sd));
  }
}

TEST(SweepCurves, LongRunsAreMeansOfEqualStretches) {
  const std::vector<double> losses = {1, 2, 3, 4, 5, 6, 7};
  EXPECT_EQ(curve_of(losses, 7, 500), losses);
  EXPECT_EQ(curve_of(losses, 7, 3), (std::vector<double>{2, 5, 7}));
  // A run that ended early has its points where the others have theirs.
  EXPECT_EQ(curve_of({losses.data(), 4}, 7, 3), (std::vector<double>{2, 4}));
  EXPECT_EQ(stretch_of(7, 3), 3);
  EXPECT_EQ(stretch_of(500, 500), 1);
  EXPECT_EQ(stretch_of(501, 500), 2);
  EXPECT_EQ(curve_points(5, 1, 5), 500);
  EXPECT_EQ(curve_points(1000, 1000, 5), 30);
  EXPECT_EQ(curve_points(1'000'000, 10, 6), 16);
}

TEST(SweepSpread, IsThatOfASample) {
  const Spread spread = spread_of({3, 1, 4, 1, 5, 9, 2, 6});
  EXPECT_DOUBLE_EQ(spread.mean, 3.875);
  EXPECT_NEAR(spread.sd, 2.748376143938713, 1e-14);  // numpy.std(..., ddof=1)
  EXPECT_NEAR(spread.sem, 2.748376143938713 / std::sqrt(8.0), 1e-14);
  EXPECT_DOUBLE_EQ(spread.q25, 1.75);
  EXPECT_EQ(spread_of({}).count, 0);
  EXPECT_TRUE(std::isnan(spread_of({}).median));
}

TEST_F(SweepStatistics, ColumnsAreThoseOfTheMembersResults) {
  const std::string out = at("out");
  fs::create_directory(out);
  const SweepResult swept = sweep(plan({}, 3), {.threads = 1, .folder = out});
  write_sweep(swept, out);
  const auto rows = cells_of(text("out/members.csv"));
  ASSERT_EQ(rows.size(), 1U + 3 * 2);
  const auto cell = [&](const std::vector<std::string>& row, const std::string& name) {
    const auto at = std::ranges::find(rows[0], name);
    return at == rows[0].end() ? "no column " + name : row.at(static_cast<std::size_t>(at - rows[0].begin()));
  };
  double energy = 0;
  for (std::size_t m = 0; m < 3; ++m) {
    const RunResult run = alone(swept.members[m]);
    for (std::size_t r = 0; r < 2; ++r) {
      const auto& row = rows[1 + 2 * m + r];
      ASSERT_EQ(row.size(), rows[0].size());
      const Outcome& outcome = run.outcomes[r];
      const double trials = static_cast<double>(outcome.ledger.trials());
      EXPECT_EQ(cell(row, "rule"), outcome.rule);
      EXPECT_EQ(std::stod(cell(row, "evaluation")), outcome.evaluations.back().loss);
      EXPECT_EQ(std::stod(cell(row, "packets")), static_cast<double>(outcome.chip->report.total.packets) / trials);
      EXPECT_EQ(std::stod(cell(row, "learning_packets")),
                static_cast<double>(outcome.chip->report.total.packets - outcome.chip->report.forward_packets) / trials);
      EXPECT_EQ(std::stod(cell(row, "hops")), static_cast<double>(outcome.chip->report.total.hops) / trials);
      std::int64_t most = 0;
      for (const Load& link : outcome.chip->report.links) most = std::max(most, link.packets);
      EXPECT_EQ(std::stod(cell(row, "busiest_link")), static_cast<double>(most) / trials);
      EXPECT_EQ(std::stod(cell(row, "energy_pj")), outcome.chip->estimate->total_energy / trials);
      EXPECT_EQ(std::stod(cell(row, "time_ns")), outcome.chip->estimate->total_time / trials);
      const auto w = std::ranges::find(outcome.ranks, "W", &RankReport::projection);
      ASSERT_NE(w, outcome.ranks.end());
      EXPECT_EQ(std::stoi(cell(row, "rank")), w->rank);
      EXPECT_EQ(std::stod(cell(row, "effective_rank")), w->effective_rank);
      // the key to the member's folder
      const std::string folder = cell(row, "member");
      EXPECT_TRUE(fs::exists(fs::path(out) / folder / "result.binpb")) << folder;
      EXPECT_TRUE(fs::exists(fs::path(out) / folder / "report.html")) << folder;
      energy += r == 1 ? outcome.chip->estimate->total_energy / trials / 3 : 0;
    }
  }
  const SummaryLine rflo = summary_of(swept).at(1);
  EXPECT_NEAR(rflo.means.at(6), energy, 1e-12 * energy);
  EXPECT_EQ(rflo.evaluation.count, 3);
  EXPECT_NE(sweep_table(swept).find("ON THE CHIP, PER TRIAL"), std::string::npos);
  EXPECT_NE(sweep_table(swept).find("EVALUATION TRIALS"), std::string::npos);
  // What is found again is what was run, curves included.
  const SweepResult again = sweep(plan({}, 3), {.threads = 1, .folder = out});
  for (std::size_t m = 0; m < 3; ++m) EXPECT_EQ(again.members[m].rules, swept.members[m].rules);
  EXPECT_EQ(curves_csv(curves_of(again), again.axes), text("out/curves.csv"));
}

/// Replaces every number of a run by something else.
void spoil(Digest& digest, double by) {
  digest.status = digest.status == "COMPLETED" && by > 5 ? "DIVERGED" : digest.status;
  digest.first *= by;
  digest.last *= by;
  digest.messages *= by;
  digest.violations += by;
  digest.rank = 99;
  digest.effective_rank = by;
  digest.evaluation = digest.evaluation.value_or(0) * by + by;
  digest.accuracy = digest.evaluation_accuracy = by;
  for (double& loss : digest.curve) loss *= -by;
  for (Evaluation& evaluation : digest.evaluations) evaluation.loss *= by;
  digest.chip.reset();
}

std::vector<std::string> choices(const SweepResult& result) {
  std::vector<std::string> all;
  for (const BestChoice& choice : best_of(result).rules) {
    std::string text = choice.rule + " " + std::to_string(choice.chosen_by) + choice.reason;
    for (const std::string& setting : choice.settings) text += " " + setting;
    all.push_back(text);
  }
  return all;
}

TEST_F(SweepStatistics, TheBestIsChosenByWhatIsNotReported) {
  const SweepResult swept = sweep(plan({"training.learning_rate=0.001,0.05,0.3,30", "training.ticks=3,5"}, 5, true),
                                  {.threads = 2, .folder = {}});
  const BestSettings best = swept.best.value();
  EXPECT_EQ(best.choosing_seeds, (std::vector<std::uint64_t>{3, 4}));
  EXPECT_EQ(best.reporting_seeds, (std::vector<std::uint64_t>{5, 6, 7}));
  ASSERT_EQ(best.rules.size(), 2U);
  // By hand: the lowest median of the losses of evaluation trials over the seeds 3 and 4.
  for (std::size_t r = 0; r < 2; ++r) {
    std::map<std::vector<std::string>, double> sums;
    for (const SweepMember& member : swept.members) {
      if (member.seed > 4) continue;
      const Digest& digest = member.rules.at(r);
      sums[member.settings] += digest.status == "COMPLETED" ? digest.evaluation.value() / 2 : INFINITY;
    }
    const auto lowest = std::ranges::min_element(sums, {}, [](const auto& entry) { return entry.second; });
    EXPECT_EQ(best.rules[r].settings, lowest->first);
    EXPECT_DOUBLE_EQ(best.rules[r].chosen_by, lowest->second);
  }
  const std::vector<std::string> chosen = choices(swept);

  // Whatever the reporting seeds say, the choice stays.
  for (const double by : {0.0, 1e-9, 3.0, 1e9}) {
    SweepResult other = swept;
    for (SweepMember& member : other.members) {
      if (member.seed < 5) continue;
      for (Digest& digest : member.rules) spoil(digest, by * static_cast<double>(member.seed));
    }
    EXPECT_EQ(choices(other), chosen) << by;
  }
  // So it does whatever anything but evaluation trials says of the choosing seeds.
  SweepResult other = swept;
  for (SweepMember& member : other.members) {
    for (Digest& digest : member.rules) {
      const Digest before = digest;
      spoil(digest, static_cast<double>(member.settings.size() + member.seed % 3));
      digest.status = before.status;
      digest.evaluation = before.evaluation;
    }
  }
  EXPECT_EQ(choices(other), chosen);
  // The choice is made by the choosing seeds' evaluation trials.
  other = swept;
  for (SweepMember& member : other.members) {
    const bool wanted = member.settings == std::vector<std::string>{"training.learning_rate=0.001", "training.ticks=3"};
    if (member.seed < 5 && wanted) member.rules[0].evaluation = 0;
  }
  EXPECT_NE(choices(other), chosen);

  // What is reported are the numbers of the reporting seeds, whatever the choosing ones had.
  const std::vector<SummaryLine> lines = summary_of(reported(swept, best));
  ASSERT_EQ(lines.size(), 2U);
  for (std::size_t r = 0; r < 2; ++r) {
    std::vector<double> last;
    for (const SweepMember& member : swept.members) {
      if (member.seed >= 5 && member.settings == best.rules[r].settings) last.push_back(member.rules[r].last);
    }
    EXPECT_EQ(lines[r].seeds, 3);
    EXPECT_EQ(lines[r].loss.median, quantile(last, 0.5));
  }
  other = swept;
  for (SweepMember& member : other.members) {
    for (Digest& digest : member.rules) {
      if (member.seed < 5) digest.last = 1e6, digest.curve.assign(7, 1e6);
    }
  }
  EXPECT_EQ(curves_csv(curves_of(reported(other, best_of(other))), other.axes),
            curves_csv(curves_of(reported(swept, best)), swept.axes));
}

TEST_F(SweepStatistics, ARuleThatFailsUnderAChoosingSeedIsNotChosen) {
  SweepResult swept = sweep(plan({"training.learning_rate=0.01,0.05"}, 4, true), {.threads = 2, .folder = {}});
  const std::vector<std::string> best = best_of(swept).rules.at(0).settings;
  for (SweepMember& member : swept.members) {
    if (member.settings == best && member.seed == 4) member.rules[0].status = "DIVERGED";
  }
  EXPECT_NE(best_of(swept).rules[0].settings, best);
  EXPECT_EQ(best_of(swept).rules[0].reason, "");
  for (SweepMember& member : swept.members) member.rules[0].status = "DIVERGED";
  EXPECT_EQ(best_of(swept).rules[0].reason, "under no setting it completed with every choosing seed");
  EXPECT_TRUE(best_of(swept).rules[0].settings.empty());
  swept.best = best_of(swept);
  const auto rows = cells_of(best_csv(swept));
  ASSERT_EQ(rows.size(), 3U);
  for (const auto& row : rows) EXPECT_EQ(row.size(), rows[0].size());
}

TEST_F(SweepStatistics, TheBestNeedsSeedsAndEvaluationTrials) {
  const auto refusal = [](const SweepPlan& plan) -> std::string {
    try {
      sweep(plan, {.folder = {}});
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(refusal(plan({}, 1, true)).find("--best needs --seeds 2 or more"), std::string::npos);
  EXPECT_EQ(refusal(plan({}, 2, true)), "");
  SweepPlan without = plan({}, 2, true);
  std::string text = kChipModel;
  const std::string evaluation = " evaluation { every: 2 trials: 4 }";
  text.erase(text.find(evaluation), evaluation.size());
  without.model = file("without.txtpb", text);
  EXPECT_NE(refusal(without).find("--best chooses by evaluation trials, and the model has none"), std::string::npos);
  without.axes = {axis_of("training.evaluation.every=3"), axis_of("training.evaluation.trials=2")};
  EXPECT_EQ(refusal(without), "");
}

/// A chip that lacks memory ends a member as it ends a run.
TEST_F(SweepStatistics, AMemberThatItsChipCannotHoldFails) {
  const SweepResult swept = sweep(plan({"chip.memory.bytes_per_core=10,100000"}, 1), {.folder = {}});
  ASSERT_EQ(swept.members.size(), 2U);
  EXPECT_TRUE(swept.members[0].failure.starts_with("chip.memory.bytes_per_core is 10: core ")) << swept.members[0].failure;
  EXPECT_TRUE(swept.members[0].rules.empty());
  EXPECT_EQ(swept.members[1].failure, "");
}

}  // namespace
}  // namespace locus
