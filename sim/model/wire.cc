#include "sim/model/wire.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "core/protocol/rule.h"
#include "sim/model/draw_sparse.h"
#include "sim/model/network_size.h"

namespace locus {
namespace {

Population population_of(const PopulationSpec& spec) {
  Population population{.name = spec.name, .layer = layer_of(spec.kind), .size = spec.size};
  population.constant_gain = !spec.lif && spec.activation == Activation::kIdentity;
  population.spiking = spec.lif.has_value();
  population.adapting = spec.lif && spec.lif->adapts();
  population.has_current = spec.lif && spec.lif->current_tau.has_value();
  population.recalls_voltage = spec.lif && recalls_voltage(spec.lif->reset) && !spec.lif->cuts_reset_gradient;
  population.neurons_differ = neurons_differ(spec);
  population.leaky = spec.memory.has_value();
  population.noisy = spec.noise.has_value();
  population.integer = spec.lif && spec.lif->integer.has_value();
  population.is_unit = spec.is_unit;
  for (const double value : spec.initial) population.awake.push_back(value != 0 ? 1 : 0);
  return population;
}

}  // namespace

Layer layer_of(PopulationKind kind) {
  switch (kind) {
    case PopulationKind::kInput: return Layer::kInput;
    case PopulationKind::kRate: return Layer::kRate;
    case PopulationKind::kReadout: break;
  }
  return Layer::kReadout;
}

Topology topology_of(const NetworkSpec& network, Listing listing) {
  Topology topology;
  for (const PopulationSpec& population : network.populations) add_population(topology, population_of(population));
  for (const ProjectionSpec& from : network.projections) {
    Projection projection = projection_between(topology, PopulationId{from.source}, PopulationId{from.target});
    projection.name = from.name;
    projection.plastic = from.plastic;
    projection.is_bias = from.is_bias;
    projection.wait = wait_of(network, from);
    projection.limits = from.limits;
    const auto* sparse = std::get_if<SparseMatrix>(&from.weights);
    const auto* random = std::get_if<SparseRandomWeights>(&from.weights);
    if (listing == Listing::kNone && (sparse != nullptr || random != nullptr)) {
      projection.dense = false;
      projection.entries = sparse != nullptr ? std::ssize(sparse->values) : random->synapses;
    } else if (sparse != nullptr) {
      make_sparse(projection, sparse->col, sparse->row);
    } else if (random != nullptr) {
      const DrawnWires drawn = draw_wires(*random);
      make_sparse(projection, drawn.source, drawn.target);
    } else if (!from.autapses) {
      make_hollow(projection);
      if (listing == Listing::kAll) list_targets(projection);
    }
    topology.projections.push_back(std::move(projection));
  }
  if (listing != Listing::kNone) find_autapses(topology);
  return topology;
}

std::vector<Projection> feedback_of(const Topology& topology, const RuleSpec& rule) {
  std::vector<Projection> feedback;
  if (locus::rule(rule.kind).signal != SignalSource::kFeedback) return feedback;
  for (const FeedbackSpec& from : rule.feedback) {
    Projection& projection = feedback.emplace_back(feedback_onto(topology, PopulationId{from.population}));
    projection.plastic = from.learn.has_value();
    if (const auto* sparse = std::get_if<SparseMatrix>(&from.weights))
      make_sparse(projection, sparse->row, sparse->col);
  }
  std::ranges::stable_sort(feedback, {}, &Projection::target_begin);
  return feedback;
}

}  // namespace locus
