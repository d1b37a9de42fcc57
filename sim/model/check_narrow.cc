#include <cmath>

#include <fmt/format.h>

#include "core/protocol/rule.h"
#include "sim/model/checks.h"
#include "sim/model/requirements.h"

namespace locus {
namespace {

constexpr std::int32_t kMostBits = 32;
constexpr std::int32_t kMostBitsOfFloat32 = 24;  // whose levels are exact

/// Few bits; `range` is the field of the range.
void check_grid(const Grid& grid, Precision precision, const FieldPath& bits, const FieldPath& range, FaultList& faults) {
  check_range(grid.bits, 2, precision == Precision::kFloat32 ? kMostBitsOfFloat32 : kMostBits, bits, faults);
  if (check_positive(grid.range, range, faults) && precision == Precision::kFloat32) {
    if (!std::isfinite(static_cast<float>(grid.range)) || !std::isnormal(static_cast<float>(grid.step())))
      faults.error(range, "is " + shown(grid.range), "must be, as its step, a number of float32");
  }
  check_enum(grid.rounding, Rounding::kStochastic, bits, faults);
}

void check_wires(const NarrowWires& wires, const Spec& spec, const FieldPath& where, FaultList& faults) {
  if (wires.channel != Channel::kFeedback) faults.error(where.at("channel"), "is another channel", "must be FEEDBACK");
  if (wires.grid) check_grid(*wires.grid, spec.precision, where.at("bits"), where.at("range"), faults);
  if (!(wires.drop >= 0 && wires.drop <= 1))
    faults.error(where.at("drop"), "is " + shown(wires.drop), "must be at least 0 and at most 1");
  if (spec.training.ticks == 0) return;  // nothing is known of trials
  const std::int32_t window = window_of(spec.training);
  if (window < 1 || (wires.delay >= 0 && wires.delay < window)) return;
  faults.error(where.at("delay"), fmt::format("is {}", wires.delay),
               window == 1
                   ? std::string("must be 0: only the last tick has an error, which would arrive after the trial")
                   : fmt::format("must be 0 to {}: of {} ticks with an error, some must arrive", window - 1, window));
}

/// A bound of weights is a level, so that a weight that is rounded stays within.
void check_bound(const std::optional<double>& bound, const Grid& grid, const FieldPath& field, FaultList& faults) {
  if (!bound || !std::isfinite(*bound) || on_grid(*bound, grid, 0.5) == *bound) return;
  faults.error(field, "is " + shown(*bound),
               fmt::format("must be a level of the weights, {} times a whole number, from {} to {}", shown(grid.step()),
                           shown(-grid.range), shown(grid.range - grid.step())));
}

void check_bounds(const Spec& spec, const Grid& grid, FaultList& faults) {
  const auto check_optimizer = [&](const Optimizer& optimizer, const FieldPath& field) {
    check_bound(optimizer.weight_min, grid, field.at("weight_min"), faults);
    check_bound(optimizer.weight_max, grid, field.at("weight_max"), faults);
  };
  check_optimizer(spec.training.optimizer, FieldPath().at("training").at("optimizer"));
  for (std::size_t i = 0; i < spec.rules.size(); ++i) {
    const FieldPath rule = FieldPath().at("rules", static_cast<int>(i));
    if (spec.rules[i].optimizer && *spec.rules[i].optimizer != spec.training.optimizer)
      check_optimizer(*spec.rules[i].optimizer, rule.at("optimizer"));
  }
  for (std::size_t p = 0; p < spec.network.projections.size(); ++p) {
    const FieldPath projection = FieldPath().at("network").at("projections", static_cast<int>(p));
    check_bound(spec.network.projections[p].limits.min, grid, projection.at("weight_min"), faults);
    check_bound(spec.network.projections[p].limits.max, grid, projection.at("weight_max"), faults);
  }
}

/// Traces of few bits are those of RFLO and e-prop at synapses onto rate neurons.
void check_traces(const Spec& spec, const FieldPath& field, FaultList& faults) {
  const std::string only = "is for rate neurons, and readouts without memory";
  for (const PopulationSpec& population : spec.network.populations) {
    if (population.lif)
      return faults.error(field, "is given, and population " + shown(std::string_view(population.name)) + " spikes", only);
    if (population.memory)
      return faults.error(field, "is given, and population " + shown(std::string_view(population.name)) + " has memory",
                          only);
  }
  for (const RuleSpec& own : spec.rules) {
    if (!has_row(own.kind)) continue;
    if (!tells_changes(rule(own.kind).drive) && !is_local(own.kind)) continue;
    return faults.error(field, "is given beside rule " + shown(std::string_view(own.name)),
                        "is not for RTRL, UORO and rules as text");
  }
}

}  // namespace

void check_narrow(const Spec& spec, FaultList& faults) {
  const TrainingSpec& training = spec.training;
  const FieldPath where = FieldPath().at("training");
  for (std::size_t i = 0; i < training.wires.size(); ++i) {
    const FieldPath field = where.at("wires", static_cast<int>(i));
    for (std::size_t k = 0; k < i; ++k) {
      if (training.wires[k].channel != training.wires[i].channel) continue;
      faults.error(field, "is a second entry for its channel", "must be one for each channel");
      break;
    }
    check_wires(training.wires[i], spec, field, faults);
  }
  const FieldPath synapse = where.at("synapse");
  const NarrowSynapses& synapses = training.synapses;
  if (synapses.weight) {
    check_grid(*synapses.weight, spec.precision, synapse.at("weight_bits"), synapse.at("range"), faults);
    if (!faults.has_errors()) check_bounds(spec, *synapses.weight, faults);
  }
  if (!synapses.trace) return;
  check_grid(*synapses.trace, spec.precision, synapse.at("trace_bits"), synapse.at("trace_range"), faults);
  check_traces(spec, synapse.at("trace_bits"), faults);
}

}  // namespace locus
