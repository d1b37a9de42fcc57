// Passes, recurrences and sparse products against plain loops over pairs of neurons.
#include "core/kernel/pass.h"

#include <vector>

#include <gtest/gtest.h>

#include "core/kernel/recurrence.h"
#include "core/kernel/sparse.h"
#include "core/kernel/sweep.h"
#include "tests/kernel/lengths.h"

namespace locus {
namespace {

template <class R>
struct PassWork {
  std::int32_t sources;
  std::int32_t targets;
  Drawn<R> weight, trace, pre, activity, decay, gain, signal, current;
  std::vector<std::int64_t> offset;
  std::vector<std::int32_t> target;

  PassWork(std::int32_t of_sources, std::int32_t of_targets, std::size_t shift)
      : sources(of_sources),
        targets(of_targets),
        weight(static_cast<std::size_t>(sources * targets), 1, shift),
        trace(weight.size(), 2, shift),
        pre(static_cast<std::size_t>(sources), 3, shift),
        activity(pre.size(), 4, shift),
        decay(static_cast<std::size_t>(targets), 5, shift),
        gain(decay.size(), 6, shift),
        signal(decay.size(), 7, shift),
        current(decay.size(), 8, shift) {
    for (std::int32_t j = 0; j <= sources; ++j) offset.push_back(std::int64_t{j} * targets);
    for (std::int32_t k = 0; k < sources * targets; ++k) target.push_back(k % targets);
  }

  PassColumns<R> columns(bool own_decay) {
    PassColumns<R> c;
    c.sources = sources;
    c.targets = targets;
    c.weight = weight.data();
    c.trace = trace.data();
    c.pre = pre.data();
    c.activity = activity.data();
    c.decay = own_decay ? decay.data() : nullptr;
    c.gain = gain.data();
    c.signal = signal.data();
    c.current = current.data();
    c.constant_decay = R(0.75);
    c.constant_gain = R(0.25);
    c.rate = R(0.125);
    c.offset = offset.data();
    c.target = target.data();
    return c;
  }

  /// The same, pair by pair in source order.
  void plainly(Learn learn, bool own_decay) {
    for (std::int32_t j = 0; j < sources; ++j) {
      for (std::int32_t i = 0; i < targets; ++i) {
        const auto k = static_cast<std::size_t>(j * targets + i);
        const auto s = static_cast<std::size_t>(j);
        const auto t = static_cast<std::size_t>(i);
        const R lambda = own_decay ? decay[t] : R(0.75);
        if (learn == Learn::kDrift) trace[k] = lambda * trace[k] + R(0.25) * pre[s];
        if (learn == Learn::kPost) {
          trace[k] = lambda * trace[k] + gain[t] * pre[s];
          weight[k] -= R(0.125) * (signal[t] * trace[k]);
        }
        current[t] += weight[k] * activity[s];
      }
    }
  }
};

template <class R, Learn kLearn, bool kOwnDecay>
void expect_passes() {
  each_length<R>([](std::int32_t targets, std::size_t shift) {
    for (const std::int32_t sources : {1, 3, 4, 6}) {
      PassWork<R> expected(sources, targets, shift);
      expected.plainly(kLearn, kOwnDecay);
      for (int kind = 0; kind < 3; ++kind) {
        PassWork<R> work(sources, targets, shift);
        const PassColumns<R> c = work.columns(kOwnDecay);
        if (kind == 0) pass_near<kLearn, kOwnDecay, true>(c);
        if (kind == 1) pass_dense<kLearn, kOwnDecay, true>(c, 0, sources);
        if (kind == 2) pass_sparse<kLearn, kOwnDecay, true>(c);
        for (std::size_t k = 0; k < work.weight.size(); ++k) {
          ASSERT_EQ(work.weight[k], expected.weight[k]) << kind << ": " << sources << " x " << targets;
          ASSERT_EQ(work.trace[k], expected.trace[k]) << kind << ": " << sources << " x " << targets;
        }
        for (std::size_t i = 0; i < work.current.size(); ++i)
          ASSERT_EQ(work.current[i], expected.current[i]) << kind << ": " << sources << " x " << targets;
      }
    }
  });
}

TEST(Passes, AreTheirPairsOneByOne) {
  expect_passes<double, Learn::kPost, true>();
  expect_passes<double, Learn::kPost, false>();
  expect_passes<double, Learn::kDrift, false>();
  expect_passes<double, Learn::kNothing, false>();
  expect_passes<float, Learn::kPost, true>();
  expect_passes<float, Learn::kNothing, false>();
}

/// Sums of the recurrence have an order of their own: compared to some units in the last place.
template <class R>
void expect_recurrence(double tolerance) {
  constexpr std::int32_t kTrial = 3;
  each_length<R>([&](std::int32_t n, std::size_t shift) {
    const auto cells = static_cast<std::size_t>(n);
    Drawn<R> weight(cells * cells, 1, shift), own_weight(cells, 2, shift), before(cells, 3, shift);
    for (std::size_t k = 0; k < weight.size(); ++k) weight[k] /= static_cast<R>(n);
    Drawn<R> current(cells * kTrial, 4, shift), activity(cells * kTrial, 5, shift);
    Drawn<R> gain(cells * kTrial, 6, shift), decay(cells * kTrial, 7, shift);
    const Recurrence<R> recurrence{{weight.data(), n, n, n}, Activation::kTanh, R(0.5), own_weight.data()};
    advance<R>(recurrence, {current.data(), before.data(), activity.data(), gain.data(), decay.data()}, kTrial);
    std::vector<double> h(before.data(), before.data() + cells);
    for (std::size_t t = 0; t < kTrial; ++t) {
      std::vector<double> next(cells);
      for (std::size_t i = 0; i < cells; ++i) {
        double u = static_cast<double>(current[t * cells + i]);
        for (std::size_t j = 0; j < cells; ++j) u += static_cast<double>(weight[j * cells + i]) * h[j];
        next[i] = 0.5 * h[i] + 0.5 * std::tanh(u);
        const double slope = 0.5 * (1 - std::tanh(u) * std::tanh(u));
        ASSERT_NEAR(static_cast<double>(activity[t * cells + i]), next[i], tolerance) << n << " neurons, tick " << t;
        ASSERT_NEAR(static_cast<double>(gain[t * cells + i]), slope, tolerance) << n << " neurons, tick " << t;
        ASSERT_NEAR(static_cast<double>(decay[t * cells + i]), 0.5 + slope * static_cast<double>(own_weight[i]), tolerance)
            << n << " neurons, tick " << t;
      }
      h = next;
    }
  });
}

TEST(Recurrence, AdvancesAsItsEquationSays) {
  expect_recurrence<double>(1e-14);
  expect_recurrence<float>(2e-6);
}

/// delta = kept delta + W^T last + error; g = gain delta, and coefficients hold g or add it up.
template <class R>
void expect_stage(bool first_stage, bool has_sum, double tolerance) {
  each_length<R>([&](std::int32_t n, std::size_t shift) {
    const auto cells = static_cast<std::size_t>(n);
    const Drawn<R> weight(cells * cells, 1, shift), gain(cells, 2, shift), error(cells, 3, shift), last(cells, 4, shift);
    Drawn<R> coefficient(cells, 5, shift), delta(cells, 6, shift), g(cells, 7, shift);
    const Drawn<R> sum = coefficient, before = delta;
    const BackStage<R> stage{gain.data(), coefficient.data(), has_sum};
    sweep_stage<R>({weight.data(), n, n, n}, stage, {delta.data(), R(0.5), error.data()},
                   first_stage ? nullptr : last.data(), g.data());
    for (std::size_t j = 0; j < cells; ++j) {
      double due = 0;
      for (std::size_t i = 0; i < cells && !first_stage; ++i)
        due += static_cast<double>(weight[j * cells + i]) * static_cast<double>(last[i]);
      const double expected = 0.5 * static_cast<double>(before[j]) + due + static_cast<double>(error[j]);
      ASSERT_NEAR(static_cast<double>(delta[j]), expected, tolerance * n) << n << " neurons, shift " << shift;
      ASSERT_EQ(g[j], gain[j] * delta[j]);
      ASSERT_EQ(coefficient[j], has_sum ? sum[j] + g[j] : g[j]);
    }
    Drawn<R> again(cells, 8, shift);
    hear_adjoint(BackStage<R>{gain.data(), coefficient.data(), false}, n, delta.data(), again.data());
    for (std::size_t j = 0; j < cells; ++j) ASSERT_EQ(again[j], g[j]);
  });
}

TEST(Sweep, StagesAreAsTheirEquationSays) {
  expect_stage<double>(true, false, 1e-15);
  expect_stage<double>(false, true, 1e-15);
  expect_stage<float>(false, false, 1e-6);
}

template <class R>
void expect_sparse(std::int32_t lanes) {
  constexpr std::int32_t kSources = 4;
  each_length<R>([&](std::int32_t targets, std::size_t shift) {
    PassWork<R> work(kSources, targets, shift);
    const SynapsesView<const R> weights{kSources, targets, work.weight.data(), work.offset.data(), work.target.data()};
    const Drawn<R> errors(static_cast<std::size_t>(targets * lanes), 9, shift);
    Drawn<R> sums(static_cast<std::size_t>(kSources * lanes), 10, shift);
    Drawn<R> expected = sums;
    add_transposed_sparse(weights, errors.data(), lanes, 1, kSources, sums.data());
    for (std::int32_t j = 1; j < kSources; ++j) {
      for (std::int32_t i = 0; i < targets; ++i) {
        for (std::int32_t lane = 0; lane < lanes; ++lane)
          expected[static_cast<std::size_t>(j * lanes + lane)] +=
              work.weight[static_cast<std::size_t>(j * targets + i)] * errors[static_cast<std::size_t>(i * lanes + lane)];
      }
    }
    for (std::size_t k = 0; k < sums.size(); ++k) ASSERT_EQ(sums[k], expected[k]) << targets << " targets";
  });
}

TEST(Sparse, ErrorsGoBackOverEverySynapse) {
  expect_sparse<double>(1);
  expect_sparse<double>(3);
  expect_sparse<float>(2);
}

TEST(Sparse, OuterProductsAreThoseOfEachPair) {
  constexpr std::int32_t kRows = 5;
  each_length<double>([](std::int32_t targets, std::size_t shift) {
    PassWork<double> work(3, targets, shift);
    const Drawn<double> before = work.weight;
    const Drawn<double> left(static_cast<std::size_t>(kRows * targets), 11, shift);
    const Drawn<double> right(static_cast<std::size_t>(kRows * 3), 12, shift);
    const SynapsesView<double> synapses{3, targets, work.weight.data(), work.offset.data(), work.target.data()};
    subtract_inner_products(0.5, {left.data(), kRows, targets, targets, 1}, {right.data() + 1, kRows, 2, 3, 1},
                            synapses, 1, 3);
    for (std::int32_t j = 0; j < 3; ++j) {
      for (std::int32_t i = 0; i < targets; ++i) {
        double sum = 0;
        for (std::int32_t row = 0; row < kRows && j > 0; ++row)
          sum += left[static_cast<std::size_t>(row * targets + i)] * right[static_cast<std::size_t>(row * 3 + j)];
        const auto k = static_cast<std::size_t>(j * targets + i);
        ASSERT_NEAR(work.weight[k], before[k] - 0.5 * sum, 1e-14) << targets << " targets";
      }
    }
  });
}

}  // namespace
}  // namespace locus
