// The tile interpreter gives the bits of the evaluator, at lengths around a tile, for one lane and
// several, dense and sparse.
#include "core/kernel/tile.h"

#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "core/actor/local_synapse.h"

namespace locus::tile_test {
namespace {

LocalRule rule_with_everything() {
  const LocalText text{.constants = {{"c", 0.75}, {"k", -0.25}},
                       .traces = {{"a", "c*a + gain*pre"},
                                  {"b", "decay*b + tanh(a - k)*activity + leak*min(pre, weight)"},
                                  {"d", "pre"},
                                  {"n", "n/2 + activity", TraceAt::kTarget},
                                  {"late", "k*late + s", TraceAt::kSource},
                                  {"s", "c*s + pre", TraceAt::kSource},
                                  {"slow", "slow/2 + s*dt", TraceAt::kSource},
                                  {"e", "c*e + slow*signal"}},
                       .changes = {{"signal*a + n*weight"},
                                   {"-(b - s)*clip(weight, -0.5, 0.5) + exp(-abs(a))*sqrt(abs(b))*ticks"},
                                   {"late*slow - e"},
                                   {"max(sign(a), step(b))*dt - d/(2 + pre*pre)"}},
                       .signal = LocalSignal::kFeedback};
  Compiled compiled = compile_local(text);
  EXPECT_TRUE(compiled.rule.has_value());
  return *compiled.rule;
}

/// A trace of the source at each of its synapses.
template <class R>
void spread(const std::vector<R>& value, std::int32_t lanes, std::vector<R>& cells) {
  for (std::size_t cell = 0; cell < cells.size(); ++cell) cells[cell] = value[cell % static_cast<std::size_t>(lanes)];
}

/// The columns of traces: those of synapses, and those of their source.
template <class R>
void point_at(const LocalRule& rule, std::vector<std::vector<R>>& traces, std::vector<std::vector<R>>& shared,
              TileColumns<R>& columns) {
  for (std::size_t t = 0; t < traces.size(); ++t) {
    const bool own = rule.traces[t].at != TraceAt::kTarget && !rule.traces[t].is_shared;
    columns.traces[t] = own ? traces[t].data() : nullptr;
    columns.shared[t] = rule.traces[t].is_shared ? shared[t].data() : nullptr;
  }
}

template <class R>
void compare(std::int32_t synapses, std::int32_t lanes, bool sparse) {
  const LocalRule rule = rule_with_everything();
  const TileProgram program(rule, 0.5, 40);
  TileRunner<R> runner(program);
  std::mt19937_64 random(static_cast<std::uint64_t>(synapses * 10 + lanes));
  std::uniform_real_distribution<R> uniform(R(-1), R(1));
  const auto drawn = [&](std::int64_t count) {
    std::vector<R> values(static_cast<std::size_t>(count));
    for (R& value : values) value = uniform(random);
    return values;
  };
  const std::int32_t targets = sparse ? 2 * synapses + 1 : synapses;
  std::vector<std::int32_t> target(static_cast<std::size_t>(synapses));
  for (std::int32_t k = 0; k < synapses; ++k) target[static_cast<std::size_t>(k)] = sparse ? 2 * k + 1 : k;
  const std::vector<R> weight = drawn(synapses), pre = drawn(lanes);
  std::vector<std::vector<R>> traces, payload, constants;
  std::vector<std::vector<R>> shared;  // of the source: the value, and room for the last one
  for (std::size_t t = 0; t < rule.traces.size(); ++t) {
    traces.push_back(drawn(std::int64_t{synapses} * lanes));
    shared.push_back(drawn(2 * lanes));
    if (rule.traces[t].is_shared) spread(shared[t], lanes, traces[t]);
  }
  for (std::size_t k = 0; k < rule.payload.size(); ++k) payload.push_back(drawn(std::int64_t{targets} * lanes));
  for (int c = 0; c < 3; ++c) constants.push_back(drawn(targets));
  std::vector<R> delta = drawn(synapses);
  std::vector<R> expected_delta = delta;
  std::vector<std::vector<R>> expected = traces;

  for (std::int32_t k = 0; k < synapses; ++k) {
    const auto i = static_cast<std::size_t>(target[static_cast<std::size_t>(k)]);
    const LocalClock<R> clock{rule, constants[0][i], constants[1][i], constants[2][i], R(0.5), R(40)};
    for (std::int32_t lane = 0; lane < lanes; ++lane) {
      const auto cell = static_cast<std::size_t>(k * lanes + lane);
      std::vector<R> own;
      for (const std::vector<R>& trace : expected) own.push_back(trace[cell]);
      LocalPost<R> post{};
      for (std::size_t n = 0; n < payload.size(); ++n)
        post.factors[n] = payload[n][i * static_cast<std::size_t>(lanes) + static_cast<std::size_t>(lane)];
      R change = 0;
      on(LocalSynapse<R>{weight[static_cast<std::size_t>(k)], pre[static_cast<std::size_t>(lane)], own.data(), change},
         post, clock);
      for (std::size_t t = 0; t < own.size(); ++t) expected[t][cell] = own[t];
      expected_delta[static_cast<std::size_t>(k)] += change;
    }
  }

  TileColumns<R> columns;
  columns.synapses = synapses;
  columns.lanes = lanes;
  columns.pre = pre.data();
  columns.weight = weight.data();
  columns.target = sparse ? target.data() : nullptr;
  point_at(rule, traces, shared, columns);
  for (std::size_t n = 0; n < payload.size(); ++n) columns.payload[n] = payload[n].data();
  columns.constants = {constants[0].data(), constants[1].data(), constants[2].data()};
  columns.delta = delta.data();
  runner.run(columns);

  for (std::size_t t = 0; t < traces.size(); ++t) {
    if (rule.traces[t].at == TraceAt::kTarget) continue;
    if (rule.traces[t].is_shared) spread(shared[t], lanes, traces[t]);
    EXPECT_EQ(traces[t], expected[t]) << "trace " << t << " of " << synapses << " synapses, " << lanes << " lanes";
  }
  // the sum of changes adds them in another order
  const R tolerance = std::is_same_v<R, double> ? R(1e-13) : R(1e-4);
  for (std::size_t k = 0; k < delta.size(); ++k) EXPECT_NEAR(delta[k], expected_delta[k], tolerance * 100);
}

TEST(Tiles, GiveTheBitsOfTheEvaluator) {
  for (const std::int32_t synapses : {1, 2, 7, 63, kTile - 1, kTile, kTile + 1, 3 * kTile + 5}) {
    for (const std::int32_t lanes : {1, 3}) {
      for (const bool sparse : {false, true}) {
        compare<double>(synapses, lanes, sparse);
        compare<float>(synapses, lanes, sparse);
      }
    }
  }
}

}  // namespace
}  // namespace locus::tile_test
