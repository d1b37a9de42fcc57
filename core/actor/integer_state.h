// Whole numbers as the voltage of spiking neurons, as digital chips keep it.
//
// The tick of core/actor/lif_neuron.h then is, with c = 2^f alpha a whole number of f bits behind
// the point and r a draw of f bits:
//     leak(x) = h + [l >= r and h != 0]       x c = 2^f h + l, 0 <= l < 2^f
//     v       = clip(leak(v) - V_th z + round(arrived), -2^(bits - 1), 2^(bits - 1) - 1)
// Without stochastic rounding leak(x) = h, and where c = 2^f it is x. A voltage whose h is 0 dies
// out. A reset to ZERO takes leak(v) away in place of V_th. What arrives in a tick is summed before
// it is clipped.
// Draws are functions of (trial, tick, neuron): counter-based, or those of shift registers that
// step once in each tick for each of their neurons (core/base/shift_register.h).
// Source of the leak: C. Frenkel, G. Indiveri, "ReckOn", ISSCC 2022, and its public description.
// Cost: one draw a neuron, lane and tick, where rounding is stochastic.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/actor/lif_neuron.h"
#include "core/base/random.h"
#include "core/base/shift_register.h"

namespace locus {

enum class LeakRounding : std::uint8_t { kDown, kStochastic };

/// What a model says of shift registers.
struct LeakRegisters {
  std::vector<std::int32_t> seeds;  // neuron i draws from register i modulo their number
  std::int32_t length = 15;         // bits
  std::int32_t tap = 1;
  std::int32_t first_tick = 1;  // the tick of trial 0 that has the first draws
  friend bool operator==(const LeakRegisters&, const LeakRegisters&) = default;
};

/// What a model says of a voltage of whole numbers.
struct IntegerState {
  std::int32_t bits = 16;       // with the sign
  std::int32_t leak_bits = 15;  // f
  LeakRounding rounding = LeakRounding::kDown;
  std::optional<LeakRegisters> registers{};  // empty: draws by counter
  friend bool operator==(const IntegerState&, const IntegerState&) = default;

  /// A decay as the multiple of 2^-f next to it.
  double on_grid(double decay) const { return std::ldexp(std::nearbyint(std::ldexp(decay, leak_bits)), -leak_bits); }
};

/// The leak of whole numbers. decay is a multiple of 2^-leak_bits; draw has leak_bits bits, or is
/// empty: rounding down. NaN stays NaN.
inline double leak(double value, double decay, std::int32_t leak_bits, std::optional<std::uint32_t> draw) {
  const double whole = value * std::ldexp(decay, leak_bits);  // exact: 24 and 17 bits
  const double high = std::floor(std::ldexp(whole, -leak_bits));
  if (!draw || decay == 1) return high;
  const double low = whole - std::ldexp(high, leak_bits);
  return low >= static_cast<double>(*draw) && high != 0 ? high + 1 : high;
}

/// The leaks of the neurons of one population.
class IntegerLeaks {
 public:
  /// ticks: of a trial, from whose number the registers' steps before it follow.
  IntegerLeaks(IntegerState state, RandomKey key, std::int32_t neurons, std::int32_t ticks);

  const IntegerState& state() const { return state_; }
  /// The draw of a neuron (within its population) in tick 1 .. T of a trial; empty where rounding
  /// is down.
  std::optional<std::uint32_t> draw(std::uint64_t trial, std::int32_t tick, std::int32_t neuron) const {
    if (state_.rounding == LeakRounding::kDown) return std::nullopt;
    return registers_.empty() ? counted(trial, tick, neuron) : stepped(trial, tick, neuron);
  }

 private:
  std::uint32_t counted(std::uint64_t trial, std::int32_t tick, std::int32_t neuron) const;
  std::uint32_t stepped(std::uint64_t trial, std::int32_t tick, std::int32_t neuron) const;

  IntegerState state_;
  RandomKey key_;
  std::int64_t ticks_;
  std::int64_t steps_;  // of a register in a tick: its neurons
  std::vector<ShiftRegister> registers_;
};

/// The draws of one tick: lane l shows trial first_trial + l, which has waited late[l] ticks.
struct LeakTick {
  const IntegerLeaks* leaks = nullptr;
  std::int32_t begin = 0;  // the population's first neuron, within its layer
  std::uint64_t first_trial = 0;
  std::int32_t tick = 0;
  const std::int32_t* late = nullptr;  // (lanes)

  const IntegerState& state() const { return leaks->state(); }
  /// Of a neuron within the layer.
  std::optional<std::uint32_t> draw(std::int32_t neuron, std::int32_t lane) const {
    return leaks->draw(first_trial + static_cast<std::uint64_t>(lane), tick - late[lane], neuron - begin);
  }
};

/// The tick of a neuron whose voltage is a whole number. Reset::kSubtract is not for it: its leak
/// would be of another number.
template <class Psi, class K, class R>
void step_integer(LifNeuron<R> n, const Lif<R>& c, const IntegerState& state, std::optional<std::uint32_t> draw) {
  const R arrived = n.current;
  const bool to_zero = K::kReset == Reset::kZero && n.activity > R(0);
  const double kept =
      to_zero ? 0 : leak(static_cast<double>(n.voltage), static_cast<double>(c.decay), state.leak_bits, draw);
  const R taken = K::kReset == Reset::kZero ? R(0) : c.threshold * n.activity;
  const double half = std::ldexp(1.0, state.bits - 1);
  const double sum = kept - static_cast<double>(taken) + std::nearbyint(static_cast<double>(arrived));
  // the step of real numbers, exact for these: nothing is left to its leak
  n.voltage = R(0);
  n.current = static_cast<R>(std::clamp(sum, -half, half - 1)) + taken;
  step<Psi, K>(n, c);
  n.current = arrived;
}

}  // namespace locus
