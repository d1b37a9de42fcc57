#include "core/transport/columns/way_fused.h"

#include <algorithm>

namespace locus {

template <class R>
FusedWay<R>::FusedWay(const Common<R>& common, ProjectionId p) : p_(p) {
  const Projection& projection = common.projection(p);
  const ProjectionPlan& plan = common.plan_for(p);
  if (projection.target_layer == Layer::kRate) {
    leak_ = leak_onto(common, p);
    decay_ = trace_decay_onto(common, p);
    differ_ = neurons_onto(common, p).differ();
    decays_ = trace_decays_onto(common, p);
  }
  pre_.assign(static_cast<std::size_t>(plan.pre), R(0));
  trace_.assign(static_cast<std::size_t>(plan.trace), R(0));
  range_currents_.resize(static_cast<std::size_t>(plan.range_currents));
}

template <class R>
void FusedWay<R>::begin_trial() {
  CHECK(pending_ == Learn::kNothing, "a trial began before the last one was finished");
  heard_ = Learn::kNothing;
  std::ranges::fill(pre_, R(0));
  std::ranges::fill(trace_, R(0));
}

template <class R>
bool FusedWay<R>::send(const Common<R>& common) {
  if (pending_ == Learn::kNothing) return false;
  run(common, pending_, true);
  pending_ = Learn::kNothing;
  return true;
}

template <class R>
void FusedWay<R>::commit(const CommitTick<R>& tick) {
  pending_ = heard_;
  pending_rate_ = tick.rate;
  heard_ = Learn::kNothing;
}

template <class R>
void FusedWay<R>::finish(const Common<R>& common) {
  if (pending_ == Learn::kPost) run(common, Learn::kPost, false);
  pending_ = Learn::kNothing;
}

template <class R>
PassColumns<R> FusedWay<R>::columns_of(const Common<R>& common) {
  const Projection& projection = common.projection(p_);
  const bool onto_rate = projection.target_layer == Layer::kRate;
  const PostColumns<R>& post = onto_rate ? common.from_rate : common.from_readouts;
  PassColumns<R> c;
  c.sources = projection.source_size;
  c.targets = projection.target_size;
  c.weight = common.synapses(p_).weight.data();
  c.trace = trace_.data();
  c.pre = pre_.data();
  c.activity = common.source_activity(projection);
  if (onto_rate && common.rule.decay == DecaySource::kNeuron) {
    c.decay = post.decay.data() + projection.target_begin;
  } else if (!decays_.empty()) {
    c.decay = decays_.data();
  }
  c.gain = post.gain.data() + projection.target_begin;
  c.signal = post.signal.data() + projection.target_begin;
  c.current = common.target_current(projection);
  c.constant_decay = decay_;
  c.constant_gain = leak_;
  c.rate = pending_rate_;
  c.offset = projection.offset.data();
  c.target = projection.target.data();
  return c;
}

/// Dense and large: the sources in ranges, each with currents of its own, which are added up in the
/// order of the ranges. A range's synapses stand together: no thread reads ahead into what another
/// one writes.
template <class R>
template <Learn kLearn, bool kOwnDecay, bool kSend>
void FusedWay<R>::pass_shared_out(const Common<R>& common, const PassColumns<R>& c) {
  const int ranges = std::clamp(c.sources / kPassSources, 1, kPassRanges);
  const auto begin = [&](int range) {  // by fours, as columns go
    return range == ranges ? c.sources : c.sources / 4 * range / ranges * 4;
  };
  const std::size_t apart = static_cast<std::size_t>(c.targets);
  const int chunks = std::min(common.executor.threads, ranges);
  common.executor(chunks, [&](int chunk) {
    const int last = ranges * (chunk + 1) / chunks;
    for (int range = ranges * chunk / chunks; range < last; ++range) {
      PassColumns<R> own = c;
      own.current = range_currents_.data() + static_cast<std::size_t>(range) * apart;
      if constexpr (kSend) std::fill_n(own.current, apart, R(0));
      pass_dense<kLearn, kOwnDecay, kSend>(own, begin(range), begin(range + 1));
    }
  });
  if constexpr (!kSend) return;
  for (int range = 0; range < ranges; ++range) {
    const R* from = range_currents_.data() + static_cast<std::size_t>(range) * apart;
    for (std::size_t i = 0; i < apart; ++i) c.current[i] += from[i];
  }
}

/// Onto readouts from more than one grain: each grain with currents of its own, which are added up
/// as a tree.
template <class R>
template <Learn kLearn, bool kOwnDecay, bool kSend>
void FusedWay<R>::pass_grains(const Common<R>& common, const PassColumns<R>& c) {
  const Projection& projection = common.projection(p_);
  const Grains grains = common.grains(c.sources);
  const std::int64_t cells = projection.whole_size();
  const std::ptrdiff_t targets = c.targets;
  const auto pass = [&](std::int32_t grain) {
    const std::ptrdiff_t first = grains.begin(grain);
    PassColumns<R> own = c;
    own.sources = grains.size(grain);
    own.current = range_currents_.data() + grain * targets;
    own.pre += first;
    own.activity += first;
    if constexpr (kSend) std::fill_n(own.current, targets, R(0));
    if (!projection.dense) {
      own.offset += first;
      return pass_sparse<kLearn, kOwnDecay, kSend>(own);
    }
    own.weight += first * targets;
    own.trace += first * targets;
    if (cells * std::int64_t{sizeof(R)} <= kNearPass) return pass_near<kLearn, kOwnDecay, kSend>(own);
    pass_dense<kLearn, kOwnDecay, kSend>(own, 0, own.sources);
  };
  const int chunks = cells < kWorthPass ? 1 : std::min(common.executor.threads, grains.count());
  common.executor(chunks, [&](int chunk) {
    for (int grain = grains.count() * chunk / chunks; grain < grains.count() * (chunk + 1) / chunks; ++grain)
      pass(grain);
  });
  if constexpr (!kSend) return;
  R* const sums = range_currents_.data();
  const R* whole = sums;
  if (!common.crossing.parts(projection)) {
    add_tree_in_place(0, grains.count(), targets, sums);
  } else {
    const std::int32_t begin = projection.source_begin - projection.sources_before;
    const std::int32_t before = common.crossing.own_grains(begin, projection.all_sources()).first;
    const auto node = [&](std::int32_t first, std::int32_t last, R* sum) {
      add_tree_in_place(first - before, last - before, targets, sums);
      std::copy_n(sums + (first - before) * targets, targets, sum);
    };
    common.crossing.share_tree(begin, projection.all_sources(), targets, node, common.tree.data());
    whole = common.tree.data();
  }
  for (std::ptrdiff_t i = 0; i < targets; ++i) c.current[i] += whole[i];
}

/// Chooses the pass once.
template <class R>
void FusedWay<R>::run(const Common<R>& common, Learn learn, bool send) {
  const Projection& projection = common.projection(p_);
  const PassColumns<R> c = columns_of(common);
  const auto pass = [&]<Learn kLearn, bool kOwnDecay, bool kSend>() {
    if (common.plan_for(p_).sums_grains) return pass_grains<kLearn, kOwnDecay, kSend>(common, c);
    if (!projection.dense) return pass_sparse<kLearn, kOwnDecay, kSend>(c);
    if (projection.whole_size() * std::int64_t{sizeof(R)} <= kNearPass) return pass_near<kLearn, kOwnDecay, kSend>(c);
    if (projection.whole_size() < kWorthPass) return pass_dense<kLearn, kOwnDecay, kSend>(c, 0, c.sources);
    pass_shared_out<kLearn, kOwnDecay, kSend>(common, c);
  };
  const auto with_learning = [&]<bool kSend>() {
    const bool own_decay = c.decay != nullptr;
    if (learn == Learn::kDrift) return pass.template operator()<Learn::kDrift, false, kSend>();
    if (learn == Learn::kPost && own_decay) return pass.template operator()<Learn::kPost, true, kSend>();
    if (learn == Learn::kPost) return pass.template operator()<Learn::kPost, false, kSend>();
    if constexpr (kSend) pass.template operator()<Learn::kNothing, false, true>();
  };
  if (send) {
    with_learning.template operator()<true>();
    if (common.crossing.parts(projection) && !common.plan_for(p_).sums_grains) {
      common.crossing.share_result(projection.source_begin - projection.sources_before, projection.all_sources(),
                                   projection.target_size, c.current);
    }
  } else {
    with_learning.template operator()<false>();
  }
}

template class FusedWay<double>;
template class FusedWay<float>;

}  // namespace locus
