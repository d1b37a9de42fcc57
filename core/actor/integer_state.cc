#include "core/actor/integer_state.h"

#include <utility>

namespace locus {

IntegerLeaks::IntegerLeaks(IntegerState state, RandomKey key, std::int32_t neurons, std::int32_t ticks)
    : state_(std::move(state)), key_(key), ticks_(ticks), steps_(neurons) {
  if (!state_.registers || state_.rounding == LeakRounding::kDown) return;
  const LeakRegisters& asked = *state_.registers;
  for (const std::int32_t seed : asked.seeds)
    registers_.emplace_back(static_cast<std::uint32_t>(seed), asked.length, asked.tap, state_.leak_bits);
  const auto count = static_cast<std::int64_t>(registers_.size());
  steps_ = (neurons + count - 1) / count;
}

std::uint32_t IntegerLeaks::counted(std::uint64_t trial, std::int32_t tick, std::int32_t neuron) const {
  const double uniform = uniform_at(key_, trial, static_cast<std::uint64_t>(tick), static_cast<std::uint64_t>(neuron));
  return static_cast<std::uint32_t>(std::ldexp(uniform, state_.leak_bits));
}

std::uint32_t IntegerLeaks::stepped(std::uint64_t trial, std::int32_t tick, std::int32_t neuron) const {
  const auto count = static_cast<std::int32_t>(registers_.size());
  const ShiftRegister& own = registers_[static_cast<std::size_t>(neuron % count)];
  const std::int64_t period = own.period();
  // whole periods of trials change nothing, and no product is beyond 63 bits without them
  const auto before = static_cast<std::int64_t>(trial % static_cast<std::uint64_t>(period)) * (ticks_ % period) % period;
  const std::int64_t gone = before + tick - state_.registers->first_tick;
  return own.at(gone % period * (steps_ % period) + neuron / count);
}

}  // namespace locus
