// The curves of a sweep: losses and accuracies of a combination and rule over its seeds, point by
// point.
#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "sim/report/sweep_result.h"

namespace locus {
namespace {

SweepCurve new_curve(const RuleRuns& runs, bool evaluation, bool accuracy) {
  return {.settings = runs.settings,
          .rule = runs.rule,
          .evaluation = evaluation,
          .accuracy = accuracy,
          .stretch = evaluation ? 1 : runs.completed[0].digest->stretch,
          .update = {},
          .points = {}};
}

/// Of the updates that were learnt from. `field`: the points of one run.
SweepCurve training_curve(const RuleRuns& runs, std::vector<double> Digest::*field, bool accuracy) {
  SweepCurve curve = new_curve(runs, false, accuracy);
  std::size_t longest = 0;
  for (const SeedDigest& run : runs.completed) longest = std::max(longest, (run.digest->*field).size());
  for (std::size_t k = 0; k < longest; ++k) {
    std::vector<double> numbers;
    for (const SeedDigest& run : runs.completed) {
      const std::vector<double>& own = run.digest->*field;
      if (k < own.size() && !std::isnan(own[k])) numbers.push_back(own[k]);
    }
    if (numbers.empty()) continue;
    curve.update.push_back(static_cast<std::int64_t>(k) * curve.stretch);
    curve.points.push_back(spread_of(std::move(numbers)));
  }
  return curve;
}

SweepCurve evaluation_curve(const RuleRuns& runs, bool accuracy) {
  SweepCurve curve = new_curve(runs, true, accuracy);
  std::map<std::int64_t, std::vector<double>> numbers;
  for (const SeedDigest& run : runs.completed) {
    for (const Evaluation& evaluation : run.digest->evaluations) {
      if (!accuracy) numbers[evaluation.update].push_back(evaluation.loss);
      if (accuracy && evaluation.accuracy) numbers[evaluation.update].push_back(*evaluation.accuracy);
    }
  }
  for (auto& [update, values] : numbers) {
    curve.update.push_back(update);
    curve.points.push_back(spread_of(std::move(values)));
  }
  return curve;
}

}  // namespace

std::vector<SweepCurve> curves_of(const SweepResult& result) {
  std::vector<SweepCurve> curves;
  for (const RuleRuns& runs : runs_of(result)) {
    if (runs.completed.empty()) continue;
    for (SweepCurve curve : {training_curve(runs, &Digest::curve, false), evaluation_curve(runs, false),
                             training_curve(runs, &Digest::accuracy_curve, true), evaluation_curve(runs, true)}) {
      if (!curve.points.empty()) curves.push_back(std::move(curve));
    }
  }
  return curves;
}

}  // namespace locus
