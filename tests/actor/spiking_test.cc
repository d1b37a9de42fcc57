// A spiking neuron, its synapses under e-prop, and the optimizers, each alone: single messages,
// with results computed by hand.
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/actor/eligibility.h"
#include "core/actor/lif_neuron.h"
#include "core/actor/optimizer.h"

namespace locus {
namespace {

using R = double;

struct Neuron {
  R current = 0, activity = 0, gain = 0, signal = 0, voltage = 0, adaptation = 0, refractory = 0, count = 0, delta = 0,
    omega = 0, synaptic = 0, upsilon = 0;
  LifNeuron<R> view() {
    return {current, activity, gain, signal, voltage, adaptation, refractory, count, delta, omega, synaptic, upsilon};
  }
};

Lif<R> clock_of(LifParameters p) { return Lif<R>(p); }

const LifParameters kPlain{.decay = 0.5, .gain = 0.25, .threshold = 1, .height = 0.5, .width = 2};

TEST(LifNeuron, LeaksThenResetsByTheBaseThreshold) {
  Neuron n{.current = 8, .activity = 1, .voltage = 1.5};
  step<PiecewiseLinear>(n.view(), clock_of(kPlain));
  EXPECT_EQ(n.voltage, 0.25 * 8 + 0.5 * 1.5 - 1);  // 1.75
  EXPECT_EQ(n.activity, 1);
  EXPECT_EQ(n.gain, 0.5 * (1 - 0.75 / 2));
  EXPECT_EQ(n.count, 1);
}

TEST(LifNeuron, SpikesAtTheThresholdItself) {
  Neuron n{.current = 4};
  step<PiecewiseLinear>(n.view(), clock_of(kPlain));
  EXPECT_EQ(n.voltage, 1);
  EXPECT_EQ(n.activity, 1);
  EXPECT_EQ(n.gain, 0.5);
}

TEST(LifNeuron, AdaptsWithTheSpikeOfTheTickBefore) {
  LifParameters p = kPlain;
  p.adaptation_decay = 0.5;
  p.adaptation = 2;
  Neuron n{.current = 4, .activity = 1, .voltage = 2, .adaptation = 1};
  step<PiecewiseLinear>(n.view(), clock_of(p));
  EXPECT_EQ(n.adaptation, 1.5);
  EXPECT_EQ(n.voltage, 1);  // below the threshold 1 + 2 * 1.5
  EXPECT_EQ(n.activity, 0);
  EXPECT_EQ(n.gain, 0.0) << "3 from the threshold, beyond the width";
}

/// After a spike in tick 1, R = 3 allows the next one in tick 4; the surrogate is 0 in ticks 2 and
/// 3, but not in tick 1.
TEST(LifNeuron, RestsForTheRefractoryTicks) {
  LifParameters p = kPlain;
  p.refractory = 3;
  p.width = 100;
  Neuron n;
  std::string spikes;
  std::string slopes;
  for (int tick = 1; tick <= 7; ++tick) {
    n.current = 20;
    step<PiecewiseLinear>(n.view(), clock_of(p));
    spikes += n.activity == 1 ? '1' : '0';
    slopes += n.gain != 0 ? '1' : '0';
  }
  EXPECT_EQ(spikes, "1001001");
  EXPECT_EQ(slopes, "1001001");
  EXPECT_EQ(n.count, 3);
}

TEST(LifNeuron, HasFourSurrogates) {
  const Lif<R> c = clock_of(kPlain);
  EXPECT_EQ(PiecewiseLinear::at(-1.0, c), 0.5 * 0.5);
  EXPECT_EQ(PiecewiseLinear::at(3.0, c), 0);
  EXPECT_NEAR(Exponential::at(-1.0, c), 0.5 * std::exp(-0.5), 1e-16);
  EXPECT_NEAR(FastSigmoid::at(1.0, c), 0.5 / 2.25, 1e-16);
  EXPECT_EQ(Arctan::at(2.0, c), 0.25);
}

TEST(LifNeuron, HasNewsWhereItsSurrogateOrSignalIsNotZero) {
  Neuron n;
  EXPECT_FALSE(has_news(n.view()));
  n.gain = 0.1;
  EXPECT_TRUE(has_news(n.view()));
  n.gain = 0;
  n.signal = -1;
  EXPECT_TRUE(has_news(n.view()));
}

/// lambda = adjoint - V_th del + om = 3 - 2 + 0.5; om = 0.5 * 0.5 - 2 psi lambda; del = psi lambda
/// + 0.5 * 2.
TEST(LifNeuron, CarriesItsOwnAdjointsBack) {
  LifParameters p = kPlain;
  p.adaptation_decay = 0.5;
  p.adaptation = 2;
  Neuron n{.gain = 0.5, .signal = 3, .delta = 2, .omega = 0.5};
  revisit(n.view(), clock_of(p));
  EXPECT_EQ(n.omega, 0.25 - 2 * 0.75);
  EXPECT_EQ(n.delta, 0.75 + 1);
  const Post<R> said = post_back(n.view(), clock_of(p));
  EXPECT_EQ(said.gain, 0.25);
  EXPECT_EQ(said.signal, 1.75);
  on(n.view(), SweepBegin{});
  EXPECT_EQ(n.delta, 0);
  EXPECT_EQ(n.omega, 0);
}

LifParameters kind_of(Reset reset) {
  LifParameters p = kPlain;
  p.reset = reset;
  return p;
}

/// A spike of the tick before takes its part of the voltage before the leak.
TEST(LifNeuron, SubtractsAtOnce) {
  Neuron n{.current = 2, .activity = 1, .voltage = 1.5};
  step<PiecewiseLinear, VariedLif<false, Reset::kSubtract>>(n.view(), clock_of(kind_of(Reset::kSubtract)));
  EXPECT_EQ(n.voltage, 0.25 * 2 + 0.5 * (1.5 - 1));
}

TEST(LifNeuron, ResetsToAVoltage) {
  LifParameters p = kind_of(Reset::kZero);
  p.reset_to = -0.5;
  Neuron spiked{.current = 2, .activity = 1, .voltage = 7};
  Neuron quiet{.current = 2, .activity = 0, .voltage = 0.75};
  for (Neuron* n : {&spiked, &quiet}) step<PiecewiseLinear, VariedLif<false, Reset::kZero>>(n->view(), clock_of(p));
  EXPECT_EQ(spiked.voltage, 0.25 * 2 + 0.5 * -0.5);
  EXPECT_EQ(quiet.voltage, 0.25 * 2 + 0.5 * 0.75);
}

TEST(LifNeuron, TakesItsSynapticCurrentAndLeaksToRest) {
  LifParameters p = kPlain;
  p.has_current = true;
  p.current_decay = 0.75;
  p.rest = 0.125;
  Neuron n{.current = 2, .voltage = 0.5, .synaptic = 4};
  step<PiecewiseLinear, VariedLif<true, Reset::kSubtractNextTick>>(n.view(), clock_of(p));
  EXPECT_EQ(n.synaptic, 0.75 * 4 + 2);
  EXPECT_EQ(n.voltage, 0.25 * 5 + 0.5 * 0.5 + 0.125);
}

TEST(LifNeuron, NeedsMoreThanTheThresholdIfTheModelSaysSo) {
  LifParameters p = kPlain;
  p.above = true;
  Neuron at{.current = 4};
  Neuron over{.current = 4.5};
  for (Neuron* n : {&at, &over})
    step<PiecewiseLinear, VariedLif<false, Reset::kSubtractNextTick>>(n->view(), clock_of(p));
  EXPECT_EQ(at.activity, 0);
  EXPECT_EQ(at.gain, 0.5) << "the surrogate at the threshold";
  EXPECT_EQ(over.activity, 1);
}

/// With alpha = 0.5 and V_th = 1, from del = 2 of the tick after: the path through the reset is
/// alpha V_th = 0.5, or alpha (v - reset_to) = 0.5 (2 + 0.5) with alpha (1 - z) = 0 through v.
TEST(LifNeuron, CarriesItsAdjointsBackThroughEachReset) {
  Neuron subtracts{.gain = 0.5, .signal = 3, .delta = 2, .omega = 0};
  revisit<VariedLif<false, Reset::kSubtract>>(subtracts.view(), clock_of(kind_of(Reset::kSubtract)), {});
  EXPECT_EQ(subtracts.delta, 0.5 * (3 - 0.5 * 2) + 0.5 * 2);
  LifParameters zero = kind_of(Reset::kZero);
  zero.reset_to = -0.5;
  Neuron spiked{.gain = 0.5, .signal = 3, .delta = 2, .omega = 0};
  revisit<VariedLif<false, Reset::kZero>>(spiked.view(), clock_of(zero), {.voltage = 2, .spike = 1});
  EXPECT_EQ(spiked.delta, 0.5 * (3 - 0.5 * 2.5 * 2));
  zero.cuts_reset_gradient = true;
  Neuron cut{.gain = 0.5, .signal = 3, .delta = 2, .omega = 0};
  revisit<VariedLif<false, Reset::kZero>>(cut.view(), clock_of(zero), {.voltage = 2, .spike = 0});
  EXPECT_EQ(cut.delta, 0.5 * 3 + 0.5 * 2);
}

TEST(LifNeuron, CarriesTheAdjointOfItsCurrentBack) {
  LifParameters p = kPlain;
  p.has_current = true;
  p.current_decay = 0.75;
  using Own = VariedLif<true, Reset::kSubtractNextTick>;
  Neuron n{.gain = 0.5, .signal = 3, .delta = 2, .omega = 0, .upsilon = 4};
  revisit<Own>(n.view(), clock_of(p), {});
  EXPECT_EQ(n.delta, 0.5 * (3 - 2) + 1);
  EXPECT_EQ(n.upsilon, 0.25 * 1.5 + 0.75 * 4);
  const Post<R> said = post_back<Own>(n.view(), clock_of(p));
  EXPECT_EQ(said.gain * said.signal, n.upsilon);
}

TEST(FilteredInput, DecaysAsTheCurrentDoes) {
  R filtered = 2;
  const R pre = 1;
  on(FilteredInput<R>{filtered, pre}, CurrentClock<R>{0.5});
  EXPECT_EQ(filtered, 2);
}

TEST(LifNeuron, TellsHowFarItsRateIsOff) {
  Neuron n{.count = 5};
  EXPECT_EQ(rate_error(n.view(), RateTarget<R>{.target = 0.25, .strength = 8, .ticks = 10}).value, 8 * 0.25 / 10);
}

struct State {
  R weight = 1, pre = 1, trace = 2, adapted = 0.5, low_pass = 4, total = 8, delta = 16;
  EligibleSynapse<R> view() { return {weight, pre, trace, adapted, low_pass, total, delta}; }
};

constexpr Eligible<R> kClock{.decay = 0.5, .gain = 0.25, .adaptation_decay = 0.75, .adaptation = 2, .filter = 0.5};

TEST(EligibleSynapse, LearnsInOrder) {
  State s;
  on(s.view(), Post<R>{0, 0.5, 3}, kClock);
  const double e = 0.5 * (1.25 - 2 * 0.5);  // with the previous `adapted`
  EXPECT_EQ(s.trace, 1.25);
  EXPECT_EQ(s.adapted, 0.75 * 0.5 + e);
  EXPECT_EQ(s.low_pass, 2 + 0.5 * e);
  EXPECT_EQ(s.delta, 16 + 3 * (2 + 0.5 * e));  // with the new low-pass
  EXPECT_EQ(s.total, 8 + e);
  EXPECT_EQ(s.weight, 1);
}

/// A tick without POST is one with psi = 0 and signal = 0.
TEST(EligibleSynapse, TakesTheClockForAPostOfNothing) {
  State clocked;
  State told;
  on(clocked.view(), kClock);
  on(told.view(), Post<R>{0, 0, 0}, kClock);
  EXPECT_EQ(clocked.trace, told.trace);
  EXPECT_EQ(clocked.adapted, told.adapted);
  EXPECT_EQ(clocked.low_pass, told.low_pass);
  EXPECT_EQ(clocked.total, told.total);
  EXPECT_EQ(clocked.delta, told.delta);
}

TEST(EligibleSynapse, AnswersARateErrorByAllThatItDid) {
  State s;
  on(s.view(), RateError<R>{0.5});
  EXPECT_EQ(s.delta, 16 + 0.5 * 8);
}

TEST(EligibleSynapse, ForgetsTheTrialButNotWhatWasAsked) {
  State s;
  on(s.view(), TrialBegin{});
  EXPECT_EQ(s.trace + s.adapted + s.low_pass + s.total + s.pre, 0);
  EXPECT_EQ(s.delta, 16);
}

struct Moments {
  R weight = 1, delta = 2, first = 0.5, second = 0.25;
  AdaptiveSynapse<R> view() { return {weight, delta, first, second}; }
};

TEST(Adam, MovesAsItsEquationSays) {
  const Optimizer::Adam adam{.beta1 = 0.5, .beta2 = 0.75, .epsilon = 0.125};
  Moments s;
  on(s.view(), AdamCommit<R>(adam, 0.1, 0.5, 2));
  EXPECT_EQ(s.first, 0.25 + 0.5);
  EXPECT_EQ(s.second, 0.75 * 0.25 + 0.25);
  const double rate = 0.1 * std::sqrt(1 - 0.75 * 0.75) / (1 - 0.25);
  EXPECT_NEAR(s.weight, 1 - rate * 0.75 / (std::sqrt(0.4375) + 0.125), 1e-16);
  EXPECT_EQ(s.delta, 0);
}

TEST(Adam, LeavesANeverUsedSynapseWhereItIs) {
  Moments s{.delta = 0, .first = 0, .second = 0};
  on(s.view(), AdamCommit<R>({}, 0.1, 1, 1));
  EXPECT_EQ(s.weight, 1);
}

TEST(Clip, IsToldAsASquareAndHeardAsAFactor) {
  double weight = 7, delta = -3;
  const TaughtSynapse<R> s{weight, delta};
  EXPECT_EQ(square(s, 0.5).value, 2.25);
  on(s, Factor<R>{0.25});
  EXPECT_EQ(delta, -0.75);
  EXPECT_EQ(weight, 7);
}

TEST(Clip, KeepsAChangeOfItsOwnWithinItsBound) {
  const Optimizer bounds{.element = 0.5};
  double low = -9, high = 1.5, inside = 0.25, none = std::numeric_limits<double>::quiet_NaN(), free = 9;
  for (double* delta : {&low, &high, &inside, &none}) keep_change_within(*delta, 0.5, bounds);
  keep_change_within(free, 0.5, Optimizer{});
  EXPECT_EQ(low, -1);  // scale * delta is the change
  EXPECT_EQ(high, 1);
  EXPECT_EQ(inside, 0.25);
  EXPECT_TRUE(std::isnan(none));
  EXPECT_EQ(free, 9);
}

TEST(Bounds, KeepWeightsWithinAndLetNoNumberThrough) {
  const Optimizer bounds{.adam = {}, .weight_min = -1, .weight_max = 2};
  double low = -3, high = 3, inside = 0.5, none = std::numeric_limits<double>::quiet_NaN();
  for (double* weight : {&low, &high, &inside, &none}) keep_within(*weight, bounds);
  EXPECT_EQ(low, -1);
  EXPECT_EQ(high, 2);
  EXPECT_EQ(inside, 0.5);
  EXPECT_TRUE(std::isnan(none));
}

}  // namespace
}  // namespace locus
