// The claims in the comments of models/: the origin of their data, and the behaviour of their runs.
#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <numbers>
#include <numeric>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "sim/model/load.h"
#include "tests/signature/workload.h"

namespace locus {
namespace {

RecordedTrial first_trial(const std::string& file) {
  return std::get<RecordedTask>(load(std::filesystem::path(LOCUS_MODELS) / file).task).trials.at(0);
}

/// The mean of the first or the last ten losses, as in the comparison.
double first_ten(const Outcome& outcome) {
  return std::accumulate(outcome.losses.begin(), outcome.losses.begin() + 10, 0.0) / 10;
}
double last_ten(const Outcome& outcome) {
  return std::accumulate(outcome.losses.end() - 10, outcome.losses.end(), 0.0) / 10;
}

const RankReport& rank_of(const Outcome& outcome, const std::string& projection) {
  for (const RankReport& report : outcome.ranks) {
    if (report.projection == projection) return report;
  }
  throw std::runtime_error(outcome.rule + " reports no rank of " + projection);
}

TEST(Models, AreAtLeastSixAndLoadWithoutAWarning) {
  const auto files = shipped_models();
  EXPECT_GE(files.size(), 6U);
  for (const auto& file : files) {
    EXPECT_TRUE(validate(file).empty()) << file;
    const std::string folder = file.parent_path().filename();
    const std::string name = file.stem();
    EXPECT_EQ(load(file).name, folder == "digits" ? folder + "_" + name : name) << "a model bears the name of its file";
  }
}

TEST(Models, ShowEveryRule) {
  std::set<RuleKind> shown;
  for (const auto& file : shipped_models()) {
    for (const RuleSpec& rule : load(file).rules) {
      if (!is_local(rule.kind)) shown.insert(rule.kind);
    }
  }
  EXPECT_EQ(shown.size(), static_cast<std::size_t>(kRuleKinds));
}

TEST(Models, SinesTargetIsItsFormula) {
  const DenseMatrix target = first_trial("sines.txtpb").target;
  ASSERT_EQ(target.rows, 100);
  for (std::size_t t = 1; t <= 100; ++t) {
    const double p = 2 * std::numbers::pi * static_cast<double>(t - 1) / 100;
    EXPECT_NEAR(target.values[t - 1], std::sin(p) + std::sin(2 * p) / 2 + std::sin(4 * p) / 4, 0.51e-6) << "tick " << t;
  }
}

TEST(Models, SunspotsArePredictedAYearAhead) {
  const RecordedTrial trial = first_trial("sunspots.txtpb");
  const auto& input = std::get<DenseMatrix>(trial.input);
  ASSERT_EQ(input.rows, 308);
  ASSERT_EQ(input.cols, 2);
  double sum = input.values[0];
  for (std::size_t t = 0; t < 308; ++t) {
    EXPECT_EQ(input.values[2 * t + 1], 1) << "the bias";
    if (t > 0) {
      EXPECT_EQ(input.values[2 * t], trial.target.values[t - 1]);
    }
    sum += trial.target.values[t];
  }
  EXPECT_EQ(input.values[0], 0.05) << "1700";
  EXPECT_EQ(input.values[2 * 257], 1.902) << "1957, the highest";
  EXPECT_EQ(trial.target.values[307], 0.029) << "2008";
  EXPECT_NEAR(sum / 309, 0.4975210, 1e-7) << "the mean of the 309 years";
}

/// The loss of the naive forecast "next year = this year" on the model's own data.
double naive_loss(const RecordedTrial& trial) {
  const auto& input = std::get<DenseMatrix>(trial.input);
  double squares = 0;
  for (std::size_t t = 0; t < 308; ++t) squares += std::pow(trial.target.values[t] - input.values[2 * t], 2);
  return squares / (2 * 308);
}

TEST(Models, SunspotsCommentSaysTheNaiveLoss) {
  const double naive = naive_loss(first_trial("sunspots.txtpb"));
  EXPECT_NEAR(naive, 0.0287, 0.00005);
  std::stringstream text;
  text << std::ifstream(std::string(LOCUS_MODELS) + "/sunspots.txtpb").rdbuf();
  EXPECT_NE(text.str().find("naive: next year = this year         0.0287"), std::string::npos);
}

TEST(Models, EveryRuleMoreThanHalvesTheNaiveLossOfSunspots) {
  const double naive = naive_loss(first_trial("sunspots.txtpb"));
  const RunResult result = run_shipped("sunspots.txtpb", 1000);
  for (const Outcome& outcome : result.outcomes) EXPECT_LT(last_ten(outcome), naive / 2) << outcome.rule;
}

TEST(Models, StudentFindsItsTeacherUnderEveryRule) {
  const RunResult result = run_shipped("student_teacher.txtpb", 400);
  for (const Outcome& outcome : result.outcomes) {
    EXPECT_LT(last_ten(outcome), first_ten(outcome) / 1000) << outcome.rule;
    const bool mixes_modes = outcome.rule.starts_with("eprop");
    EXPECT_EQ(rank_of(outcome, "W").rank, mixes_modes ? 8 : 4) << outcome.rule;
  }
}

TEST(Models, UnalignedRanksHaveTheirOrder) {
  const RunResult result = run_shipped("unaligned.txtpb", 1000);
  std::vector<double> ranks;
  for (const char* rule : {"bptt", "eprop", "tbptt:1", "rflo"}) {
    ranks.push_back(rank_of(outcome_of(result, rule), "W").effective_rank);
  }
  EXPECT_GT(ranks[0], ranks[1] + 0.5);
  EXPECT_GT(ranks[1], ranks[2] + 0.5);
  EXPECT_GT(ranks[2], 1.1);
  EXPECT_NEAR(ranks[3], 1, 1e-6);
  EXPECT_EQ(rank_of(outcome_of(result, "rflo"), "W").rank, 1);
}

TEST(Models, SinesAreLearntOnlineBestByRulesThatRememberThePast) {
  // an eighth of its updates, in which the loss falls by a factor of ten
  const RunResult result = run_shipped("sines.txtpb", 250);
  for (const char* rule : {"bptt", "rflo", "eprop:random"}) {
    const Outcome& outcome = outcome_of(result, rule);
    EXPECT_LT(last_ten(outcome), first_ten(outcome) / 8) << rule;
    EXPECT_LT(last_ten(outcome), last_ten(outcome_of(result, "tbptt:1"))) << rule;
  }
}

TEST(Models, ChipCarriesWhatItsCommentSays) {
  const RunResult result = run_shipped("chip.txtpb", 2);
  const auto learning = [&](const char* rule) {
    const Outcome& outcome = outcome_of(result, rule);
    const ChipTraffic& traffic = outcome.chip.value().report;
    return (traffic.total.packets - traffic.forward_packets) / outcome.ledger.trials();
  };
  const std::int64_t forward = outcome_of(result, "rflo").chip->report.forward_packets / 10;
  EXPECT_EQ(learning("rflo"), 60 + 4) << "4 readouts to 15 cores, 4 targets";
  EXPECT_EQ(learning("eprop"), 240 + 4) << "a weight of A each, 4 targets";
  EXPECT_LT(learning("tbptt:1"), forward / 10);
  EXPECT_GT(learning("bptt"), 4 * forward);
  const ChipTraffic& bptt = outcome_of(result, "bptt").chip->report;
  EXPECT_EQ(name(*busiest(bptt.links)), "core 0 -> host");
  EXPECT_TRUE(outcome_of(result, "bptt").chip->estimate.has_value());
}

TEST(Models, DaleLearnsUnderEveryRuleAndKeepsItsSigns) {
  const Spec spec = load(std::filesystem::path(LOCUS_MODELS) / "dale.txtpb");
  const RunResult result = run_shipped("dale.txtpb", 300);
  int stopped = 0;
  for (const Outcome& outcome : result.outcomes) {
    EXPECT_NEAR(first_ten(outcome), std::log(3.0), 0.1) << outcome.rule;
    EXPECT_LT(last_ten(outcome), 0.01) << outcome.rule;
    for (std::size_t p = 0; p < outcome.weights.size(); ++p) {
      const int sign = spec.network.projections[p].limits.sign;
      ASSERT_NE(sign, 0);
      const auto& values = std::visit(
          [](const auto& matrix) -> const auto& { return matrix.values; }, outcome.weights[p].matrix);
      for (const double weight : values)
        EXPECT_GE(sign * weight, 0) << outcome.rule << ", " << outcome.weights[p].projection;
      stopped += static_cast<int>(std::ranges::count(values, 0.0));
    }
  }
  EXPECT_GT(stopped, 100);
  EXPECT_LT(last_ten(outcome_of(result, "bptt")), last_ten(outcome_of(result, "rflo")) / 3);
}

TEST(Models, SparseCueCrossesTheGapUnlessTheSweepIsShort) {
  // five ticks with a third in every readout
  constexpr double kWithoutTheCue = 0.5 / 20 * 5 * (4 + 1 + 1) / 9.0;
  const RunResult result = run_shipped("sparse.txtpb", 2000);
  const double truncated = last_ten(outcome_of(result, "tbptt:5:5"));
  for (const char* rule : {"bptt", "rflo", "eprop", "eprop:random"}) {
    EXPECT_LT(last_ten(outcome_of(result, rule)), 0.75 * truncated) << rule;
  }
  EXPECT_GT(truncated, kWithoutTheCue / 2);
  EXPECT_LT(last_ten(outcome_of(result, "bptt")), kWithoutTheCue / 10);
}

}  // namespace
}  // namespace locus
