// Stages of sweeps; with one lane, sweeps whose messages have passed the door together: what is
// left is arithmetic.
//
// Among few neurons all stages are one loop (sweep_recurrent), each straight from the rows of the
// one before; else each is a few phases (stage). Numbers are to the last bit those of the phases
// that pass alone: adjoint(), replay(), post_back().
#include <algorithm>
#include <utility>

#include "core/base/count.h"
#include "core/base/product_lane.h"
#include "core/base/registers.h"
#include "core/transport/batched.h"

namespace locus {

/// AXON recalled, tick by tick back from `now`: x_s over B, h_{s-1} over W. Rows in which nobody is
/// silent are counted together.
template <class R>
void Batched<R>::pass_replayed(const Projection& projection, Tick now, std::int32_t visits) {
  constexpr std::int32_t kTogether = 8;
  const RowsView<R> said = said_from(projection, Tick{now.value - visits + 1}, visits);
  const auto pass = [&](std::int32_t row, std::int32_t rows, std::int64_t sources) {
    const std::int32_t lag = visits - row - rows;
    const std::int64_t messages = sources * projection.target_size;
    if (projection.source_layer == Layer::kInput) {
      door_.pass_each<Channel::kAxon, Party::kInput, Party::kSynapse>(lag, rows, messages, 1);
    } else {
      door_.pass_each<Channel::kAxon, Party::kRate, Party::kSynapse>(lag, rows, messages, 1);
    }
  };
  const auto sources_of = [&](std::int32_t row, std::int32_t rows) {
    return count_nonzero(RowsView<R>{said.value + row * said.by_row, rows, said.neurons, said.by_row, 1});
  };
  for (std::int32_t row = 0; row < visits; row += kTogether) {
    const std::int32_t rows = std::min(kTogether, visits - row);
    if (sources_of(row, rows) == std::int64_t{rows} * said.neurons) {
      pass(row, rows, said.neurons);
      continue;
    }
    for (std::int32_t k = row; k < row + rows; ++k) pass(k, 1, sources_of(k, 1));
  }
}

template <class R>
bool Batched<R>::pass_sweep(Tick now, std::int32_t visits) {
  if (!runs() || !is_open(visits)) return false;
  door_.pass_each<Channel::kAdjoint, Party::kAgent, Party::kRate>(0, visits, network_.rate.size, 1);
  const std::int64_t scalars = scalars_of(rule(learning_.kind), Channel::kPost, true);
  for (const std::int32_t p : onto_rate_) {
    const Projection& projection = network_.projections()[static_cast<std::size_t>(p)];
    // stages before the last
    const std::int32_t transports = projection.source_layer == Layer::kRate ? visits - 1 : 0;
    if (projection.plastic) pass_replayed(projection, now, visits);
    door_.pass_each<Channel::kPost, Party::kRate, Party::kSynapse>(0, projection.plastic ? visits : transports,
                                                                   projection.size(), scalars);
    door_.pass_each<Channel::kTransport, Party::kSynapse, Party::kAgent>(0, transports, projection.size(), 1);
  }
  return true;
}

/// ADJOINT of so many neurons as kCells, what becomes of it, and where that is kept: g = gain *
/// delta.
template <class R>
struct Batched<R>::Stage {
  const R* gain;  // alpha phi' of the tick revisited
  R* coefficient;
  bool has_sum;  // another sweep was here, and left one

  template <std::size_t kCells>
  [[gnu::always_inline]] Cells<R, kCells> hear(std::ptrdiff_t first, Cells<R, kCells> delta) const {
    auto g = Cells<R, kCells>::load(gain + first);
    Cells<R, kCells> unused, signal;
    for (std::size_t k = 0; k < kCells; ++k) {
      on(RateNeuron<R>{unused[k], unused[k], g[k], signal[k], unused[k]}, Adjoint<R>{delta[k]});
      g[k] *= signal[k];
    }
    auto sum = g;
    if (has_sum) {
      sum = Cells<R, kCells>::load(coefficient + first);
      for (std::size_t k = 0; k < kCells; ++k) sum[k] += g[k];
    }
    sum.store(coefficient + first);
    return g;
  }
};

template <class R>
bool Batched<R>::mark_learnt(std::int32_t row) {
  const bool before = learnt_.mark(row);
  CHECK(!before || !once_, "a tick was revisited a second time");
  return before;
}

/// delta (n x lanes) reached the tick of this row: g, for the synapses that are told it now and at
/// the commit.
template <class R>
void Batched<R>::keep_errors_back(std::int32_t row, const R* delta) {
  const bool has_sum = mark_learnt(row);
  // On every tape these are contiguous: all neurons with one lane, the lanes of a neuron with more.
  const std::int32_t length = lanes_ == 1 ? network_.rate.size : lanes_;
  const std::int32_t runs = lanes_ == 1 ? 1 : network_.rate.size;
  const int chunks = std::int64_t{runs} * length < kWorthSharing ? 1 : std::min(executor_.threads, runs);
  executor_(chunks, [&](int chunk) {
    for (std::int32_t run = share(runs, chunk, chunks); run < share(runs, chunk + 1, chunks); ++run) {
      const Stage stage{gains_.at(row, run), coefficients().at(row, run), has_sum};
      const std::ptrdiff_t begin = std::ptrdiff_t{run} * length;
      by_cells<R>(0, length, [&]<std::size_t kCells>(std::ptrdiff_t first) {
        stage.hear(first, Cells<R, kCells>::load(delta + begin + first)).store(errors_back_.data() + begin + first);
      });
    }
  });
}

template <class R>
void Batched<R>::stage(const R* delta, Tick revisited, Answers<R> answers) {
  keep_errors_back(revisited.value - 1, delta);
  for (const std::int32_t p : onto_rate_) {
    const Projection& projection = network_.projections()[static_cast<std::size_t>(p)];
    if (projection.source_layer != Layer::kRate) continue;
    if (R* const sums = answers.sums_of(network_, projection))
      transport_errors(projection, weight_of(p), errors_back_.data(), sums);
  }
}

template <class R>
bool Batched<R>::sweep_recurrent(Tick now, std::int32_t visits, const AgentColumns<R>& agent) {
  if (recurrent_ < 0) return false;
  const std::int32_t n = network_.rate.size;
  const WeightsView<R> w{weight_of(recurrent_), n, n, n};
  R* last = errors_back_.data();  // g of the stage before
  R* g = last + n;                // and of this one
  for (std::int32_t lag = 0; lag < visits; ++lag) {
    const Tick revisited{now.value - lag};
    const std::int32_t row = revisited.value - 1;
    const bool has_sum = mark_learnt(row);
    const Stage stage{gains_.at(row, 0), coefficients().at(row, 0), has_sum};
    const R* error = agent.error_of(revisited);
    by_sources(w, [&]<class Lane>(std::ptrdiff_t first) {
      constexpr std::size_t kCells = Lane::kLanes;
      using Run = Cells<R, kCells>;
      auto due = Run{};
      if (lag > 0) due = Run::of(sum_sources<Lane, kCells>(w, last, first, Lane::all(R(0))));
      auto delta = Run::load(agent.delta + first);
      for (std::size_t k = 0; k < kCells; ++k) step(AgentCell<R>{delta[k]}, agent.kept, due[k]);
      if (error != nullptr) {
        auto errors = Run::load(error + first);
        for (std::size_t k = 0; k < kCells; ++k) on(AgentCell<R>{delta[k]}, Transport<R>{errors[k]});
      }
      delta.store(agent.delta + first);
      stage.hear(first, delta).store(g + first);
    });
    std::swap(last, g);
  }
  return true;
}

template bool Batched<double>::pass_sweep(Tick, std::int32_t);
template void Batched<double>::keep_errors_back(std::int32_t, const double*);
template void Batched<double>::stage(const double*, Tick, Answers<double>);
template bool Batched<double>::sweep_recurrent(Tick, std::int32_t, const AgentColumns<double>&);
template bool Batched<float>::pass_sweep(Tick, std::int32_t);
template void Batched<float>::keep_errors_back(std::int32_t, const float*);
template void Batched<float>::stage(const float*, Tick, Answers<float>);
template bool Batched<float>::sweep_recurrent(Tick, std::int32_t, const AgentColumns<float>&);

}  // namespace locus
