// Commits: what every synapse of a projection does with the change that was asked of it. The
// handlers are those of core/actor/synapse.h and core/actor/optimizer.h.
//
// Cost: one pass over weights and changes, and over the moments where there are any; another one
// each for bounds of changes, decay, bounds of weights and their rounding, where asked for.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "core/actor/optimizer.h"
#include "core/kernel/synapses.h"

namespace locus {

/// The columns of a projection that a commit changes; moments are empty where the optimizer keeps
/// none.
template <class R>
struct CommitColumns {
  std::span<R> weight;  // [1] (synapses)
  std::span<R> delta;   // the change asked for (synapses); 0 when it is done
  std::span<R> first;   // m of Adam or of momentum (synapses)
  std::span<R> second;  // v of Adam (synapses)
};

/// One commit: rate is eta, scale the mean over what is in a batch, number the clock's count of
/// commits from 1.
struct CommitStep {
  double rate = 0;
  double scale = 1;
  std::int64_t number = 1;
};

template <class R>
void settle(CommitColumns<R> c, const Optimizer& optimizer, CommitStep step) {
  const R scale = static_cast<R>(step.scale);
  if (optimizer.element) {
    for (R& delta : c.delta) keep_change_within(delta, scale, optimizer);
  }
  if (optimizer.weight_decay != 0) {
    const R decay = static_cast<R>(optimizer.weight_decay);
    for (std::size_t k = 0; k < c.weight.size(); ++k)
      add_decay(TaughtSynapse<R>{c.weight[k], c.delta[k]}, decay, scale);
  }
  if (optimizer.shrink != 0) {
    for (R& weight : c.weight) shrink(weight, static_cast<R>(optimizer.shrink));
  }
  if (optimizer.adam) {
    const AdamCommit<R> clock(*optimizer.adam, step.rate, scale, step.number);
    for (std::size_t k = 0; k < c.weight.size(); ++k)
      on(AdaptiveSynapse<R>{c.weight[k], c.delta[k], c.first[k], c.second[k]}, clock);
  } else if (optimizer.momentum) {
    const MomentumCommit<R> clock{static_cast<R>(step.rate), scale, static_cast<R>(*optimizer.momentum)};
    for (std::size_t k = 0; k < c.weight.size(); ++k)
      on(MomentumSynapse<R>{c.weight[k], c.delta[k], c.first[k]}, clock);
  } else {
    const Commit<R> clock{static_cast<R>(step.rate) * scale};
    for (std::size_t k = 0; k < c.weight.size(); ++k) on(TaughtSynapse<R>{c.weight[k], c.delta[k]}, clock);
  }
  if (optimizer.weight_min || optimizer.weight_max) {
    for (R& weight : c.weight) keep_within(weight, optimizer);
  }
  if (!optimizer.grid) return;
  for (std::size_t k = 0; k < c.weight.size(); ++k)
    round_weight(c.weight[k], static_cast<std::int64_t>(k), optimizer, step.number);
}

/// CLIP: the sum of what all synapses would tell. Summed source by source, so that what many
/// synapses add does not drown in what many more have added.
template <class R>
R sum_of_squares(const SynapsesView<R>& synapses, R* delta, R scale) {
  R sum = R(0);
  for (std::int32_t j = 0; j < synapses.sources; ++j) {
    R column = R(0);
    for (std::int64_t k = synapses.begin_of(j); k < synapses.begin_of(j + 1); ++k)
      column += square(TaughtSynapse<R>{synapses.weight[k], delta[k]}, scale).value;
    sum += column;
  }
  return sum;
}

/// The same of the sources [first, last) and the targets [begin, end), which a sparse projection
/// finds by a binary search under each source.
template <class R>
R sum_of_squares(const SynapsesView<R>& synapses, R* delta, R scale, std::int32_t first, std::int32_t last,
                 std::int32_t begin, std::int32_t end) {
  R sum = R(0);
  for (std::int32_t j = first; j < last; ++j) {
    std::int64_t k = synapses.begin_of(j);
    std::int64_t past = synapses.begin_of(j + 1);
    if (synapses.dense()) {
      past = k + end;
      k += begin;
    } else {
      const std::int32_t* const run = synapses.target + k;
      const std::int32_t* const stop = synapses.target + past;
      k = std::lower_bound(run, stop, begin) - synapses.target;
      past = std::lower_bound(run, stop, end) - synapses.target;
    }
    R column = R(0);
    for (; k < past; ++k) column += square(TaughtSynapse<R>{synapses.weight[k], delta[k]}, scale).value;
    sum += column;
  }
  return sum;
}

}  // namespace locus
