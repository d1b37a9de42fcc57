#include "sim/model/build.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <variant>
#include <vector>

#include "core/protocol/rule.h"
#include "sim/model/network_size.h"
#include "sim/model/realise.h"

namespace locus {
namespace {

Layer layer_of(PopulationKind kind) {
  switch (kind) {
    case PopulationKind::kInput: return Layer::kInput;
    case PopulationKind::kRate: return Layer::kRate;
    case PopulationKind::kReadout: break;
  }
  return Layer::kReadout;
}

/// Where each population of the network begins within its layer.
std::vector<std::int32_t> begins_of(const NetworkSpec& network) {
  std::int32_t sizes[3] = {0, 0, 0};  // by PopulationKind
  std::vector<std::int32_t> begins;
  for (const PopulationSpec& population : network.populations) {
    std::int32_t& size = sizes[static_cast<std::size_t>(population.kind)];
    begins.push_back(size);
    size += population.size;
  }
  return begins;
}

/// Where each key's items begin if they are laid out by key: (keys + 1). Cost: O(items + keys).
template <class Offsets>
void count_keys(const std::vector<std::int32_t>& key_of, std::int64_t keys, Offsets& begins) {
  begins.assign(static_cast<std::size_t>(keys) + 1, 0);
  for (const std::int32_t key : key_of) ++begins[static_cast<std::size_t>(key) + 1];
  std::partial_sum(begins.begin(), begins.end(), begins.begin());
}

/// The entries by ascending key, those of a key in their order; empty where they ascend as they are
/// (the rows of a csr matrix do).
std::vector<std::int64_t> order_by(const std::vector<std::int32_t>& key_of, std::int64_t keys) {
  if (std::is_sorted(key_of.begin(), key_of.end())) return {};
  std::vector<std::int64_t> next;
  count_keys(key_of, keys, next);
  std::vector<std::int64_t> order(key_of.size());
  for (std::size_t entry = 0; entry < key_of.size(); ++entry) {
    order[static_cast<std::size_t>(next[static_cast<std::size_t>(key_of[entry])]++)] = static_cast<std::int64_t>(entry);
  }
  return order;
}

/// Stores a matrix source by source: from its columns, or (feedback, R is readouts x rate neurons)
/// from its rows.
enum class SourceIs { kColumn, kRow };

template <class R>
void store(const DenseMatrix& matrix, SourceIs source_is, Projection<R>& projection) {
  const auto rows = static_cast<std::size_t>(matrix.rows);
  const auto cols = static_cast<std::size_t>(matrix.cols);
  projection.dense = true;
  projection.weight.resize(rows * cols);
  if (source_is == SourceIs::kRow) {
    std::transform(matrix.values.begin(), matrix.values.end(), projection.weight.begin(),
                   [](double value) { return static_cast<R>(value); });
    return;
  }
  // rows and columns at a time: both sides of the transposition stay in cache
  constexpr std::size_t kTile = 32;
  for (std::size_t i0 = 0; i0 < rows; i0 += kTile) {
    for (std::size_t j0 = 0; j0 < cols; j0 += kTile) {
      for (std::size_t j = j0; j < std::min(j0 + kTile, cols); ++j) {
        for (std::size_t i = i0; i < std::min(i0 + kTile, rows); ++i)
          projection.weight[j * rows + i] = static_cast<R>(matrix.values[i * cols + j]);
      }
    }
  }
}

/// A square matrix without its diagonal: sparse, the targets of every source being all others.
template <class R>
void store_hollow(const DenseMatrix& matrix, Projection<R>& projection) {
  const std::int64_t side = matrix.rows;
  const auto size = static_cast<std::size_t>(side * (side - 1));
  projection.dense = false;
  projection.hollow = true;
  projection.offset.reserve(static_cast<std::size_t>(side) + 1);
  projection.target.reserve(size);
  projection.weight.reserve(size);
  for (std::int64_t j = 0; j < side; ++j) {
    projection.offset.push_back(j * (side - 1));
    for (std::int64_t i = 0; i < side; ++i) {
      if (i == j) continue;
      projection.target.push_back(static_cast<std::int32_t>(i));
      projection.weight.push_back(static_cast<R>(matrix.values[static_cast<std::size_t>(i * side + j)]));
    }
  }
  projection.offset.push_back(static_cast<std::int64_t>(size));
}

/// Row by row, columns ascending: a listing that follows from the synapses, and that nobody has to
/// keep.
bool is_row_by_row(const SparseMatrix& matrix) {
  for (std::size_t k = 1; k < matrix.row.size(); ++k) {
    const bool ascends =
        matrix.row[k - 1] < matrix.row[k] || (matrix.row[k - 1] == matrix.row[k] && matrix.col[k - 1] < matrix.col[k]);
    if (!ascends) return false;
  }
  return true;
}

template <class R>
void store(const SparseMatrix& matrix, SourceIs source_is, Projection<R>& projection) {
  const bool by_column = source_is == SourceIs::kColumn;
  const std::vector<std::int32_t>& source = by_column ? matrix.col : matrix.row;
  const std::vector<std::int32_t>& target = by_column ? matrix.row : matrix.col;
  const std::size_t size = matrix.values.size();
  projection.dense = false;
  projection.target.resize(size);
  projection.weight.resize(size);
  if (by_column && !is_row_by_row(matrix)) projection.listed.resize(size);
  count_keys(source, projection.source_size, projection.offset);
  // Entries by target go one by one to the next place of their source: so the targets of a source
  // ascend.
  const std::vector<std::int64_t> order = order_by(target, projection.target_size);
  std::vector<std::int64_t> next(projection.offset.begin(), projection.offset.end());
  for (std::size_t k = 0; k < size; ++k) {
    const std::size_t entry = order.empty() ? k : static_cast<std::size_t>(order[k]);
    const std::int64_t synapse = next[static_cast<std::size_t>(source[entry])]++;
    projection.target[static_cast<std::size_t>(synapse)] = target[entry];
    projection.weight[static_cast<std::size_t>(synapse)] = static_cast<R>(matrix.values[entry]);
    if (!projection.listed.empty()) projection.listed[entry] = synapse;
  }
}

/// A projection's ends, without its synapses.
template <class R>
Projection<R> ends_of(const ProjectionSpec& spec, const Spec& model, const std::vector<std::int32_t>& begins) {
  const auto source = static_cast<std::size_t>(spec.source);
  const auto target = static_cast<std::size_t>(spec.target);
  const std::vector<PopulationSpec>& populations = model.network.populations;
  Projection<R> projection;
  projection.name = spec.name;
  projection.source_layer = layer_of(populations[source].kind);
  projection.target_layer = layer_of(populations[target].kind);
  projection.source_begin = begins[source];
  projection.source_size = populations[source].size;
  projection.target_begin = begins[target];
  projection.target_size = populations[target].size;
  projection.plastic = spec.plastic;
  projection.wait = wait_of(model.network, spec);
  projection.learning_rate = spec.learning_rate.value_or(model.training.learning_rate);
  return projection;
}

template <class R>
void add_feedback(const Spec& spec, const RuleSpec& rule, const std::vector<std::int32_t>& begins, Network<R>& network) {
  const std::vector<Weights> weights = feedback_weights(spec, rule);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto population = static_cast<std::size_t>(rule.feedback[i].population);
    Projection<R>& projection = network.feedback.emplace_back();
    projection.name = "feedback/" + spec.network.populations[population].name;
    projection.source_layer = Layer::kReadout;
    projection.target_layer = Layer::kRate;
    projection.source_size = network.readouts.size;
    projection.target_begin = begins[population];
    projection.target_size = spec.network.populations[population].size;
    projection.plastic = false;
    std::visit([&](const auto& matrix) { store(matrix, SourceIs::kRow, projection); }, weights[i]);
  }
  std::stable_sort(network.feedback.begin(), network.feedback.end(),
                   [](const Projection<R>& a, const Projection<R>& b) { return a.target_begin < b.target_begin; });
}

}  // namespace

template <class R>
Network<R> build(const Spec& spec, const RuleSpec& rule, std::int32_t lanes) {
  Network<R> network;
  const std::vector<std::int32_t> begins = begins_of(spec.network);
  for (std::size_t i = 0; i < begins.size(); ++i) {
    const PopulationSpec& from = spec.network.populations[i];
    Population population = {.name = from.name,
                             .begin = begins[i],
                             .size = from.size,
                             .activation = from.activation,
                             .leak = from.leak,
                             .initial = from.initial,
                             .lif = {},
                             .decay = 0,
                             .gain = 1};
    if (from.lif) population.lif = lif_parameters(*from.lif, spec.training.dt);
    if (from.memory) population.decay = decay_of(from.memory->tau_m, spec.training.dt);
    if (from.memory && from.memory->normalise_input) population.gain = 1 - population.decay;
    switch (from.kind) {
      case PopulationKind::kInput: network.inputs.populations.push_back(population); break;
      case PopulationKind::kRate: network.rate.populations.push_back(population); break;
      case PopulationKind::kReadout: network.readouts.populations.push_back(population); break;
    }
  }
  network.inputs.size = static_cast<std::int32_t>(neurons(spec.network, PopulationKind::kInput));
  network.rate.size = static_cast<std::int32_t>(neurons(spec.network, PopulationKind::kRate));
  network.readouts.size = static_cast<std::int32_t>(neurons(spec.network, PopulationKind::kReadout));
  visit_network_weights(spec, [&](std::size_t k, const auto& weights) {
    Projection<R>& projection = network.projections.emplace_back(ends_of<R>(spec.network.projections[k], spec, begins));
    const auto* const* dense = std::get_if<const DenseMatrix*>(&weights);
    if (!spec.network.projections[k].autapses && dense != nullptr) {
      store_hollow(**dense, projection);
    } else {
      std::visit([&](const auto* matrix) { store(*matrix, SourceIs::kColumn, projection); }, weights);
    }
  });
  if (locus::rule(rule.kind).signal == SignalSource::kFeedback) add_feedback(spec, rule, begins, network);
  allocate(network, lanes);
  return network;
}

template Network<double> build(const Spec&, const RuleSpec&, std::int32_t);
template Network<float> build(const Spec&, const RuleSpec&, std::int32_t);

}  // namespace locus
