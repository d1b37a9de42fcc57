// The sensitivities that the oracle's units keep under RTRL, and the synapses that carry them, from
// the definitions of docs/rules.md: distances, cores, and a draw of k of the synapses onto a unit.
#include <algorithm>
#include <set>

#include "tests/support/oracle.h"

namespace locus::oracle {
namespace {

/// The number of synapses on the shortest path between any two units: paths[to][from].
std::vector<std::vector<int>> shortest_paths(const Net& net) {
  constexpr int kNone = 1 << 20;
  std::vector<std::vector<int>> paths(net.units, std::vector<int>(net.units, kNone));
  for (std::size_t k = 0; k < net.units; ++k) paths[k][k] = 0;
  for (const Synapse& synapse : net.w) {
    int& direct = paths[synapse.target][synapse.source];
    direct = std::min(direct, 1);
  }
  for (std::size_t via = 0; via < net.units; ++via) {
    for (std::size_t to = 0; to < net.units; ++to) {
      for (std::size_t from = 0; from < net.units; ++from)
        paths[to][from] = std::min(paths[to][from], paths[to][via] + paths[via][from]);
    }
  }
  return paths;
}

std::size_t core_of(const ChipSpec& chip, std::size_t unit) {
  const auto cores = static_cast<std::size_t>(chip.width) * static_cast<std::size_t>(chip.height);
  if (chip.policy == PlacementPolicy::kExplicit) return static_cast<std::size_t>(chip.cores.at(unit));
  return chip.policy == PlacementPolicy::kRoundRobin ? unit % cores
                                                     : unit / static_cast<std::size_t>(chip.neurons_per_core);
}

/// Marks k of the synapses onto each unit that are no autapses, by Floyd's draw: for j = N - k ..
/// N - 1 the number floor(u_j (j + 1)), or j if it has been drawn.
void draw_carriers(Net& net, const Spec& spec, const RuleSpec& rule) {
  const RandomKey key = random_key(spec.seed, "sensitivities/paths");
  for (Synapse& synapse : net.w) synapse.carries = synapse.source == synapse.target;
  for (std::size_t unit = 0; unit < net.units; ++unit) {
    std::vector<Synapse*> onto;
    for (Synapse& synapse : net.w) {
      if (synapse.target == unit && synapse.source != unit) onto.push_back(&synapse);
    }
    std::ranges::sort(onto, {}, [](const Synapse* s) { return std::pair(s->projection, s->number); });
    const std::size_t drawn = std::min(onto.size(), static_cast<std::size_t>(rule.paths));
    std::set<std::size_t> chosen;
    for (std::size_t j = onto.size() - drawn; j < onto.size(); ++j) {
      const auto t = static_cast<std::size_t>(uniform_at(key, unit, 0, j) * static_cast<double>(j + 1));
      chosen.insert(chosen.contains(t) ? j : t);
    }
    for (const std::size_t k : chosen) onto[k]->carries = true;
  }
}

}  // namespace

void restrict_sensitivities(Net& net, const Spec& spec, const RuleSpec& rule) {
  net.carries = rule.kind == RuleKind::kRtrl || rule.kind == RuleKind::kRtrlReach ||
                rule.kind == RuleKind::kRtrlPaths || rule.kind == RuleKind::kRtrlCore;
  net.tells_behind = net.carries || rule.kind == RuleKind::kUoro;
  net.keeps.assign(net.units, std::vector<bool>(net.units, true));
  if (rule.kind == RuleKind::kRtrlPaths) draw_carriers(net, spec, rule);
  if (rule.kind == RuleKind::kRtrlReach) {
    const auto paths = shortest_paths(net);
    for (std::size_t k = 0; k < net.units; ++k) {
      for (std::size_t i = 0; i < net.units; ++i) net.keeps[k][i] = paths[k][i] < rule.reach;
    }
  }
  if (rule.kind != RuleKind::kRtrlCore) return;
  const auto together = [&](std::size_t k, std::size_t i) { return core_of(*spec.chip, k) == core_of(*spec.chip, i); };
  for (std::size_t k = 0; k < net.units; ++k) {
    for (std::size_t i = 0; i < net.units; ++i) net.keeps[k][i] = together(k, i);
  }
  for (Synapse& synapse : net.w) synapse.carries = together(synapse.target, synapse.source);
}

}  // namespace locus::oracle
