#include "sim/model/build.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/check.h"
#include "sim/model/draw_sparse.h"
#include "sim/model/network_size.h"
#include "sim/model/pace_of.h"
#include "sim/model/realise.h"
#include "sim/model/signs.h"
#include "sim/model/wire.h"

namespace locus {
namespace {

/// Weights of a dense projection, source by source, from the rows of its matrix.
template <class R>
Column<R> transposed(const DenseMatrix& matrix) {
  const auto rows = static_cast<std::size_t>(matrix.rows);
  const auto cols = static_cast<std::size_t>(matrix.cols);
  Column<R> weight(rows * cols);
  // rows and columns at a time: both sides of the transposition stay in cache
  constexpr std::size_t kTile = 32;
  for (std::size_t i0 = 0; i0 < rows; i0 += kTile) {
    for (std::size_t j0 = 0; j0 < cols; j0 += kTile) {
      for (std::size_t j = j0; j < std::min(j0 + kTile, cols); ++j) {
        for (std::size_t i = i0; i < std::min(i0 + kTile, rows); ++i)
          weight[j * rows + i] = static_cast<R>(matrix.values[i * cols + j]);
      }
    }
  }
  return weight;
}

/// Weights as the synapses are numbered, from the values as a file lists them.
template <class R>
Column<R> weights_of(const Projection& projection, const std::vector<double>& values) {
  CHECK(std::ssize(values) == projection.places(), "as many numbers as the projection has weights");
  Column<R> weight(static_cast<std::size_t>(projection.size()));
  projection.each_place([&](std::int64_t place, std::int64_t k, auto, auto) {
    weight[SynapseId{k}] = static_cast<R>(values[static_cast<std::size_t>(place)]);
  });
  return weight;
}

template <class R>
void add_feedback(const Spec& spec, const RuleSpec& rule, Network<R>& network) {
  network.feedback = feedback_of(*network.topology, rule);
  network.feedback_synapses.resize(network.feedback.size());
  if (network.feedback.empty()) return;
  const std::vector<Weights> weights = feedback_weights(spec, rule);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto wires =
        std::ranges::find(network.feedback, PopulationId{rule.feedback[i].population}, &Projection::target_population);
    Synapses<R>& synapses = network.feedback_synapses[static_cast<std::size_t>(wires - network.feedback.begin())];
    synapses.learning_rate = learning_rate_of(ProjectionSpec(), rule, spec.training);
    Column<R>& weight = synapses.weight;
    // R (readouts x rate neurons): its rows are the sources
    if (const auto* dense = std::get_if<DenseMatrix>(&weights[i])) {
      weight.resize(dense->values.size());
      std::ranges::transform(dense->values, weight.begin(), [](double value) { return static_cast<R>(value); });
    } else {
      weight = weights_of<R>(*wires, std::get<SparseMatrix>(weights[i]).values);
    }
  }
}

}  // namespace

template <class R>
void round_weights(const Grid& grid, ProjectionId projection, Network<R>& network) {
  if (network.projections()[projection].is_bias) return;
  for (R& weight : network.synapses[projection].weight) weight = on_grid(weight, grid, 0.5);
}

Neurons neurons_of(const PopulationSpec& from, const Topology& topology, PopulationId id, double dt,
                   std::optional<std::uint64_t> seed, std::int32_t ticks) {
  const Population& population = topology.populations[id];
  // the leak of others is not checked
  const bool leaks = from.kind == PopulationKind::kRate && !from.lif;
  Neurons neurons = {.population = id,
                     .begin = population.begin,
                     .size = population.size,
                     .activation = from.activation,
                     .leak = leaks ? from.leak.first() : 1,
                     .leaks = {},
                     .initial = from.initial,
                     .lif = {},
                     .each = {},
                     .is_plain = true,
                     .decay = 0,
                     .gain = 1,
                     .constant = from.constant};
  const bool differ = neurons_differ(from);
  if (differ && !from.lif) neurons.leaks = from.leak.values;
  if (from.lif) {
    neurons.lif = lif_parameters(*from.lif, dt);
    neurons.is_plain = neurons.lif->is_plain();
  }
  for (std::size_t i = 0; differ && from.lif && i < static_cast<std::size_t>(from.size); ++i) {
    const LifParameters own = lif_parameters(*from.lif, dt, i);
    neurons.each.emplace_back(own);
    neurons.is_plain = neurons.is_plain && own.is_plain();
  }
  if (from.lif && from.lif->integer) {
    neurons.integer.emplace(*from.lif->integer, random_key(seed.value_or(0), "leak/" + from.name), from.size, ticks);
  }
  if (from.memory) neurons.decay = decay_of(from.memory->tau_m, dt);
  if (from.memory && from.memory->normalise_input) neurons.gain = 1 - neurons.decay;
  if (from.noise && seed)
    neurons.noise = {from.noise->stddev, from.noise->on_activity, random_key(*seed, "neuron noise/" + from.name)};
  return neurons;
}

template <class R>
Network<R> build(const Spec& spec, const Topology& topology, const RuleSpec& rule, std::int32_t lanes) {
  Network<R> network;
  network.topology = &topology;
  for (std::size_t i = 0; i < spec.network.populations.size(); ++i) {
    const PopulationSpec& from = spec.network.populations[i];
    const Neurons neurons = neurons_of(from, topology, PopulationId{static_cast<std::int32_t>(i)}, spec.training.dt,
                                       spec.seed, spec.training.ticks);
    switch (from.kind) {
      case PopulationKind::kInput: network.inputs.populations.push_back(neurons); break;
      case PopulationKind::kRate: network.rate.populations.push_back(neurons); break;
      case PopulationKind::kReadout: network.readouts.populations.push_back(neurons); break;
    }
  }
  for (std::size_t k = 0; k < topology.projections.size(); ++k) {
    const ProjectionSpec& from = spec.network.projections[k];
    Synapses<R>& synapses = network.synapses.emplace_back();
    synapses.learning_rate = learning_rate_of(from, rule, spec.training);
    if (const auto* random = std::get_if<SparseRandomWeights>(&from.weights)) {
      const Projection& projection = topology.projections[k];
      std::vector<double> values = draw_values(*random, projection.fan_in());
      give_sign(from.limits.sign, values);
      synapses.weight = weights_of<R>(projection, values);
    }
  }
  visit_network_weights(spec, [&](std::size_t k, const auto& weights) {
    const Projection& projection = topology.projections[k];
    Synapses<R>& synapses = network.synapses[k];
    const auto* const* dense = std::get_if<const DenseMatrix*>(&weights);
    if (dense != nullptr && projection.dense) {
      synapses.weight = transposed<R>(**dense);
    } else {
      synapses.weight = std::visit([&](const auto* matrix) { return weights_of<R>(projection, matrix->values); }, weights);
    }
  });
  if (const std::optional<Grid>& grid = spec.training.synapses.weight) {
    for (std::size_t p = 0; p < topology.projections.size(); ++p)
      round_weights(*grid, ProjectionId{static_cast<std::int32_t>(p)}, network);
  }
  add_feedback(spec, rule, network);
  allocate(network, lanes);
  return network;
}

template void round_weights(const Grid&, ProjectionId, Network<double>&);
template void round_weights(const Grid&, ProjectionId, Network<float>&);
template Network<double> build(const Spec&, const Topology&, const RuleSpec&, std::int32_t);
template Network<float> build(const Spec&, const Topology&, const RuleSpec&, std::int32_t);

}  // namespace locus
