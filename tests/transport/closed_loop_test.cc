// A loop that is closed through the world: x_{t+1} answers y_t, so it does not exist when the trial
// begins. Both transports then say the same numbers.
#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "core/transport/columns/columns.h"
#include "core/transport/mailbox/mailbox.h"
#include "sim/place/place.h"
#include "tests/support/hand_network.h"
#include "tests/transport/open_door.h"

namespace locus {
namespace {

constexpr std::int32_t kLoopTicks = 12;

HandNetwork loop_network() {
  HandNetwork made;
  const PopulationId in = made.population(Layer::kInput, {.name = "in", .size = 1});
  const PopulationId rec =
      made.population(Layer::kRate, {.name = "rec", .size = 5, .activation = Activation::kTanh, .leak = 0.5});
  const PopulationId out = made.population(Layer::kReadout, {.name = "out", .size = 1});
  const auto from = [](std::int32_t sources) {
    return [=](std::int64_t k) { return 0.6 * std::sin(3.0 * static_cast<double>(k) + sources); };
  };
  made.connect(in, rec, true, 0.05, from(1));
  made.connect(rec, rec, true, 0.05, from(5));
  made.connect(rec, out, true, 0.05, from(5));
  made.finish(1);
  return made;
}

/// y_1 .. y_T where x_1 = 1 and x_{t+1} = 1 - y_t.
template <class T>
std::vector<double> close_the_loop(T& transport) {
  std::vector<double> inputs(kLoopTicks, 0.0);
  inputs[0] = 1;
  std::vector<double> outputs;
  transport.begin_trial(inputs.data());
  for (std::int32_t t = 1; t <= kLoopTicks; ++t) {
    transport.tick(Tick{t});
    transport.deliver(phase::Axons{ProjectionId{0}});
    transport.deliver(phase::Axons{ProjectionId{1}});
    transport.step(Layer::kRate);
    transport.deliver(phase::Axons{ProjectionId{2}});
    transport.step(Layer::kReadout);
    outputs.push_back(transport.network().readouts.output[0]);
    if (t < kLoopTicks) inputs[static_cast<std::size_t>(t)] = 1 - outputs.back();
  }
  transport.finish();
  return outputs;
}

TEST(ClosedLoop, SaysTheSameUnderBothTransports) {
  const Learning learning;
  const TrialShape shape{.ticks = kLoopTicks, .window = kLoopTicks};
  HandNetwork network = loop_network();
  HandNetwork reference = loop_network();
  Door door = open_door(learning);
  const Horizon horizon{.trial = shape, .outputs_are_seen = true, .inputs_tick_by_tick = true};
  Columns<double> batched(network.network, learning, horizon, Executor{}, door);
  EXPECT_EQ(batched.fuses(), Fuses::kNothing);
  const std::vector<double> outputs = close_the_loop(batched);
  Door reference_door = open_door(learning);
  Mailbox<double> mailbox(reference.network, learning, place(*reference.topology, 2), Executor{}, reference_door);
  const std::vector<double> expected = close_the_loop(mailbox);
  double moved = 0;
  for (std::size_t t = 0; t < expected.size(); ++t) {
    EXPECT_NEAR(outputs[t], expected[t], 1e-12) << "tick " << t + 1;
    moved = std::max(moved, std::abs(expected[t]));
  }
  EXPECT_GT(moved, 1e-3) << "the network says nothing, so nothing was compared";
  EXPECT_EQ(door.ledger(), reference_door.ledger());
}

/// What the flag is for: inputs that are known ahead are multiplied ahead of their tick, and an
/// answer that is written later is not heard.
TEST(ClosedLoop, IsNotHeardWhereInputsAreKnownAhead) {
  const Learning learning;
  const TrialShape shape{.ticks = kLoopTicks, .window = kLoopTicks};
  HandNetwork known = loop_network();
  HandNetwork answered = loop_network();
  Door door = open_door(learning);
  Columns<double> ahead(known.network, learning, {.trial = shape, .outputs_are_seen = true}, Executor{}, door);
  Columns<double> later(answered.network, learning,
                        {.trial = shape, .outputs_are_seen = true, .inputs_tick_by_tick = true}, Executor{}, door);
  EXPECT_NE(close_the_loop(ahead).back(), close_the_loop(later).back());
}

}  // namespace
}  // namespace locus
