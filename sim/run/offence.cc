#include "sim/run/offence.h"

#include <algorithm>

#include <fmt/format.h>

namespace locus {
namespace {

std::string describe_neuron(const Topology& topology, Layer layer, std::int64_t index) {
  const auto holds = [&](const Population& p) { return p.layer == layer && index < p.begin + p.size; };
  const auto found = std::ranges::find_if(topology.populations, holds);
  return found == topology.populations.end() ? fmt::format("neuron {}", index)
                                             : fmt::format("{}[{}]", found->name, index - found->begin);
}

}  // namespace

template <class R>
std::string describe(const Network<R>& network, const Endpoint& end) {
  switch (end.party) {
    case Party::kInput: return describe_neuron(*network.topology, Layer::kInput, end.index);
    case Party::kRate: return describe_neuron(*network.topology, Layer::kRate, end.index);
    case Party::kReadout: return describe_neuron(*network.topology, Layer::kReadout, end.index);
    case Party::kEnvironment: return "the environment";
    case Party::kAgent: return "the backward agent";
    case Party::kSynapse: {
      const Projection& projection = network.wires(ProjectionId{end.projection});
      if (projection.is_bias) return fmt::format("bias {}[{}]", projection.name, projection.target_of(end.index));
      return fmt::format("synapse {}[{},{}]", projection.name, projection.target_of(end.index),
                         projection.source_of(end.index));
    }
  }
  return "";
}

template <class R>
std::string describe(const Network<R>& network, const Offence& offence, const std::string& rule, std::int64_t update,
                     Locality budget) {
  return fmt::format("rule {} broke the {} locality budget in update {}, tick {}: {} of lag {} from {} to {}", rule,
                     name(budget), update + 1, offence.tick.value, name(offence.channel), offence.lag,
                     describe(network, offence.ends.sender), describe(network, offence.ends.receiver));
}

template std::string describe(const Network<double>&, const Endpoint&);
template std::string describe(const Network<float>&, const Endpoint&);
template std::string describe(const Network<double>&, const Offence&, const std::string&, std::int64_t, Locality);
template std::string describe(const Network<float>&, const Offence&, const std::string&, std::int64_t, Locality);

}  // namespace locus
