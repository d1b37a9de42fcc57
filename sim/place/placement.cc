#include "sim/place/placement.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/check.h"
#include "sim/model/chip_room.h"

namespace locus {
namespace {

/// A neuron's number, or -1 where it sits at the host.
std::int32_t number_of(const Wiring& wiring, Layer layer, std::int32_t neuron) {
  if (layer == Layer::kInput) return -1;
  return layer == Layer::kRate ? neuron : wiring.sizes.rate_neurons + neuron;
}

/// Sparse synapses between neurons on cores, both ways.
struct Neighbours {
  std::vector<std::size_t> begin;  // (neurons + 1)
  std::vector<std::int32_t> other;

  explicit Neighbours(const Wiring& wiring)
      : begin(static_cast<std::size_t>(wiring.sizes.rate_neurons + wiring.sizes.readouts) + 1, 0) {
    each(wiring, [&](std::size_t a, std::size_t b) { ++begin[a + 1], ++begin[b + 1]; });
    for (std::size_t k = 1; k < begin.size(); ++k) begin[k] += begin[k - 1];
    other.resize(begin.back());
    std::vector<std::size_t> next(begin.begin(), begin.end() - 1);
    each(wiring, [&](std::size_t a, std::size_t b) {
      other[next[a]++] = static_cast<std::int32_t>(b);
      other[next[b]++] = static_cast<std::int32_t>(a);
    });
  }

  template <class Visit>
  static void each(const Wiring& wiring, Visit visit) {
    for (const Wires& wires : wiring.projections) {
      if (wires.source_layer == Layer::kInput) continue;
      for (std::size_t k = 0; k < wires.source.size(); ++k) {
        visit(static_cast<std::size_t>(number_of(wiring, wires.source_layer, wires.source[k])),
              static_cast<std::size_t>(number_of(wiring, wires.target_layer, wires.target[k])));
      }
    }
  }
};

/// Neuron `placed` has come to the core: whoever is connected with it is drawn there by as many synapses.
void draw(const Wiring& wiring, const Neighbours& neighbours, std::int32_t placed, std::vector<std::int64_t>& pull) {
  const auto own = static_cast<std::size_t>(placed);
  for (std::size_t k = neighbours.begin[own]; k < neighbours.begin[own + 1]; ++k)
    ++pull[static_cast<std::size_t>(neighbours.other[k])];
  for (const Wires& wires : wiring.projections) {
    if (!wires.dense || wires.source_layer == Layer::kInput) continue;
    const std::int32_t sources = number_of(wiring, wires.source_layer, wires.source_begin);
    const std::int32_t targets = number_of(wiring, wires.target_layer, wires.target_begin);
    const auto pull_range = [&](std::int32_t begin, std::int32_t size) {
      for (std::int32_t k = begin; k < begin + size; ++k) ++pull[static_cast<std::size_t>(k)];
    };
    if (placed >= sources && placed < sources + wires.source_size) pull_range(targets, wires.target_size);
    if (placed >= targets && placed < targets + wires.target_size) pull_range(sources, wires.source_size);
  }
}

Fault fault_of(const std::string& path, std::string field, std::string what, std::string allowed) {
  return {Severity::kError, path, 0, 0, std::move(field), std::move(what), std::move(allowed), "", 0};
}

}  // namespace

std::vector<std::int32_t> place_block(std::int32_t neurons, std::int32_t neurons_per_core) {
  std::vector<std::int32_t> core_of;
  for (std::int32_t k = 0; k < neurons; ++k) core_of.push_back(k / neurons_per_core);
  return core_of;
}

std::vector<std::int32_t> place_round_robin(std::int32_t neurons, std::int32_t cores) {
  std::vector<std::int32_t> core_of;
  for (std::int32_t k = 0; k < neurons; ++k) core_of.push_back(k % cores);
  return core_of;
}

std::vector<std::int32_t> place_greedy(const Wiring& wiring, std::int32_t neurons_per_core) {
  const std::int32_t neurons = wiring.sizes.rate_neurons + wiring.sizes.readouts;
  constexpr std::int64_t kPlaced = -1;
  const Neighbours neighbours(wiring);
  std::vector<std::int32_t> core_of(static_cast<std::size_t>(neurons), 0);
  std::vector<std::int64_t> pull(static_cast<std::size_t>(neurons), 0);  // synapses with the present core; kPlaced
  std::vector<std::int64_t> drawn;
  for (std::int32_t count = 0; count < neurons; ++count) {
    if (count % neurons_per_core == 0) {  // an empty core pulls nobody
      for (std::int64_t& own : pull) own = std::min<std::int64_t>(own, 0);
    }
    const auto next = std::ranges::max_element(pull) - pull.begin();
    core_of[static_cast<std::size_t>(next)] = count / neurons_per_core;
    drawn.assign(pull.size(), 0);
    draw(wiring, neighbours, static_cast<std::int32_t>(next), drawn);
    pull[static_cast<std::size_t>(next)] = kPlaced;
    for (std::size_t k = 0; k < pull.size(); ++k) {
      if (pull[k] != kPlaced) pull[k] += drawn[k];
    }
  }
  const std::vector<std::int32_t> blocks = place_block(neurons, neurons_per_core);
  return cut_synapses(wiring, core_of) < cut_synapses(wiring, blocks) ? core_of : blocks;
}

std::int64_t cut_synapses(const Wiring& wiring, const std::vector<std::int32_t>& core_of) {
  std::int64_t cut = 0;
  for (const Wires& wires : wiring.projections) {
    if (wires.source_layer == Layer::kInput) continue;
    wires.each([&](std::int32_t source, std::int32_t target) {
      const auto a = static_cast<std::size_t>(number_of(wiring, wires.source_layer, source));
      const auto b = static_cast<std::size_t>(number_of(wiring, wires.target_layer, target));
      cut += core_of[a] != core_of[b] ? 1 : 0;
    });
  }
  return cut;
}

std::int32_t Placement::core_of(Layer layer, std::int32_t neuron) const {
  if (layer == Layer::kInput) return kHost;
  return (layer == Layer::kRate ? rate : readout)[static_cast<std::size_t>(neuron)];
}

Placement place_on_chip(const ChipSpec& chip, const Wiring& wiring) {
  const std::int32_t neurons = wiring.sizes.rate_neurons + wiring.sizes.readouts;
  Placement placement{{chip.width, chip.height}, chip.policy, {}, {}, chip.agent_core.value_or(kHost)};
  std::vector<std::int32_t> core_of;
  switch (chip.policy) {
    case PlacementPolicy::kBlock: core_of = place_block(neurons, chip.neurons_per_core); break;
    case PlacementPolicy::kRoundRobin: core_of = place_round_robin(neurons, placement.mesh.cores()); break;
    case PlacementPolicy::kGreedy: core_of = place_greedy(wiring, chip.neurons_per_core); break;
    case PlacementPolicy::kExplicit: core_of = chip.cores; break;
  }
  CHECK(std::ssize(core_of) == neurons, "every neuron has a core");
  placement.rate.assign(core_of.begin(), core_of.begin() + wiring.sizes.rate_neurons);
  placement.readout.assign(core_of.begin() + wiring.sizes.rate_neurons, core_of.end());
  return placement;
}

std::vector<std::int64_t> synapses_by_core(const Placement& placement, const Wiring& wiring) {
  std::vector<std::int64_t> held(static_cast<std::size_t>(placement.mesh.cores()), 0);
  for (const Wires& wires : wiring.projections) {
    for (std::int32_t i = wires.target_begin; wires.dense && i < wires.target_begin + wires.target_size; ++i)
      held[static_cast<std::size_t>(placement.core_of(wires.target_layer, i))] += wires.source_size;
    for (const std::int32_t target : wires.target)
      ++held[static_cast<std::size_t>(placement.core_of(wires.target_layer, target))];
  }
  return held;
}

std::optional<Fault> lack_of_room(const ChipSpec& chip, const Wiring& wiring, const std::string& path) {
  const std::int64_t neurons = std::int64_t{wiring.sizes.rate_neurons} + wiring.sizes.readouts;
  if (auto lack = lack_of_cores(chip, neurons))
    return fault_of(path, "chip.neurons_per_core", lack->what, lack->allowed);
  if (!chip.synapses_per_core) return std::nullopt;
  const std::vector<std::int64_t> held = synapses_by_core(place_on_chip(chip, wiring), wiring);
  const auto fullest = std::ranges::max_element(held);
  if (*fullest <= *chip.synapses_per_core) return std::nullopt;
  return fault_of(
      path, "chip.synapses_per_core",
      fmt::format("is {}: core {} would hold {} synapses", *chip.synapses_per_core, fullest - held.begin(), *fullest),
      fmt::format("must be at least {} under placement {}, or neurons_per_core be less", *fullest, name(chip.policy)));
}

std::string_view name(PlacementPolicy policy) {
  switch (policy) {
    case PlacementPolicy::kBlock: return "BLOCK";
    case PlacementPolicy::kRoundRobin: return "ROUND_ROBIN";
    case PlacementPolicy::kGreedy: return "GREEDY";
    case PlacementPolicy::kExplicit: return "EXPLICIT";
  }
  return "";
}

}  // namespace locus
