// A small dense network that a test makes by hand, for transports and trials alone.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "core/actor/network.h"

namespace locus {

/// The topology stands apart, so that a network may be moved and copied with its reference to it.
struct HandNetwork {
  std::unique_ptr<Topology> topology = std::make_unique<Topology>();
  Network<double> network;

  /// Adds a population behind the others of its layer.
  PopulationId population(Layer layer, Neurons neurons) {
    Population population{.name = neurons.name, .layer = layer, .size = neurons.size};
    population.constant_gain = !neurons.lif && neurons.activation == Activation::kIdentity;
    population.spiking = neurons.lif.has_value();
    population.adapting = neurons.lif && neurons.lif->adapts();
    population.leaky = neurons.leaky();
    neurons.begin = topology->sizes.of(layer);
    auto& all = layer == Layer::kInput  ? network.inputs.populations
                : layer == Layer::kRate ? network.rate.populations
                                        : network.readouts.populations;
    all.push_back(std::move(neurons));
    return add_population(*topology, std::move(population));
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
    network.feedback_weights.push_back(weights(wires, weight));
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
