// The closed forms that docs/locality.md spells out, one row of its table a rule, against those
// that are computed from the phases.
#include <cstdint>
#include <map>
#include <vector>

#include <gtest/gtest.h>

#include "core/protocol/closed_form.h"
#include "sim/model/learning.h"
#include "sim/model/wire.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

/// n rate neurons, o readouts, T ticks; synapses of B, W, A and R.
struct Letters {
  std::int64_t n, o, t, b, w, a, r;
  std::int64_t plastic() const { return b + w; }  // N
};

/// Messages of all lags.
using Row = std::map<Channel, std::int64_t>;

Row forward(const Letters& of) {
  using enum Channel;
  const std::int64_t sent = of.t * (of.a + of.b) + (of.t - 1) * of.w;
  return {{kAxon, sent}, {kDendrite, sent}, {kTarget, of.o}, {kPost, of.a}};
}

/// A sweep of depth tau at the end of the trial.
Row swept(const Letters& of, std::int64_t tau) {
  using enum Channel;
  Row row = forward(of);
  row[kTransport] = of.a + (tau - 1) * of.w;
  row[kAdjoint] = tau * of.n;
  row[kPost] += tau * of.plastic();
  row[kAxon] += tau == of.t ? of.t * of.b + (of.t - 1) * of.w : tau * of.plastic();
  return row;
}

Row documented(const Letters& of, const RuleSpec& rule, bool identity) {
  using enum Channel;
  Row row = forward(of);
  switch (rule.kind) {
    case RuleKind::kNone: return {{kAxon, row[kAxon]}, {kDendrite, row[kDendrite]}};
    case RuleKind::kBptt: return swept(of, of.t);
    case RuleKind::kTbptt: return swept(of, rule.depth);
    case RuleKind::kRflo:
      row[kPost] += identity ? of.plastic() : of.t * of.plastic();
      row[kFeedback] = of.r;
      return row;
    case RuleKind::kEprop:
    case RuleKind::kEpropRandom:
      row[kDendrite] += of.t * of.n;  // autapses
      row[kPost] += of.t * of.plastic();
      row[rule.kind == RuleKind::kEprop ? kTransport : kFeedback] = rule.kind == RuleKind::kEprop ? of.a : of.r;
      return row;
    case RuleKind::kRtrl:
      row[kTransport] = of.a;
      row[kPost] += of.plastic();
      row[kInfluence] = (of.t - 1) * of.w;
      row[kGather] = (of.n - 1) * of.plastic();
      return row;
    case RuleKind::kUoro:
      row[kTransport] = of.a;
      row[kPost] += of.plastic();
      row[kAxon] += (of.t - 1) * of.w;
      row[kDendrite] += (of.t - 1) * of.w;
      row[kReduce] = 2 * of.t * of.n;
      return row;
    case RuleKind::kRtrlReach:  // sensitivity_pattern_test.cc
    case RuleKind::kRtrlPaths:
    case RuleKind::kRtrlCore: break;
    case RuleKind::kLocal:
    case RuleKind::kLocalFeedback:
    case RuleKind::kLocalSymmetric:
    case RuleKind::kLocalReward:
    case RuleKind::kLocalLoss: break;  // their counts follow from their texts
  }
  return row;
}

TEST(Documented, ClosedFormsAreTheComputedOnes) {
  for (const Activation activation : {Activation::kIdentity, Activation::kTanh}) {
    for (int ticks = 2; ticks <= 6; ++ticks) {
      Style style;
      style.activation = activation;
      Spec spec = small_model({2, 3, 2, ticks}, style, 5);
      const Letters of{3, 2, ticks, 6, 9, 6, 6};
      std::vector<RuleSpec> rules = {rule_spec(RuleKind::kNone), rule_spec(RuleKind::kBptt), rule_spec(RuleKind::kEprop),
                                     rule_spec(RuleKind::kRtrl), rule_spec(RuleKind::kUoro)};
      for (const RuleKind kind : {RuleKind::kRflo, RuleKind::kEpropRandom})
        rules.push_back(rule_spec(kind, {{1, ConstantWeights{1}}}));
      for (int depth = 1; depth < ticks; ++depth) rules.push_back(truncated(depth, ticks));
      const Topology topology = topology_of(spec);
      for (const RuleSpec& rule : rules) {
        const Ledger ledger =
            closed_form(learning_of(rule, spec.training), topology, feedback_of(topology, rule), trial_shape_of(spec), 8);
        Row computed;
        for (const LedgerEntry& entry : ledger.entries()) computed[entry.channel] += entry.tally.messages;
        EXPECT_EQ(computed, documented(of, rule, activation == Activation::kIdentity)) << rule.name << ", T = " << ticks;
        const std::int64_t stages = rule.kind == RuleKind::kBptt    ? ticks
                                    : rule.kind == RuleKind::kTbptt ? rule.depth
                                                                    : 1;
        EXPECT_EQ(ledger.stalled_ticks(), stages - 1) << rule.name;
        EXPECT_EQ(ledger.at(Channel::kInfluence, 0).scalars, ledger.at(Channel::kInfluence, 0).messages * of.plastic());
      }
    }
  }
}

}  // namespace
}  // namespace locus
