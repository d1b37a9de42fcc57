// What follows from the text of a rule: its payload, the ticks of its POST, its state; and what is
// said of a text that asks for more than a synapse has.
#include "core/expression/local_rule.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace locus::local_rule_test {
namespace {

LocalText rflo() {
  return {.constants = {{"lambda", 0.9}},
          .traces = {{"p", "lambda*p + gain*pre"}},
          .changes = {{"signal*p"}},
          .signal = LocalSignal::kFeedback};
}

LocalRule compiled(const LocalText& text) {
  Compiled compiled = compile_local(text);
  for (const LocalFault& fault : compiled.faults) ADD_FAILURE() << fault.list << ": " << fault.fault.found;
  return compiled.rule.value_or(LocalRule{});
}

/// A rule of one change.
LocalRule change(std::string text, LocalSignal signal = LocalSignal::kNone) {
  return compiled({.constants = {{"c", 0.5}},
                   .traces = {{"x", "c*x + pre"}, {"y", "c*y + activity", TraceAt::kTarget}},
                   .changes = {{std::move(text)}},
                   .signal = signal});
}

/// The payload in words, and the change that uses it.
std::string form(const LocalRule& rule) {
  std::string text = rule.words(rule.changes[0]);
  for (std::size_t k = 0; k < rule.payload.size(); ++k)
    text += "; m" + std::to_string(k) + " = " + rule.words(rule.payload[k]);
  return text;
}

std::string fault_of(const LocalText& text) {
  const Compiled result = compile_local(text);
  if (result.faults.empty()) return "none";
  const LocalFault& fault = result.faults.front();
  return std::string(fault.list) + "[" + std::to_string(fault.index) + "]." + std::string(fault.field) + " " +
         (fault.in_expression ? std::to_string(fault.fault.line) + ":" + std::to_string(fault.fault.column) + " " : "") +
         fault.fault.found + "; " + fault.fault.allowed;
}

std::string fault_of_change(std::string text) {
  return fault_of({.constants = {}, .traces = {}, .changes = {{std::move(text)}}});
}

TEST(LocalRules, TellGainAndSignalUnderRflo) {
  const LocalRule rule = compiled(rflo());
  ASSERT_EQ(rule.payload.size(), 2U);
  EXPECT_EQ(rule.words(rule.traces[0].next), "lambda*p + m0*pre");
  EXPECT_EQ(rule.words(rule.payload[0]), "gain");
  EXPECT_EQ(form(rule), "m1*p; m0 = gain; m1 = signal");
  EXPECT_EQ(rule.posts, (LocalPosts{2, Cadence::kError, Cadence::kTick, false}));
  EXPECT_EQ(rule.states(TraceAt::kSynapse), 1);
}

TEST(LocalRules, TellTheOwnDecayUnderEprop) {
  LocalText text = rflo();
  text.traces[0].next = "(decay + gain*own_weight)*p + gain*pre";
  text.signal = LocalSignal::kSymmetric;
  const LocalRule rule = compiled(text);
  EXPECT_EQ(rule.words(rule.traces[0].next), "m0*p + m1*pre");
  ASSERT_EQ(rule.payload.size(), 3U);
  EXPECT_EQ(rule.words(rule.payload[0]), "decay + gain*own_weight");
  EXPECT_EQ(rule.posts, (LocalPosts{3, Cadence::kTick, Cadence::kTick, true}));
}

TEST(NormalForms, HaveEachFactorOfTheNeuronOnce) {
  EXPECT_EQ(form(change("activity*pre")), "m0*pre; m0 = activity");
  EXPECT_EQ(form(change("pre*activity*gain")), "m0*pre; m0 = activity*gain");
  EXPECT_EQ(form(change("activity*(pre - activity*weight)")),  // Oja
            "m0*pre - m1*weight; m0 = activity; m1 = activity*activity");
  EXPECT_EQ(form(change("activity*pre + activity*x")), "m0*pre + m0*x; m0 = activity");
  EXPECT_EQ(form(change("(activity + gain)*(pre + weight)")), "m0*(pre + weight); m0 = activity + gain");
  EXPECT_EQ(form(change("(activity + pre)*(gain + weight)")),
            "m0 + m1*weight + m2*pre + pre*weight; m0 = activity*gain; m1 = activity; m2 = gain");
  EXPECT_EQ(form(change("-(pre - activity)")), "-pre + m0; m0 = activity");
  EXPECT_EQ(form(change("pre/activity")), "m0*pre; m0 = 1/activity");
  EXPECT_EQ(form(change("gain*pre/activity")), "m0*pre; m0 = gain/activity");
  EXPECT_EQ(form(change("activity/(pre + 1)")), "m0/(pre + 1); m0 = activity");
  EXPECT_EQ(form(change("pre/(pre + activity)")), "pre/(pre + m0); m0 = activity");
  EXPECT_EQ(form(change("tanh(pre*activity)*gain")), "m1*tanh(m0*pre); m0 = activity; m1 = gain");
  EXPECT_EQ(form(change("x*y")), "m0*x; m0 = y");
  EXPECT_EQ(form(change("c*weight")), "c*weight");
  EXPECT_EQ(form(change("c*activity*pre")), "m0*pre; m0 = c*activity");
}

TEST(NormalForms, LeaveNumbersOfOneOwnerAsTheyAre) {
  EXPECT_EQ(form(change("(pre + x)*(weight + c)*(pre - 1)")), "(pre + x)*(weight + c)*(pre - 1)");
  EXPECT_EQ(form(change("(activity + y)*(gain - c)*pre")), "m0*pre; m0 = (activity + y)*(gain - c)");
}

TEST(Cadence, FollowsFromWhatSynapsesKnow) {
  const auto cadence = [](const LocalRule& rule) { return std::pair(rule.posts.constant_gain, rule.posts.varying_gain); };
  using enum Cadence;
  EXPECT_EQ(cadence(change("signal*pre", LocalSignal::kFeedback)), std::pair(kError, kError));
  EXPECT_EQ(cadence(change("signal*gain*pre", LocalSignal::kFeedback)), std::pair(kError, kError));
  EXPECT_EQ(cadence(change("signal*pre + gain*x", LocalSignal::kFeedback)), std::pair(kError, kTick));
  EXPECT_EQ(cadence(change("signal*activity*pre", LocalSignal::kFeedback)), std::pair(kError, kError));
  EXPECT_EQ(cadence(change("activity*signal*pre", LocalSignal::kFeedback)), std::pair(kError, kError));
  EXPECT_EQ(cadence(change("(signal + activity)*pre", LocalSignal::kFeedback)), std::pair(kTick, kTick));
  EXPECT_EQ(cadence(change("exp(signal)*pre", LocalSignal::kFeedback)), std::pair(kError, kError));
  EXPECT_EQ(cadence(change("activity*pre")), std::pair(kTick, kTick));
  EXPECT_EQ(cadence(change("gain*pre")), std::pair(kNever, kTick));
  EXPECT_EQ(cadence(change("c*weight")), std::pair(kNever, kNever));
  EXPECT_EQ(cadence(change("x*y")), std::pair(kTick, kTick));
}

/// A reward that is minus the loss is 0 without an error; one of trials may come in any tick.
TEST(Cadence, OfRewardsIsThatOfTheirGiver) {
  using enum Cadence;
  const auto posts = [](RewardFrom from) {
    return compiled({.traces = {{"x", "x + pre"}}, .changes = {{"reward*x"}}, .signal = LocalSignal::kReward, .reward = from})
        .posts;
  };
  EXPECT_EQ(posts(RewardFrom::kTrials),
            (LocalPosts{.scalars = 1, .constant_gain = kTick, .varying_gain = kTick, .reward = kTick}));
  EXPECT_EQ(posts(RewardFrom::kTickLoss),
            (LocalPosts{.scalars = 1, .constant_gain = kError, .varying_gain = kError, .reward = kError}));
  EXPECT_EQ(posts(RewardFrom::kTrialLoss),
            (LocalPosts{.scalars = 1, .constant_gain = kError, .varying_gain = kError, .reward = kEnd}));
}

TEST(Ends, HaveAPayloadOfTheirOwn) {
  const LocalRule rule = compiled({.constants = {{"variance", 0.01}},
                                   .traces = {{"p", "p + noise*pre"}},
                                   .changes = {{"-reward*p/variance", ChangeOn::kEnd}, {"weight*leak", ChangeOn::kEnd}},
                                   .signal = LocalSignal::kReward,
                                   .reward = RewardFrom::kTrialLoss});
  EXPECT_TRUE(rule.changes.empty());
  ASSERT_EQ(rule.ends.size(), 2U);
  EXPECT_EQ(rule.words(rule.traces[0].next), "p + m0*pre");
  ASSERT_EQ(rule.payload.size(), 1U);
  EXPECT_EQ(rule.words(rule.payload[0]), "noise");
  EXPECT_EQ(rule.words(rule.ends[0]), "m0*p/variance");
  EXPECT_EQ(rule.words(rule.ends[1]), "weight*leak");
  ASSERT_EQ(rule.end_payload.size(), 1U);
  EXPECT_EQ(rule.words(rule.end_payload[0]), "-reward");
  EXPECT_EQ(rule.posts.end_scalars, 1);
}

TEST(Faults, OfRewardsNameTheField) {
  LocalText text{.changes = {{"reward"}, {"pre", ChangeOn::kError}}, .signal = LocalSignal::kReward};
  EXPECT_NE(fault_of(text).find("is REWARD, and an expression uses errors"), std::string::npos) << fault_of(text);
  text.reward = RewardFrom::kTickLoss;
  EXPECT_EQ(fault_of(text), "none") << "ticks with a loss bring errors";
  text = {.changes = {{"reward"}}};
  EXPECT_NE(fault_of(text).find("uses \"reward\""), std::string::npos) << fault_of(text);
}

TEST(States, AreWhatATickNeedsOfTheLastOne) {
  const LocalRule eligibility = compiled(
      {.constants = {{"kappa", 0.5}},
       .traces = {{"z", "decay*z + drive*pre"}, {"e", "gain*z"}, {"l", "kappa*l + (1 - kappa)*e"}, {"unread", "pre"}},
       .changes = {{"signal*l"}},
       .signal = LocalSignal::kFeedback});
  EXPECT_TRUE(eligibility.traces[0].is_state);
  EXPECT_FALSE(eligibility.traces[1].is_state);  // nothing reads it before it is made anew
  EXPECT_TRUE(eligibility.traces[2].is_state);
  EXPECT_FALSE(eligibility.traces[3].is_state);
  EXPECT_EQ(eligibility.states(TraceAt::kSynapse), 2);
  const LocalRule early = compiled({.constants = {}, .traces = {{"late", "was"}, {"was", "pre"}}, .changes = {{"late"}}});
  EXPECT_FALSE(early.traces[0].is_state);
  EXPECT_TRUE(early.traces[1].is_state);  // read by an earlier trace, so before its update
}

TEST(States, MayBeOneForAllSynapsesOfASource) {
  const LocalRule rule =
      compiled({.constants = {{"c", 0.5}},
                .traces = {{"x", "c*x + pre"}, {"xx", "c*xx + x"}, {"w", "c*w + pre*weight"}, {"g", "c*g + gain*pre"}},
                .changes = {{"x + xx + w + g"}}});
  EXPECT_TRUE(rule.traces[0].of_source);
  EXPECT_TRUE(rule.traces[1].of_source);
  EXPECT_FALSE(rule.traces[2].of_source);
  EXPECT_FALSE(rule.traces[3].of_source);
}

TEST(States, OfLinearTracesMayWait) {
  const LocalRule rule =
      compiled({.constants = {{"c", 0.5}},
                .traces = {{"a", "c*a + gain*pre"}, {"b", "tanh(b) + pre"}, {"d", "c*d + 1"}, {"e", "e/c - pre*weight"}},
                .changes = {{"a + b + d + e"}}});
  EXPECT_TRUE(rule.traces[0].is_lazy);
  EXPECT_FALSE(rule.traces[1].is_lazy);
  EXPECT_FALSE(rule.traces[2].is_lazy);
  EXPECT_TRUE(rule.traces[3].is_lazy);
}

TEST(Changes, OfSomeTicksAreZeroInOthers) {
  const LocalRule post =
      compiled({.constants = {}, .traces = {{"x", "x/2 + pre"}}, .changes = {{"x", ChangeOn::kPostSpike}}});
  EXPECT_EQ(form(post), "m0*x; m0 = spike");
  const LocalRule pre = compiled(
      {.constants = {}, .traces = {{"y", "y/2 + spike", TraceAt::kTarget}}, .changes = {{"y", ChangeOn::kPreSpike}}});
  EXPECT_EQ(form(pre), "m0*abs(sign(pre)); m0 = y");
  const LocalRule error =
      compiled({.constants = {}, .traces = {}, .changes = {{"pre", ChangeOn::kError}}, .signal = LocalSignal::kFeedback});
  EXPECT_EQ(form(error), "m0*pre; m0 = taught");
  EXPECT_EQ(error.posts.varying_gain, Cadence::kError);
}

TEST(Faults, SayWhichChannelWouldCarryIt) {
  EXPECT_EQ(fault_of_change("error*pre"),
            "change[0].change 1:1 has the unknown name \"error\"; readouts have errors, and synapses do not: the error reaches a "
            "neuron over FEEDBACK (no violation) or TRANSPORT (a violation in space), and its synapses as `signal`");
  EXPECT_EQ(fault_of_change("pre*weights"),
            "change[0].change 1:5 has the unknown name \"weights\"; other synapses have their own weights: TRANSPORT would carry "
            "them, a violation in space; `weight` is the weight of the synapse itself");
  EXPECT_EQ(
      fault_of_change("activity[t-3]*pre"),
      "change[0].change 1:9 asks for \"activity\" of another place or tick, which has no name; another neuron's would need "
      "GATHER or INFLUENCE, violations in space; an earlier tick's a replay over AXON with a lag, a violation in time; a "
      "trace keeps what it needs of the past");
  EXPECT_EQ(fault_of({.constants = {}, .traces = {{"s", "s/2 + activity", TraceAt::kSource}}, .changes = {{"s"}}}),
            "trace[0].next uses \"activity\" of its target neuron, and the trace is kept by its source neuron; no channel carries "
            "what a target or a synapse has back to a source");
  EXPECT_EQ(fault_of({.constants = {}, .traces = {{"t", "t/2 + weight", TraceAt::kTarget}}, .changes = {{"t"}}}),
            "trace[0].next uses \"weight\" of the synapse, and the trace is kept by its target neuron; a neuron knows of its "
            "synapses only the sum of their currents (DENDRITE); GATHER would carry more, a violation in space");
}

TEST(Faults, AreOneClearSentence) {
  EXPECT_EQ(fault_of({}), "change[0]. is missing; a rule has at least one change");
  EXPECT_EQ(fault_of_change("qwerty"),
            "change[0].change 1:1 has the unknown name \"qwerty\"; names are pre, activity, current, gain, signal, own_weight, "
            "voltage, spike, noise, reward, weight, leak, decay, drive, dt, ticks");
  EXPECT_EQ(fault_of_change("signal*pre"),
            "signal[0]. is missing, and an expression uses errors; must be feedback, whose errors come over FEEDBACK (no "
            "violation), or symmetric, over TRANSPORT (a violation in space)");
  EXPECT_EQ(fault_of({.constants = {}, .traces = {}, .changes = {{"pre"}}, .signal = LocalSignal::kFeedback}),
            "signal[0]. is given, and no expression uses it; leave it out: it would be sent for nothing");
  EXPECT_EQ(fault_of({.constants = {{"gain", 1}}, .traces = {}, .changes = {{"pre"}}}),
            "constant[0].name is \"gain\"; must not be a name that every rule has");
  EXPECT_EQ(fault_of({.constants = {{"a", 1}}, .traces = {{"a", "pre"}}, .changes = {{"pre"}}}),
            "trace[0].name is \"a\" once more; must be one of its own");
  EXPECT_EQ(fault_of({.constants = {{"1a", 1}}, .traces = {}, .changes = {{"pre"}}}),
            "constant[0].name is \"1a\"; must be letters, digits and _, and begin with no digit");
  std::string many = "activity*pre";
  for (const char* power : {"2", "3", "4", "5", "6", "7", "8", "9"})
    many += " + " + std::string(power) + "*activity*" + power + "*pre*tanh(" + power + "*pre)";
  EXPECT_EQ(fault_of_change(many), "change[0]. makes the target neuron send 9 numbers in one POST; a rule has at most 8");
}

TEST(Faults, BoundWhatIsMultipliedOut) {
  std::string text = "(pre + activity)";
  for (int i = 0; i < 7; ++i) text += "*(pre + activity)";
  EXPECT_EQ(fault_of_change(text),
            "change[0].change is too large when it is multiplied out; must have at most 64 products");
}

/// Each nesting is in both products of the one around it: few nodes, many places.
TEST(Faults, BoundThePlacesOfWhatIsMultipliedOut) {
  std::string text = "pre";
  for (int i = 0; i < 8; ++i) text = "(pre + activity)*exp(" + text + ")";
  EXPECT_EQ(fault_of_change(text), "none");
  for (int i = 0; i < 24; ++i) text = "(pre + activity)*exp(" + text + ")";
  EXPECT_EQ(fault_of_change(text),
            "change[0].change is too large when it is multiplied out; must have at most 32768 numbers and operations");
}

}  // namespace
}  // namespace locus::local_rule_test
