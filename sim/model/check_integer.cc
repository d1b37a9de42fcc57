#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/model/checks.h"

namespace locus {
namespace {

// float32 holds such numbers, and a spike's threshold beside them
constexpr std::int32_t kMostIntegerBits = 24;
constexpr std::int32_t kMostLeakBits = 16;  // their products with the voltage are exact
constexpr std::size_t kMostRegisters = 16;

void check_registers(const LeakRegisters& registers, const FieldPath& where, FaultList& faults) {
  const bool has_length = check_range(registers.length, 2, 16, where.at("length"), faults);
  if (has_length) check_range(registers.tap, 1, registers.length - 1, where.at("tap"), faults);
  const FieldPath seed = where.at("seed");
  if (registers.seeds.empty() || registers.seeds.size() > kMostRegisters) {
    faults.error(seed, fmt::format("has {} values", registers.seeds.size()),
                 fmt::format("must have 1 to {}, one for each register", kMostRegisters));
    return;
  }
  if (!has_length) return;
  const std::int32_t most = (1 << registers.length) - 1;
  for (std::size_t i = 0; i < registers.seeds.size(); ++i) {
    if (registers.seeds[i] >= 1 && registers.seeds[i] <= most) continue;
    faults.error(
        seed.element(i), fmt::format("is {}", registers.seeds[i]),
        fmt::format("must be at least 1 and at most {}: a register of {} bits that is not 0", most, registers.length));
  }
}

/// Thresholds are whole numbers that a voltage reaches.
void check_thresholds(const PerNeuron& threshold, std::int32_t bits, const FieldPath& field, FaultList& faults) {
  const double most = std::ldexp(1.0, bits - 1) - 1;
  for (std::size_t i = 0; i < threshold.values.size(); ++i) {
    const double value = threshold.values[i];
    if (!(value > 0) || (value <= most && value == std::floor(value))) continue;  // below 0: told
    faults.error(threshold.values.size() == 1 ? field : field.element(i), "is " + shown(value),
                 fmt::format("must be a whole number of at most {} beside integer {{ bits: {} }}", shown(most), bits));
    return;
  }
}

/// What a voltage of whole numbers has no place for.
void check_alone(const LifSpec& lif, const FieldPath& where, FaultList& faults) {
  const auto refuse = [&](const FieldPath& field, const char* what) {
    faults.error(field, std::string("is ") + what + " beside integer", "stands with voltages of real numbers only");
  };
  const auto is_zero = [](double value) { return value == 0; };
  if (lif.leak.normalise_input) refuse(where.at("normalise_input"), "true");
  if (lif.adaptation_tau != 0 || lif.adapts()) refuse(where.at("adaptation"), "given");
  if (lif.current_tau) refuse(where.at("current"), "given");
  if (!std::ranges::all_of(lif.rest.values, is_zero)) refuse(where.at("rest"), "given");
  if (!std::ranges::all_of(lif.reset_to.values, is_zero)) refuse(where.at("reset_to"), "given");
  if (lif.reset == Reset::kSubtract)
    faults.error(where.at("reset"), "is SUBTRACT beside integer", "must be SUBTRACT_NEXT_TICK or ZERO");
}

}  // namespace

void check_integer(const LifSpec& lif, const FieldPath& where, FaultList& faults) {
  if (!lif.integer) return;
  const IntegerState& state = *lif.integer;
  const FieldPath own = where.at("integer");
  if (check_range(state.bits, 2, kMostIntegerBits, own.at("bits"), faults))
    check_thresholds(lif.threshold, state.bits, where.at("threshold"), faults);
  check_range(state.leak_bits, 1, kMostLeakBits, own.at("leak_bits"), faults);
  check_alone(lif, where, faults);
  if (!check_enum(state.rounding, LeakRounding::kStochastic, own.at("rounding"), faults) || !state.registers) return;
  const FieldPath registers = own.at("registers");
  if (state.rounding == LeakRounding::kDown) {
    faults.error(registers, "is given, and rounding is DOWN", "stands with rounding: STOCHASTIC only");
    return;
  }
  check_registers(*state.registers, registers, faults);
}

}  // namespace locus
