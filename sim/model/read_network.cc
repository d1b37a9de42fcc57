#include "sim/model/read_network.h"

#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/model/bias.h"
#include "sim/model/defaults.h"
#include "sim/model/names.h"
#include "sim/model/read_spiking.h"
#include "sim/model/read_weights.h"

namespace locus {
namespace {

Activation activation_of(v1::Population::Rate::Activation activation) {
  switch (activation) {
    case v1::Population::Rate::TANH: return Activation::kTanh;
    case v1::Population::Rate::RELU: return Activation::kRelu;
    case v1::Population::Rate::SIGMOID: return Activation::kSigmoid;
    default: return Activation::kIdentity;  // a number without a name is a fault already (parse.cc)
  }
}

/// A kind that was not given; the checks drop what follows from it.
constexpr auto kNoKind = static_cast<PopulationKind>(-1);

/// Absent: a readout without memory.
std::optional<LeakSpec> read_memory(const v1::Population::Readout& message, const FieldPath& where, FaultList& faults) {
  if (message.integrate()) {
    for (const char* other : {"tau_m", "normalise_input"}) {
      const bool given = other == std::string_view("tau_m") ? message.has_tau_m() : message.normalise_input();
      if (given)
        faults.error(where.at(other), "is given beside integrate, which has no leak", "one of them may be given");
    }
    return LeakSpec{std::numeric_limits<double>::infinity(), false};
  }
  if (message.has_tau_m()) return LeakSpec{message.tau_m(), message.normalise_input()};
  if (message.normalise_input())
    faults.error(where.at("normalise_input"), "is true without tau_m", "must stand with tau_m");
  return std::nullopt;
}

/// The biases of a population; null if its neurons have none.
const v1::Population::Bias* bias_of(const v1::Population& message) {
  if (message.has_rate() && message.rate().has_bias()) return &message.rate().bias();
  if (message.has_lif() && message.lif().has_bias()) return &message.lif().bias();
  if (message.has_readout() && message.readout().has_bias()) return &message.readout().bias();
  return nullptr;
}

BiasSpec read_bias(const v1::Population::Bias& message) {
  BiasSpec bias;
  bias.value.assign(message.value().begin(), message.value().end());
  if (message.has_plastic()) bias.plastic = message.plastic();
  if (message.has_learning_rate()) bias.learning_rate = message.learning_rate();
  return bias;
}

NoiseSpec read_noise(const v1::Population::Noise& message, const FieldPath& where, FaultList& faults) {
  if (!message.has_stddev()) faults.refuse(where.at("stddev"), "is missing", "must be given, at least 0");
  return {message.stddev(), message.on() == v1::Population::Noise::ACTIVITY};
}

PopulationSpec read_population(const v1::Population& message, const FieldPath& where, FaultList& faults) {
  PopulationSpec population;
  population.name = message.name();
  population.size = message.size();
  if (message.has_noise()) population.noise = read_noise(message.noise(), where.at("noise"), faults);
  switch (message.kind_case()) {
    case v1::Population::kInput:
      population.kind = PopulationKind::kInput;
      if (message.input().has_constant()) population.constant = message.input().constant();
      break;
    case v1::Population::kReadout:
      population.kind = PopulationKind::kReadout;
      population.memory = read_memory(message.readout(), where.at("readout"), faults);
      break;
    case v1::Population::kLif:
      population.kind = PopulationKind::kRate;
      population.lif = read_lif(message.lif(), where.at("lif"), faults);
      break;
    case v1::Population::kRate:
      population.kind = PopulationKind::kRate;
      population.activation = activation_of(message.rate().activation());
      if (!message.rate().leak().empty())
        population.leak = std::vector<double>(message.rate().leak().begin(), message.rate().leak().end());
      population.initial.assign(message.rate().initial().begin(), message.rate().initial().end());
      spread_initial(population);
      break;
    case v1::Population::KIND_NOT_SET:
      faults.missing_choice(where, "kind", "has no kind", "must have one of input {}, rate {}, lif {}, readout {}");
      population.kind = kNoKind;
      break;
  }
  return population;
}

WeightLimits read_limits(const v1::Projection& message) {
  WeightLimits limits;
  if (message.sign() == v1::Projection::NON_NEGATIVE) limits.sign = 1;
  if (message.sign() == v1::Projection::NON_POSITIVE) limits.sign = -1;
  if (message.has_weight_min()) limits.min = message.weight_min();
  if (message.has_weight_max()) limits.max = message.weight_max();
  if (message.has_weight_decay()) limits.decay = message.weight_decay();
  return limits;
}

ProjectionSpec read_projection(v1::Projection& message, const NetworkSpec& network, const PopulationNames& populations,
                               const FieldPath& where, Reading& reading) {
  ProjectionSpec projection;
  projection.name = message.name();
  if (message.has_plastic()) projection.plastic = message.plastic();
  if (message.has_learning_rate()) projection.learning_rate = message.learning_rate();
  if (message.has_delay()) projection.delay = message.delay();
  if (message.has_autapses()) projection.autapses = message.autapses();
  projection.limits = read_limits(message);
  projection.source = populations.find(message.source(), where.at("source"), reading.faults);
  projection.target = populations.find(message.target(), where.at("target"), reading.faults);
  if (!message.has_weights()) {
    reading.faults.refuse(where.at("weights"), "are missing", "must be given");
    projection.weights = ConstantWeights{};
    return projection;
  }
  const MatrixShape shape = {known_size(network, projection.target), known_size(network, projection.source),
                             "the size of target " + shown(std::string_view(message.target())),
                             "the size of source " + shown(std::string_view(message.source()))};
  projection.weights = read_weights(*message.mutable_weights(), shape, shape.cols, where.at("weights"), reading);
  if (auto* random = std::get_if<SparseRandomWeights>(&projection.weights)) random->autapses = projection.autapses;
  return projection;
}

}  // namespace

NetworkSpec read_network(v1::Network& message, const FieldPath& where, Reading& reading) {
  NetworkSpec network;
  for (int i = 0; i < message.populations_size(); ++i) {
    network.populations.push_back(read_population(message.populations(i), where.at("populations", i), reading.faults));
  }
  if (message.populations_size() > kMostPopulations) return network;  // which the checks tell
  const PopulationNames populations(network);
  for (int i = 0; i < message.projections_size(); ++i) {
    network.projections.push_back(
        read_projection(*message.mutable_projections(i), network, populations, where.at("projections", i), reading));
  }
  for (int i = 0; i < message.populations_size(); ++i) {
    if (const v1::Population::Bias* bias = bias_of(message.populations(i))) add_bias(network, i, read_bias(*bias));
  }
  return network;
}

}  // namespace locus
