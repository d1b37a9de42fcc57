#include "sim/report/trace_file.h"

#include <fmt/format.h>

#include "sim/model/files.h"
#include "sim/model/network_size.h"
#include "sim/report/write.h"

namespace locus {
namespace {

PopulationKind kind_of(Party party) {
  if (party == Party::kInput) return PopulationKind::kInput;
  return party == Party::kRate ? PopulationKind::kRate : PopulationKind::kReadout;
}

/// The population of a neuron, which is numbered within its layer, and its index there.
std::pair<const PopulationSpec*, std::int32_t> find_neuron(const NetworkSpec& network, PopulationKind kind,
                                                           std::int32_t neuron) {
  for (const PopulationSpec& population : network.populations) {
    if (population.kind != kind) continue;
    if (neuron < population.size) return {&population, neuron};
    neuron -= population.size;
  }
  return {nullptr, neuron};
}

std::int32_t within(const NetworkSpec& network, std::int32_t population, std::int32_t neuron) {
  return find_neuron(network, kind_of(network, population), neuron).second;
}

/// The bits of a message: a spike has one.
std::int64_t bits_of_payload(const TracedMessage& message, const NetworkSpec& network, const Ledger& ledger) {
  if (message.passing.channel == Channel::kAxon && message.from.party == Party::kRate) {
    const PopulationSpec* const source = find_neuron(network, PopulationKind::kRate, message.from.neuron).first;
    if (source != nullptr && source->lif) return message.passing.scalars;
  }
  return message.passing.scalars * ledger.scalar_bits(message.passing.channel);
}

}  // namespace

std::string name_of(const NetworkSpec& network, const TracedEnd& end) {
  switch (end.party) {
    case Party::kAgent: return "agent";
    case Party::kEnvironment: return "environment";
    case Party::kSynapse: {
      if (end.projection >= std::ssize(network.projections)) {  // feedback that learns
        const auto [onto, neuron] = find_neuron(network, PopulationKind::kRate, end.neuron);
        const auto [from, readout] = find_neuron(network, PopulationKind::kReadout, end.source);
        return fmt::format("feedback/{}.{}.{}.{}", onto->name, neuron, from->name, readout);
      }
      const ProjectionSpec& projection = network.projections[static_cast<std::size_t>(end.projection)];
      return fmt::format("{}.{}.{}", projection.name, within(network, projection.target, end.neuron),
                         within(network, projection.source, end.source));
    }
    default: break;
  }
  const auto [population, place] = find_neuron(network, kind_of(end.party), end.neuron);
  return fmt::format("{}.{}", population == nullptr ? "?" : population->name, place);
}

std::int32_t place_of(const Outcome& outcome, const NetworkSpec& network, const TracedEnd& end) {
  Layer layer = Layer::kInput;
  switch (end.party) {
    case Party::kAgent: return outcome.chip ? outcome.chip->report.placement.agent : kHost;
    case Party::kInput:
    case Party::kEnvironment: return kHost;
    case Party::kRate: layer = Layer::kRate; break;
    case Party::kReadout: layer = Layer::kReadout; break;
    case Party::kSynapse: {
      if (end.projection >= std::ssize(network.projections)) {  // feedback that learns
        layer = Layer::kRate;
        break;
      }
      const std::int32_t target = network.projections[static_cast<std::size_t>(end.projection)].target;
      const bool rate = kind_of(network, target) == PopulationKind::kRate;
      layer = rate ? Layer::kRate : Layer::kReadout;
      break;
    }
  }
  return outcome.chip ? outcome.chip->report.placement.core_of(layer, end.neuron) : 0;
}

std::string limit_text(const Outcome& outcome) {
  if (!outcome.trace || outcome.trace->left_out == 0) return "";
  const Trace& trace = *outcome.trace;
  return fmt::format("rule {}: the limit of {} messages is reached at tick {}; {} messages from there on are left out",
                     outcome.rule, trace.messages.size(), trace.left_out_from, trace.left_out);
}

std::string trace_csv(const Spec& spec, const RunResult& result) {
  std::string text =
      "timestep,mid,src_neuron,src_hw,dest_hw,hops,spikes,dest_neuron,replica,rule,channel,lag,payload_bits\n";
  const auto hardware = [](std::int32_t place) { return place == kHost ? std::string("host") : std::to_string(place); };
  for (const Outcome& outcome : result.outcomes) {
    if (!outcome.trace) continue;
    const Mesh mesh = outcome.chip ? outcome.chip->report.placement.mesh : Mesh{};
    const std::string rule = csv_cell(outcome.rule);
    std::int64_t mid = 0;
    for (const TracedMessage& m : outcome.trace->messages) {
      const std::int32_t from = place_of(outcome, spec.network, m.from);
      const std::int32_t to = place_of(outcome, spec.network, m.to);
      fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{},1,{},{},{},{},{},{}\n", m.run_tick, mid++,
                     csv_cell(name_of(spec.network, m.from)), hardware(from), hardware(to), hops(mesh, from, to).all(),
                     csv_cell(name_of(spec.network, m.to)), m.passing.lane.value, rule, name(m.passing.channel),
                     m.passing.lag, bits_of_payload(m, spec.network, outcome.ledger));
    }
    if (outcome.trace->left_out > 0)
      fmt::format_to(std::back_inserter(text), "{},{},LEFT_OUT,,,,{},,,{},LEFT_OUT,,\n", outcome.trace->left_out_from,
                     mid, outcome.trace->left_out, rule);
  }
  return text;
}

void write_trace(const Spec& spec, const RunResult& result, const std::filesystem::path& path) {
  write_file_whole(path, path.extension() == ".csv" ? trace_csv(spec, result) : trace_perfetto(spec, result));
}

}  // namespace locus
