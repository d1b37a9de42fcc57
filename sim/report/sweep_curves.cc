// The curves of a sweep: the losses of a combination and rule over its seeds, point by point.
#include <algorithm>
#include <map>

#include "sim/report/sweep_result.h"

namespace locus {
namespace {

/// The completed runs of one combination and rule.
struct Runs {
  std::vector<std::string> settings;
  std::string rule;
  std::vector<const Digest*> digests;
};

std::vector<Runs> completed_runs(const SweepResult& result) {
  std::vector<Runs> all;
  std::map<std::pair<std::vector<std::string>, std::string>, std::size_t> known;
  for (const SweepMember& member : result.members) {
    for (const Digest& digest : member.rules) {
      if (digest.status != name(Status::kCompleted)) continue;
      const auto [at, is_new] = known.try_emplace({member.settings, digest.rule}, all.size());
      if (is_new) all.push_back({.settings = member.settings, .rule = digest.rule, .digests = {}});
      all[at->second].digests.push_back(&digest);
    }
  }
  return all;
}

SweepCurve training_curve(const Runs& runs) {
  SweepCurve curve{.settings = runs.settings,
                   .rule = runs.rule,
                   .evaluation = false,
                   .stretch = runs.digests[0]->stretch,
                   .update = {},
                   .points = {}};
  std::size_t longest = 0;
  for (const Digest* digest : runs.digests) longest = std::max(longest, digest->curve.size());
  for (std::size_t k = 0; k < longest; ++k) {
    std::vector<double> losses;
    for (const Digest* digest : runs.digests) {
      if (k < digest->curve.size()) losses.push_back(digest->curve[k]);
    }
    curve.update.push_back(static_cast<std::int64_t>(k) * curve.stretch);
    curve.points.push_back(spread_of(std::move(losses)));
  }
  return curve;
}

SweepCurve evaluation_curve(const Runs& runs) {
  SweepCurve curve{
      .settings = runs.settings, .rule = runs.rule, .evaluation = true, .stretch = 1, .update = {}, .points = {}};
  std::map<std::int64_t, std::vector<double>> losses;
  for (const Digest* digest : runs.digests) {
    for (const Evaluation& evaluation : digest->evaluations) losses[evaluation.update].push_back(evaluation.loss);
  }
  for (auto& [update, values] : losses) {
    curve.update.push_back(update);
    curve.points.push_back(spread_of(std::move(values)));
  }
  return curve;
}

}  // namespace

std::vector<SweepCurve> curves_of(const SweepResult& result) {
  std::vector<SweepCurve> curves;
  for (const Runs& runs : completed_runs(result)) {
    for (SweepCurve curve : {training_curve(runs), evaluation_curve(runs)}) {
      if (!curve.points.empty()) curves.push_back(std::move(curve));
    }
  }
  return curves;
}

}  // namespace locus
