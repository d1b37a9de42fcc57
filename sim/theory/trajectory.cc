#include "sim/theory/trajectory.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <boost/numeric/odeint/stepper/controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/generation/generation_controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/generation/generation_runge_kutta_dopri5.hpp>
#include <boost/numeric/odeint/stepper/generation/make_controlled.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>

namespace locus::theory {
namespace {

namespace odeint = boost::numeric::odeint;

using State = std::array<double, 4>;  // a, b, w, and the feedback

constexpr double kEscape = 1e6;
constexpr double kSmallestStep = 1e-14;  // relative to the time that the flow has reached
constexpr double kFirstStep = 1e-4;

Mode mode_of(const State& state) { return {state[0], state[1], state[2]}; }

bool inside(const State& state) { return std::abs(state[2]) < 1; }

bool escaped(const State& state) { return !(std::abs(state[0]) < kEscape && std::abs(state[1]) < kEscape); }

}  // namespace

Trajectory integrate(const Mode& start, const Mode& teacher, const ModeRule& rule, std::span<const double> times,
                     double tolerance, const std::atomic<bool>* interrupt) {
  const auto flow = [&](const State& state, State& slope, double) {
    ModeRule now = rule;
    now.feedback = state[3];
    const Mode change = delta(mode_of(state), teacher, now);
    const double mirrored = rule.learned ? -change.a - *rule.learned * (state[3] - state[0]) : 0;
    slope = {-change.a, -change.b, -change.w, mirrored};
  };
  Trajectory result;
  result.highest_loss = loss(start, teacher);
  State state = {start.a, start.b, start.w, rule.feedback};
  auto stepper = odeint::make_controlled(tolerance, tolerance, odeint::runge_kutta_dopri5<State>());
  double now = 0;
  double step = kFirstStep;
  std::int64_t steps = 0;
  result.last = start;
  result.last_feedback = rule.feedback;
  for (const double goal : times) {
    while (now < goal) {
      const double usual = step;
      const bool last = step >= goal - now;
      if (last) step = goal - now;
      const bool accepted = stepper.try_step(flow, state, now, step) == odeint::success;
      if (accepted && !inside(state)) result.ending = Ending::kLeftDomain;
      if (accepted && escaped(state)) result.ending = Ending::kEscaped;
      if (!accepted && step < kSmallestStep * std::max(1.0, now)) result.ending = Ending::kLeftDomain;
      if (result.ending == Ending::kInTime && ++steps == kMostSteps) result.ending = Ending::kTooLong;
      if (interrupt != nullptr && interrupt->load(std::memory_order_relaxed)) result.ending = Ending::kInterrupted;
      result.last_time = now;
      result.last = mode_of(state);
      result.last_feedback = state[3];
      if (result.ending != Ending::kInTime) return result;
      if (!accepted) continue;
      result.highest_loss = std::max(result.highest_loss, loss(mode_of(state), teacher));
      if (last) {
        now = goal;
        step = std::max(step, usual);
      }
    }
    result.time.push_back(goal);
    result.mode.push_back(mode_of(state));
    result.last_time = goal;
  }
  return result;
}

}  // namespace locus::theory
