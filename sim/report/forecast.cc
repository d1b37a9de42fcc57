#include "sim/report/forecast.h"

#include <algorithm>
#include <variant>

#include "sim/model/draw_sparse.h"
#include "sim/model/network_size.h"
#include "sim/run/train.h"

namespace locus {
namespace {

std::int64_t autapses_of(const WeightsSpec& weights, std::int64_t neurons) {
  const auto* random = std::get_if<SparseRandomWeights>(&weights);
  const SparseMatrix drawn = random != nullptr ? draw_sparse(*random) : SparseMatrix{};
  const auto* sparse = random != nullptr ? &drawn : std::get_if<SparseMatrix>(&weights);
  if (sparse == nullptr) return neurons;
  std::int64_t count = 0;
  for (std::size_t k = 0; k < sparse->row.size(); ++k) count += sparse->row[k] == sparse->col[k];
  return count;
}

/// Synapses of a recurrent projection whose source begins a trial with an activity.
std::int64_t synapses_from_awake(const ProjectionSpec& projection, const std::vector<double>& initial,
                                 std::int64_t targets) {
  const auto awake = [&](std::int32_t source) { return initial[static_cast<std::size_t>(source)] != 0; };
  if (const auto* sparse = std::get_if<SparseMatrix>(&projection.weights))
    return std::ranges::count_if(sparse->col, awake);
  const std::int64_t sources = std::ranges::count_if(initial, [](double value) { return value != 0; });
  return sources * (projection.autapses ? targets : targets - 1);
}

}  // namespace

NetworkShape shape_of(const NetworkSpec& network, const RuleSpec& rule) {
  NetworkShape shape;
  shape.inputs = neurons(network, PopulationKind::kInput);
  shape.rate_neurons = neurons(network, PopulationKind::kRate);
  shape.readouts = neurons(network, PopulationKind::kReadout);
  for (const PopulationSpec& population : network.populations) {
    const bool curved =
        population.lif || (population.kind == PopulationKind::kRate && population.activation != Activation::kIdentity);
    if (curved) shape.curved_neurons += population.size;
  }
  for (const ProjectionSpec& projection : network.projections) {
    const PopulationSpec& source = network.populations[static_cast<std::size_t>(projection.source)];
    const PopulationSpec& target = network.populations[static_cast<std::size_t>(projection.target)];
    const std::int64_t synapses = synapses_of(projection, target.size, source.size);
    const std::int64_t plastic = projection.plastic ? synapses : 0;
    const std::int32_t wait = wait_of(network, projection);
    if (wait > 0) {
      const bool onto_readouts = target.kind == PopulationKind::kReadout;
      shape.late.push_back({!onto_readouts && source.kind == PopulationKind::kRate, onto_readouts, synapses, plastic,
                            *projection.delay});
    }
    if (target.kind == PopulationKind::kReadout) {
      shape.readout_synapses += synapses;
      shape.plastic_readout += plastic;
      if (target.memory) shape.plastic_onto_leaky += plastic;
      continue;
    }
    const bool from_inputs = source.kind == PopulationKind::kInput;
    (from_inputs ? shape.input_synapses : shape.recurrent_synapses) += synapses;
    (from_inputs ? shape.plastic_input : shape.plastic_recurrent) += plastic;
    if (!source.initial.empty()) {
      const std::int64_t awake = synapses_from_awake(projection, source.initial, target.size);
      shape.awake_recurrent += awake;
      shape.awake_plastic += projection.plastic ? awake : 0;
    }
    if (target.lif || target.activation != Activation::kIdentity) shape.plastic_onto_curved += plastic;
    if (target.lif) shape.plastic_onto_spiking += plastic;
    if (target.lif && target.lif->adaptation != 0) shape.plastic_onto_adapting += plastic;
    if (projection.source == projection.target && projection.autapses && !target.lif && wait == 0)
      shape.autapses += autapses_of(projection.weights, target.size);
  }
  for (std::size_t p = 0; p < network.populations.size(); ++p) {
    const PopulationSpec& source = network.populations[p];
    std::int64_t longest = 0;
    for (const ProjectionSpec& projection : network.projections) {
      if (projection.source == static_cast<std::int32_t>(p))
        longest = std::max<std::int64_t>(longest, wait_of(network, projection));
    }
    shape.under_way += longest * source.size;
    if (source.kind == PopulationKind::kRate) shape.under_way_from_rate += longest * source.size;
  }
  for (const FeedbackSpec& feedback : rule.feedback) {
    const PopulationSpec& population = network.populations[static_cast<std::size_t>(feedback.population)];
    shape.feedback_synapses += synapses_of(feedback.weights, shape.readouts, population.size);
  }
  return shape;
}

Ledger forecast(const Spec& spec, const RuleSpec& rule) {
  const Learning learning = learning_of(rule, spec.training);
  return closed_form(learning, shape_of(spec.network, rule), trial_shape_of(spec.training), scalar_bytes(spec.precision));
}

}  // namespace locus
