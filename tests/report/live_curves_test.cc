// Curves of the live page: bounded, independent of the times of snapshots, and exact at both ends.
#include "sim/report/live_curves.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "sim/report/live.h"
#include "tests/report/sample.h"

namespace locus {
namespace {

std::vector<double> falling(std::size_t count) {
  std::vector<double> losses(count);
  for (std::size_t k = 0; k < count; ++k) losses[k] = 1.0 / static_cast<double>(k + 1);
  return losses;
}

TEST(LiveCurve, OfAShortRunHasEveryLoss) {
  const std::vector<double> losses = falling(kLivePoints);
  LiveCurve curve;
  curve.follow(losses);
  EXPECT_EQ(curve.stretch(), 1U);
  EXPECT_EQ(curve.points(), losses);
}

TEST(LiveCurve, PointsAreMeansOfEqualStretchesAndNeverTooMany) {
  for (const std::size_t count : {std::size_t{501}, std::size_t{1000}, std::size_t{1001}, std::size_t{123457}}) {
    const std::vector<double> losses = falling(count);
    LiveCurve curve;
    curve.follow(losses);
    const std::vector<double> points = curve.points();
    const std::size_t stretch = curve.stretch();
    ASSERT_LE(points.size(), kLivePoints);
    ASSERT_GE(points.size(), kLivePoints / 2);
    ASSERT_EQ(points.size(), (count + stretch - 1) / stretch);
    for (std::size_t p = 0; p < points.size(); ++p) {
      const auto begin = losses.begin() + static_cast<std::ptrdiff_t>(p * stretch);
      const auto end = p + 1 < points.size() ? begin + static_cast<std::ptrdiff_t>(stretch) : losses.end();
      const double mean = std::accumulate(begin, end, 0.0) / static_cast<double>(end - begin);
      EXPECT_NEAR(points[p], mean, 1e-12 * mean) << p << " of " << count;
    }
  }
}

TEST(LiveCurve, NumbersThatAreMissingAreNotCounted) {
  const double none = std::nan("");
  LiveCurve short_run;
  short_run.follow(std::vector<double>{1, none, 0.5});
  ASSERT_EQ(short_run.points().size(), 3U);
  EXPECT_TRUE(std::isnan(short_run.points()[1]));
  EXPECT_EQ(short_run.points()[2], 0.5);
  // Every third accuracy is missing; the others are k.
  std::vector<double> all(4 * kLivePoints);
  for (std::size_t k = 0; k < all.size(); ++k) all[k] = k % 3 == 1 ? none : static_cast<double>(k);
  LiveCurve curve;
  curve.follow(all);
  ASSERT_EQ(curve.stretch(), 4U);
  EXPECT_EQ(curve.points()[0], (0 + 2 + 3) / 3.0);
  EXPECT_EQ(curve.points()[1], (5 + 6) / 2.0);
}

TEST(LiveCurve, IsTheSameHoweverOftenItIsLookedAt) {
  const std::vector<double> losses = falling(7013);
  LiveCurve once;
  once.follow(losses);
  LiveCurve often;
  for (std::size_t seen = 0; seen <= losses.size(); seen += 1 + seen % 37) often.follow({losses.data(), seen});
  often.follow(losses);
  EXPECT_EQ(often.points(), once.points());
  EXPECT_EQ(often.stretch(), once.stretch());
  EXPECT_EQ(often.first(), once.first());
  EXPECT_EQ(often.last(), once.last());
}

TEST(LiveCurve, KeepsTheLossesAtBothEnds) {
  const std::vector<double> losses = falling(5000);
  LiveCurve curve;
  curve.follow({losses.data(), 3});
  EXPECT_EQ(curve.first(), (std::vector<double>{losses[0], losses[1], losses[2]}));
  EXPECT_EQ(curve.last(), curve.first());
  curve.follow(losses);
  EXPECT_EQ(curve.first(), std::vector<double>(losses.begin(), losses.begin() + kLiveEnds));
  EXPECT_EQ(curve.last(), std::vector<double>(losses.end() - kLiveEnds, losses.end()));
}

TEST(LiveEvaluations, AreThinnedAndTheNewestIsThere) {
  std::vector<Evaluation> all;
  LiveEvaluations seen;
  for (std::int64_t k = 0; k < 5003; ++k) {
    all.push_back({.update = 10 * k, .loss = 1.0 / static_cast<double>(k + 1)});
    seen.follow(all);
    const std::vector<Evaluation> points = seen.points();
    ASSERT_LE(points.size(), kLivePoints + 1);
    ASSERT_EQ(points.back(), all.back());
  }
  const std::vector<Evaluation> points = seen.points();
  EXPECT_GE(points.size(), kLivePoints / 2);
  // every 16th of 5003
  for (std::size_t p = 0; p + 1 < points.size(); ++p) EXPECT_EQ(points[p], all[16 * p]);
}

TEST(LiveCurves, FollowTheRulesOfARun) {
  RunResult result = sample_result();
  const std::size_t losses = result.outcomes[0].losses.size();
  LiveCurves curves;
  const Outcome second = result.outcomes[1];
  result.outcomes.resize(1);
  curves.follow(result, &second);
  ASSERT_EQ(curves.rules().size(), 2U);
  EXPECT_EQ(curves.rules()[0].losses.points(), result.outcomes[0].losses);
  EXPECT_EQ(curves.rules()[1].losses.points(), second.losses);
  result.outcomes[0].losses.push_back(1);
  curves.follow(result, nullptr);
  EXPECT_EQ(curves.rules().size(), 1U);
  EXPECT_EQ(curves.rules()[0].losses.points().size(), losses + 1);
}

/// The bytes of a snapshot of a rule after this number of updates.
std::size_t snapshot_bytes(std::size_t updates) {
  RunResult result = sample_result();
  Outcome running = result.outcomes[1];
  running.losses.assign(updates, 0.125);  // their means have the same number of digits
  running.updates = static_cast<std::int64_t>(updates);
  LiveCurves curves;
  result.outcomes.resize(1);
  return snapshot(result, &running, &running.ledger, curves).size();
}

TEST(Snapshot, DoesNotGrowWithTheUpdates) {
  const std::size_t full = snapshot_bytes(kLivePoints);
  for (const std::size_t updates : {std::size_t{5'000}, std::size_t{50'000}, std::size_t{500'000}})
    EXPECT_LE(snapshot_bytes(updates), full + 16) << updates;  // digits of the counts
}

}  // namespace
}  // namespace locus
