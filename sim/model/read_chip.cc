#include "sim/model/read_chip.h"

#include <iterator>

#include <fmt/format.h>

#include "sim/model/cost.h"

namespace locus {
namespace {

PlacementPolicy policy_of(v1::Chip::Placement placement) {
  switch (placement) {
    case v1::Chip::ROUND_ROBIN: return PlacementPolicy::kRoundRobin;
    case v1::Chip::GREEDY: return PlacementPolicy::kGreedy;
    case v1::Chip::EXPLICIT: return PlacementPolicy::kExplicit;
    default: return PlacementPolicy::kBlock;
  }
}

std::optional<CostSpec> cost_beside(const std::string& name, const FieldPath& where, Reading& reading) {
  const std::optional<FileBeside> file = file_beside(name, where, reading);
  if (!file) return std::nullopt;
  if (file->length > kLargestCost) {
    reading.faults.error(where, fmt::format("is {}, of {} bytes", shown(std::string_view(name)), file->length),
                         fmt::format("must have at most {}", kLargestCost));
    return std::nullopt;
  }
  const std::string text(std::istreambuf_iterator<char>(*file->stream), {});
  try {
    return read_cost(text, reading.folder / name);
  } catch (const ModelError& error) {
    reading.faults.error(where, "is " + shown(std::string_view(name)) + ", which is invalid",
                         describe(error.faults().front()));
  }
  return std::nullopt;
}

ChipNetworkSpec network_of(const v1::Chip::Network& message) {
  ChipNetworkSpec network;
  if (message.has_flit_bits()) network.flit_bits = message.flit_bits();
  network.header_bits = message.header_bits();
  if (message.has_scalar_bits()) network.scalar_bits = message.scalar_bits();
  if (message.has_cycles_per_hop()) network.cycles_per_hop = message.cycles_per_hop();
  if (message.has_queue_flits()) network.queue_flits = message.queue_flits();
  if (message.policy() == v1::Chip::Network::DROP) network.policy = QueuePolicy::kDrop;
  if (message.has_every()) network.every = message.every();
  return network;
}

ChipMemorySpec memory_of(const v1::Chip::Memory& message) {
  ChipMemorySpec memory;
  if (message.has_bytes_per_core()) memory.bytes_per_core = message.bytes_per_core();
  if (message.has_fan_in()) memory.fan_in = message.fan_in();
  if (message.has_axons_per_core()) memory.axons_per_core = message.axons_per_core();
  if (message.has_address_bits()) memory.address_bits = message.address_bits();
  return memory;
}

}  // namespace

ChipSpec chip_of(const v1::Chip& message) {
  ChipSpec chip;
  chip.policy = policy_of(message.placement());
  chip.cores.assign(message.cores().begin(), message.cores().end());
  chip.width = message.mesh().width();
  chip.height = message.mesh().height();
  chip.neurons_per_core = message.neurons_per_core();
  if (message.has_synapses_per_core()) chip.synapses_per_core = message.synapses_per_core();
  if (message.has_agent_core()) chip.agent_core = message.agent_core();
  chip.memory = memory_of(message.memory());
  if (message.has_network()) chip.network = network_of(message.network());
  return chip;
}

ChipSpec read_chip(const v1::Chip& message, const FieldPath& where, Reading& reading) {
  ChipSpec chip = chip_of(message);
  if (!message.cost_file().empty()) chip.cost = cost_beside(message.cost_file(), where.at("cost_file"), reading);
  if (!message.has_mesh()) reading.faults.refuse(where.at("mesh"), "is missing", "must be given");
  if (message.network().has_policy() && !message.network().has_queue_flits())
    reading.faults.error(where.at("network").at("policy"), "is given", "must be given with queue_flits only");
  return chip;
}

}  // namespace locus
