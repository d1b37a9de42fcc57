#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/model/bias.h"
#include "sim/model/checks.h"
#include "sim/model/network_size.h"

namespace locus {
namespace {

/// A time constant may be infinite: what is there then stays, since its decay is exactly 1.
bool check_tau(double tau, const FieldPath& field, FaultList& faults) {
  if (tau > 0) return true;
  faults.error(field, "is " + shown(tau), "must be above 0; inf: without leak");
  return false;
}

void check_leak(const LeakSpec& leak, const FieldPath& where, FaultList& faults) {
  check_tau(leak.tau_m, where.at("tau_m"), faults);
  if (std::isinf(leak.tau_m) && leak.tau_m > 0 && leak.normalise_input)
    faults.error(where.at("normalise_input"), "is true, and tau_m is inf", "must be false: nothing would arrive");
}

/// Checks each number of a constant; `check(value, field)` adds at most one fault and returns
/// whether the value is good. A single number stands at the field itself.
template <class Check>
void check_each(const PerNeuron& constant, std::int32_t size, const FieldPath& field, FaultList& faults, Check check) {
  const std::vector<double>& values = constant.values;
  if (values.size() == 1) {
    check(values.front(), field);
    return;
  }
  if (values.empty() || (size > 0 && std::ssize(values) != size)) {
    faults.error(field, fmt::format("has {} values", values.size()),
                 fmt::format("must have 1 for all neurons, or one for each of {}", size));
    return;
  }
  std::size_t told = 0;
  for (std::size_t i = 0; i < values.size() && told < kMostFaultsOfArray; ++i) {
    if (!check(values[i], field.element(i))) ++told;
  }
}

/// Of adaptation_tau a Spec has a 0 where the threshold does not adapt.
void check_lif(const LifSpec& lif, std::int32_t size, const FieldPath& where, FaultList& faults) {
  const auto tau = [&](double value, const FieldPath& field) { return check_tau(value, field, faults); };
  const auto positive = [&](double value, const FieldPath& field) { return check_positive(value, field, faults); };
  const auto finite = [&](double value, const FieldPath& field) { return check_finite(value, field, faults); };
  const auto not_negative = [&](double value, const FieldPath& field) {
    return check_not_negative(value, field, faults);
  };
  check_each(lif.leak.tau_m, size, where.at("tau_m"), faults, tau);
  const auto infinite = [](double value) { return std::isinf(value) && value > 0; };
  if (std::ranges::any_of(lif.leak.tau_m.values, infinite) && lif.leak.normalise_input)
    faults.error(where.at("normalise_input"), "is true, and tau_m is inf", "must be false: nothing would arrive");
  check_each(lif.threshold, size, where.at("threshold"), faults, positive);
  check_not_negative(lif.refractory, where.at("refractory"), faults);
  const FieldPath surrogate = where.at("surrogate");
  check_enum(lif.surrogate, Surrogate::kArctan, surrogate.at("kind"), faults);
  check_not_negative(lif.height, surrogate.at("height"), faults);
  check_positive(lif.width, surrogate.at("width"), faults);
  const FieldPath adaptation = where.at("adaptation");
  if (lif.adaptation_tau != 0) check_each(lif.adaptation_tau, size, adaptation.at("tau"), faults, tau);
  check_each(lif.adaptation, size, adaptation.at("beta"), faults, not_negative);
  if (lif.current_tau) check_each(*lif.current_tau, size, where.at("current").at("tau"), faults, tau);
  check_enum(lif.integration, Integration::kEuler, where.at("integration"), faults);
  check_each(lif.rest, size, where.at("rest"), faults, finite);
  check_each(lif.reset_to, size, where.at("reset_to"), faults, finite);
  if (!check_enum(lif.reset, Reset::kZero, where.at("reset"), faults) || lif.reset == Reset::kZero) return;
  const auto zero = [](double value) { return value == 0; };
  if (!std::ranges::all_of(lif.reset_to.values, zero))
    faults.error(where.at("reset_to"), fmt::format("is given, and reset is {}", name(lif.reset)),
                 "stands with reset: ZERO only");
}

void check_rate(const PopulationSpec& population, const FieldPath& where, FaultList& faults) {
  check_enum(population.activation, Activation::kSigmoid, where.at("activation"), faults);
  check_each(population.leak, population.size, where.at("leak"), faults, [&](double leak, const FieldPath& field) {
    if (leak > 0 && leak <= 1) return true;
    faults.error(field, "is " + shown(leak), "must be above 0 and at most 1");
    return false;
  });
}

void check_initial(const PopulationSpec& population, const FieldPath& where, FaultList& faults) {
  if (population.initial.empty()) return;
  const FieldPath field = where.at("rate").at("initial");
  if (population.kind != PopulationKind::kRate || population.lif) {
    faults.error(field, "is given for a population that is not of rate neurons", "is for rate neurons only");
    return;
  }
  check_finite(population.initial, field, faults);
  if (population.size > 0 && std::ssize(population.initial) != population.size)
    faults.error(field, fmt::format("has {} values", population.initial.size()),
                 fmt::format("must have one for each of {} neurons (a file may give 1 for all)", population.size));
}

/// The constant of inputs, and the noise of rate and spiking neurons.
void check_constant_and_noise(const PopulationSpec& population, const FieldPath& where, FaultList& faults) {
  if (population.constant) {
    const FieldPath field = where.at("input").at("constant");
    check_finite(*population.constant, field, faults);
    if (population.kind != PopulationKind::kInput)
      faults.error(field, "is given for a population that is no input", "is for inputs only");
  }
  if (!population.noise) return;
  const FieldPath field = where.at("noise");
  check_not_negative(population.noise->stddev, field.at("stddev"), faults);
  if (population.kind != PopulationKind::kRate) {
    faults.error(field, fmt::format("is given for a population of kind {}", name(population.kind)),
                 "is for rate and lif populations only");
  } else if (population.lif && population.noise->on_activity) {
    faults.error(field.at("on"), "is ACTIVITY for spiking neurons", "must be CURRENT: a spike is 0 or 1");
  }
}

void check_population(const PopulationSpec& population, const FieldPath& where, FaultList& faults) {
  check_name(population.name, where.at("name"), faults);
  check_range(population.size, 1, kMostNeurons, where.at("size"), faults);
  if (!check_enum(population.kind, PopulationKind::kReadout, where.at("kind"), faults)) return;
  check_initial(population, where, faults);
  check_constant_and_noise(population, where, faults);
  if (population.lif) {
    check_lif(*population.lif, population.size, where.at("lif"), faults);
    check_integer(*population.lif, where.at("lif"), faults);
    if (population.kind != PopulationKind::kRate)
      faults.error(where.at("lif"), fmt::format("is given for a population of kind {}", name(population.kind)),
                   "stands with the kind of rate populations, whose layer spiking neurons are in");
  } else if (population.kind == PopulationKind::kRate) {
    check_rate(population, where.at("rate"), faults);
  }
  if (!population.memory) return;
  check_leak(*population.memory, where.at("readout"), faults);
  if (population.kind != PopulationKind::kReadout)
    faults.error(where.at("readout").at("tau_m"), "is given for a population that is no readout", "is for readouts only");
}

bool may_connect(PopulationKind source, PopulationKind target) {
  return source != PopulationKind::kReadout && target != PopulationKind::kInput;
}

const PopulationSpec& at(const NetworkSpec& network, std::int32_t population) {
  return network.populations[static_cast<std::size_t>(population)];
}

/// The size that a projection's weights must have, as far as its ends are known.
MatrixShape shape_of(const NetworkSpec& network, const ProjectionSpec& projection) {
  MatrixShape shape = {known_size(network, projection.target), known_size(network, projection.source), {}, {}};
  if (shape.rows != kUnknown)
    shape.rows_of = "the size of target " + shown(std::string_view(at(network, projection.target).name));
  if (shape.cols != kUnknown)
    shape.cols_of = "the size of source " + shown(std::string_view(at(network, projection.source).name));
  return shape;
}

void check_autapses(const ProjectionSpec& projection, const MatrixShape& shape, const FieldPath& where, FaultList& faults) {
  const auto* random = std::get_if<SparseRandomWeights>(&projection.weights);
  if (random != nullptr && random->autapses != projection.autapses)
    faults.error(where.at("autapses"),
                 fmt::format("is {}, and that of its weights is {}", projection.autapses, random->autapses),
                 "must be the same");
  if (projection.autapses) return;
  if (random != nullptr && !random->probability && random->in_degree > 0 && random->in_degree == shape.cols)
    faults.error(where.at("weights").at("sparse_random").at("in_degree"), fmt::format("is {}", random->in_degree),
                 fmt::format("must be at most {}, since autapses is false", shape.cols - 1));
  if (projection.source != projection.target)
    faults.error(where.at("autapses"), "is false", "is for a projection of a population with itself");
  if (std::holds_alternative<SparseMatrix>(projection.weights))
    faults.error(where.at("autapses"), "is false", "is for a dense matrix; leave the entries of a sparse one away");
}

/// Biases, which a file has with their population.
void check_bias(const NetworkSpec& network, const ProjectionSpec& bias, const FieldPath& where, Checking& checking) {
  FaultList& faults = checking.faults;
  const auto* values = std::get_if<DenseMatrix>(&bias.weights);
  if (!has_known_ends(network, bias) || values == nullptr || bias.source != unit_of(network) || bias.delay ||
      !bias.autapses || at(network, bias.target).kind == PopulationKind::kInput) {
    faults.error(where.at("projections"), "hold biases that do not come from the unit", "must be made by add_bias");
    return;
  }
  const FieldPath field = bias_field(network, bias, where);
  const std::int32_t size = at(network, bias.target).size;
  if (std::ssize(values->values) != size || values->rows != size || values->cols != 1)
    faults.error(field.at("value"), fmt::format("has {} numbers", values->values.size()),
                 fmt::format("must have 1 for all neurons, or {}, one for each", size));
  checking.budget.take(size, 1, field, faults);
  check_finite(values->values, field.at("value"), faults);
  if (bias.learning_rate) check_not_negative(*bias.learning_rate, field.at("learning_rate"), faults);
  const std::string& own = bias.name;
  for (std::size_t i = 0; i < network.projections.size(); ++i) {
    if (&network.projections[i] == &bias || network.projections[i].name != own) continue;
    faults.error(field, fmt::format("is given, and projections[{}] is named {}", i, shown(std::string_view(own))),
                 "biases have this name in results, so no projection may have it");
    break;
  }
}

void check_projection(const NetworkSpec& network, const ProjectionSpec& projection, const FieldPath& where,
                      Checking& checking) {
  FaultList& faults = checking.faults;
  check_name(projection.name, where.at("name"), faults);
  if (projection.learning_rate) check_not_negative(*projection.learning_rate, where.at("learning_rate"), faults);
  check_index(projection.source, network.populations.size(), "population", where.at("source"), faults);
  check_index(projection.target, network.populations.size(), "population", where.at("target"), faults);
  if (has_known_ends(network, projection)) {
    const PopulationKind from = at(network, projection.source).kind;
    const PopulationKind to = at(network, projection.target).kind;
    if (!may_connect(from, to))
      faults.error(where, fmt::format("goes from {} to {}", name(from), name(to)),
                   "must go from input to rate, rate to rate, rate to readout or input to readout");
    if (at(network, projection.source).is_unit)
      faults.error(where.at("source"), "is the unit of the biases", "must be another population");
  }
  const MatrixShape shape = shape_of(network, projection);
  check_weights(projection.weights, shape, where.at("weights"), checking);
  check_autapses(projection, shape, where, faults);
  check_limits(projection, where, faults);
}

void check_counts(const NetworkSpec& network, const FieldPath& where, FaultList& faults) {
  std::int64_t all = 0;
  for (std::int32_t i = 0; i < std::ssize(network.populations); ++i)
    all += std::max(known_size(network, i), std::int64_t{0});
  if (all > kMostNeurons)
    faults.error(where, fmt::format("has {} neurons", all), fmt::format("must have at most {}", kMostNeurons));
  for (const PopulationKind kind : {PopulationKind::kInput, PopulationKind::kRate}) {
    if (known_neurons(network, kind) == 0)
      faults.error(where, fmt::format("has no {} population", name(kind)), "must have at least one");
  }
}

}  // namespace

std::vector<std::string> obstacles_to_aligned(const NetworkSpec& network) {
  std::vector<std::string> obstacles;
  for (const PopulationKind kind : {PopulationKind::kInput, PopulationKind::kRate, PopulationKind::kReadout}) {
    const std::size_t count = populations_of(network, kind).size();
    if (count > 1) obstacles.push_back(fmt::format("in a network of {} {} populations", count, name(kind)));
  }
  for (const ProjectionSpec& projection : network.projections) {
    if (!std::holds_alternative<SparseMatrix>(projection.weights) &&
        !std::holds_alternative<SparseRandomWeights>(projection.weights))
      continue;
    obstacles.push_back("in a network with the sparse projection " + shown(std::string_view(projection.name)));
    break;
  }
  return obstacles;
}

void tell_obstacles(const std::vector<std::string>& obstacles, const FieldPath& field, FaultList& faults) {
  for (const std::string& obstacle : obstacles)
    faults.error(field, "stands " + obstacle,
                 "aligned weights want one population of each kind and every projection dense");
}

bool check_network(const NetworkSpec& network, const FieldPath& where, Checking& checking) {
  FaultList& faults = checking.faults;
  const std::int64_t populations = std::ssize(network.populations) - (unit_of(network) < 0 ? 0 : 1);
  if (populations > kMostPopulations) {
    faults.error(where.at("populations"), fmt::format("are {}", populations),
                 fmt::format("must be at most {}", kMostPopulations));
    return false;
  }
  for (std::size_t i = 0; i < network.populations.size(); ++i) {
    const PopulationSpec& population = network.populations[i];
    const FieldPath field = where.at("populations", static_cast<int>(i));
    if (!population.is_unit) {
      check_population(population, field, faults);
    } else if (i + 1 != network.populations.size() || population.kind != PopulationKind::kInput ||
               population.size != 1 || population.constant != 1.0) {
      faults.error(field, "is a unit of biases", "must be the last population, as add_bias makes it");
    }
  }
  check_unique(network.populations, "populations", where, faults);
  check_counts(network, where, faults);
  for (std::size_t i = 0; i < network.projections.size(); ++i) {
    if (network.projections[i].is_bias) {
      check_bias(network, network.projections[i], where, checking);
    } else {
      check_projection(network, network.projections[i], where.at("projections", static_cast<int>(i)), checking);
    }
  }
  check_unique(network.projections, "projections", where, faults);
  const std::vector<std::string> obstacles = obstacles_to_aligned(network);
  for (std::size_t i = 0; i < network.projections.size(); ++i) {
    if (std::holds_alternative<AlignedWeights>(network.projections[i].weights))
      tell_obstacles(obstacles, where.at("projections", static_cast<int>(i)).at("weights").at("aligned"), faults);
  }
  return true;
}

}  // namespace locus
