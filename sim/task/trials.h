// Trials<Kind>: the trials of one task of the literature (sim/model/synthetic.h), as functions of
// their numbers. sim/task/synthetic.h lists the tasks.
//
// Each specialisation has
//   Trials(const Kind& task, const TrialSetting& setting)
//   void write(std::int64_t trial, TrialView view)              into cells that are 0
//   TargetMoments target_at(std::int32_t tick, std::int32_t k)  of readout k over all trials
// and, where it makes sense,
//   std::int32_t class_of(std::int64_t trial)                   the right answer of two
//   double chance()                                             probability that a guess is right
//   std::vector<Landmark> landmarks()                           losses of a part of the knowledge
// A number is a pure function of (seed, task, trial, tick, index) (core/base/random.h).
// Cost: writing a trial allocates nothing.
#pragma once

#include <cstdint>
#include <string>

namespace locus {

/// Held-out trials have numbers from here on, which no run reaches: the number of updates and the
/// trials of a batch are both below 2^31.
inline constexpr std::int64_t kFirstHeldOut = std::int64_t{1} << 62;

/// The settings on which trials depend beside their task.
struct TrialSetting {
  std::uint64_t seed = 0;
  std::int32_t ticks = 0;     // T
  std::int32_t inputs = 0;    // m
  std::int32_t readouts = 0;  // o
  double dt = 1;              // ms of a tick
};

/// The cells of one trial.
struct TrialView {
  std::int32_t ticks = 0;     // T
  std::int32_t inputs = 0;    // m
  std::int32_t readouts = 0;  // o
  double* x = nullptr;        // inputs [1] (T x m)
  double* y = nullptr;        // targets [1] (T x o)

  double& input(std::int64_t tick, std::int64_t i) const { return x[(tick - 1) * inputs + i]; }
  double& target(std::int64_t tick, std::int64_t k) const { return y[(tick - 1) * readouts + k]; }
};

/// The moments of a target at one tick, over all trials.
struct TargetMoments {
  double mean = 0;    // E y*
  double square = 0;  // E y*^2
};

/// A loss to compare with: of the best readouts that know only a part of the task.
struct Landmark {
  std::string what;
  double loss = 0;
};

template <class Kind>
class Trials;

/// A number in 0 .. count - 1 from one that is uniform in (0, 1).
inline std::int32_t choice_of(double uniform, std::int32_t count) {
  const auto chosen = static_cast<std::int32_t>(uniform * count);
  return chosen < count ? chosen : count - 1;
}

/// The target of a choice between two, at every tick from `first` on: one readout a class, or one
/// readout with +1 for class 0 and -1 for class 1.
inline void write_choice(std::int32_t chosen, std::int64_t first, TrialView view) {
  for (std::int64_t t = first; t <= view.ticks; ++t) {
    if (view.readouts == 1)
      view.target(t, 0) = chosen == 0 ? 1 : -1;
    else
      view.target(t, chosen) = 1;
  }
}

/// Its moments where both classes are equally likely.
inline TargetMoments moments_of_choice(bool is_answer, std::int32_t readouts) {
  if (!is_answer) return {};
  return readouts == 1 ? TargetMoments{0, 1} : TargetMoments{0.5, 0.5};
}

}  // namespace locus
