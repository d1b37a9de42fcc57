#include "sim/model/read_narrow.h"

#include <array>

namespace locus {
namespace {

/// Bits of a known chip; 0: as many as the model's precision has.
struct PresetRow {
  v1::Synapse::Preset preset;
  std::int32_t weight_bits;
  std::int32_t trace_bits;
  Rounding rounding;
};

// Loihi: Davies et al., IEEE Micro 2018 (weights of 9 bits with their sign, traces of 7 bits,
// stochastic rounding). ReckOn: Frenkel & Indiveri, ISSCC 2022 (weights of 8 bits, traces of 12).
constexpr std::array<PresetRow, 3> kPresets = {{{v1::Synapse::IDEAL, 0, 0, Rounding::kNearest},
                                                {v1::Synapse::LOIHI, 9, 7, Rounding::kStochastic},
                                                {v1::Synapse::RECKON, 8, 12, Rounding::kStochastic}}};

const PresetRow& row_of(v1::Synapse::Preset preset) {
  for (const PresetRow& row : kPresets) {
    if (row.preset == preset) return row;
  }
  return kPresets.front();
}

Rounding rounding_of(v1::Rounding rounding) {
  return rounding == v1::STOCHASTIC ? Rounding::kStochastic : Rounding::kNearest;
}

/// The grid of so many bits, which must have a range; empty without bits.
std::optional<Grid> grid_of(std::int32_t bits, bool bits_given, std::optional<double> range, Rounding rounding,
                            const FieldPath& bits_field, const FieldPath& range_field, FaultList& faults) {
  if (!bits_given) return std::nullopt;
  Grid grid{.bits = bits, .range = range.value_or(1), .rounding = rounding};
  if (!range) faults.refuse(range_field, "is missing", "must be given where numbers have " + bits_field.text());
  return grid;
}

NarrowWires wires_of(const v1::NarrowWires& message, const FieldPath& where, FaultList& faults) {
  NarrowWires wires;
  const auto range = message.has_range() ? std::optional(message.range()) : std::nullopt;
  wires.grid = grid_of(message.bits(), message.has_bits(), range, rounding_of(message.rounding()), where.at("bits"),
                       where.at("range"), faults);
  wires.drop = message.drop();
  wires.delay = message.delay();
  return wires;
}

NarrowSynapses synapses_of(const v1::Synapse& message, const FieldPath& where, FaultList& faults) {
  const PresetRow& preset = row_of(message.preset());
  const Rounding rounding = message.has_rounding() ? rounding_of(message.rounding()) : preset.rounding;
  const std::int32_t weight = message.has_weight_bits() ? message.weight_bits() : preset.weight_bits;
  const std::int32_t trace = message.has_trace_bits() ? message.trace_bits() : preset.trace_bits;
  const auto range = message.has_range() ? std::optional(message.range()) : std::nullopt;
  const auto trace_range = message.has_trace_range() ? std::optional(message.trace_range()) : std::nullopt;
  NarrowSynapses synapses;
  synapses.weight = grid_of(weight, message.has_weight_bits() || weight != 0, range, rounding, where.at("weight_bits"),
                            where.at("range"), faults);
  synapses.trace = grid_of(trace, message.has_trace_bits() || trace != 0, trace_range, rounding, where.at("trace_bits"),
                           where.at("trace_range"), faults);
  return synapses;
}

}  // namespace

void read_narrow(const v1::Training& message, const FieldPath& where, TrainingSpec& training, FaultList& faults) {
  for (int i = 0; i < message.wires_size(); ++i)
    training.wires.push_back(wires_of(message.wires(i), where.at("wires", i), faults));
  if (message.has_synapse()) training.synapses = synapses_of(message.synapse(), where.at("synapse"), faults);
}

}  // namespace locus
