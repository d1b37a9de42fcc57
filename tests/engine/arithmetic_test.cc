// The arithmetic of an engine against integers worked out here: sums, mantissas, shifts,
// saturation, traces, and roundings at random whose mean is exact.
#include "sim/engine/arithmetic.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/engine/models.h"

namespace locus::engines {
namespace {

TEST(Rounding, AtRandomIsExactOnAverageAndAStepAtMost) {
  const RandomKey key = random_key(7, "test");
  for (const double number : {2.25, -2.25, 0.5, -0.01, 3.0}) {
    double sum = 0;
    constexpr int kDraws = 40000;
    for (std::uint64_t k = 0; k < kDraws; ++k) {
      const std::int64_t got = rounded(number, EngineRounding::kStochastic, uniform_at(key, 0, 0, k));
      ASSERT_LT(std::abs(static_cast<double>(got) - number), 1);
      sum += static_cast<double>(got);
    }
    EXPECT_NEAR(sum / kDraws, number, 5 * 0.5 / std::sqrt(kDraws));  // five deviations
  }
  EXPECT_EQ(rounded(2.5, EngineRounding::kDown, 0), 2);
  EXPECT_EQ(rounded(-2.5, EngineRounding::kDown, 0), -3);
  EXPECT_EQ(rounded(2.6, EngineRounding::kNearest, 0), 3);
}

/// An engine whose sums are rounded to the nearest, so that the test needs no draws.
EngineSpec exact_loihi2() {
  EngineSpec engine = shipped("loihi2");
  engine.update.rounding = EngineRounding::kNearest;
  for (EngineAccess& access : engine.source.accesses) access.rounding = EngineRounding::kNearest;
  for (EngineAccess& access : engine.target.accesses) access.rounding = EngineRounding::kNearest;
  return engine;
}

/// floor of |a| / 2^k with the sign of a.
std::int64_t cut(std::int64_t a, int k) { return a < 0 ? -((-a) >> k) : a >> k; }
std::int64_t held(std::int64_t a, std::int64_t most) { return a < -most ? -most : a > most ? most : a; }

/// RFLO on Loihi 2, tick by tick: dt = -l u0 t + u0 y2 x1, dw = u0 y1 t, in integers that know only
/// the scales of the binding.
TEST(Arithmetic, OfRfloIsThatOfIntegersWrittenOut) {
  const EngineSpec engine = exact_loihi2();
  const Fit fit = fit_on(network(kRate, kNoise, "rflo {}"), engine);
  ASSERT_TRUE(fit.fits);
  const Binding& bound = fit.bindings[1];  // W
  ASSERT_EQ(bound.projections.front(), "W");
  const std::vector<std::int32_t> source = {0, 0, 1, 1};
  const std::vector<std::int32_t> target = {0, 1, 0, 1};
  EngineSynapses synapses(bound, engine, source, target, 2, 2, 3);
  const std::vector<double> first = {0.5, -0.25, 0.1, 0.9};
  synapses.set_weights(first);
  const auto access = [&](const std::string& reads) {
    return static_cast<std::size_t>(std::ranges::find(bound.target, reads, &BoundAccess::reads) - bound.target.begin());
  };
  std::vector<std::int64_t> w;
  for (const double weight : first) w.push_back(std::llround(weight * 255));
  std::vector<std::int64_t> t(4, 0);
  std::uint64_t lcg = 5;
  const auto draw = [&] {
    lcg = lcg * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<double>(lcg >> 11U) / 9007199254740992.0 * 2 - 1;
  };
  int moved = 0;
  for (int tick = 1; tick <= 200; ++tick) {
    const std::vector<double> sent = {1.2 * draw(), draw()};
    std::vector<std::vector<double>> values(2, std::vector<double>(2));
    // beyond its range at times
    for (double& value : values[access("signal")]) value = 1.5 * draw();
    for (double& value : values[access("gain")]) value = 0.3 * std::abs(draw());
    synapses.tick({.trial = 0, .tick = tick, .sent = sent, .spiked = {}, .values = values, .reward = 0});
    std::vector<std::int64_t> next_w = w;
    for (std::size_t k = 0; k < 4; ++k) {
      const auto grid = [&](double value, double full, std::int64_t least, std::int64_t most) {
        return std::clamp<std::int64_t>(std::llround(value / (full / static_cast<double>(most))), least, most);
      };
      const std::int64_t x = grid(sent[static_cast<std::size_t>(source[k])], 1, -64, 63);
      const std::int64_t s = grid(values[access("signal")][static_cast<std::size_t>(target[k])], 1, -64, 63);
      const std::int64_t g = grid(values[access("gain")][static_cast<std::size_t>(target[k])], 0.3, 0, 127);
      std::int64_t sum_w = w[k] << 7;
      std::int64_t sum_t = t[k] << 7;
      for (const BoundProduct& product : bound.products) {
        const bool of_weight = product.target == 0;
        const std::int64_t factors = of_weight ? s * t[k] : product.factors.size() == 1 ? t[k] : g * x;
        const int shift = product.exponent + 7;
        const std::int64_t raw = product.mantissa * factors;
        const std::int64_t added = held(shift >= 0 ? raw << shift : cut(raw, -shift), 32767);
        std::int64_t& sum = of_weight ? sum_w : sum_t;
        sum = held(sum + added, 32767);
      }
      next_w[k] = held(std::llround(static_cast<double>(sum_w) / 128), 255);
      t[k] = held(std::llround(static_cast<double>(sum_t) / 128), 255);
    }
    moved += next_w != w ? 1 : 0;
    w = next_w;
    ASSERT_EQ(synapses.stored(0), w) << tick;
    ASSERT_EQ(synapses.stored(1), t) << tick;
  }
  EXPECT_GT(moved, 20);  // the weights did something
}

/// A trace of spikes saturates, decays to 0 and, rounded at random, decays as its mean should.
TEST(Traces, OfSpikesDecayAndSaturate) {
  const std::string rule = R"text(local {
    trace { name: "x" next: "0.9*x + pre" at: SOURCE }
    trace { name: "y" next: "0.9*y + spike" at: TARGET }
    change_on_post_spike: "-x" change_on_pre_spike: "y" })text";
  const EngineSpec engine = shipped("loihi1");
  const Fit fit = fit_on(network(kLif, kSpikes, rule), engine);
  ASSERT_TRUE(fit.fits);
  constexpr std::int32_t kMany = 4000;
  EngineSynapses synapses(fit.bindings[1], engine, {0}, {0}, kMany, 1, 3);
  const std::vector<double> all(kMany, 1.0);
  const std::vector<double> none(kMany, 0.0);
  const std::vector<std::vector<double>> values(fit.bindings[1].target.size(), std::vector<double>(1, 0.0));
  for (int tick = 1; tick <= 100; ++tick)
    synapses.tick({.trial = 0, .tick = tick, .sent = all, .spiked = {}, .values = values});
  const std::vector<std::int64_t> full = synapses.read(false, 0);
  EXPECT_EQ(*std::ranges::max_element(full), 127);
  double sum = 0;
  for (const std::int64_t trace : full) sum += static_cast<double>(trace);
  synapses.tick({.trial = 0, .tick = 101, .sent = none, .spiked = {}, .values = values});
  double after = 0;
  for (const std::int64_t trace : synapses.read(false, 0)) after += static_cast<double>(trace);
  EXPECT_NEAR(after / kMany, 0.9 * sum / kMany, 5 * 0.5 / std::sqrt(kMany));
}

}  // namespace
}  // namespace locus::engines
