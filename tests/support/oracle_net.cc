// The network of a Spec in the oracle: block matrices as lists of synapses.
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "tests/support/oracle.h"

namespace locus::oracle {
namespace {

struct Entry {
  std::size_t row = 0;
  std::size_t col = 0;
  double value = 0;
};

std::size_t index(std::int64_t value) { return static_cast<std::size_t>(value); }

std::vector<Entry> entries(const WeightsSpec& weights, std::size_t rows, std::size_t cols) {
  std::vector<Entry> result;
  if (const auto* sparse = std::get_if<SparseMatrix>(&weights)) {
    for (std::size_t k = 0; k < sparse->values.size(); ++k) {
      result.push_back({index(sparse->row[k]), index(sparse->col[k]), sparse->values[k]});
    }
    return result;
  }
  const auto* dense = std::get_if<DenseMatrix>(&weights);
  const auto* constant = std::get_if<ConstantWeights>(&weights);
  if (dense == nullptr && constant == nullptr) throw std::invalid_argument("the oracle takes explicit weights only");
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < cols; ++j) {
      result.push_back({i, j, dense != nullptr ? dense->values.at(i * cols + j) : constant->value});
    }
  }
  return result;
}

}  // namespace

double Noise::at(std::int64_t trial, std::size_t tick) const {
  return stddev == 0 ? 0 : stddev * normal_at(key, static_cast<std::uint64_t>(trial), tick, index);
}

void read_input(const Net& net, const RecordedTrial& trial, std::vector<std::vector<double>>& x) {
  const auto rows = std::visit([](const auto& input) { return index(input.rows); }, trial.input);
  const std::size_t late = x.size() - 1 - rows;  // a shorter trial ends with the last tick
  std::vector<std::size_t> columns;              // the input of each column
  for (std::size_t j = 0; j < net.inputs; ++j) {
    for (std::size_t t = 1; t < x.size(); ++t) x[t][j] = t > late ? net.constant[j].value_or(0) : 0;
    if (!net.constant[j]) columns.push_back(j);
  }
  if (const auto* dense = std::get_if<DenseMatrix>(&trial.input)) {
    for (std::size_t t = 1; t <= rows; ++t) {
      for (std::size_t c = 0; c < columns.size(); ++c)
        x[late + t][columns[c]] = dense->values.at((t - 1) * columns.size() + c);
    }
    return;
  }
  const auto& sparse = std::get<SparseMatrix>(trial.input);
  for (std::size_t k = 0; k < sparse.values.size(); ++k)
    x[late + index(sparse.row[k]) + 1][columns.at(index(sparse.col[k]))] = sparse.values[k];
}

std::int64_t under_way(const Spec& spec, bool of_inputs, bool only_spikes) {
  std::int64_t sum = 0;
  for (std::size_t p = 0; p < spec.network.populations.size(); ++p) {
    const PopulationSpec& source = spec.network.populations[p];
    if ((source.kind == PopulationKind::kInput) != of_inputs || (only_spikes && !source.lif)) continue;
    std::int64_t latest = 0;
    for (const ProjectionSpec& projection : spec.network.projections) {
      const PopulationSpec& target = spec.network.populations[index(projection.target)];
      const bool recurrent = source.kind == PopulationKind::kRate && target.kind == PopulationKind::kRate;
      if (projection.delay && index(projection.source) == p)
        latest = std::max<std::int64_t>(latest, *projection.delay - (recurrent ? 1 : 0));
    }
    sum += latest * source.size;
  }
  return sum;
}

std::size_t entries_of(const Spec& spec, std::size_t p) {
  const ProjectionSpec& projection = spec.network.projections.at(p);
  if (const auto* sparse = std::get_if<SparseMatrix>(&projection.weights)) return sparse->values.size();
  const auto& populations = spec.network.populations;
  return index(populations[index(projection.target)].size) * index(populations[index(projection.source)].size);
}

namespace {

/// The index of each population's first neuron within the populations of its kind.
std::vector<std::size_t> begins(const std::vector<PopulationSpec>& populations) {
  std::vector<std::size_t> result;
  for (std::size_t p = 0; p < populations.size(); ++p) {
    std::size_t begin = 0;
    for (std::size_t q = 0; q < p; ++q) {
      if (populations[q].kind == populations[p].kind) begin += index(populations[q].size);
    }
    result.push_back(begin);
  }
  return result;
}

/// Numbers the synapses of one projection source by source.
void number_by_source(std::vector<Synapse>& synapses) {
  std::vector<std::pair<std::size_t, std::size_t>> places;
  for (const Synapse& synapse : synapses) places.emplace_back(synapse.source, synapse.target);
  std::ranges::sort(places);
  for (Synapse& synapse : synapses) {
    synapse.number = std::ranges::lower_bound(places, std::pair(synapse.source, synapse.target)) - places.begin();
  }
}

void add_feedback(Net& net, const Spec& spec, const RuleSpec& rule, const std::vector<std::size_t>& begin) {
  std::size_t number = 0;
  for (const FeedbackSpec& feedback : rule.feedback) {
    const std::size_t p = index(feedback.population);
    const std::size_t columns = index(spec.network.populations[p].size);
    for (const Entry& entry : entries(feedback.weights, net.readouts, columns)) {
      Synapse wire;
      wire.target = begin[p] + entry.col;
      wire.source = entry.row;
      wire.weight = entry.value;
      wire.plastic = feedback.learn.has_value();
      wire.rate = rate_of(spec, rule, ProjectionSpec());
      wire.shrink = feedback.learn ? feedback.learn->decay : 0;
      wire.projection = static_cast<std::int32_t>(spec.network.projections.size() + number);
      wire.number = static_cast<std::int64_t>(entry.row * columns + entry.col);
      net.r.push_back(wire);
    }
    ++number;
    if (!feedback.learn) continue;
    for (Synapse& read : net.a) {
      if (read.source >= begin[p] && read.source < begin[p] + columns) read.shrink = feedback.learn->decay;
    }
  }
}

}  // namespace

double phi(Activation activation, double u) {
  if (activation == Activation::kTanh) return std::tanh(u);
  if (activation == Activation::kRelu) return u > 0 ? u : 0;
  if (activation == Activation::kSigmoid) return 1 / (1 + std::exp(-u));
  return u;
}

double phi_slope(Activation activation, double u) {
  if (activation == Activation::kTanh) return 1 - std::tanh(u) * std::tanh(u);
  if (activation == Activation::kRelu) return u > 0 ? 1 : 0;
  if (activation == Activation::kSigmoid) return phi(activation, u) * (1 - phi(activation, u));
  return 1;
}

Net flatten(const Spec& spec, const RuleSpec& rule) {
  const auto& populations = spec.network.populations;
  const std::vector<std::size_t> begin = begins(populations);
  Net net;
  for (const PopulationSpec& population : populations) {
    const std::size_t size = index(population.size);
    if (population.kind == PopulationKind::kInput) {
      net.inputs += size;
      net.actors += population.is_unit ? 0 : size;
      net.constant.insert(net.constant.end(), size, population.constant);
    }
    if (population.kind == PopulationKind::kReadout) net.readouts += size;
    if (population.kind != PopulationKind::kRate) continue;
    net.units += size;
    const auto& leaks = population.leak.values;
    for (std::size_t i = 0; i < size; ++i) net.leak.push_back(leaks.at(leaks.size() == 1 ? 0 : i));
    net.activation.insert(net.activation.end(), size, population.activation);
    for (std::size_t i = 0; i < size; ++i) {
      net.initial.push_back(population.initial.empty() ? 0 : population.initial.at(i));
      net.noise.emplace_back();
      if (population.noise)
        net.noise.back() = {population.noise->stddev, population.noise->on_activity,
                            random_key(spec.seed, "neuron noise/" + population.name), i};
    }
  }
  for (std::size_t p = 0; p < spec.network.projections.size(); ++p) {
    const ProjectionSpec& projection = spec.network.projections[p];
    const PopulationSpec& source = populations[index(projection.source)];
    const PopulationSpec& target = populations[index(projection.target)];
    std::vector<Synapse> synapses;
    std::size_t entry_of_file = 0;
    for (const Entry& entry : entries(projection.weights, index(target.size), index(source.size))) {
      const std::size_t place = entry_of_file++;
      if (!projection.autapses && entry.row == entry.col) continue;  // the diagonal is no synapse
      Synapse synapse;
      synapse.projection = static_cast<std::int32_t>(p);
      synapse.entry = place;
      synapse.target = begin[index(projection.target)] + entry.row;
      synapse.source = begin[index(projection.source)] + entry.col;
      synapse.weight = entry.value;
      synapse.rate = rate_of(spec, rule, projection);
      synapse.limits = projection.limits;
      synapse.plastic = projection.plastic;
      synapse.is_bias = projection.is_bias;
      const bool recurrent = source.kind == PopulationKind::kRate && target.kind == PopulationKind::kRate;
      synapse.delay = projection.delay.value_or(recurrent ? 1 : 0);
      synapses.push_back(synapse);
    }
    number_by_source(synapses);
    const bool of_inputs = source.kind == PopulationKind::kInput;
    const bool onto_readouts = target.kind == PopulationKind::kReadout;
    auto& block = of_inputs ? (onto_readouts ? net.d : net.b) : onto_readouts ? net.a : net.w;
    block.insert(block.end(), synapses.begin(), synapses.end());
  }
  add_feedback(net, spec, rule, begin);
  restrict_sensitivities(net, spec, rule);
  return net;
}

}  // namespace locus::oracle
