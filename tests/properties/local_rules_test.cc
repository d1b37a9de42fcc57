// Rules of the table, written as text: the same counts, bytes and bits as their rows, over random
// networks, in both transports and precisions, on any number of threads.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "core/protocol/rule.h"
#include "tests/support/agreement.h"
#include "tests/support/random_local.h"
#include "tests/support/random_model.h"
#include "tests/support/spiking_model.h"

namespace locus::local_rules {
namespace {

bool spikes(const Spec& spec) {
  return std::ranges::any_of(spec.network.populations,
                             [](const PopulationSpec& population) { return population.lif.has_value(); });
}

/// True if spiking neurons have what the texts below leave out: adaptation or a synaptic current.
bool is_rich(const Spec& spec) {
  return std::ranges::any_of(spec.network.populations, [](const PopulationSpec& population) {
    if (!population.lif) return false;
    const bool adapts = std::ranges::any_of(population.lif->adaptation.values, [](double beta) { return beta != 0; });
    return adapts || population.lif->current_tau.has_value();
  });
}

/// The text of a rule of the table; empty if it has none.
std::optional<LocalText> text_of(const RuleSpec& rule, const Spec& spec) {
  LocalText text;
  const bool spiking = spikes(spec);
  switch (rule.kind) {
    case RuleKind::kRflo:
      if (rule.trace_decay) text.constants = {{"lambda", *rule.trace_decay}};
      text.traces = {{"p", std::string(rule.trace_decay ? "lambda" : "decay") +
                               (spiking ? "*p + gain*drive*pre" : "*p + gain*pre")}};
      text.changes = {{"signal*p"}};
      break;
    case RuleKind::kEprop:
    case RuleKind::kEpropRandom:
      if (spiking) {
        text.constants = {{"kappa", rule.filter_tau > 0 ? std::exp(-spec.training.dt / rule.filter_tau) : 0}};
        text.traces = {{"z", "decay*z + drive*pre"}, {"e", "gain*z"}, {"l", "kappa*l + (1 - kappa)*e"}};
        text.changes = {{"signal*l"}};
      } else {
        text.traces = {{"p", "(decay + gain*own_weight)*p + gain*pre"}};
        text.changes = {{"signal*p"}};
      }
      break;
    default: return std::nullopt;
  }
  text.signal = locus::rule(rule.kind).signal == SignalSource::kFeedback ? LocalSignal::kFeedback : LocalSignal::kSymmetric;
  return text;
}

RuleSpec as_text(const RuleSpec& rule, LocalText text) {
  RuleSpec written = rule;
  written.kind = local_kind(text.signal);
  written.local = std::move(text);
  written.trace_decay.reset();
  written.filter_tau = 0;
  written.firing_rate.reset();
  return written;
}

/// The model with the rules of the table that have a text, and the same with the texts.
struct Pair {
  Spec rows;
  Spec texts;
};
Pair pair_of(const Spec& spec) {
  Pair pair{spec, spec};
  pair.rows.rules.clear();
  pair.texts.rules.clear();
  pair.rows.records.clear();
  pair.texts.records.clear();
  for (RuleSpec rule : spec.rules) {
    rule.firing_rate.reset();
    if (spikes(spec) && is_rich(spec)) continue;
    const std::optional<LocalText> text = text_of(rule, spec);
    if (!text) continue;
    pair.rows.rules.push_back(rule);
    pair.texts.rules.push_back(as_text(rule, *text));
  }
  return pair;
}

testing::AssertionResult same_ledger(const Outcome& one, const Outcome& other) {
  if (one.ledger == other.ledger) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "counts differ:\n" << one.ledger << "\n" << other.ledger;
}

testing::AssertionResult near(const Outcome& one, const Outcome& other, double tolerance) {
  if (one.status != other.status)
    return testing::AssertionFailure() << "statuses differ: " << one.message << " / " << other.message;
  const oracle::ByProjection left = weights_of(one);
  const oracle::ByProjection right = weights_of(other);
  return close(left, right, tolerance);
}

int compare(const Spec& spec) {
  const Pair pair = pair_of(spec);
  if (pair.rows.rules.empty()) return 0;
  const double tolerance = spec.precision == Precision::kFloat32 ? 1e-4 : 1e-11;
  for (const TransportKind transport : kTransports) {
    const RunResult rows = run_with(pair.rows, transport);
    const RunResult texts = run_with(pair.texts, transport);
    for (std::size_t k = 0; k < rows.outcomes.size(); ++k) {
      const std::string where = std::string(name(transport)) + ", " + rows.outcomes[k].rule + " of " + describe(spec);
      EXPECT_TRUE(same_ledger(rows.outcomes[k], texts.outcomes[k])) << where;
      EXPECT_TRUE(near(rows.outcomes[k], texts.outcomes[k], tolerance)) << where;
      if (transport == TransportKind::kMailbox) {
        EXPECT_EQ(rows.outcomes[k].fingerprint, texts.outcomes[k].fingerprint) << where;
      }
      if (testing::Test::HasFailure()) return 1;
    }
  }
  return static_cast<int>(pair.rows.rules.size());
}

TEST(TextsOfTheTable, AreItsRowsOverRandomRateNetworks) {
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 60 && !HasFailure(); ++seed) {
    Spec spec = odd_model(seed);
    compared += compare(spec);
    spec.precision = Precision::kFloat32;
    compared += compare(spec);
  }
  EXPECT_GT(compared, 100);
}

TEST(TextsOfTheTable, AreItsRowsOverRandomSpikingNetworks) {
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 80 && !HasFailure(); ++seed) compared += compare(odd_spiking_model(seed));
  EXPECT_GT(compared, 30);
}

TEST(TextsOfTheTable, AreTheSameBitsOnAnyNumberOfThreads) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    for (const Spec& spec : {odd_model(seed), odd_spiking_model(seed)}) {
      const Pair pair = pair_of(spec);
      if (pair.texts.rules.empty()) continue;
      ASSERT_TRUE(same_for_threads(pair.texts, {2, 5})) << describe(spec);
    }
  }
}

/// The evaluator at each synapse, and tiles of synapses: the same rule, of any text.
void compare_transports(const Spec& odd, std::uint64_t seed) {
  Dice dice(seed);
  Spec spec = odd;
  spec.rules.clear();
  spec.records.clear();
  spec.compare.reset();
  add_rewards(spec, dice);
  for (const auto& [signal, reward] : kThirdFactors) {
    const bool given = signal == LocalSignal::kReward && reward == RewardFrom::kTrials;
    if (given && !std::holds_alternative<RecordedTask>(spec.task)) continue;
    spec.rules.push_back(random_local_rule(spec, dice, signal, reward));
    spec.rules.back().name += std::to_string(static_cast<int>(signal)) + std::to_string(static_cast<int>(reward));
  }
  const RunResult mailbox = run_with(spec, TransportKind::kMailbox);
  const RunResult columns = run_with(spec, TransportKind::kBatched);
  const double tolerance = spec.precision == Precision::kFloat32 ? 1e-4 : 1e-11;
  for (std::size_t k = 0; k < spec.rules.size(); ++k) {
    ASSERT_TRUE(same_ledger(mailbox.outcomes[k], columns.outcomes[k])) << describe(spec);
    ASSERT_TRUE(near(mailbox.outcomes[k], columns.outcomes[k], tolerance)) << describe(spec);
  }
  ASSERT_TRUE(same_for_threads(spec, {3})) << describe(spec);
}

TEST(RandomTexts, AreTheSameRuleInBothTransports) {
  for (std::uint64_t seed = 1; seed <= 60 && !HasFailure(); ++seed) {
    Spec spec = odd_model(seed);
    if (seed % 4 == 0) spec.precision = Precision::kFloat32;
    compare_transports(spec, seed);
  }
}

TEST(RandomTexts, AreTheSameRuleOntoSpikingNeurons) {
  for (std::uint64_t seed = 1; seed <= 40 && !HasFailure(); ++seed) compare_transports(odd_spiking_model(seed), seed);
}

/// A text that says something else is noticed: the comparison above can fail.
TEST(TextsOfTheTable, AreNoticedWhenTheySaySomethingElse) {
  const auto fingerprint = [](const std::string& next, const std::string& change) {
    Spec spec = odd_model(1);
    std::optional<RuleSpec> rflo;
    for (std::uint64_t seed = 1; !rflo; ++seed) {
      spec = odd_model(seed);
      const auto found = std::ranges::find(spec.rules, RuleKind::kRflo, &RuleSpec::kind);
      if (found != spec.rules.end() && spec.training.ticks > 3) rflo = *found;
    }
    LocalText text{
        .constants = {{"lambda", 0.5}}, .traces = {{"p", next}}, .changes = {{change}}, .signal = LocalSignal::kFeedback};
    spec.rules = {as_text(*rflo, text)};
    return run_with(spec, TransportKind::kMailbox).outcomes[0].fingerprint;
  };
  const std::string right = fingerprint("lambda*p + gain*pre", "signal*p");
  for (const auto& [next, change] :
       {std::pair("lambda*p + pre", "signal*p"), std::pair("lambda*p - gain*pre", "signal*p"),
        std::pair("p + gain*pre", "signal*p"), std::pair("lambda*p + gain*pre", "signal*pre"),
        std::pair("lambda*p + gain*pre", "2*signal*p")})
    EXPECT_NE(fingerprint(next, change), right) << next << "; " << change;
}

/// A number of POST that vanishes without an error is 0 there, also where its expression is 0/0:
/// the gain of a neuron that RELU silences is 0.
TEST(TextsThatVanish, AreZeroWithoutAnErrorInBothTransports) {
  Spec spec = small_model({2, 6, 1, 4}, {.activation = Activation::kRelu, .leak = 1, .loss = Loss::kFinal}, 3);
  RuleSpec rule{.name = "divided", .kind = local_kind(LocalSignal::kSymmetric)};
  rule.local = {.changes = {{"tanh(signal/gain)*pre"}}, .signal = LocalSignal::kSymmetric};
  spec.rules = {rule};
  spec.training.updates = 2;
  const Outcome batched = run_with(spec, TransportKind::kBatched).outcomes[0];
  const Outcome mailbox = run_with(spec, TransportKind::kMailbox).outcomes[0];
  EXPECT_EQ(batched.status, mailbox.status) << batched.message << mailbox.message;
  EXPECT_EQ(batched.status, Status::kCompleted) << batched.message;
  EXPECT_TRUE(close({batched.losses}, {mailbox.losses}, 1e-12));
}

}  // namespace
}  // namespace locus::local_rules
