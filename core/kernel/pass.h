// Passes over columns of synapses: which messages each synapse of a projection meets, one after the
// other, while its state is in registers.
//
// "Loop" is a pass with one of {learn, send}; "fused" has the learning of tick t, its commit and
// the sending of tick t + 1 in one pass, which reads and writes weight and trace once a tick
// instead of three times. The order in which one synapse meets its messages is the same, and so is
// every count.
// Where all columns are near, a register of targets meets all sources before the next one does, and
// what its neurons tell and hear stays in registers (pass_near).
// The handlers are those of core/actor/synapse.h; nothing of a rule is written here. Other dense
// columns go four at a time, so that each current is loaded and stored once for four synapses;
// every neuron's currents are summed in source order (of a large projection: of each of some ranges
// of sources, and then over those). Cost: bound by memory from about 256 neurons on; figures in
// docs/performance.md.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/actor/synapse.h"
#include "core/kernel/registers.h"

namespace locus {

enum class Learn : std::uint8_t { kNothing, kDrift, kPost };

/// Everything that a pass refers to. Pointers are to the first source, target or synapse of the
/// projection. One lane.
template <class R>
struct PassColumns {
  std::int32_t sources = 0;
  std::int32_t targets = 0;
  R* weight = nullptr;
  R* trace = nullptr;
  const R* pre = nullptr;       // what the source sent in the tick that is learnt (sources)
  const R* activity = nullptr;  // what the source sends now (sources)
  const R* decay = nullptr;     // of POST (targets), or null: `constant_decay`
  const R* gain = nullptr;      // of POST (targets)
  const R* signal = nullptr;    // of POST (targets)
  R* current = nullptr;         // where DENDRITE arrives (targets)
  R constant_decay = 0;
  R constant_gain = 0;                   // of Drift
  R rate = 0;                            // of Commit
  const std::int64_t* offset = nullptr;  // sparse only
  const std::int32_t* target = nullptr;  // sparse only
};

/// One synapse meets its messages of the pass. Returns the DENDRITE's current, 0 if nothing is
/// sent.
template <Learn kLearn, bool kSend, class R>
inline R meet(R& weight, R& trace, R pre, R activity, Post<R> post, Commit<R> commit) {
  // what is added to -0 is itself to the last bit, whatever it is: the compiler leaves this
  // addition out
  R delta = -R{};
  const Synapse<R> s{weight, pre, trace, delta};
  if constexpr (kLearn == Learn::kDrift) on(s, Drift<R>{post.decay, post.gain});
  if constexpr (kLearn == Learn::kPost) {
    on(s, post);
    on(s, commit);
  }
  if constexpr (kSend) return on(s, Axon<R>{activity}).current;
  return R{};
}

/// What the targets from i on tell their synapses; nothing is read that nobody asks for.
template <class Lane, Learn kLearn, bool kOwnDecay, class R>
inline Post<typename Lane::Type> post_at(const PassColumns<R>& c, std::ptrdiff_t i) {
  Post<typename Lane::Type> post{};
  if constexpr (kLearn == Learn::kNothing) return post;
  post.decay = kOwnDecay ? Lane::load(c.decay + i) : Lane::all(c.constant_decay);
  post.gain = kLearn == Learn::kPost ? Lane::load(c.gain + i) : Lane::all(c.constant_gain);
  if constexpr (kLearn == Learn::kPost) post.signal = Lane::load(c.signal + i);
  return post;
}

/// kWidth columns at a time, all targets, a register of them after the other.
template <std::size_t kWidth, Learn kLearn, bool kOwnDecay, bool kSend, class R>
inline void pass_columns(const PassColumns<R>& columns, std::int32_t j) {
  constexpr bool kLearns = kLearn != Learn::kNothing;
  // of our own, as pre and activity: no store reaches them, so they stay in registers
  const PassColumns<R> c = columns;
  const std::ptrdiff_t stride = c.targets;
  R* const weight = c.weight + j * stride;
  R* const trace = kLearns ? c.trace + j * stride : nullptr;
  const auto pre = kLearns ? Cells<R, kWidth>::load(c.pre + j) : Cells<R, kWidth>{};
  const auto activity = kSend ? Cells<R, kWidth>::load(c.activity + j) : Cells<R, kWidth>{};
  by_registers<R, 1>(0, stride, [&]<class Lane, std::size_t>(std::ptrdiff_t i) {
    using Type = typename Lane::Type;
    const Commit<Type> commit{Lane::all(c.rate)};
    const Post<Type> post = post_at<Lane, kLearn, kOwnDecay>(c, i);
    Type current = kSend ? Lane::load(c.current + i) : Type{};
    Type own_weight[kWidth];
    Type own_trace[kWidth];
    // All columns are read before any is written: their rows may lie a power of two apart, where a
    // processor takes a read for one of what was just written until it has looked closer.
#pragma GCC unroll 4
    for (std::size_t k = 0; k < kWidth; ++k) {
      own_weight[k] = Lane::load(weight + static_cast<std::ptrdiff_t>(k) * stride + i);
      own_trace[k] = kLearns ? Lane::load(trace + static_cast<std::ptrdiff_t>(k) * stride + i) : Type{};
    }
#pragma GCC unroll 4
    for (std::size_t k = 0; k < kWidth; ++k) {
      current += meet<kLearn, kSend>(own_weight[k], own_trace[k], Lane::all(pre.cell[k]), Lane::all(activity.cell[k]),
                                     post, commit);
    }
#pragma GCC unroll 4
    for (std::size_t k = 0; k < kWidth; ++k) {
      if constexpr (kLearn == Learn::kPost)
        Lane::store(weight + static_cast<std::ptrdiff_t>(k) * stride + i, own_weight[k]);
      if constexpr (kLearns) Lane::store(trace + static_cast<std::ptrdiff_t>(k) * stride + i, own_trace[k]);
    }
    if constexpr (kSend) Lane::store(c.current + i, current);
  });
}

/// kRegisters registers of targets from `begin` on, all sources: what their neurons tell and hear
/// stays in registers, which pays where every column is near.
template <class Lane, std::size_t kRegisters, Learn kLearn, bool kOwnDecay, bool kSend, class R>
inline void pass_targets(const PassColumns<R>& c, std::ptrdiff_t begin) {
  using Type = typename Lane::Type;
  constexpr bool kLearns = kLearn != Learn::kNothing;
  const std::ptrdiff_t stride = c.targets;
  const Commit<Type> commit{Lane::all(c.rate)};
  const auto of = [begin](auto* column, std::size_t r) {
    return column + begin + static_cast<std::ptrdiff_t>(r) * Lane::kLanes;
  };
  Post<Type> post[kRegisters];
  Type current[kRegisters];
#pragma GCC unroll 2
  for (std::size_t r = 0; r < kRegisters; ++r) {
    post[r] = post_at<Lane, kLearn, kOwnDecay>(c, begin + static_cast<std::ptrdiff_t>(r) * Lane::kLanes);
    current[r] = kSend ? Lane::load(of(c.current, r)) : Type{};
  }
  R* weight = c.weight;
  R* trace = c.trace;
  for (std::int32_t j = 0; j < c.sources; ++j, weight += stride) {
    const Type pre = kLearns ? Lane::all(c.pre[j]) : Type{};
    const Type activity = kSend ? Lane::all(c.activity[j]) : Type{};
#pragma GCC unroll 2
    for (std::size_t r = 0; r < kRegisters; ++r) {
      Type own_weight = Lane::load(of(weight, r));
      Type own_trace = kLearns ? Lane::load(of(trace, r)) : Type{};
      const Type sent = meet<kLearn, kSend>(own_weight, own_trace, pre, activity, post[r], commit);
      if constexpr (kSend) current[r] += sent;
      if constexpr (kLearn == Learn::kPost) Lane::store(of(weight, r), own_weight);
      if constexpr (kLearns) Lane::store(of(trace, r), own_trace);
    }
    if constexpr (kLearns) trace += stride;
  }
#pragma GCC unroll 2
  for (std::size_t r = 0; r < kRegisters; ++r) {
    if constexpr (kSend) Lane::store(of(c.current, r), current[r]);
  }
}

/// Dense, of so few synapses that all are near: every source and target.
template <Learn kLearn, bool kOwnDecay, bool kSend, class R>
void pass_near(const PassColumns<R>& c) {
  by_registers<R, 2, 1>(0, c.targets, [&]<class Lane, std::size_t kRegisters>(std::ptrdiff_t begin) {
    pass_targets<Lane, kRegisters, kLearn, kOwnDecay, kSend>(c, begin);
  });
}

/// Dense: sources [first, last), every target.
template <Learn kLearn, bool kOwnDecay, bool kSend, class R>
void pass_dense(const PassColumns<R>& c, std::int32_t first, std::int32_t last) {
  std::int32_t j = first;
  for (; j + 4 <= last; j += 4) pass_columns<4, kLearn, kOwnDecay, kSend>(c, j);
  for (; j < last; ++j) pass_columns<1, kLearn, kOwnDecay, kSend>(c, j);
}

/// Sparse: every synapse; a source that is silent and does not learn is passed over.
template <Learn kLearn, bool kOwnDecay, bool kSend, class R>
void pass_sparse(const PassColumns<R>& c) {
  const Commit<R> commit{c.rate};
  for (std::int32_t j = 0; j < c.sources; ++j) {
    const R activity = kSend ? c.activity[j] : R(0);
    if (kLearn == Learn::kNothing && activity == R(0)) continue;
    const R pre = kLearn == Learn::kNothing ? R(0) : c.pre[j];
    for (std::int64_t k = c.offset[j]; k < c.offset[j + 1]; ++k) {
      const std::int32_t i = c.target[k];
      R unused = 0;
      R& trace = kLearn == Learn::kNothing ? unused : c.trace[k];
      const Post<R> post = post_at<Single<R>, kLearn, kOwnDecay>(c, i);
      const R current = meet<kLearn, kSend>(c.weight[k], trace, pre, activity, post, commit);
      if constexpr (kSend) c.current[i] += current;
    }
  }
}

}  // namespace locus
