#include "sim/report/live_curves.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace locus {

void LiveCurve::follow(std::span<const double> all) {
  for (; count_ < all.size(); ++count_) {
    if (count_ == sums_.size() * stretch_) {
      if (sums_.size() == kLivePoints) {
        for (std::size_t k = 0; k < kLivePoints / 2; ++k) {
          sums_[k] = sums_[2 * k] + sums_[2 * k + 1];
          known_[k] = known_[2 * k] + known_[2 * k + 1];
        }
        sums_.resize(kLivePoints / 2);
        known_.resize(kLivePoints / 2);
        stretch_ *= 2;
      }
      sums_.push_back(0);
      known_.push_back(0);
    }
    if (std::isnan(all[count_])) continue;
    sums_.back() += all[count_];
    ++known_.back();
  }
  const std::size_t ends = std::min(all.size(), kLiveEnds);
  if (first_.size() < kLiveEnds) first_.assign(all.begin(), all.first(ends).end());
  last_.assign(all.last(ends).begin(), all.end());
}

std::vector<double> LiveCurve::points() const {
  std::vector<double> means = sums_;
  for (std::size_t k = 0; k < means.size(); ++k)
    means[k] = known_[k] == 0 ? std::numeric_limits<double>::quiet_NaN() : means[k] / static_cast<double>(known_[k]);
  return means;
}

void LiveEvaluations::follow(std::span<const Evaluation> all) {
  for (; count_ < all.size(); ++count_) {
    newest_ = all[count_];
    if (count_ % step_ != 0) continue;
    if (selection_.size() == kLivePoints) {
      for (std::size_t k = 0; k < kLivePoints / 2; ++k) selection_[k] = selection_[2 * k];
      selection_.resize(kLivePoints / 2);
      step_ *= 2;
      if (count_ % step_ != 0) continue;
    }
    selection_.push_back(newest_);
  }
}

std::vector<Evaluation> LiveEvaluations::points() const {
  std::vector<Evaluation> points = selection_;
  if (!points.empty() && points.back() != newest_) points.push_back(newest_);
  return points;
}

void LiveCurves::follow(const RunResult& done, const Outcome* present) {
  const std::size_t ended = done.outcomes.size();
  rules_.resize(ended + (present != nullptr ? 1 : 0));
  for (std::size_t r = 0; r < rules_.size(); ++r) {
    const Outcome& outcome = r < ended ? done.outcomes[r] : *present;
    rules_[r].losses.follow(outcome.losses);
    rules_[r].accuracies.follow(outcome.accuracies);
    rules_[r].evaluations.follow(outcome.evaluations);
  }
}

}  // namespace locus
