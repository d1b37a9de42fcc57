// LiveCurves: what a live page draws of losses, in a size that does not grow with the run.
//
// A curve is kept as means of equal stretches of updates; when there would be more than kLivePoints
// of them, neighbours are joined and stretches are twice as long. So what is kept follows from the
// losses alone, not from when they were looked at, and each loss is looked at once. The newest
// losses are kept as they are besides, as are the first: what a page says of the start and the end
// of a run is what the result will say.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sim/run/result.h"

namespace locus {

/// Points of a curve at most.
inline constexpr std::size_t kLivePoints = 500;
/// Losses at either end of a run that are kept one by one: as many as the means of a comparison are
/// taken over at most.
inline constexpr std::size_t kLiveEnds = 10;

/// The losses of one rule.
class LiveCurve {
 public:
  /// `all`: the losses so far; those that were there before are not looked at again.
  void follow(std::span<const double> all);

  /// Updates that a point stands for; the last one may stand for fewer.
  std::size_t stretch() const { return stretch_; }
  std::vector<double> points() const;  // means; the last one holds the newest loss
  const std::vector<double>& first() const { return first_; }
  const std::vector<double>& last() const { return last_; }

 private:
  std::size_t seen_ = 0;
  std::size_t stretch_ = 1;
  std::vector<double> sums_;  // of stretch_ losses each, the last of those that there are
  std::vector<double> first_;
  std::vector<double> last_;
};

/// The evaluations of one rule: one of so many, and the newest.
class LiveEvaluations {
 public:
  void follow(std::span<const Evaluation> all);

  std::vector<Evaluation> points() const;

 private:
  std::size_t seen_ = 0;
  std::size_t step_ = 1;
  std::vector<Evaluation> kept_;
  Evaluation newest_;
};

/// Of every rule of one model, in the order run.
class LiveCurves {
 public:
  struct Rule {
    LiveCurve losses;
    LiveEvaluations evaluations;
  };

  /// `present`: the rule that runs, so far; null: none.
  void follow(const RunResult& done, const Outcome* present);

  const std::vector<Rule>& rules() const { return rules_; }

 private:
  std::vector<Rule> rules_;
};

}  // namespace locus
