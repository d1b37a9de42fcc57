#include "sim/run/weights.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "core/base/check.h"
#include "core/base/huge_pages.h"

namespace locus {
namespace {

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
std::vector<double> values_of(const Projection& projection, const Column<R>& column) {
  auto values = room_for<double>(static_cast<std::size_t>(projection.places()));
  projection.each_place([&](std::int64_t place, std::int64_t k, auto, auto) {
    values[static_cast<std::size_t>(place)] = static_cast<double>(column[SynapseId{k}]);
  });
  return values;
}

/// The values of a projection, as a file lists them, in the form that the file has.
std::variant<DenseMatrix, SparseMatrix> matrix_of(const Projection& projection, std::vector<double> values) {
  if (projection.dense || projection.hollow)
    return DenseMatrix{projection.target_size, projection.source_size, std::move(values)};
  const auto size = static_cast<std::size_t>(projection.size());
  SparseMatrix matrix{projection.target_size, projection.source_size, room_for<std::int32_t>(size),
                      room_for<std::int32_t>(size), std::move(values)};
  projection.each_place([&](std::int64_t place, std::int64_t, std::int32_t target, std::int32_t source) {
    matrix.row[static_cast<std::size_t>(place)] = target;
    matrix.col[static_cast<std::size_t>(place)] = source;
  });
  return matrix;
}

}  // namespace

template <class R>
void set_values(const Projection& projection, const std::vector<double>& values, Column<R>& column) {
  CHECK(std::ssize(values) == projection.places(), "as many numbers as the projection has weights");
  projection.each_place([&](std::int64_t place, std::int64_t k, auto, auto) {
    column[SynapseId{k}] = static_cast<R>(values[static_cast<std::size_t>(place)]);
  });
}

template <class R>
ProjectionWeights weights_of(const Projection& projection, const Column<R>& weight) {
  return {projection.name, matrix_of(projection, values_of(projection, weight))};
}

template <class R>
std::vector<ProjectionWeights> weights_of(const Network<R>& network) {
  std::vector<ProjectionWeights> all;
  for (std::size_t p = 0; p < network.synapses.size(); ++p)
    all.push_back(weights_of(network.projections()[p], network.synapses[p].weight));
  return all;
}

template <class R>
std::vector<ProjectionWeights> learned_feedback_of(const Network<R>& network) {
  std::vector<ProjectionWeights> all;
  for (std::size_t r = 0; r < network.feedback.size(); ++r) {
    if (network.feedback[r].plastic)
      all.push_back(weights_of(network.feedback[r], network.feedback_synapses[r].weight));
  }
  return all;
}

std::vector<std::int64_t> synapses_in_file_order(const Projection& projection) {
  std::vector<std::int64_t> synapses(static_cast<std::size_t>(projection.places()), -1);
  projection.each_place(
      [&](std::int64_t place, std::int64_t k, auto, auto) { synapses[static_cast<std::size_t>(place)] = k; });
  return synapses;
}

template <class R>
std::vector<std::vector<double>> values_of(const Network<R>& network) {
  std::vector<std::vector<double>> all;
  for (std::size_t p = 0; p < network.synapses.size(); ++p)
    all.push_back(values_of(network.projections()[p], network.synapses[p].weight));
  return all;
}

template <class R>
void set_values(const std::vector<std::vector<double>>& values, Network<R>& network) {
  CHECK(values.size() == network.synapses.size(), "as many projections as the network has");
  for (std::size_t p = 0; p < values.size(); ++p)
    set_values(values[p], ProjectionId{static_cast<std::int32_t>(p)}, network);
}

template <class R>
void set_values(const std::vector<double>& values, ProjectionId projection, Network<R>& network) {
  set_values(network.projections()[projection], values, network.synapses[projection].weight);
}

namespace {

/// The columns that neurons carry from trial to trial.
template <class N>
auto carried_by(N& network) {
  std::vector<std::pair<Kept::What, decltype(&network.rate.activity)>> columns = {
      {Kept::What::kActivity, &network.rate.activity}};
  if (network.topology->has_spikes()) {
    columns.emplace_back(Kept::What::kVoltage, &network.rate.lif.voltage);
    columns.emplace_back(Kept::What::kAdaptation, &network.rate.lif.adaptation);
    columns.emplace_back(Kept::What::kRefractory, &network.rate.lif.refractory);
  }
  if (network.topology->has_leaky_readouts()) columns.emplace_back(Kept::What::kOutput, &network.readouts.output);
  if (!network.rate.lif.synaptic.empty()) columns.emplace_back(Kept::What::kCurrent, &network.rate.lif.synaptic);
  return columns;
}

/// The state of feedback that learns, in the order of its synapses.
template <class R>
constexpr auto feedback_columns() {
  return std::array{std::pair(Kept::What::kFeedback, &Synapses<R>::weight),
                    std::pair(Kept::What::kFeedbackFirst, &Synapses<R>::first),
                    std::pair(Kept::What::kFeedbackSecond, &Synapses<R>::second)};
}

/// One column of all feedback that learns.
template <class R>
std::vector<Kept> feedback_column(const Network<R>& network, Kept::What what, Column<R> Synapses<R>::*column) {
  std::vector<Kept> kept;
  for (std::size_t r = 0; r < network.feedback.size(); ++r) {
    const Column<R>& values = network.feedback_synapses[r].*column;
    if (network.feedback[r].plastic && !values.empty())
      kept.push_back({what, static_cast<std::int32_t>(r), {values.begin(), values.end()}});
  }
  return kept;
}

/// Puts numbers of feedback back; false where these are of something else.
template <class R>
bool restore_feedback(const Kept& kept, Network<R>& network) {
  for (const auto& [what, column] : feedback_columns<R>()) {
    if (what != kept.what) continue;
    Column<R>& values = network.feedback_synapses[static_cast<std::size_t>(kept.index)].*column;
    values.resize(kept.values.size());
    std::ranges::transform(kept.values, values.begin(), [](double value) { return static_cast<R>(value); });
    return true;
  }
  return false;
}

}  // namespace

template <class R>
std::vector<Kept> kept_of(const Network<R>& network) {
  std::vector<Kept> kept;
  for (const auto& [what, column] : {std::pair(Kept::What::kFirstMoment, &Synapses<R>::first),
                                     std::pair(Kept::What::kSecondMoment, &Synapses<R>::second)}) {
    for (std::size_t p = 0; p < network.synapses.size(); ++p) {
      const Column<R>& moments = network.synapses[p].*column;
      if (moments.empty()) continue;
      kept.push_back({what, static_cast<std::int32_t>(p), values_of(network.projections()[p], moments)});
    }
  }
  std::ranges::move(carried_of(network), std::back_inserter(kept));
  for (const auto& [what, column] : feedback_columns<R>())
    std::ranges::move(feedback_column(network, what, column), std::back_inserter(kept));
  return kept;
}

template <class R>
std::vector<Kept> learning_feedback_of(const Network<R>& network) {
  return feedback_column(network, Kept::What::kFeedback, &Synapses<R>::weight);
}

template <class R>
std::vector<Kept> carried_of(const Network<R>& network) {
  std::vector<Kept> carried;
  if (!network.carries) return carried;
  for (const auto& [what, column] : carried_by(network)) carried.push_back({what, 0, {column->begin(), column->end()}});
  return carried;
}

template <class R>
void restore_kept(const std::vector<Kept>& kept, Network<R>& network) {
  for (const Kept& one : kept) {
    if (one.what == Kept::What::kFirstMoment || one.what == Kept::What::kSecondMoment) {
      Synapses<R>& synapses = network.synapses[ProjectionId{one.index}];
      Column<R>& moments = one.what == Kept::What::kFirstMoment ? synapses.first : synapses.second;
      moments.resize(synapses.weight.size());
      set_values(network.projections()[ProjectionId{one.index}], one.values, moments);
      continue;
    }
    if (restore_feedback(one, network)) continue;
    network.carries = true;
    for (const auto& [what, column] : carried_by(network)) {
      if (what != one.what) continue;
      CHECK(one.values.size() == column->size(), "as many numbers as the neurons have");
      std::ranges::transform(one.values, column->begin(), [](double value) { return static_cast<R>(value); });
    }
  }
}

std::vector<ProjectionWeights> weights_with(const Topology& topology, std::vector<std::vector<double>> values) {
  std::vector<ProjectionWeights> all;
  for (std::size_t p = 0; p < topology.projections.size(); ++p) {
    const Projection& projection = topology.projections[p];
    all.push_back({projection.name, matrix_of(projection, std::move(values[p]))});
  }
  return all;
}

template ProjectionWeights weights_of(const Projection&, const Column<double>&);
template ProjectionWeights weights_of(const Projection&, const Column<float>&);
template std::vector<ProjectionWeights> weights_of(const Network<double>&);
template std::vector<ProjectionWeights> weights_of(const Network<float>&);
template std::vector<ProjectionWeights> learned_feedback_of(const Network<double>&);
template std::vector<ProjectionWeights> learned_feedback_of(const Network<float>&);
template std::vector<std::vector<double>> values_of(const Network<double>&);
template std::vector<std::vector<double>> values_of(const Network<float>&);
template std::vector<Kept> kept_of(const Network<double>&);
template std::vector<Kept> kept_of(const Network<float>&);
template std::vector<Kept> carried_of(const Network<double>&);
template std::vector<Kept> carried_of(const Network<float>&);
template std::vector<Kept> learning_feedback_of(const Network<double>&);
template std::vector<Kept> learning_feedback_of(const Network<float>&);
template void restore_kept(const std::vector<Kept>&, Network<double>&);
template void restore_kept(const std::vector<Kept>&, Network<float>&);
template void set_values(const std::vector<std::vector<double>>&, Network<double>&);
template void set_values(const std::vector<std::vector<double>>&, Network<float>&);
template void set_values(const Projection&, const std::vector<double>&, Column<double>&);
template void set_values(const Projection&, const std::vector<double>&, Column<float>&);
template void set_values(const std::vector<double>&, ProjectionId, Network<double>&);
template void set_values(const std::vector<double>&, ProjectionId, Network<float>&);

}  // namespace locus
