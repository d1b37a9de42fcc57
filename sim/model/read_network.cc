#include "sim/model/read_network.h"

#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "sim/model/network_size.h"
#include "sim/model/read_spiking.h"
#include "sim/model/read_weights.h"
#include "sim/model/suggest.h"

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

std::vector<double> read_initial(const v1::Population::Rate& message, std::int32_t neurons, const FieldPath& where,
                                 FaultList& faults) {
  std::vector<double> initial(message.initial().begin(), message.initial().end());
  check_finite(initial, where, faults);
  if (neurons > 0 && initial.size() > 1 && std::ssize(initial) != neurons) {
    faults.error(where, fmt::format("has {} values", initial.size()),
                 fmt::format("must have 1, or one for each of {} neurons", neurons));
  }
  if (initial.size() == 1) initial.assign(static_cast<std::size_t>(neurons), initial.front());
  return initial;
}

PopulationSpec read_population(const v1::Population& message, const FieldPath& where, FaultList& faults) {
  PopulationSpec population;
  population.name = message.name();
  population.size = message.size();
  check_name(message.name(), where.at("name"), faults);
  if (!check_range(message.size(), 1, kMostNeurons, where.at("size"), faults)) population.size = 0;
  switch (message.kind_case()) {
    case v1::Population::kInput: population.kind = PopulationKind::kInput; break;
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
      population.leak = message.rate().has_leak() ? message.rate().leak() : 1;
      if (!(population.leak > 0 && population.leak <= 1)) {
        faults.error(where.at("rate").at("leak"), "is " + shown(population.leak), "must be above 0 and at most 1");
      }
      population.initial = read_initial(message.rate(), population.size, where.at("rate").at("initial"), faults);
      break;
    case v1::Population::KIND_NOT_SET:
      faults.missing_choice(where, "kind", "has no kind", "must have one of input {}, rate {}, lif {}, readout {}");
      population.size = 0;
      break;
  }
  return population;
}

/// A fault for every name that has come before in the same repeated field.
template <class Message>
void check_unique(const google::protobuf::RepeatedPtrField<Message>& messages, std::string_view field,
                  const FieldPath& where, FaultList& faults) {
  std::map<std::string, int> seen;
  for (int i = 0; i < messages.size(); ++i) {
    const auto [earlier, fresh] = seen.emplace(messages[i].name(), i);
    if (fresh || messages[i].name().empty()) continue;
    faults.error(
        where.at(field, i).at("name"),
        fmt::format("is {} again, as {}[{}] is", shown(std::string_view(messages[i].name())), field, earlier->second),
        "must be unique");
  }
}

/// Names of populations, and how many of them allow a matrix of their size.
class Directory {
 public:
  explicit Directory(const NetworkSpec& network) : network_(network) {
    std::int32_t next = 0;
    for (const PopulationSpec& population : network.populations) {
      index_.emplace(population.name, next++);
      if (!population.name.empty()) names_.push_back(population.name);
    }
  }
  /// The population of this name, or a fault at the field.
  std::optional<std::int32_t> find(const std::string& name, const FieldPath& field, FaultList& faults) const {
    const auto found = index_.find(name);
    if (found != index_.end() && !name.empty()) return found->second;
    if (name.empty()) {
      faults.error(field, "is missing", "must name a population");
    } else {
      faults.error(field, "is " + shown(std::string_view(name)) + ", which is no population",
                   faults.may_suggest() ? suggestion(name, names_) : "");
    }
    return std::nullopt;
  }
  /// Null where there is none.
  const PopulationSpec* at(std::optional<std::int32_t> index) const {
    return index ? &network_.populations[static_cast<std::size_t>(*index)] : nullptr;
  }

 private:
  const NetworkSpec& network_;
  std::vector<std::string> names_;
  std::map<std::string, std::int32_t> index_;
};

// a population that is not there; the network is refused then
constexpr std::int32_t kUnresolved = -1;

/// True too where a population has a fault: its kind may not be what was meant.
bool may_connect(const PopulationSpec& from, const PopulationSpec& to) {
  const PopulationKind source = from.kind;
  const PopulationKind target = to.kind;
  return from.size == 0 || to.size == 0 || (source == PopulationKind::kInput && target == PopulationKind::kRate) ||
         (source == PopulationKind::kRate && target != PopulationKind::kInput);
}

ProjectionSpec read_projection(v1::Projection& message, const Directory& populations, const FieldPath& where,
                               Reading& reading) {
  FaultList& faults = reading.faults;
  ProjectionSpec projection;
  projection.source = projection.target = kUnresolved;
  projection.name = message.name();
  projection.plastic = message.has_plastic() ? message.plastic() : true;
  if (message.has_learning_rate()) projection.learning_rate = message.learning_rate();
  if (message.has_delay()) projection.delay = message.delay();
  check_name(message.name(), where.at("name"), faults);
  if (message.has_learning_rate() && !(std::isfinite(message.learning_rate()) && message.learning_rate() >= 0)) {
    faults.error(where.at("learning_rate"), "is " + shown(message.learning_rate()), "must be finite and at least 0");
  }
  const auto source = populations.find(message.source(), where.at("source"), faults);
  const auto target = populations.find(message.target(), where.at("target"), faults);
  const PopulationSpec* from = populations.at(source);
  const PopulationSpec* to = populations.at(target);
  if (from != nullptr && to != nullptr) {
    projection.source = *source;
    projection.target = *target;
    if (!may_connect(*from, *to)) {
      faults.error(where, fmt::format("goes from {} to {}", name(from->kind), name(to->kind)),
                   "must go from input to rate, rate to rate or rate to readout");
    }
  }
  if (!message.has_weights()) {
    faults.error(where.at("weights"), "are missing", "must be given");
    return projection;
  }
  const auto known = [](const PopulationSpec* population) {
    return population != nullptr && population->size > 0 ? std::int64_t{population->size} : kUnknown;
  };
  const MatrixShape shape = {known(to), known(from), "the size of target " + shown(std::string_view(message.target())),
                             "the size of source " + shown(std::string_view(message.source()))};
  projection.weights = read_weights(*message.mutable_weights(), shape, shape.cols, where.at("weights"), reading);
  projection.autapses = !message.has_autapses() || message.autapses();
  if (auto* random = std::get_if<SparseRandomWeights>(&projection.weights); random != nullptr && !projection.autapses) {
    random->autapses = false;
    if (random->in_degree > 0 && random->in_degree == shape.cols) {
      faults.error(where.at("weights").at("sparse_random").at("in_degree"), fmt::format("is {}", random->in_degree),
                   fmt::format("must be at most {}, since autapses is false", shape.cols - 1));
    }
  }
  if (!projection.autapses && source && target && *source != *target)
    faults.error(where.at("autapses"), "is false", "is for a projection of a population with itself");
  if (!projection.autapses && std::holds_alternative<SparseMatrix>(projection.weights))
    faults.error(where.at("autapses"), "is false", "is for a dense matrix; leave the entries of a sparse one away");
  return projection;
}

void check_pairs(const NetworkSpec& network, const FieldPath& where, FaultList& faults) {
  std::map<std::pair<std::int32_t, std::int32_t>, std::size_t> seen;
  for (std::size_t i = 0; i < network.projections.size(); ++i) {
    const ProjectionSpec& projection = network.projections[i];
    if (projection.source == kUnresolved) continue;
    const auto [earlier, fresh] = seen.emplace(std::pair{projection.source, projection.target}, i);
    if (fresh) continue;
    faults.error(where.at("projections", static_cast<int>(i)),
                 fmt::format("connects the same populations as projections[{}]", earlier->second),
                 "two populations have at most one projection each way");
  }
}

void check_counts(const NetworkSpec& network, const FieldPath& where, FaultList& faults) {
  std::int64_t all = 0;
  for (const PopulationSpec& population : network.populations) all += std::max(population.size, 0);
  if (all > kMostNeurons)
    faults.error(where, fmt::format("has {} neurons", all), fmt::format("must have at most {}", kMostNeurons));
  for (const PopulationKind kind : {PopulationKind::kInput, PopulationKind::kRate}) {
    if (known_neurons(network, kind) == 0)
      faults.error(where, fmt::format("has no {} population", name(kind)), "must have at least one");
  }
}

}  // namespace

bool has_aligned(const NetworkSpec& network) {
  return std::any_of(network.projections.begin(), network.projections.end(), [](const ProjectionSpec& projection) {
    return std::holds_alternative<AlignedWeights>(projection.weights);
  });
}

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

NetworkSpec read_network(v1::Network& message, const FieldPath& where, Reading& reading) {
  NetworkSpec network;
  if (message.populations_size() > kMostPopulations) {
    reading.faults.error(where.at("populations"), fmt::format("are {}", message.populations_size()),
                         fmt::format("must be at most {}", kMostPopulations));
    return network;
  }
  for (int i = 0; i < message.populations_size(); ++i) {
    network.populations.push_back(read_population(message.populations(i), where.at("populations", i), reading.faults));
  }
  check_unique(message.populations(), "populations", where, reading.faults);
  check_counts(network, where, reading.faults);
  const Directory populations(network);
  for (int i = 0; i < message.projections_size(); ++i) {
    network.projections.push_back(
        read_projection(*message.mutable_projections(i), populations, where.at("projections", i), reading));
  }
  check_unique(message.projections(), "projections", where, reading.faults);
  check_pairs(network, where, reading.faults);
  const std::vector<std::string> obstacles = obstacles_to_aligned(network);
  for (std::size_t i = 0; i < network.projections.size(); ++i) {
    if (!std::holds_alternative<AlignedWeights>(network.projections[i].weights)) continue;
    const FieldPath field = where.at("projections", static_cast<int>(i)).at("weights").at("aligned");
    for (const std::string& obstacle : obstacles) reading.faults.error(field, "stands " + obstacle, kAlignedNeeds);
  }
  return network;
}

}  // namespace locus
