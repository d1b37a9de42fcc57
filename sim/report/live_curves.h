// LiveCurves: the losses of a live page, in a size that does not grow with the run.
//
// A curve consists of means over equal numbers of updates. When it has kLivePoints of them,
// neighbours are joined, and each mean then covers twice as many updates. The points follow from
// the losses alone, not from the times of the snapshots, and each loss is read once. The first and
// the newest losses are kept as they are, so that the page shows the same start and end of a run as
// the result will.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sim/run/result.h"

namespace locus {

/// The largest number of points of a curve.
inline constexpr std::size_t kLivePoints = 500;
/// The number of single losses that are kept at each end of a run: the largest number of losses in
/// a mean of the comparison.
inline constexpr std::size_t kLiveEnds = 10;

/// The losses of one rule, or its accuracies, of which some may be NaN.
class LiveCurve {
 public:
  /// `all`: the numbers so far; only those that are new since the last call are read.
  void follow(std::span<const double> all);

  /// The number of updates of a point; the last point may have fewer.
  std::size_t stretch() const { return stretch_; }
  // means of the numbers that are not NaN [1], NaN without any; the last one contains the newest
  std::vector<double> points() const;
  const std::vector<double>& first() const { return first_; }
  const std::vector<double>& last() const { return last_; }

 private:
  std::size_t count_ = 0;
  std::size_t stretch_ = 1;
  std::vector<double> sums_;        // sums of stretch_ numbers each; the last one may have fewer
  std::vector<std::size_t> known_;  // how many of them are not NaN, and are in the sums
  std::vector<double> first_;
  std::vector<double> last_;
};

/// The evaluations of one rule: every step_-th, and the newest.
class LiveEvaluations {
 public:
  void follow(std::span<const Evaluation> all);

  std::vector<Evaluation> points() const;

 private:
  std::size_t count_ = 0;
  std::size_t step_ = 1;
  std::vector<Evaluation> selection_;
  Evaluation newest_;
};

/// The curves of all rules of one model, in the order of the run.
class LiveCurves {
 public:
  struct Rule {
    LiveCurve losses;
    LiveCurve accuracies;
    LiveEvaluations evaluations;
  };

  /// `present`: the running rule so far; null without one.
  void follow(const RunResult& done, const Outcome* present);

  const std::vector<Rule>& rules() const { return rules_; }

 private:
  std::vector<Rule> rules_;
};

}  // namespace locus
