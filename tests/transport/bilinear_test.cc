// The properties of handlers that the batched transport declares and Eigen's products rely on:
// linearity or bilinearity, and its arguments.
//
// Values are small integers, so that sums and products are exact.
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "core/actor/eligibility.h"
#include "core/actor/readout.h"
#include "core/actor/synapse.h"
#include "core/kernel/transposed.h"
#include "core/transport/columns/tape.h"
#include "core/transport/transport.h"

namespace locus {
namespace {

class Bilinear : public testing::Test {
 protected:
  double draw() { return static_cast<double>(std::uniform_int_distribution<int>(-9, 9)(engine_)); }

  /// The DENDRITE that answers an AXON.
  static double answer(double weight, double activity) {
    double pre = 0;
    double trace = 0;
    double delta = 0;
    return on(Synapse<double>{weight, pre, trace, delta}, Axon<double>{activity}).current;
  }

  static double carry(double weight, double gain, double signal) {
    double pre = 0;
    double trace = 0;
    double delta = 0;
    return transported(Synapse<double>{weight, pre, trace, delta}, Post<double>{0, gain, signal}).value;
  }

  std::mt19937 engine_{20260606};
};

TEST_F(Bilinear, AxonIsBilinearInWeightAndActivity) {
  for (int round = 0; round < 100; ++round) {
    const double w = draw(), v = draw(), x = draw(), y = draw(), c = draw();
    EXPECT_EQ(answer(w, x + c * y), answer(w, x) + c * answer(w, y));
    EXPECT_EQ(answer(w + c * v, x), answer(w, x) + c * answer(v, x));
  }
}

TEST_F(Bilinear, TransportIsBilinearInWeightAndError) {
  for (int round = 0; round < 100; ++round) {
    const double w = draw(), v = draw(), g = draw(), s = draw(), r = draw(), c = draw();
    EXPECT_EQ(carry(w, g, s + c * r), carry(w, g, s) + c * carry(w, g, r));
    EXPECT_EQ(carry(w + c * v, g, s), carry(w, g, s) + c * carry(v, g, s));
    // it sends g = gain * signal, which is an argument of the product
    EXPECT_EQ(carry(w, g, s), w * (g * s));
  }
}

TEST_F(Bilinear, FeedbackIsBilinearInWeightAndError) {
  for (int round = 0; round < 100; ++round) {
    double epsilon = draw(), other = draw(), both = 0;
    const double w = draw(), c = draw();
    both = epsilon + c * other;
    const auto over = [&](double& signal) { return feedback(signal, w).value; };
    EXPECT_EQ(over(both), over(epsilon) + c * over(other));
  }
}

/// The messages of one tick at a synapse.
struct Said {
  double pre, decay, gain, signal;
};

double delta_of(const std::vector<Said>& ticks) {
  double weight = 0;
  double pre = 0;
  double trace = 0;
  double delta = 0;
  const Synapse<double> synapse{weight, pre, trace, delta};
  for (const Said& tick : ticks) {
    on(synapse, Silence{});
    on(synapse, Axon<double>{tick.pre});
    on(synapse, Post<double>{tick.decay, tick.gain, tick.signal});
  }
  return delta;
}

TEST_F(Bilinear, PostIsLinearInWhatTheSourceSentAndItsTransposeIsTheFilterOfTheTape) {
  for (int round = 0; round < 100; ++round) {
    std::vector<Said> ticks(6);
    for (Said& tick : ticks) tick = {draw(), draw(), draw(), draw()};
    double from_filter = 0;
    TransposedTrace<double> back;
    for (auto tick = ticks.rbegin(); tick != ticks.rend(); ++tick) {
      from_filter += back.coefficient(tick->signal, tick->gain, tick->decay) * tick->pre;
    }
    EXPECT_EQ(delta_of(ticks), from_filter);
  }
}

/// A trial of a synapse onto a spiking neuron under e-prop, with ticks without POST and a rate
/// error at its end: the coefficients of the tape, from the last tick back, give the same change.
TEST_F(Bilinear, EligibilityIsLinearInWhatTheSourceSentAndItsTransposeIsTheFilterOfTheTape) {
  for (int round = 0; round < 100; ++round) {
    const Eligible<double> clock{0.5, 0.25, 0.75, round % 2 == 0 ? 0 : 1.5, round % 3 == 0 ? 0 : 0.5};
    const double reg = draw() / 8;
    std::vector<Said> ticks(7);
    for (Said& tick : ticks) tick = {draw(), 0, draw() / 8, draw()};
    ticks[2].gain = ticks[2].signal = 0;  // no POST
    ticks[4].pre = 0;
    double weight = 0, pre = 0, trace = 0, adapted = 0, low_pass = 0, total = 0, delta = 0;
    const EligibleSynapse<double> synapse{weight, pre, trace, adapted, low_pass, total, delta};
    for (const Said& tick : ticks) {
      pre = tick.pre;
      if (tick.gain == 0 && tick.signal == 0) {
        on(synapse, clock);
      } else {
        on(synapse, Post<double>{0, tick.gain, tick.signal}, clock);
      }
    }
    on(synapse, RateError<double>{reg});
    double from_filter = 0;
    double size = 0;
    TransposedEligibility<double> back;
    for (auto tick = ticks.rbegin(); tick != ticks.rend(); ++tick) {
      const double part = back.coefficient(tick->signal, tick->gain, reg, clock) * tick->pre;
      from_filter += part;
      size += std::abs(part);
    }
    EXPECT_NEAR(delta, from_filter, 1e-14 * size);
  }
}

TEST_F(Bilinear, DriftIsPostWithoutSignal) {
  for (int round = 0; round < 100; ++round) {
    double weight = draw(), pre = draw(), trace = draw(), delta = draw();
    double same_trace = trace, same_delta = delta;
    const double decay = draw(), gain = draw();
    on(Synapse<double>{weight, pre, trace, delta}, Drift<double>{decay, gain});
    on(Synapse<double>{weight, pre, same_trace, same_delta}, Post<double>{decay, gain, 0});
    EXPECT_EQ(trace, same_trace);
    EXPECT_EQ(delta, same_delta);
  }
}

TEST_F(Bilinear, SynapsesOfOneSourceWithOneGainAndDecayHoldEqualTraces) {
  std::vector<Said> ticks(8);
  for (Said& tick : ticks) tick = {draw(), 0.5, 1, draw()};
  double traces[2] = {0, 0};
  for (int target = 0; target < 2; ++target) {
    double weight = draw(), pre = 0, delta = 0;
    for (const Said& tick : ticks) {
      on(Synapse<double>{weight, pre, traces[target], delta}, Axon<double>{tick.pre});
      on(Synapse<double>{weight, pre, traces[target], delta},
         Post<double>{tick.decay, tick.gain, target == 0 ? tick.signal : draw()});
    }
  }
  EXPECT_EQ(traces[0], traces[1]);
}

}  // namespace
}  // namespace locus
