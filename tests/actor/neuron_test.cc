// Rate neurons and readouts, one message at a time.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "core/actor/activation.h"
#include "tests/actor/alone.h"

namespace locus {
namespace {

using R = double;
using N = RateNeuron<R>;
using K = Readout<R>;

static_assert(Hears<N, TrialBegin> && Hears<N, Silence> && Hears<N, Dendrite<R>> && Hears<N, OwnWeight<R>>);
static_assert(Hears<N, Feedback<R>> && Hears<N, Transport<R>> && Hears<N, Adjoint<R>>);
static_assert(!Hears<N, Axon<R>> && !Hears<N, Replay<R>> && !Hears<N, Post<R>> && !Hears<N, Sensitivity<R>>);
static_assert(!Hears<N, Target<R>> && !Hears<N, Gather<R>> && !Hears<N, Commit<R>> && !Hears<N, Drift<R>>);

static_assert(Hears<K, Silence> && Hears<K, Dendrite<R>>);
static_assert(requires(K k, Target<R> target) { on(k, target, 1.0); });
static_assert(!Hears<K, Axon<R>> && !Hears<K, Post<R>> && !Hears<K, Feedback<R>> && !Hears<K, Transport<R>>);
static_assert(!Hears<K, Adjoint<R>> && !Hears<K, Influence<R>> && !Hears<K, Gather<R>> && !Hears<K, Commit<R>>);

/// The rational function of float32 against the library's tanh in float64, over its whole range,
/// and the properties that hold to the last bit.
TEST(HyperbolicTangent, OfFloat32IsWithinAFewBits) {
  double worst = 0;
  for (int k = -120'000; k <= 120'000; ++k) {
    const float u = 1e-4F * static_cast<float>(k);
    const double exact = std::tanh(static_cast<double>(u));
    const double unit = std::abs(exact) * 1.2e-7;  // at most two units in the last place
    const float value = hyperbolic_tangent(u);
    if (u != 0) worst = std::max(worst, std::abs(value - exact) / unit);
    ASSERT_EQ(hyperbolic_tangent(-u), -value) << u;
    ASSERT_LE(std::abs(value), 1) << u;
  }
  EXPECT_LT(worst, 5);
  EXPECT_EQ(hyperbolic_tangent(0.0F), 0);
  EXPECT_EQ(hyperbolic_tangent(1e30F), 1);
  EXPECT_EQ(hyperbolic_tangent(-INFINITY), -1);
  EXPECT_TRUE(std::isnan(hyperbolic_tangent(NAN))) << "a divergence must stay visible";
}

/// Float64 against the library's tanh of long double, densely in the curved part and down to the
/// smallest numbers.
TEST(HyperbolicTangent, OfFloat64IsWithinThreeUnitsInTheLastPlace) {
  const auto check = [](double u) {
    const long double exact = std::tanh(static_cast<long double>(u));
    const double nearest = std::abs(static_cast<double>(exact));
    const double unit = std::nextafter(nearest, INFINITY) - nearest;
    const double value = hyperbolic_tangent(u);
    ASSERT_LE(std::abs(static_cast<double>(value - exact)), 3 * unit) << u;
    ASSERT_EQ(hyperbolic_tangent(-u), -value) << u;
    ASSERT_LE(value, 1) << u;
  };
  for (int k = 1; k <= 250'000; ++k) check(1e-4 * static_cast<double>(k) + 1e-9);
  for (double u = 25; u > 1e-320; u *= 0.97) check(u);  // down to denormal numbers
  EXPECT_EQ(hyperbolic_tangent(0.0), 0);
  EXPECT_EQ(hyperbolic_tangent(1e300), 1);
  EXPECT_EQ(hyperbolic_tangent(-static_cast<double>(INFINITY)), -1);
  EXPECT_TRUE(std::isnan(hyperbolic_tangent(static_cast<double>(NAN)))) << "a divergence must stay visible";
}

const RateNeuronState kBusy{.current = 1, .activity = 2, .gain = 3, .signal = 4, .own_weight = 5};

TEST(RateNeuronAlone, SumsItsCurrents) {
  Alone n(kBusy);
  n.send(Dendrite<R>{.current = 0.5, .behind = 77}).forbid();
  n.send(Dendrite<R>{.current = -2, .behind = 77}).forbid();
  n.expect_state({.current = -0.5, .activity = 2, .gain = 3, .signal = 4, .own_weight = 5});
}

TEST(RateNeuronAlone, BeginsATrialAtRestAtItsInitialActivityOrWhereItStands) {
  Alone(kBusy).send(TrialBegin{}).expect_state({});
  Alone(kBusy).send(TrialBegin{}).send(Initial<R>{0.75}).expect_state({.activity = 0.75});
  Alone(kBusy).send(TrialBegin{.carried = true}).expect_state({.activity = 2});
}

TEST(RateNeuronAlone, SumsItsSignalFromFeedbackAndTransport) {
  Alone n(kBusy);
  n.send(Feedback<R>{0.5}).forbid();
  n.send(Transport<R>{-8}).forbid();
  n.expect_state({.current = 1, .activity = 2, .gain = 3, .signal = -3.5, .own_weight = 5});
}

TEST(RateNeuronAlone, TakesTheAdjointAsItsSignal) {
  Alone n(kBusy);
  n.send(Adjoint<R>{-1}).forbid();
  n.expect_state({.current = 1, .activity = 2, .gain = 3, .signal = -1, .own_weight = 5});
}

TEST(RateNeuronAlone, HearsItsOwnWeight) {
  Alone n(kBusy);
  n.send(OwnWeightBegin{}).forbid();
  n.send(OwnWeight<R>{-6}).forbid();
  n.expect_state({.current = 1, .activity = 2, .gain = 3, .signal = 4, .own_weight = -6});
  n.send(OwnWeight<R>{2}).forbid();  // of a second autapse
  n.expect_state({.current = 1, .activity = 2, .gain = 3, .signal = 4, .own_weight = -4});
}

TEST(RateNeuronAlone, KeepsItsActivityThroughSilence) {
  Alone n(kBusy);
  n.send(Silence{}).forbid();
  n.expect_state({.current = 0, .activity = 2, .gain = 3, .signal = 0, .own_weight = 5});
}

TEST(RateNeuronAlone, BeginsATrialFromNothing) {
  Alone n(kBusy);
  n.send(TrialBegin{}).forbid();
  n.expect_state({});
}

/// h = (1 - 1/4) * 2 + 1/4 * phi(1), gain = 1/4 * phi'(1); all other state stays.
template <class Phi>
RateNeuronState stepped() {
  RateNeuronState state = kBusy;
  step<Phi>(state.view(), Step<R>{0.25});
  EXPECT_EQ(state.current, kBusy.current);
  EXPECT_EQ(state.signal, kBusy.signal);
  EXPECT_EQ(state.own_weight, kBusy.own_weight);
  return state;
}

TEST(RateNeuronAlone, LeaksTowardsItsResponse) {
  EXPECT_EQ(stepped<Identity>().activity, 1.75);
  EXPECT_EQ(stepped<Identity>().gain, 0.25);
  EXPECT_EQ(stepped<Relu>().activity, 1.75);
  EXPECT_EQ(stepped<Relu>().gain, 0.25);
  const double squashed = std::tanh(1.0);
  EXPECT_DOUBLE_EQ(stepped<Tanh>().activity, 1.5 + 0.25 * squashed);
  EXPECT_DOUBLE_EQ(stepped<Tanh>().gain, 0.25 * (1 - squashed * squashed));
  const double logistic = 1 / (1 + std::exp(-1.0));
  EXPECT_DOUBLE_EQ(stepped<Sigmoid>().activity, 1.5 + 0.25 * logistic);
  EXPECT_DOUBLE_EQ(stepped<Sigmoid>().gain, 0.25 * logistic * (1 - logistic));
}

TEST(RateNeuronAlone, IsMemorylessWithoutLeak) {
  RateNeuronState state = kBusy;
  step<Identity>(state.view(), Step<R>{1});
  EXPECT_EQ(state.activity, 1);
  EXPECT_EQ(state.gain, 1);
}

/// lambda_i = (1 - alpha) + alpha phi' W_ii; `gain` is alpha phi'.
TEST(RateNeuronAlone, KnowsTheDecayOfEprop) {
  RateNeuronState state = kBusy;
  EXPECT_EQ(own_decay(state.view(), Step<R>{0.25}), 0.75 + 3 * 5);
  EXPECT_EQ(state, kBusy);
}

TEST(Activation, ReluIsSilentAtZero) {
  EXPECT_EQ(Relu::at(0.0).value, 0);
  EXPECT_EQ(Relu::at(0.0).slope, 0);
  EXPECT_EQ(Relu::at(-3.0).value, 0);
  EXPECT_EQ(Relu::at(-3.0).slope, 0);
  EXPECT_EQ(Relu::at(3.0).value, 3);
  EXPECT_EQ(Relu::at(3.0).slope, 1);
}

/// Slopes against differences of the values: the error is step^2 times a third derivative of at
/// most 2, plus rounding of 1e-11.
TEST(Activation, SlopesAreDerivatives) {
  for (const Activation activation : {Activation::kIdentity, Activation::kTanh, Activation::kRelu, Activation::kSigmoid}) {
    dispatch(activation, [&](auto phi) {
      for (const double u : {-2.5, -0.75, 0.25, 1.5}) {
        const double step = 1e-5;
        const double difference = (phi.at(u + step).value - phi.at(u - step).value) / (2 * step);
        EXPECT_NEAR(phi.at(u).slope, difference, 1e-9) << name(activation) << " at " << u;
      }
    });
  }
}

TEST(Activation, FarCurrentsStayFinite) {
  EXPECT_EQ(Sigmoid::at(-1e4).value, 0);
  EXPECT_EQ(Sigmoid::at(-1e4).slope, 0);
  EXPECT_EQ(Sigmoid::at(1e4).value, 1);
  EXPECT_EQ(Tanh::at(-1e4).value, -1);
  EXPECT_EQ(Tanh::at(-1e4).slope, 0);
}

TEST(ReadoutAlone, SumsItsCurrents) {
  Alone k(ReadoutState{.current = 1, .output = 5, .error = 2, .epsilon = 3});
  k.send(Dendrite<R>{.current = 0.5, .behind = 77}).forbid();
  k.expect_state({.current = 1.5, .output = 5, .error = 2, .epsilon = 3});
}

TEST(ReadoutAlone, ForgetsInSilenceAllButItsOutput) {
  Alone k(ReadoutState{.current = 1, .output = 5, .error = 2, .epsilon = 3});
  k.send(Silence{}).forbid();
  k.expect_state({.output = 5});
}

TEST(ReadoutAlone, WithoutMemoryPutsOutWhatArrived) {
  ReadoutState state{.current = 1.5, .output = 5};
  step(state.view(), Leaky<R>{0, 1});
  EXPECT_EQ(state.output, 1.5);
}

TEST(ReadoutAlone, WithMemoryLeaks) {
  ReadoutState state{.current = 1.5, .output = 5};
  step(state.view(), Leaky<R>{0.5, 0.25});
  EXPECT_EQ(state.output, 0.25 * 1.5 + 0.5 * 5);
}

TEST(ReadoutAlone, ForgetsItsOutputWhenATrialBegins) {
  Alone k(ReadoutState{.output = 5});
  k.send(TrialBegin{}).forbid();
  k.expect_state({});
}

/// exp(1) and exp(0) give pi = e / (1 + e).
TEST(ReadoutAlone, ClassifiesByWhatTheOthersTell) {
  ReadoutState one{.output = 1};
  ReadoutState other{.output = 0};
  begin_norm(one.view());
  on(one.view(), norm(one.view()));
  on(one.view(), norm(other.view()));
  const double pi = std::exp(1.0) / (1 + std::exp(1.0));
  classify(one.view(), Target<R>{1}, 0.25);
  EXPECT_NEAR(one.error, pi - 1, 1e-15);
  EXPECT_EQ(one.epsilon, one.error / 4);
}

/// Two outputs of any size: pi = 1 / (1 + exp(other - one)), by hand. exp(710) is infinite and
/// exp(-746) is 0.
TEST(ReadoutAlone, ClassifiesWithOutputsOfAnySize) {
  struct Case {
    double one, other, pi;
  };
  for (const Case& c : {Case{710, 710, 0.5},
                        {-746, -746, 0.5},
                        {1e300, 1e300, 0.5},
                        {-1e300, 1e300, 0},
                        {1e300, -1e300, 1},
                        {710, 709, 0.7310585786300049},
                        {-746, -745, 0.2689414213699951}}) {
    for (const bool own_first : {true, false}) {
      ReadoutState one{.output = c.one};
      ReadoutState other{.output = c.other};
      begin_norm(one.view());
      on(one.view(), norm((own_first ? one : other).view()));
      on(one.view(), norm((own_first ? other : one).view()));
      classify(one.view(), Target<R>{0}, 1.0);
      EXPECT_NEAR(one.error, c.pi, 1e-15) << c.one << " beside " << c.other;
    }
  }
}

/// e = y - y*; eps = e times the constant of the loss (1 for the final loss, 1/T for the sequence
/// loss).
TEST(ReadoutAlone, ComparesItsOutputWithTheTarget) {
  Alone k(ReadoutState{.output = 1, .error = 0, .epsilon = 0});
  k.send(Target<R>{3}, 1.0).forbid();
  k.expect_state({.output = 1, .error = -2, .epsilon = -2});
  k.send(Target<R>{3}, 0.25).forbid();
  k.expect_state({.output = 1, .error = -2, .epsilon = -0.5});
  k.send(Target<R>{1}, 0.25).forbid();
  k.expect_state({.output = 1, .error = 0, .epsilon = 0});
}

TEST(ReadoutAlone, PostsTheDeltaRule) {
  ReadoutState state{.output = 1, .error = -2, .epsilon = -0.5};
  const Post<R> said = post(state.view());
  EXPECT_EQ(said.decay, 0);
  EXPECT_EQ(said.gain, 1);
  EXPECT_EQ(said.signal, -0.5);
}

}  // namespace
}  // namespace locus
