#include "core/transport/columns/sweeps.h"

#include <algorithm>
#include <utility>

#include "core/kernel/sweep.h"
#include "core/transport/no_offence.h"

namespace locus {

template <class R>
BackSweeps<R>::BackSweeps(const Common<R>& common)
    : errors_back_(static_cast<std::size_t>(common.plan.errors_back), R(0)) {
  for (const ProjectionPlan& plan : common.plan.projections)
    sent_.emplace_back(static_cast<std::size_t>(plan.sent), std::int64_t{0});
}

template <class R>
void BackSweeps<R>::leave_uncounted(ProjectionId p, Tick first, std::int32_t ticks) {
  std::vector<std::int64_t>& sent = sent_[p];
  if (!sent.empty()) std::fill_n(sent.begin() + first.value, ticks, std::int64_t{-1});
}

template <class R>
std::int64_t BackSweeps<R>::sent_at(Common<R>& common, ProjectionId p, Tick revisited) {
  std::int64_t& sent = sent_[p].begin()[revisited.value];
  const Projection& projection = common.projection(p);
  if (sent < 0) sent = count_nonzero(common.said_from(projection, revisited, 1)) * projection.target_size;
  return sent;
}

template <class R>
void BackSweeps<R>::deliver(Common<R>& common, const phase::Adjoints<R>& adjoints) {
  const RateLayer<R>& rate = common.network.rate;
  const std::int64_t cells = std::int64_t{common.network.topology->own().size()} * common.lanes;
  pass<Phase::kAdjoint>(common.door, adjoints.lag, cells, [] {
    return Endpoints{{Party::kAgent, 0, 0}, {Party::kRate, 0, 0}};
  });
  record_each(common.door.traffic(), stream_of(Phase::kAdjoint), adjoints.lag, rate.size, common.lanes);
  const RateCells<R> neurons = common.rate_cells();
  for (std::size_t cell = 0; cell < rate.signal.size(); ++cell) on(neurons[cell], Adjoint<R>{adjoints.delta[cell]});
  if (adjoints.lag > 0) return;
  const SpikingCells<R> spiking = common.spiking_cells();
  common.each_spiking([&](std::size_t cell, const Neurons&) { on(spiking[cell], SweepBegin{}); });
}

template <class R>
void BackSweeps<R>::deliver(Common<R>& common, const phase::Replays& replays) {
  for (const ProjectionId p : common.onto_rate) {
    if (common.plan_for(p).sent == 0 || common.projection(p).is_bias) continue;
    common.door.pass(common.passages(p).replay, replays.lag, sent_at(common, p, replays.revisited), no_offence);
    record_replay(common, p, replays.revisited, replays.lag);
  }
}

/// Row s - 1 holds what arrived at s where nothing is late: x_s of the inputs, h_{s-1} of the rate
/// neurons.
template <class R>
void BackSweeps<R>::record_replay(Common<R>& common, ProjectionId p, Tick revisited, std::int32_t lag) {
  Traffic* const traffic = common.door.traffic();
  if (traffic == nullptr) return;
  const Projection& projection = common.projection(p);
  const std::int32_t row = revisited.value - 1 - projection.wait;
  if (row < 0) return;
  Tape<R>& sent = projection.source_layer == Layer::kInput ? common.tapes.inputs : common.tapes.activities;
  const Stream stream = *stream_over(Channel::kAxon, &projection, true);
  for (std::int32_t j = 0; j < projection.source_size; ++j) {
    for (std::int32_t lane = 0; lane < common.lanes; ++lane) {
      if (sent.at(row, projection.source_begin + j)[lane] != R(0))
        traffic->add(stream, lag, projection.source_begin + j, lane, projection.fan_out(j));
    }
  }
}

template <class R>
void BackSweeps<R>::deliver(Common<R>& common, const phase::PostsBack<R>& posts) {
  const std::int32_t row = posts.revisited.value - 1;
  if (common.plan.spikes) {
    keep_spiking_errors_back(common, row);
  } else {
    keep_errors_back(common, row, common.network.rate.signal.data());
  }
  Door& door = common.door;
  for (const ProjectionId p : common.onto_rate) {
    const Projection& projection = common.projection(p);
    R* const sums = projection.source_layer == Layer::kRate ? posts.answers.sums_of(common.network, p) : nullptr;
    const bool transports = sums != nullptr;
    if (projection.is_bias || (!projection.plastic && !transports)) continue;
    const std::int64_t messages = projection.size() * common.lanes;
    common.door.pass(common.passages(p).post_back, posts.lag, messages, no_offence);
    if (!transports) continue;
    pass<Phase::kTransportW>(door, posts.lag, messages, [&] {
      return Endpoints{{Party::kSynapse, p.value, 0}, {Party::kAgent, 0, 0}};
    });
    const R* all = nullptr;
    record_targets(door.traffic(), posts.lag, projection, common.fans_in(p), all, common.lanes);
    carry_errors_back(common, p, errors_back_.data(), sums);
  }
}

/// Spiking neurons add to what they carry back; their gains stay, and coefficients are sums.
template <class R>
void BackSweeps<R>::keep_spiking_errors_back(Common<R>& common, std::int32_t row) {
  Tapes<R>& tapes = common.tapes;
  std::ranges::copy(common.network.rate.signal, errors_back_.begin());
  tapes.gains.zip(row, errors_back_.data(), [](const R& gain, R& g) { g *= gain; });
  const RecalledCells<R> past{tapes.gains.at(row, 0), tapes.voltages.empty() ? nullptr : tapes.voltages.at(row, 0),
                              tapes.activities.at(row + 1, 0), tapes.activities.view().by_neuron};
  for (const Neurons& population : common.network.rate.populations) {
    if (!population.lif) continue;
    const auto [first, last] = common.cells_of(population);
    revisit_spiking_kind(common.spiking_cells(), first, last, common.kind_of(population), past, errors_back_.data());
  }
  if (tapes.mark_learnt(row)) {
    tapes.signals.zip(row, errors_back_.data(), [](R& sum, const R& g) { sum += g; });
  } else {
    tapes.signals.write(row, errors_back_.data());
  }
}

/// delta (n x lanes) reached the tick of this row: g, for the synapses that hear it now and at the
/// commit.
template <class R>
void BackSweeps<R>::keep_errors_back(Common<R>& common, std::int32_t row, const R* delta) {
  Tapes<R>& tapes = common.tapes;
  const bool has_sum = tapes.mark_learnt(row);
  // On every tape these are contiguous: all neurons with one lane, the lanes of a neuron with more.
  const std::int32_t neurons = common.network.rate.size;
  const std::int32_t length = common.lanes == 1 ? neurons : common.lanes;
  const std::int32_t runs = common.lanes == 1 ? 1 : neurons;
  const int chunks = std::int64_t{runs} * length < kWorthSharing ? 1 : std::min(common.executor.threads, runs);
  common.executor(chunks, [&](int chunk) {
    for (std::int32_t run = share_of(runs, chunk, chunks); run < share_of(runs, chunk + 1, chunks); ++run) {
      const BackStage<R> stage{tapes.gains.at(row, run), tapes.coefficients().at(row, run), has_sum};
      const std::ptrdiff_t begin = std::ptrdiff_t{run} * length;
      hear_adjoint(stage, length, delta + begin, errors_back_.data() + begin);
    }
  });
}

/// AXON recalled, tick by tick back from `now`: x_s over B, h_{s-1} over W. Rows in which nobody is
/// silent are counted together.
template <class R>
void BackSweeps<R>::pass_replayed(Common<R>& common, ProjectionId p, Tick now, std::int32_t visits) {
  constexpr std::int32_t kTogether = 8;
  const Projection& projection = common.projection(p);
  const RowsView<R> said = common.said_from(projection, Tick{now.value - visits + 1}, visits);
  const auto pass_rows = [&](std::int32_t row, std::int32_t rows, std::int64_t sources) {
    common.door.pass_each(common.passages(p).replay, visits - row - rows, rows, sources * projection.target_size);
  };
  const auto sources_of = [&](std::int32_t row, std::int32_t rows) {
    return count_nonzero(RowsView<R>{said.value + row * said.by_row, rows, said.neurons, said.by_row, 1});
  };
  for (std::int32_t row = 0; row < visits; row += kTogether) {
    const std::int32_t rows = std::min(kTogether, visits - row);
    if (sources_of(row, rows) == std::int64_t{rows} * said.neurons) {
      pass_rows(row, rows, said.neurons);
      continue;
    }
    for (std::int32_t k = row; k < row + rows; ++k) pass_rows(k, 1, sources_of(k, 1));
  }
}

template <class R>
void BackSweeps<R>::pass_all(Common<R>& common, Tick now, std::int32_t visits) {
  Door& door = common.door;
  pass_each<Phase::kAdjoint>(door, 0, visits, common.network.rate.size);
  for (const ProjectionId p : common.onto_rate) {
    const Projection& projection = common.projection(p);
    if (projection.is_bias) continue;
    // stages before the last
    const std::int32_t transports = projection.source_layer == Layer::kRate ? visits - 1 : 0;
    if (projection.plastic) {
      pass_replayed(common, p, now, visits);
      pass_each<Phase::kPostBack>(door, 0, visits, projection.size());
    } else {
      pass_each<Phase::kPostBackToStatic>(door, 0, transports, projection.size());
    }
    pass_each<Phase::kTransportW>(door, 0, transports, projection.size());
  }
}

template <class R>
void BackSweeps<R>::deliver(Common<R>& common, const phase::BackStages<R>& stage) {
  keep_errors_back(common, stage.revisited.value - 1, stage.delta);
  for (const ProjectionId p : common.onto_rate) {
    const Projection& projection = common.projection(p);
    if (projection.source_layer != Layer::kRate) continue;
    if (R* const sums = stage.answers.sums_of(common.network, p))
      carry_errors_back(common, p, errors_back_.data(), sums);
  }
}

template <class R>
bool BackSweeps<R>::whole(Common<R>& common, Tick now, std::int32_t visits, const AgentColumns<R>& agent) {
  if (!common.plan.recurrent) return false;
  const std::int32_t n = common.network.rate.size;
  const WeightsView<R> w{common.weight(*common.plan.recurrent), n, n, n};
  Tapes<R>& tapes = common.tapes;
  R* last = errors_back_.data();  // g of the stage before
  R* g = last + n;                // and of this one
  for (std::int32_t lag = 0; lag < visits; ++lag) {
    const Tick revisited{now.value - lag};
    const std::int32_t row = revisited.value - 1;
    const bool has_sum = tapes.mark_learnt(row);
    const BackStage<R> stage{tapes.gains.at(row, 0), tapes.coefficients().at(row, 0), has_sum};
    const AgentStage<R> agent_stage{agent.delta, agent.kept, agent.error_of(revisited)};
    sweep_stage<R>(w, stage, agent_stage, lag > 0 ? last : nullptr, g);
    std::swap(last, g);
  }
  return true;
}

template class BackSweeps<double>;
template class BackSweeps<float>;

}  // namespace locus
