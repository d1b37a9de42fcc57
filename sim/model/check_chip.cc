#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "sim/model/checks.h"
#include "sim/model/chip_room.h"
#include "sim/model/cost.h"

namespace locus {
namespace {

constexpr std::int64_t kLongestQueue = std::int64_t{1} << 40;  // [flits]

/// A core for each of `neurons` neurons, none too full. The mesh is good.
void check_explicit(const ChipSpec& chip, std::int64_t neurons, const FieldPath& where, FaultList& faults) {
  const FieldPath field = where.at("cores");
  if (chip.policy != PlacementPolicy::kExplicit) {
    if (!chip.cores.empty()) faults.error(field, "are given", "must be given with placement EXPLICIT only");
    return;
  }
  if (neurons > 0 && std::ssize(chip.cores) != neurons) {
    faults.error(field, fmt::format("has {} numbers", chip.cores.size()),
                 fmt::format("must have {}, one for each rate neuron and readout", neurons));
    return;
  }
  const std::int32_t cores = chip.width * chip.height;
  std::vector<std::int32_t> held(static_cast<std::size_t>(cores), 0);
  for (std::size_t k = 0; k < chip.cores.size(); ++k) {
    if (!check_range(chip.cores[k], 0, cores - 1, field.element(k), faults)) continue;
    if (++held[static_cast<std::size_t>(chip.cores[k])] == chip.neurons_per_core + 1) {
      faults.error(field.element(k),
                   fmt::format("is {}, which holds {} neurons already", chip.cores[k], chip.neurons_per_core),
                   "a core holds at most neurons_per_core");
    }
  }
}

void check_cost(const CostSpec& cost, const FieldPath& field, FaultList& faults) {
  check_cost_words(cost, field, faults);
  for (std::size_t c = 0; c < kCharges; ++c) {
    for (const double value : {cost.energy[c], cost.time[c]}) {
      if (std::isfinite(value) && value >= 0) continue;
      faults.error(field, fmt::format("charges {} for {}", value, name(static_cast<Charge>(c))),
                   "must be finite and at least 0");
    }
  }
}

void check_network_of_chip(const ChipNetworkSpec& network, const FieldPath& where, FaultList& faults) {
  check_range(network.flit_bits, 1, 65536, where.at("flit_bits"), faults);
  check_range(network.header_bits, 0, 65536, where.at("header_bits"), faults);
  if (network.scalar_bits) check_range(*network.scalar_bits, 1, 64, where.at("scalar_bits"), faults);
  check_range(network.cycles_per_hop, 1, 1000, where.at("cycles_per_hop"), faults);
  if (network.queue_flits) check_range(*network.queue_flits, 1, kLongestQueue, where.at("queue_flits"), faults);
  check_enum(network.policy, QueuePolicy::kDrop, where.at("policy"), faults);
  check_range(network.every, 1, INT64_MAX, where.at("every"), faults);
}

void check_memory_of_chip(const ChipMemorySpec& memory, const FieldPath& where, FaultList& faults) {
  if (memory.bytes_per_core) check_range(*memory.bytes_per_core, 1, INT64_MAX, where.at("bytes_per_core"), faults);
  if (memory.fan_in) check_range(*memory.fan_in, 1, INT64_MAX, where.at("fan_in"), faults);
  if (memory.axons_per_core) check_range(*memory.axons_per_core, 1, INT64_MAX, where.at("axons_per_core"), faults);
  check_range(memory.address_bits, 1, 64, where.at("address_bits"), faults);
}

}  // namespace

void check_chip(const Spec& spec, FaultList& faults) {
  if (!spec.chip) return;
  const ChipSpec& chip = *spec.chip;
  const FieldPath where = FieldPath().at("chip");
  if (chip.cost) check_cost(*chip.cost, where.at("cost_file"), faults);
  check_memory_of_chip(chip.memory, where.at("memory"), faults);
  if (chip.network) check_network_of_chip(*chip.network, where.at("network"), faults);
  check_enum(chip.policy, PlacementPolicy::kExplicit, where.at("placement"), faults);
  const FieldPath mesh = where.at("mesh");
  if (faults.is_silenced(mesh)) return;  // a reader found none
  bool good = check_range(chip.width, 1, kLongestSide, mesh.at("width"), faults);
  good = check_range(chip.height, 1, kLongestSide, mesh.at("height"), faults) && good;
  good = check_range(chip.neurons_per_core, 1, kMostNeurons, where.at("neurons_per_core"), faults) && good;
  if (chip.synapses_per_core) check_range(*chip.synapses_per_core, 1, INT64_MAX, where.at("synapses_per_core"), faults);
  if (!good) return;
  if (chip.agent_core) check_range(*chip.agent_core, 0, chip.width * chip.height - 1, where.at("agent_core"), faults);
  const std::int64_t rate = known_neurons(spec.network, PopulationKind::kRate);
  const std::int64_t readouts = known_neurons(spec.network, PopulationKind::kReadout);
  const std::int64_t neurons = rate == kUnknown || readouts == kUnknown ? 0 : rate + readouts;
  if (const auto lack = lack_of_cores(chip, neurons))
    faults.error(where.at("neurons_per_core"), lack->what, lack->allowed);
  check_explicit(chip, neurons, where, faults);
}

}  // namespace locus
