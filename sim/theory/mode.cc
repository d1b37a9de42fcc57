#include "sim/theory/mode.h"

#include <cmath>

#include "core/base/check.h"

namespace locus::theory {
namespace {

/// sum_{j < tau} x^j; the infinite sum if `depth` is 0.
double geometric(double x, int depth) {
  const double cut = depth > 0 ? std::pow(x, depth) : 0.0;
  return (1 - cut) / (1 - x);
}

}  // namespace

bool signal_is_own(const ModeRule& rule) {
  switch (locus::rule(rule.kind).signal) {
    case SignalSource::kSymmetric:
    case SignalSource::kAgent: return true;
    case SignalSource::kFeedback: return false;
    case SignalSource::kReward:
    case SignalSource::kLoss:
    case SignalSource::kNowhere: break;
  }
  CHECK(false, "a mode moves under a rule that learns");
}

bool memory_is_own(const ModeRule& rule) {
  switch (locus::rule(rule.kind).decay) {
    case DecaySource::kConstant: return false;
    case DecaySource::kNeuron:   // its own weight
    case DecaySource::kZero:     // sweeps walk back over the weights
    case DecaySource::kNoTrace:  // sensitivities are carried forward over them
      return true;
    case DecaySource::kText: break;
  }
  CHECK(false, "no mode is known of a rule that a model writes itself");
}

int depth_of(const ModeRule& rule) { return takes(locus::rule(rule.kind), Argument::What::kDepth) ? rule.depth : 0; }

double loss(const Mode& z, const Mode& teacher) {
  const double p = z.a * z.b;
  const double p_teacher = teacher.a * teacher.b;
  return 0.5 * (p * p / (1 - z.w * z.w) - 2 * p * p_teacher / (1 - z.w * teacher.w) +
                p_teacher * p_teacher / (1 - teacher.w * teacher.w));
}

Mode delta(const Mode& z, const Mode& teacher, const ModeRule& rule) {
  const double p = z.a * z.b;
  const double p_teacher = teacher.a * teacher.b;
  const double signal = signal_is_own(rule) ? z.a : rule.feedback;
  const double memory = memory_is_own(rule) ? z.w : rule.decay;
  const int depth = depth_of(rule);
  const double here = p * geometric(memory * z.w, depth);
  const double there = p_teacher * geometric(memory * teacher.w, depth);
  const double own = 1 - z.w * z.w;
  const double cross = 1 - z.w * teacher.w;
  const double shrink = rule.learned.value_or(0) * z.a;
  return {.a = z.b * (p / own - p_teacher / cross) + shrink,
          .b = signal * (here - there),
          .w = signal * z.b * (here * z.w / own - there * teacher.w / cross)};
}

}  // namespace locus::theory
