// Budgets of a core (lack_of_memory of core_memory.h).
#include <algorithm>

#include <fmt/format.h>

#include "sim/model/learning.h"
#include "sim/model/wire.h"
#include "sim/place/core_memory.h"
#include "sim/place/learning_on_chip.h"

namespace locus {
namespace {

Fault overflow(const std::string& path, std::string field, std::string what, std::string allowed) {
  Fault fault;
  fault.file = path;
  fault.field = "chip.memory." + std::move(field);
  fault.what = std::move(what);
  fault.allowed = std::move(allowed);
  return fault;
}

/// "rec[3]", by the layer's neuron.
std::string neuron_name(const Topology& topology, Layer layer, std::int32_t neuron) {
  for (const Population& population : topology.populations) {
    if (population.layer == layer && neuron >= population.begin && neuron < population.begin + population.size)
      return fmt::format("{}[{}]", population.name, neuron - population.begin);
  }
  return "";
}

std::optional<Fault> lack_of_fan_in(const ChipMemorySpec& memory, const Topology& topology, const std::string& path) {
  for (const Layer layer : {Layer::kRate, Layer::kReadout}) {
    std::vector<std::int64_t> synapses(
        static_cast<std::size_t>(layer == Layer::kRate ? topology.sizes.rate_neurons : topology.sizes.readouts), 0);
    for (const Projection& projection : topology.projections) {
      if (projection.target_layer != layer || projection.is_bias) continue;
      auto target = static_cast<std::size_t>(projection.target_begin);
      for (const std::int64_t own : projection.fan_in()) synapses[target++] += own;
    }
    const auto most = std::ranges::max_element(synapses);
    if (most == synapses.end() || *most <= *memory.fan_in) continue;
    const std::string neuron = neuron_name(topology, layer, static_cast<std::int32_t>(most - synapses.begin()));
    return overflow(path, "fan_in", fmt::format("is {}: neuron {} has {} synapses", *memory.fan_in, neuron, *most),
                    fmt::format("must be at least {}", *most));
  }
  return std::nullopt;
}

/// The population with the most neurons on a core.
std::string crowd_of(const Topology& topology, const Placement& placement, std::int32_t core) {
  std::string name;
  std::int64_t most = 0;
  for (const Population& population : topology.populations) {
    if (population.layer == Layer::kInput) continue;
    std::int64_t own = 0;
    for (std::int32_t i = population.begin; i < population.begin + population.size; ++i)
      own += placement.core_of(population.layer, i) == core ? 1 : 0;
    if (own <= most) continue;
    most = own;
    name = fmt::format("{} of {}", own, population.name);
  }
  return name;
}

}  // namespace

MemoryBits memory_bits_of(const Spec& spec) {
  const NarrowSynapses& synapses = spec.training.synapses;
  return {.scalar = 8 * scalar_bytes(spec.precision),
          .address = spec.chip->memory.address_bits,
          .weight = synapses.weight ? synapses.weight->bits : 0,
          .trace = synapses.trace ? synapses.trace->bits : 0};
}

std::vector<CoreMemory> core_memories(const Spec& spec, const Topology& topology, const Placement& placement,
                                      const RuleSpec& rule) {
  return core_memories(topology, feedback_of(topology, rule), placement, learning_of(spec, topology, rule),
                       trial_shape_of(spec));
}

std::optional<Fault> lack_of_memory(const Spec& spec, const Topology& topology, const std::string& path) {
  const ChipMemorySpec& memory = spec.chip->memory;
  if (memory.fan_in) {
    if (auto lack = lack_of_fan_in(memory, topology, path)) return lack;
  }
  if (!memory.axons_per_core && !memory.bytes_per_core) return std::nullopt;
  const MemoryBits bits = memory_bits_of(spec);
  const Placement placement = place_on_chip(*spec.chip, topology);
  CoreMemory fullest;
  CoreMemory busiest;
  std::string fullest_rule;
  std::string busiest_rule;
  for (const RuleSpec& rule : spec.rules) {
    const std::vector<CoreMemory> memories = core_memories(spec, topology, placement, rule);
    for (std::size_t p = 1; p < memories.size(); ++p) {
      if (memories[p].axons_in > busiest.axons_in) {
        busiest = memories[p];
        busiest_rule = rule.name;
      }
    }
    if (const CoreMemory& most = fullest_core(memories, bits); bits_of(most, bits) > bits_of(fullest, bits)) {
      fullest = most;
      fullest_rule = rule.name;
    }
  }
  const std::string remedy = fmt::format(" under placement {}, or neurons_per_core be less", name(spec.chip->policy));
  if (memory.axons_per_core && busiest.axons_in > *memory.axons_per_core) {
    return overflow(
        path, "axons_per_core",
        fmt::format("is {}: core {} ({}) would hear {} neurons elsewhere under {}", *memory.axons_per_core,
                    busiest.place, crowd_of(topology, placement, busiest.place), busiest.axons_in, busiest_rule),
        fmt::format("must be at least {}{}", busiest.axons_in, remedy));
  }
  const auto bytes = [](std::int64_t of) { return (of + 7) / 8; };
  const std::int64_t needed = bytes(bits_of(fullest, bits));
  if (!memory.bytes_per_core || needed <= *memory.bytes_per_core) return std::nullopt;
  return overflow(
      path, "bytes_per_core",
      fmt::format(
          "is {}: core {} ({}) would hold {} bytes under {}: weights {}, learning {}, traces {}, history {}, tables {}",
          *memory.bytes_per_core, fullest.place, crowd_of(topology, placement, fullest.place), needed, fullest_rule,
          bytes(bits_of_weights(fullest, bits)), bytes(bits.scalar * (fullest.changes + fullest.means)),
          bytes(bits_of_traces(fullest, bits)), bytes(bits_of_history(fullest, bits)),
          bytes(bits.address * (fullest.sources + fullest.axons_in + fullest.axons_out))),
      fmt::format("must be at least {}{}", needed, remedy));
}

std::optional<Fault> lack_on_chip(const Spec& spec, const Topology& topology, const std::string& path) {
  if (!spec.chip) return std::nullopt;
  if (auto lack = lack_of_room(*spec.chip, topology, path)) return lack;
  return lack_of_memory(spec, topology, path);
}

}  // namespace locus
