#include "sim/run/weights.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/base/check.h"
#include "core/base/huge_pages.h"
#include "sim/model/draw_sparse.h"

namespace locus {
namespace {

/// Where the file has each synapse of a sparse projection.
template <class R>
std::vector<std::size_t> places_of(const Projection<R>& projection) {
  std::vector<std::size_t> places(projection.weight.size());
  if (!projection.listed.empty()) {
    for (std::size_t place = 0; place < places.size(); ++place)
      places[static_cast<std::size_t>(projection.listed[place])] = place;
    return places;
  }
  // row by row: a target's next
  std::vector<std::size_t> next(static_cast<std::size_t>(projection.target_size) + 1, 0);
  for (const std::int32_t target : projection.target) ++next[static_cast<std::size_t>(target) + 1];
  std::partial_sum(next.begin(), next.end(), next.begin());
  for (std::size_t k = 0; k < places.size(); ++k) places[k] = next[static_cast<std::size_t>(projection.target[k])]++;
  return places;
}

/// Calls visit(place in the model file, synapse, target, source) for every synapse, source by
/// source. A matrix has places for a diagonal of no synapses.
template <class R, class Visit>
void each_in_file(const Projection<R>& projection, Visit visit) {
  const bool matrix = projection.dense || projection.hollow;
  const std::vector<std::size_t> places = matrix ? std::vector<std::size_t>() : places_of(projection);
  for (std::int32_t j = 0; j < projection.source_size; ++j) {
    const std::int64_t begin = projection.begin_of(j);
    for (std::int64_t k = begin; k < projection.begin_of(j + 1); ++k) {
      const auto synapse = static_cast<std::size_t>(k);
      const std::int32_t i = projection.dense ? static_cast<std::int32_t>(k - begin) : projection.target[synapse];
      const auto in_matrix = static_cast<std::size_t>(std::int64_t{i} * projection.source_size + j);
      visit(matrix ? in_matrix : places[synapse], synapse, i, j);
    }
  }
}

template <class R>
std::size_t values_in_file(const Projection<R>& projection) {
  return projection.weight.size() + static_cast<std::size_t>(projection.hollow ? projection.source_size : 0);
}

/// So many of them, on large pages where that saves time.
template <class T>
std::vector<T> room_for(std::size_t size) {
  std::vector<T> room;
  room.reserve(size);
  ask_for_huge_pages(room.data(), size * sizeof(T));
  room.resize(size);
  return room;
}

template <class R>
std::vector<double> values_of(const Projection<R>& projection, const Column<R>& column) {
  auto values = room_for<double>(values_in_file(projection));
  each_in_file(projection,
               [&](std::size_t place, std::size_t k, auto, auto) { values[place] = static_cast<double>(column[k]); });
  return values;
}

template <class R>
std::vector<double> values_of(const Projection<R>& projection) {
  return values_of(projection, projection.weight);
}

template <class R>
void set_values(const Projection<R>& projection, const std::vector<double>& values, Column<R>& column) {
  CHECK(values.size() == values_in_file(projection), "as many numbers as the projection has weights");
  each_in_file(projection,
               [&](std::size_t place, std::size_t k, auto, auto) { column[k] = static_cast<R>(values[place]); });
}

}  // namespace

template <class R>
ProjectionWeights weights_of(const Projection<R>& projection) {
  if (projection.dense || projection.hollow)
    return {projection.name, DenseMatrix{projection.target_size, projection.source_size, values_of(projection)}};
  const std::size_t size = projection.weight.size();
  SparseMatrix matrix{projection.target_size, projection.source_size, room_for<std::int32_t>(size),
                      room_for<std::int32_t>(size), room_for<double>(size)};
  each_in_file(projection, [&](std::size_t place, std::size_t k, std::int32_t target, std::int32_t source) {
    matrix.row[place] = target;
    matrix.col[place] = source;
    matrix.values[place] = static_cast<double>(projection.weight[k]);
  });
  return {projection.name, std::move(matrix)};
}

template <class R>
std::vector<ProjectionWeights> weights_of(const Network<R>& network) {
  std::vector<ProjectionWeights> all;
  for (const Projection<R>& projection : network.projections) all.push_back(weights_of(projection));
  return all;
}

template <class R>
std::vector<std::int64_t> synapses_in_file_order(const Projection<R>& projection) {
  std::vector<std::int64_t> synapses(values_in_file(projection), -1);
  each_in_file(projection,
               [&](std::size_t place, std::size_t k, auto, auto) { synapses[place] = static_cast<std::int64_t>(k); });
  return synapses;
}

template <class R>
std::vector<std::vector<double>> values_of(const Network<R>& network) {
  std::vector<std::vector<double>> all;
  for (const Projection<R>& projection : network.projections) all.push_back(values_of(projection));
  return all;
}

template <class R>
void set_values(const std::vector<std::vector<double>>& values, Network<R>& network) {
  CHECK(values.size() == network.projections.size(), "as many projections as the network has");
  for (std::size_t p = 0; p < values.size(); ++p) {
    Projection<R>& projection = network.projections[p];
    set_values(projection, values[p], projection.weight);
  }
}

namespace {

/// The columns that neurons carry from trial to trial.
template <class N>
auto carried_by(N& network) {
  std::vector<std::pair<Kept::What, decltype(&network.rate.activity)>> columns = {
      {Kept::What::kActivity, &network.rate.activity}};
  if (has_spikes(network)) {
    columns.emplace_back(Kept::What::kVoltage, &network.rate.lif.voltage);
    columns.emplace_back(Kept::What::kAdaptation, &network.rate.lif.adaptation);
    columns.emplace_back(Kept::What::kRefractory, &network.rate.lif.refractory);
  }
  if (has_leaky_readouts(network)) columns.emplace_back(Kept::What::kOutput, &network.readouts.output);
  return columns;
}

}  // namespace

template <class R>
std::vector<Kept> kept_of(const Network<R>& network) {
  std::vector<Kept> kept;
  for (const auto& [what, column] : {std::pair(Kept::What::kFirstMoment, &Projection<R>::first),
                                     std::pair(Kept::What::kSecondMoment, &Projection<R>::second)}) {
    for (std::size_t p = 0; p < network.projections.size(); ++p) {
      const Projection<R>& projection = network.projections[p];
      if ((projection.*column).empty()) continue;
      kept.push_back({what, static_cast<std::int32_t>(p), values_of(projection, projection.*column)});
    }
  }
  for (const auto& [what, column] : carried_by(network)) {
    if (network.carries) kept.push_back({what, 0, {column->begin(), column->end()}});
  }
  return kept;
}

template <class R>
void restore_kept(const std::vector<Kept>& kept, Network<R>& network) {
  for (const Kept& one : kept) {
    if (one.what == Kept::What::kFirstMoment || one.what == Kept::What::kSecondMoment) {
      keep_moments(network);
      Projection<R>& projection = network.projections[static_cast<std::size_t>(one.index)];
      set_values(projection, one.values, one.what == Kept::What::kFirstMoment ? projection.first : projection.second);
      continue;
    }
    network.carries = true;
    for (const auto& [what, column] : carried_by(network)) {
      if (what != one.what) continue;
      CHECK(one.values.size() == column->size(), "as many numbers as the neurons have");
      std::ranges::transform(one.values, column->begin(), [](double value) { return static_cast<R>(value); });
    }
  }
}

std::vector<ProjectionWeights> weights_with(const NetworkSpec& network, std::vector<std::vector<double>> values) {
  std::vector<ProjectionWeights> all;
  for (std::size_t p = 0; p < network.projections.size(); ++p) {
    const ProjectionSpec& projection = network.projections[p];
    ProjectionWeights& weights = all.emplace_back();
    weights.projection = projection.name;
    if (const auto* sparse = std::get_if<SparseMatrix>(&projection.weights)) {
      weights.matrix = SparseMatrix{sparse->rows, sparse->cols, sparse->row, sparse->col, std::move(values[p])};
    } else if (const auto* random = std::get_if<SparseRandomWeights>(&projection.weights)) {
      SparseMatrix drawn = draw_sparse(*random);
      drawn.values = std::move(values[p]);
      weights.matrix = std::move(drawn);
    } else {
      weights.matrix =
          DenseMatrix{network.populations[static_cast<std::size_t>(projection.target)].size,
                      network.populations[static_cast<std::size_t>(projection.source)].size, std::move(values[p])};
    }
  }
  return all;
}

template ProjectionWeights weights_of(const Projection<double>&);
template ProjectionWeights weights_of(const Projection<float>&);
template std::vector<std::int64_t> synapses_in_file_order(const Projection<double>&);
template std::vector<std::int64_t> synapses_in_file_order(const Projection<float>&);
template std::vector<ProjectionWeights> weights_of(const Network<double>&);
template std::vector<ProjectionWeights> weights_of(const Network<float>&);
template std::vector<std::vector<double>> values_of(const Network<double>&);
template std::vector<std::vector<double>> values_of(const Network<float>&);
template std::vector<Kept> kept_of(const Network<double>&);
template std::vector<Kept> kept_of(const Network<float>&);
template void restore_kept(const std::vector<Kept>&, Network<double>&);
template void restore_kept(const std::vector<Kept>&, Network<float>&);
template void set_values(const std::vector<std::vector<double>>&, Network<double>&);
template void set_values(const std::vector<std::vector<double>>&, Network<float>&);

}  // namespace locus
