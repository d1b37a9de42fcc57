// A small dense network that a test makes by hand, for transports and trials alone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/actor/network.h"

namespace locus {

/// A population by hand: what its topology has of it, and the constants of its clock.
struct HandPopulation {
  std::string name;
  std::int32_t size = 0;
  Activation activation = Activation::kIdentity;
  double leak = 1;
  std::vector<double> initial = {};
  std::optional<LifParameters> lif = {};
  double decay = 0;
  double gain = 1;
};

/// The topology stands apart, so that a network may be moved and copied with its reference to it.
struct HandNetwork {
  std::unique_ptr<Topology> topology = std::make_unique<Topology>();
  Network<double> network;

  /// Adds a population behind the others of its layer.
  PopulationId population(Layer layer, const HandPopulation& of) {
    Population population{.name = of.name, .layer = layer, .size = of.size};
    population.constant_gain = !of.lif && of.activation == Activation::kIdentity;
    population.spiking = of.lif.has_value();
    population.adapting = of.lif && of.lif->adapts();
    population.has_current = of.lif && of.lif->has_current;
    population.recalls_voltage = of.lif && of.lif->reset == Reset::kZero && !of.lif->cuts_reset_gradient;
    population.leaky = of.decay != 0 || of.gain != 1;
    const PopulationId id = add_population(*topology, std::move(population));
    auto& all = layer == Layer::kInput  ? network.inputs.populations
                : layer == Layer::kRate ? network.rate.populations
                                        : network.readouts.populations;
    all.push_back({.population = id,
                   .begin = topology->populations[id].begin,
                   .size = of.size,
                   .activation = of.activation,
                   .leak = of.leak,
                   .initial = of.initial,
                   .lif = of.lif,
                   .is_plain = !of.lif || of.lif->is_plain(),
                   .decay = of.decay,
                   .gain = of.gain});
    return id;
  }

  /// A dense projection; weight(k) of synapse k, source by source.
  template <class Weight>
  void connect(PopulationId source, PopulationId target, bool plastic, double learning_rate, Weight weight) {
    Projection projection = projection_between(*topology, source, target);
    projection.plastic = plastic;
    network.synapses.push_back({.learning_rate = learning_rate, .weight = weights(projection, weight)});
    topology->projections.push_back(std::move(projection));
  }

  /// R from one readout population.
  template <class Weight>
  void feedback(PopulationId source, PopulationId target, Weight weight) {
    Projection wires = projection_between(*topology, source, target);
    wires.plastic = false;
    network.feedback_synapses.emplace_back().weight = weights(wires, weight);
    network.feedback.push_back(std::move(wires));
  }

  void finish(std::int32_t lanes) {
    find_autapses(*topology);
    network.topology = topology.get();
    allocate(network, lanes);
  }

 private:
  template <class Weight>
  static Column<double> weights(const Projection& projection, Weight weight) {
    Column<double> made;
    for (std::int64_t k = 0; k < projection.size(); ++k) made.push_back(weight(k));
    return made;
  }
};

}  // namespace locus
