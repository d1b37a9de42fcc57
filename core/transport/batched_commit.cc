// The clock's half of batched learning: traces that drift, and commits in each of the ways.
//
// Deferred: Delta = sum over ticks of coefficient(t) pre(t)^T. Under a sweep the coefficient is the
// sum of g; online it is that of TransposedTrace (tape.h).
// tests/transport/bilinear_test.cc holds both against the handlers.
#include <algorithm>

#include "core/base/product.h"
#include "core/base/registers.h"
#include "core/transport/batched.h"
#include "core/transport/no_offence.h"

namespace locus {

/// kShared: all synapses of a source hold equal traces (identity, one decay), so one handler call a
/// source serves them all. said: what the sources sent, tick by tick (ticks x sources).
template <class R>
void Batched<R>::drift_shared(Block& block, RowsView<R> said) {
  const Drift<R> clock{block.decay, block.leak};
  by_cells<R>(0, said.neurons, [&]<std::size_t kCells>(std::ptrdiff_t first) {
    auto trace = Cells<R, kCells>::load(block.trace.data() + first);
    const R* activity = said.value + first;
    for (std::int32_t row = 0; row < said.rows; ++row, activity += said.by_row) {
      for (std::size_t k = 0; k < kCells; ++k) on(Eligibility<R>{trace[k], activity[k]}, clock);
    }
    trace.store(block.trace.data() + first);
  });
}

/// kLoop: every synapse of every lane meets the message of its neuron; the lanes share the sum, in
/// lane order.
template <class R>
void Batched<R>::loop_lanes(std::int32_t p, Learn learn, const PostColumns& post) {
  const Projection& projection = network_.projections()[static_cast<std::size_t>(p)];
  Synapses<R>& synapses = network_.synapses[static_cast<std::size_t>(p)];
  Block& block = blocks_[static_cast<std::size_t>(p)];
  const bool own_decay = projection.target_layer == Layer::kRate && rule(learning_.kind).decay == DecaySource::kNeuron;
  const R constant_decay = projection.target_layer == Layer::kRate ? block.decay : R(0);
  for (std::int32_t j = 0; j < projection.source_size; ++j) {
    R* pre = block.pre.data() + std::ptrdiff_t{j} * lanes_;
    for (std::int64_t k = projection.begin_of(j); k < projection.begin_of(j + 1); ++k) {
      const auto synapse = static_cast<std::size_t>(k);
      const std::size_t cell =
          static_cast<std::size_t>(projection.target_begin + projection.target_of(k)) * static_cast<std::size_t>(lanes_);
      for (std::int32_t lane = 0; lane < lanes_; ++lane) {
        const std::size_t l = static_cast<std::size_t>(lane);
        R& trace = block.trace[synapse * static_cast<std::size_t>(lanes_) + l];
        const Synapse<R> self{synapses.weight[synapse], pre[lane], trace, block.delta[synapse]};
        const R decay = own_decay ? post.decay[cell + l] : constant_decay;
        if (learn == Learn::kDrift) {
          on(self, Drift<R>{decay, block.leak});
        } else {
          on(self, Post<R>{decay, post.gain[cell + l], post.signal[cell + l]});
        }
      }
    }
  }
}

/// Turns the signals on the tape into coefficients, for the neurons whose projections are deferred.
template <class R>
void Batched<R>::filter_coefficients() {
  for (const Neurons& population : network_.rate.populations) {
    const auto onto = [&](std::int32_t p) {
      return network_.projections()[static_cast<std::size_t>(p)].target_begin == population.begin &&
             blocks_[static_cast<std::size_t>(p)].way == Way::kDeferred;
    };
    const auto found = std::ranges::find_if(onto_rate_, onto);
    if (found == onto_rate_.end()) continue;
    const R constant = blocks_[static_cast<std::size_t>(*found)].decay;
    // A run: what is contiguous at each tick, all neurons of the population with one lane, the
    // lanes of a neuron with more.
    const std::int32_t runs = lanes_ == 1 ? 1 : population.size;
    const std::int32_t length = lanes_ == 1 ? population.size : lanes_;
    for (std::int32_t run = 0; run < runs; ++run) filter_run(population.begin + run, length, constant);
  }
}

template <class R>
void Batched<R>::filter_run(std::int32_t neuron, std::int32_t length, R constant_decay) {
  by_registers<R, 4, 1>(0, length, [&]<class Lane, std::size_t kRegisters>(std::ptrdiff_t begin) {
    TransposedTrace<typename Lane::Type> back[kRegisters];
    for (std::int32_t row = trial_.ticks - 1; row >= 0; --row) {
      R* signal = coefficients_.at(row, neuron) + begin;  // and then what it amounts to
      const R* gain = gains_.at(row, neuron) + begin;
      const R* decay = decays_.empty() ? nullptr : decays_.at(row, neuron) + begin;
#pragma GCC unroll 4
      for (std::size_t r = 0; r < kRegisters; ++r) {
        const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(r) * Lane::kLanes;
        const auto own_decay = decay == nullptr ? Lane::all(constant_decay) : Lane::load(decay + at);
        Lane::store(signal + at, back[r].coefficient(Lane::load(signal + at), Lane::load(gain + at), own_decay));
      }
    }
  });
}

/// Every synapse does with its sum what the optimizer says.
template <class R>
void Batched<R>::settle(std::int32_t p, R scale) {
  Synapses<R>& synapses = network_.synapses[static_cast<std::size_t>(p)];
  Block& block = blocks_[static_cast<std::size_t>(p)];
  const Optimizer& optimizer = learning_.optimizer;
  if (optimizer.element) {
    for (R& delta : block.delta) keep_change_within(delta, scale, optimizer);
  }
  if (optimizer.adam) {
    const AdamCommit<R> clock(*optimizer.adam, synapses.learning_rate, scale, network_.commits);
    for (std::size_t k = 0; k < synapses.weight.size(); ++k)
      on(AdaptiveSynapse<R>{synapses.weight[k], block.delta[k], synapses.first[k], synapses.second[k]}, clock);
  } else {
    const Commit<R> clock{static_cast<R>(synapses.learning_rate) * scale};
    for (std::size_t k = 0; k < synapses.weight.size(); ++k)
      on(TaughtSynapse<R>{synapses.weight[k], block.delta[k]}, clock);
  }
  if (!optimizer.weight_min && !optimizer.weight_max) return;
  for (R& weight : synapses.weight) keep_within(weight, optimizer);
}

/// weight (targets x sources) -= rate * left (rows x targets)^T right (rows x sources), rows being
/// ticks and lanes.
template <class R>
void Batched<R>::commit_product(std::int32_t p, R rate, const Tape<R>& left, std::int32_t left_row,
                                const Tape<R>& right, RightRows right_rows, std::int32_t ticks) {
  const Projection& projection = network_.projections()[static_cast<std::size_t>(p)];
  if (const std::int32_t silent = -right_rows.first; silent > 0) {
    left_row += silent;
    ticks -= silent;
    right_rows.first = 0;
  }
  if (ticks <= 0) return;
  // the weights move at once; otherwise what was asked waits for settle()
  const bool plain = learning_.optimizer.plain();
  Column<R>& into =
      plain ? network_.synapses[static_cast<std::size_t>(p)].weight : blocks_[static_cast<std::size_t>(p)].delta;
  const R factor = plain ? rate : R(-1);
  constexpr std::int32_t kChunk = 128;  // sources; the same whatever the threads
  const int chunks = chunks_of(projection.size() * lanes_ * ticks, projection.source_size, kChunk);
  const RowsView<R> said = left.rows(left_row, ticks, projection.target_begin, projection.target_size);
  executor_(chunks, [&](int chunk) {
    const std::int32_t first = chunks == 1 ? 0 : chunk * kChunk;
    const std::int32_t width = chunks == 1 ? projection.source_size : std::min(kChunk, projection.source_size - first);
    const RowsView<R> heard = right.rows(right_rows.first, ticks, right_rows.begin + first, width);
    R* to = into.data() + projection.begin_of(first);
    if (projection.dense) {
      subtract_outer_products(factor, said, heard, to, projection.target_size);
      return;
    }
    for (std::int32_t j = 0; j < width; ++j) {
      for (std::int64_t k = projection.begin_of(first + j); k < projection.begin_of(first + j + 1); ++k)
        *to++ -= factor * inner_product(said, projection.target_of(k), heard, j);
    }
  });
}

/// What waits on tapes becomes what each synapse asks for; where the optimizer is plain its weight
/// follows at once.
template <class R>
void Batched<R>::collect(R scale) {
  const bool online = rule(learning_.kind).drive == Drive::kOnline;
  teach_spiking();
  if (online && !gains_.empty()) filter_coefficients();
  for (std::size_t index = 0; index < blocks_.size(); ++index) {
    const Projection& projection = network_.projections()[index];
    Block& block = blocks_[index];
    const auto p = static_cast<std::int32_t>(index);
    const R rate = static_cast<R>(network_.synapses[index].learning_rate) * scale;
    const bool from_input = projection.source_layer == Layer::kInput;
    switch (block.way) {
      case Way::kStatic: break;
      case Way::kFused:
        block.pending = block.heard;
        block.pending_rate = rate;
        block.heard = Learn::kNothing;
        break;
      case Way::kLoop:
      case Way::kSummed: break;
      case Way::kEvents: add_events(p); break;
      case Way::kShared:
        learnt_.each_run([&](std::int32_t first, std::int32_t ticks) {
          commit_product(p, rate, coefficients(), first, block.traces, {first - (trial_.ticks - trial_.window), 0}, ticks);
        });
        break;
      case Way::kDeferred:
        if (projection.target_layer == Layer::kReadout) {  // Delta A = sum_t eps_t h_t^T
          reported_.each_run([&](std::int32_t first, std::int32_t ticks) {
            commit_product(p, rate, epsilons_, first, activities_,
                           {first + 1 - projection.wait, projection.source_begin}, ticks);
          });
        } else if (online) {
          commit_product(p, rate, coefficients(), 0, from_input ? inputs_ : activities_,
                         {-projection.wait, projection.source_begin}, trial_.ticks);
        } else {
          learnt_.each_run([&](std::int32_t first, std::int32_t ticks) {
            commit_product(p, rate, coefficients(), first, from_input ? inputs_ : activities_,
                           {first - projection.wait, projection.source_begin}, ticks);
          });
        }
        break;
    }
  }
  learnt_.clear();
  reported_.clear();
}

/// The lanes are replicas that ask for one mean: every agent hears the same squares.
template <class R>
void Batched<R>::tell_squares(R scale, R* sums) {
  collect(scale);
  collected_ = true;
  for (std::size_t p = 0; p < blocks_.size(); ++p) {
    const Projection& projection = network_.projections()[p];
    Column<R>& weight = network_.synapses[p].weight;
    Column<R>& delta = blocks_[p].delta;
    if (delta.empty()) continue;
    const auto index = static_cast<std::int32_t>(p);
    door_.pass<Channel::kClip, Party::kSynapse, Party::kAgent>(0, projection.size() * lanes_, 1, [&] {
      return Endpoints{{Party::kSynapse, index, 0}, {Party::kAgent, 0, 0}};
    });
    R sum = R(0);
    for (std::int32_t j = 0; j < projection.source_size; ++j) {
      // source by source: what many synapses add does not drown in what many more have added
      R column = R(0);
      for (std::int64_t k = projection.begin_of(j); k < projection.begin_of(j + 1); ++k) {
        const auto at = static_cast<std::size_t>(k);
        column += square(TaughtSynapse<R>{weight[at], delta[at]}, scale).value;
      }
      sum += column;
    }
    for (std::int32_t lane = 0; lane < lanes_; ++lane) on(AgentCell<R>{sums[lane]}, Square<R>{sum});
  }
}

template <class R>
void Batched<R>::hear_factor(const R* factors) {
  for (std::size_t p = 0; p < blocks_.size(); ++p) {
    const Projection& projection = network_.projections()[p];
    Column<R>& weight = network_.synapses[p].weight;
    Column<R>& delta = blocks_[p].delta;
    if (delta.empty()) continue;
    door_.pass<Channel::kClip, Party::kAgent, Party::kSynapse>(0, projection.size() * lanes_, 1, no_offence);
    for (std::size_t k = 0; k < delta.size(); ++k) on(TaughtSynapse<R>{weight[k], delta[k]}, Factor<R>{factors[0]});
  }
}

template <class R>
void Batched<R>::commit(R scale) {
  ++network_.commits;
  if (!collected_) collect(scale);
  collected_ = false;
  for (std::size_t p = 0; p < blocks_.size(); ++p) {
    if (!blocks_[p].delta.empty()) settle(static_cast<std::int32_t>(p), scale);
  }
}

template void Batched<double>::drift_shared(Block&, RowsView<double>);
template void Batched<double>::loop_lanes(std::int32_t, Learn, const PostColumns&);
template void Batched<double>::tell_squares(double, double*);
template void Batched<double>::hear_factor(const double*);
template void Batched<double>::commit(double);
template void Batched<float>::drift_shared(Block&, RowsView<float>);
template void Batched<float>::loop_lanes(std::int32_t, Learn, const PostColumns&);
template void Batched<float>::tell_squares(float, float*);
template void Batched<float>::hear_factor(const float*);
template void Batched<float>::commit(float);

}  // namespace locus
