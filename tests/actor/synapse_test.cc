// A synapse with single messages. Every number is a small dyadic fraction, so that equality is
// exact.
#include "core/actor/synapse.h"

#include <gtest/gtest.h>

#include "tests/actor/alone.h"

namespace locus {
namespace {

using R = double;
using S = Synapse<R>;

static_assert(Hears<S, TrialBegin> && Hears<S, Silence> && Hears<S, Axon<R>> && Hears<S, Replay<R>> && Hears<S, Drift<R>>);
static_assert(Hears<S, Post<R>> && Hears<S, Commit<R>> && !Hears<S, Sensitivity<R>> && !Hears<S, Gather<R>>);
static_assert(Hears<TaughtSynapse<R>, Sensitivity<R>> && Hears<TaughtSynapse<R>, Gather<R>>);
static_assert(Hears<TaughtSynapse<R>, Commit<R>> && !Hears<TaughtSynapse<R>, Post<R>>);
static_assert(!Hears<S, Dendrite<R>> && !Hears<S, OwnWeight<R>> && !Hears<S, Target<R>> && !Hears<S, Feedback<R>>);
static_assert(!Hears<S, Transport<R>> && !Hears<S, Adjoint<R>> && !Hears<S, Influence<R>> && !Hears<S, Step<R>>);

Alone<SynapseState> synapse() { return Alone(SynapseState{.weight = 2, .pre = 0.5, .trace = 4, .delta = 8}); }

TEST(SynapseAlone, AnswersAnAxonWithItsCurrentAndTheActivityBehindIt) {
  auto s = synapse();
  const auto answer = s.send(Axon<R>{-0.25}).expect<Dendrite<R>>();
  EXPECT_EQ(answer.current, -0.5);
  EXPECT_EQ(answer.behind, -0.25);
  s.expect_state({.weight = 2, .pre = -0.25, .trace = 4, .delta = 8});
}

TEST(SynapseAlone, TakesAReplayWithoutAnswering) {
  auto s = synapse();
  s.send(Replay<R>{3}).forbid();
  s.expect_state({.weight = 2, .pre = 3, .trace = 4, .delta = 8});
}

TEST(SynapseAlone, ForgetsWhatItHeardInSilence) {
  auto s = synapse();
  s.send(Silence{}).forbid();
  s.expect_state({.weight = 2, .pre = 0, .trace = 4, .delta = 8});
}

TEST(SynapseAlone, BeginsATrialWithoutTraceButKeepsWhatItWasAskedToLearn) {
  auto s = synapse();
  s.send(TrialBegin{}).forbid();
  s.expect_state({.weight = 2, .pre = 0, .trace = 0, .delta = 8});
}

/// trace = 1/2 * 4 + 3 * 1/2 = 3.5, by the clock alone.
TEST(SynapseAlone, DriftsItsTraceWithoutLearning) {
  auto s = synapse();
  s.send(Drift<R>{.decay = 0.5, .gain = 3}).forbid();
  s.expect_state({.weight = 2, .pre = 0.5, .trace = 3.5, .delta = 8});
}

TEST(SynapseAlone, DecaysASilentTrace) {
  auto s = synapse();
  s.send(Silence{});
  s.send(Drift<R>{.decay = 0.5, .gain = 3}).forbid();
  s.expect_state({.weight = 2, .pre = 0, .trace = 2, .delta = 8});
}

/// trace = 3.5 as above; delta = 8 + 2 * 3.5: the signal multiplies the trace of this tick, not the
/// previous one.
TEST(SynapseAlone, LearnsFromAPostAfterItsTraceMoved) {
  auto s = synapse();
  s.send(Post<R>{.decay = 0.5, .gain = 3, .signal = 2}).forbid();
  s.expect_state({.weight = 2, .pre = 0.5, .trace = 3.5, .delta = 15});
}

/// A trace without memory: the delta rule of a readout and a sweep.
TEST(SynapseAlone, LearnsByTheDeltaRuleWithoutDecay) {
  auto s = synapse();
  s.send(Post<R>{.decay = 0, .gain = 1, .signal = -2}).forbid();
  s.expect_state({.weight = 2, .pre = 0.5, .trace = 0.5, .delta = 7});
}

TEST(SynapseAlone, MovesItsTraceEvenWithoutSignal) {
  auto s = synapse();
  s.send(Post<R>{.decay = 0.5, .gain = 3, .signal = 0}).forbid();
  s.expect_state({.weight = 2, .pre = 0.5, .trace = 3.5, .delta = 8});
}

/// The answer to POST in rules that carry errors over weights: weight times gain times signal. The
/// state does not change.
TEST(SynapseAlone, TransportsItsWeightTimesTheError) {
  auto s = synapse();
  EXPECT_EQ(transported(s.state().view(), Post<R>{.decay = 7, .gain = 0.5, .signal = 6}).value, 6);
  s.expect_state({.weight = 2, .pre = 0.5, .trace = 4, .delta = 8});
}

TEST(TaughtSynapseAlone, SumsWhatSensitivitiesTellItAndCommits) {
  Alone s(TaughtSynapseState{.weight = 2, .delta = 8});
  s.send(Sensitivity<R>{.sensitivity = 0.25, .signal = -2}).forbid();
  s.send(Gather<R>{.value = 3}).forbid();
  s.expect_state({.weight = 2, .delta = 10.5});
  s.send(Commit<R>{2}).forbid();
  s.expect_state({.weight = -19, .delta = 0});
}

/// The trace alone changes in the same way as within its synapse.
TEST(SynapseAlone, SharesTheHandlerOfItsTrace) {
  double trace = 4;
  const double pre = 0.5;
  on(Eligibility<R>{trace, pre}, Drift<R>{.decay = 0.5, .gain = 3});
  EXPECT_EQ(trace, 3.5);
}

TEST(SynapseAlone, CommitsOnceAndStartsAnew) {
  auto s = synapse();
  s.send(Commit<R>{0.25}).forbid();
  s.expect_state({.weight = 0, .pre = 0.5, .trace = 4, .delta = 0});
  s.send(Commit<R>{0.25}).forbid();
  s.expect_state({.weight = 0, .pre = 0.5, .trace = 4, .delta = 0});
}

/// Three ticks under RFLO by hand: lambda = 1/2, gain 1/2, activities 1, 0, 2; an error of signal 4
/// in the last. Traces: 1/2, 1/4, 1/8 + 1 = 9/8; delta = 9/2; the committed weight is 1 -
/// 1/2 * 9/2 = -5/4.
TEST(SynapseAlone, LivesThroughATrialOfRflo) {
  Alone s(SynapseState{.weight = 1, .pre = 9, .trace = 9, .delta = 0});
  s.send(TrialBegin{}).forbid();
  EXPECT_EQ(s.send(Axon<R>{1}).expect<Dendrite<R>>().current, 1);
  s.send(Drift<R>{0.5, 0.5}).forbid();
  s.send(Silence{}).forbid();
  s.send(Drift<R>{0.5, 0.5}).forbid();
  s.send(Silence{}).forbid();
  EXPECT_EQ(s.send(Axon<R>{2}).expect<Dendrite<R>>().current, 2);
  s.send(Post<R>{0.5, 0.5, 4}).forbid();
  s.expect_state({.weight = 1, .pre = 2, .trace = 1.125, .delta = 4.5});
  s.send(Commit<R>{0.5}).forbid();
  s.expect_state({.weight = -1.25, .pre = 2, .trace = 1.125, .delta = 0});
}

}  // namespace
}  // namespace locus
