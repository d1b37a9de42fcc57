#include "sim/model/read_chip.h"

#include <iterator>
#include <vector>

#include <fmt/format.h>

#include "sim/model/chip_room.h"
#include "sim/model/cost.h"

namespace locus {
namespace {

constexpr std::int32_t kLongestSide = 1024;  // cores

PlacementPolicy policy_of(v1::Chip::Placement placement) {
  switch (placement) {
    case v1::Chip::ROUND_ROBIN: return PlacementPolicy::kRoundRobin;
    case v1::Chip::GREEDY: return PlacementPolicy::kGreedy;
    case v1::Chip::EXPLICIT: return PlacementPolicy::kExplicit;
    default: return PlacementPolicy::kBlock;
  }
}

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

}  // namespace

ChipSpec read_chip(const v1::Chip& message, const NetworkSpec& network, const FieldPath& where, Reading& reading) {
  ChipSpec chip;
  chip.policy = policy_of(message.placement());
  chip.cores.assign(message.cores().begin(), message.cores().end());
  if (!message.cost_file().empty()) chip.cost = cost_beside(message.cost_file(), where.at("cost_file"), reading);
  if (!message.has_mesh()) {
    reading.faults.error(where.at("mesh"), "is missing", "must be given");
    return chip;
  }
  const FieldPath mesh = where.at("mesh");
  bool good = check_range(message.mesh().width(), 1, kLongestSide, mesh.at("width"), reading.faults);
  good = check_range(message.mesh().height(), 1, kLongestSide, mesh.at("height"), reading.faults) && good;
  good = check_range(message.neurons_per_core(), 1, kMostNeurons, where.at("neurons_per_core"), reading.faults) && good;
  if (message.has_synapses_per_core()) {
    chip.synapses_per_core = message.synapses_per_core();
    check_range(message.synapses_per_core(), 1, INT64_MAX, where.at("synapses_per_core"), reading.faults);
  }
  if (!good) return chip;
  chip.width = message.mesh().width();
  chip.height = message.mesh().height();
  chip.neurons_per_core = message.neurons_per_core();
  if (message.has_agent_core()) {
    chip.agent_core = message.agent_core();
    check_range(message.agent_core(), 0, chip.width * chip.height - 1, where.at("agent_core"), reading.faults);
  }
  const std::int64_t rate = known_neurons(network, PopulationKind::kRate);
  const std::int64_t readouts = known_neurons(network, PopulationKind::kReadout);
  const std::int64_t neurons = rate == kUnknown || readouts == kUnknown ? 0 : rate + readouts;
  if (const auto lack = lack_of_cores(chip, neurons))
    reading.faults.error(where.at("neurons_per_core"), lack->what, lack->allowed);
  check_explicit(chip, neurons, where, reading.faults);
  return chip;
}

}  // namespace locus
