// The meaning of a loss: the loss that is reported is the loss whose gradient the exact rules
// follow, for every loss, window and transport; rules that are exact only without recurrence follow
// it there. All is held against central differences of the losses that the program reports.
//
// Why beside gradient_test.cc: the oracle there has a loss of its own, so a program that reports
// another loss than the one it follows would pass.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <utility>

#include <gtest/gtest.h>

#include "sim/model/spec.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"
#include "tests/support/spiking_model.h"

namespace locus {
namespace {

constexpr std::int32_t kLossTicks = 5;

/// What a loss is a function of, besides outputs and targets.
struct Form {
  Loss loss = Loss::kFinal;
  std::int32_t window = 0;
  std::int32_t warmup = 0;
  bool average = false;
  bool classes = false;  // targets are classes; otherwise any numbers
  bool shorter = false;  // the last trial has two rows less
  bool masked = false;   // errors have weights, some of them 0
};

std::vector<Form> every_form() {
  std::vector<Form> forms;
  for (const bool average : {false, true}) {
    forms.push_back({.loss = Loss::kFinal, .average = average});
    for (const std::int32_t warmup : {0, 2})
      forms.push_back({.loss = Loss::kSequence, .warmup = warmup, .average = average});
    for (const std::int32_t window : {0, 1, 3}) {
      forms.push_back({.loss = Loss::kSum, .window = window, .average = average});
      for (const bool classes : {false, true})
        forms.push_back({.loss = Loss::kCrossEntropy, .window = window, .average = average, .classes = classes});
    }
    forms.push_back({.loss = Loss::kCrossEntropy, .warmup = 1, .average = average, .classes = true});
  }
  for (std::size_t k = forms.size(); k-- > 0;) {
    for (const auto& [shorter, masked] : {std::pair(true, false), std::pair(false, true), std::pair(true, true)}) {
      forms.push_back(forms[k]);
      forms.back().shorter = shorter;
      forms.back().masked = masked;
    }
  }
  return forms;
}

void take(const Form& form, Spec& spec) {
  spec.training.loss = form.loss;
  spec.training.window = form.window;
  spec.training.warmup = form.warmup;
  spec.training.average_over_window = form.average;
  std::vector<RecordedTrial>& trials = std::get<RecordedTask>(spec.task).trials;
  if (form.shorter) {
    const auto cut = [](DenseMatrix& matrix) {
      matrix.rows -= 2;
      matrix.values.resize(static_cast<std::size_t>(matrix.rows * matrix.cols));
    };
    cut(trials.back().target);
    if (auto* dense = std::get_if<DenseMatrix>(&trials.back().input)) cut(*dense);
    if (auto* sparse = std::get_if<SparseMatrix>(&trials.back().input)) {
      sparse->rows -= 2;
      while (!sparse->row.empty() && std::ranges::max(sparse->row) >= sparse->rows) {
        const auto at = std::ranges::max_element(sparse->row) - sparse->row.begin();
        sparse->row.erase(sparse->row.begin() + at);
        sparse->col.erase(sparse->col.begin() + at);
        sparse->values.erase(sparse->values.begin() + at);
      }
    }
  }
  for (std::size_t trial = 0; form.masked && trial < trials.size(); ++trial) {
    DenseMatrix& mask = trials[trial].mask;
    mask = {trials[trial].target.rows, trials[trial].target.cols, {}};
    for (std::int64_t tick = 0; tick < mask.rows; ++tick) {
      for (std::int64_t k = 0; k < mask.cols; ++k) {
        const std::int64_t turn = form.loss == Loss::kCrossEntropy ? tick : tick + k;
        mask.values.push_back(std::array{1.0, 0.5, 0.0, 2.0}[static_cast<std::size_t>(turn) % 4]);
      }
    }
  }
  if (!form.classes) return;
  for (RecordedTrial& trial : std::get<RecordedTask>(spec.task).trials) {
    const auto classes = static_cast<std::size_t>(trial.target.cols);
    for (std::size_t k = 0; k < trial.target.values.size(); ++k) {
      const std::size_t tick = k / classes;
      trial.target.values[k] = k % classes == tick % classes ? 1 : 0;
    }
  }
}

std::vector<double>& values_of(Spec& spec, std::size_t projection) {
  WeightsSpec& weights = spec.network.projections[projection].weights;
  if (auto* dense = std::get_if<DenseMatrix>(&weights)) return dense->values;
  return std::get<SparseMatrix>(weights).values;
}

double reported_loss(Spec spec, TransportKind transport) {
  spec.rules = {rule_spec(RuleKind::kBptt)};
  spec.training.learning_rate = 0;
  return run_with(spec, transport).outcomes.at(0).losses.at(0);
}

/// dL/dtheta of the reported loss by five-point central differences; 0 for projections left out.
oracle::ByProjection differences_of_reports(
    const Spec& spec, TransportKind transport,
    const std::function<bool(std::size_t)>& takes = [](std::size_t) { return true; }) {
  constexpr double kStep = 1e-3;
  oracle::ByProjection gradient;
  Spec moved = spec;
  for (std::size_t p = 0; p < spec.network.projections.size(); ++p) {
    std::vector<double>& values = values_of(moved, p);
    gradient.emplace_back(values.size(), 0.0);
    for (std::size_t k = 0; k < values.size() && takes(p); ++k) {
      const double weight = values[k];
      const auto at = [&](double steps) {
        values[k] = weight + steps * kStep;
        return reported_loss(moved, transport);
      };
      gradient[p][k] = (at(-2) - 8 * at(-1) + 8 * at(1) - at(2)) / (12 * kStep);
      values[k] = weight;
    }
  }
  return gradient;
}

/// The changes of the last two projections alone, which make up A; the others 0.
oracle::ByProjection onto_readouts(oracle::ByProjection changes) {
  for (std::size_t p = 0; p + 2 < changes.size(); ++p) std::ranges::fill(changes[p], 0.0);
  return changes;
}

/// Beside terms of about 1, which a loss has here, differences are known to 1e-11.
testing::AssertionResult is_near(const oracle::ByProjection& found, const oracle::ByProjection& wanted) {
  constexpr double kTolerance = 1e-9;
  for (std::size_t p = 0; p < wanted.size(); ++p) {
    for (std::size_t k = 0; k < wanted[p].size(); ++k) {
      if (std::abs(found[p][k] - wanted[p][k]) <= kTolerance * std::max(1.0, std::abs(wanted[p][k]))) continue;
      return testing::AssertionFailure() << "projection " << p << ", entry " << k << ": " << found[p][k]
                                         << ", expected " << wanted[p][k];
    }
  }
  return testing::AssertionSuccess();
}

std::string text_of(const Form& form, const Spec& spec, const RuleSpec& rule, TransportKind transport) {
  return rule.name + " over " + name(transport) + (form.classes ? ", classes, " : ", numbers, ") + describe(spec);
}

/// Every rule's change at learning rate 1 beside the differences of its own transport.
void expect_gradient(const Form& form, Spec spec, const std::vector<RuleSpec>& rules) {
  take(form, spec);
  spec.rules = rules;
  spec.training.learning_rate = 1 << 20;  // old weights vanish beside the change
  for (const TransportKind transport : kTransports) {
    const oracle::ByProjection wanted = differences_of_reports(spec, transport);
    const RunResult result = run_with(spec, transport);
    for (std::size_t k = 0; k < rules.size(); ++k) {
      ASSERT_TRUE(is_near(change(spec, result.outcomes.at(k)), wanted)) << text_of(form, spec, rules[k], transport);
    }
  }
}

/// A model of tanh neurons with 3 classes and two trials a batch.
Spec rate_model(std::uint64_t seed) {
  Spec spec = smooth_model({2, 3, 3, kLossTicks}, {.activation = Activation::kTanh, .leak = 0.625}, seed);
  const Spec other = smooth_model({2, 3, 3, kLossTicks}, {.activation = Activation::kTanh, .leak = 0.625}, seed + 50);
  std::vector<RecordedTrial>& trials = std::get<RecordedTask>(spec.task).trials;
  trials.push_back(std::get<RecordedTask>(other.task).trials.front());
  spec.training.batch = 2;
  return spec;
}

std::vector<FeedbackSpec> own_weights(const Spec& spec) { return {{1, spec.network.projections.back().weights}}; }

TEST(ReportedLoss, HasTheGradientThatExactRulesFollow) {
  std::uint64_t seed = 1;
  for (const Form& form : every_form()) {
    expect_gradient(
        form, rate_model(seed++),
        {rule_spec(RuleKind::kBptt), rule_spec(RuleKind::kRtrl), truncated(kLossTicks, 1), truncated(kLossTicks, 2)});
    if (HasFatalFailure()) return;
  }
}

TEST(ReportedLoss, HasTheGradientThatSweepsFollowWithMemoryAndDelays) {
  std::uint64_t seed = 1;
  for (const Form& form : every_form()) {
    Spec spec = rate_model(seed++);
    spec.network.populations.back().memory = LeakSpec{3, seed % 2 == 0};
    spec.network.projections[1].delay = 2;
    spec.network.projections[2].delay = 1;
    expect_gradient(form, spec, {rule_spec(RuleKind::kBptt), truncated(kLossTicks, 1)});
    if (HasFatalFailure()) return;
  }
}

/// Where each neuron hears itself alone, e-prop neglects nothing; where none hears another, RFLO
/// with the decay of its neurons and random feedback equal to A neglect nothing either.
TEST(ReportedLoss, HasTheGradientThatOnlineRulesFollowWithoutRecurrence) {
  std::uint64_t seed = 1;
  for (const Form& form : every_form()) {
    Spec spec = rate_model(seed++);
    spec.network.projections[1].weights = SparseMatrix{3, 3, {0, 1, 2}, {0, 1, 2}, {0.5, -0.75, 1.25}};
    expect_gradient(form, spec, {rule_spec(RuleKind::kEprop), rule_spec(RuleKind::kEpropRandom, own_weights(spec))});
    if (HasFatalFailure()) return;
    spec.network.projections.erase(spec.network.projections.begin() + 1);
    expect_gradient(form, spec,
                    {rule_spec(RuleKind::kEprop), rule_spec(RuleKind::kRflo, own_weights(spec)),
                     rule_spec(RuleKind::kEpropRandom, own_weights(spec))});
    if (HasFatalFailure()) return;
  }
}

/// The spikes of a network do not depend on the weights behind them, so the loss has a derivative
/// by these. Every rule follows it.
TEST(ReportedLoss, HasTheGradientThatReadoutsOfSpikingNetworksFollow) {
  std::uint64_t seed = 1;
  for (const Form& form : every_form()) {
    Spec spec = small_spiking_model(seed++);
    take(form, spec);
    const std::size_t projections = spec.network.projections.size();
    const std::vector<FeedbackSpec> feedback = {{1, ConstantWeights{0.5}}, {2, ConstantWeights{-0.25}}};
    spec.rules = {rule_spec(RuleKind::kBptt), truncated(3, 1), rule_spec(RuleKind::kEprop),
                  rule_spec(RuleKind::kRflo, feedback), rule_spec(RuleKind::kEpropRandom, feedback)};
    spec.training.learning_rate = 1 << 20;
    for (const TransportKind transport : kTransports) {
      const oracle::ByProjection wanted =
          differences_of_reports(spec, transport, [&](std::size_t p) { return p + 2 >= projections; });
      const RunResult result = run_with(spec, transport);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        ASSERT_TRUE(is_near(onto_readouts(change(spec, result.outcomes.at(k))), wanted))
            << text_of(form, spec, spec.rules[k], transport);
      }
    }
  }
}

/// average_over_window divides the loss and every rule's change by the ticks with an error, and so
/// the change by firing rates, which is no part of the loss.
TEST(ReportedLoss, IsAveragedUnderEveryRuleAlike) {
  for (const std::int32_t window : {1, 3, 8}) {
    Spec spec = small_spiking_model(7);
    spec.training.window = window;
    spec.training.learning_rate = 1 << 20;
    const std::vector<FeedbackSpec> feedback = {{1, ConstantWeights{0.5}}, {2, ConstantWeights{-0.25}}};
    spec.rules = {rule_spec(RuleKind::kBptt), truncated(2, 1), rule_spec(RuleKind::kEprop),
                  rule_spec(RuleKind::kRflo, feedback), rule_spec(RuleKind::kEpropRandom, feedback)};
    spec.rules[2].firing_rate = FiringRateSpec{100, 5};
    Spec averaged = spec;
    averaged.training.average_over_window = true;
    for (const TransportKind transport : kTransports) {
      const RunResult whole = run_with(spec, transport);
      const RunResult mean = run_with(averaged, transport);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        oracle::ByProjection wanted = change(spec, whole.outcomes.at(k));
        for (std::vector<double>& values : wanted)
          for (double& value : values) value /= window;
        EXPECT_TRUE(close(change(spec, mean.outcomes.at(k)), wanted, 1e-12))
            << text_of({}, averaged, spec.rules[k], transport);
        const double loss = whole.outcomes[k].losses.at(0) / window;
        EXPECT_NEAR(mean.outcomes[k].losses.at(0), loss, 1e-13 * loss);
      }
    }
  }
}

}  // namespace
}  // namespace locus
