#include "core/transport/columns/sending.h"

#include <algorithm>

#include "core/kernel/product.h"
#include "core/kernel/sparse.h"
#include "core/transport/columns/grains.h"

namespace locus {

template <class R>
std::int64_t count_sent_sparse(const Projection& projection, const R* values, std::int32_t lanes) {
  std::int64_t count = 0;
  for (std::int32_t j = 0; j < projection.source_size; ++j)
    count += count_nonzero(values + std::ptrdiff_t{j} * lanes, lanes) * projection.fan_out(j);
  return count;
}

template <class R>
void send_product(const Common<R>& common, const Projection& projection, const R* weight, const R* activity, R* current) {
  const std::int32_t lanes = common.lanes;
  if (!projection.dense) {
    for (std::int32_t j = 0; j < projection.source_size; ++j) {
      const R* from = activity + std::ptrdiff_t{j} * lanes;
      if (count_nonzero(from, lanes) != 0) add_run_of_lanes(synapses_with(projection, weight), j, from, lanes, current);
    }
    return;
  }
  // One lane's sums are the same wherever whole grains are cut off; those of several lanes where
  // the cuts are the same.
  constexpr std::int32_t kTargets = 128;  // targets
  const std::int32_t most =
      lanes > 1 ? kTargets : kTargets * ((projection.target_size - 1) / (kTargets * common.executor.threads) + 1);
  const int chunks = chunks_of(projection.whole_size() * lanes, lanes, projection.target_size, most);
  if (chunks == 1) {
    const std::int32_t targets = projection.target_size;
    return add_product<R>({weight, targets, projection.source_size, targets}, activity, lanes, current);
  }
  common.executor(chunks, [&](int chunk) {
    const std::int32_t first = chunk * most;
    const std::int32_t width = std::min(most, projection.target_size - first);
    add_product<R>({weight + first, width, projection.source_size, projection.target_size}, activity, lanes,
                   current + std::ptrdiff_t{first} * lanes);
  });
}

template <class R>
void carry_errors_back(const Common<R>& common, ProjectionId p, const R* errors, R* sums) {
  const Projection& projection = common.projection(p);
  if (common.plan_for(p).carries_grains)
    return common.crossing.alone() ? carry_grains_back(common, p, errors, sums)
                                   : trade_errors_back(common, p, errors, sums);
  const R* weights = common.weight(p);
  const std::int32_t lanes = common.lanes;
  const R* from = errors + common.first_target(projection);
  R* to = sums + std::ptrdiff_t{projection.source_begin} * lanes;
  constexpr std::int32_t kChunk = 128;  // sources; the same whatever the threads
  const int chunks = chunks_of(projection.whole_size() * lanes, lanes, projection.source_size, kChunk);
  if (chunks == 1 && projection.dense) {
    return add_transposed_product<R>({weights, projection.target_size, projection.source_size, projection.target_size},
                                     from, lanes, to);
  }
  common.executor(chunks, [&](int chunk) {
    const std::int32_t first = chunks == 1 ? 0 : chunk * kChunk;
    const std::int32_t width = chunks == 1 ? projection.source_size : std::min(kChunk, projection.source_size - first);
    if (projection.dense) {
      const R* weight = weights + projection.begin_of(first);
      add_transposed_product<R>({weight, projection.target_size, width, projection.target_size}, from, lanes,
                                to + std::ptrdiff_t{first} * lanes);
      return;
    }
    add_transposed_sparse(synapses_with(projection, weights), from, lanes, first, first + width, to);
  });
}

template <class R>
Sender<R>::Sender(const Common<R>& common, ProjectionId p)
    : p_(p), projection_(common.projection(p)), sends_(common.plan_for(p).sends), threads_(common.executor.threads) {
  const ProjectionPlan& plan = common.plan_for(p);
  if (plan.splits == 0 && !plan.copied) return;
  // Where the targets of each thread end in every source's run: thread c of n takes [c, c + 1) / n
  // of the projection's, or of the whole layer's neurons.
  const bool of_layer = common.plan.shared_out && projection_.target_layer == Layer::kRate;
  split_.reserve(static_cast<std::size_t>(projection_.source_size) * static_cast<std::size_t>(threads_ - 1));
  const std::int32_t all = of_layer ? common.network.rate.size : projection_.target_size;
  const std::int32_t begin = of_layer ? projection_.target_begin : 0;
  for (std::int32_t j = 0; j < projection_.source_size; ++j) {
    const auto run = projection_.target.begin() + projection_.begin_of(j);
    const auto end = projection_.target.begin() + projection_.begin_of(j + 1);
    for (int c = 1; c < threads_; ++c)
      split_.push_back(std::lower_bound(run, end, share_of(all, c, threads_) - begin) - projection_.target.begin());
  }
  if (!plan.copied) return;
  parts_.resize(static_cast<std::size_t>(threads_));
  common.executor(threads_, [&](int chunk) { parts_[static_cast<std::size_t>(chunk)] = copy_of(common, chunk); });
  split_ = {};
}

/// Each thread makes its own copy, so that its memory is near it.
template <class R>
typename Sender<R>::Part Sender<R>::copy_of(const Common<R>& common, int chunk) const {
  const R* weight = common.weight(p_);
  Part part;
  part.offset.reserve(static_cast<std::size_t>(projection_.source_size) + 1);
  part.offset.push_back(0);
  for (std::int32_t j = 0; j < projection_.source_size; ++j)
    part.offset.push_back(part.offset.back() + cut(j, chunk + 1) - cut(j, chunk));
  part.target.reserve(static_cast<std::size_t>(part.offset.back()));
  part.weight.reserve(static_cast<std::size_t>(part.offset.back()));
  for (std::int32_t j = 0; j < projection_.source_size; ++j) {
    const std::int64_t first = cut(j, chunk);
    const std::int64_t last = cut(j, chunk + 1);
    part.target.insert(part.target.end(), projection_.target.begin() + first, projection_.target.begin() + last);
    part.weight.insert(part.weight.end(), weight + first, weight + last);
  }
  return part;
}

template <class R>
void Sender<R>::copy_weights(const Common<R>& common) {
  for (std::int32_t j = 0; !parts_.empty() && j < projection_.source_size; ++j) {
    const R* weight = common.weight(p_) + projection_.begin_of(j);
    for (Part& part : parts_) {  // a source's targets, thread by thread
      const std::int64_t first = part.offset[static_cast<std::size_t>(j)];
      const std::int64_t size = part.offset[static_cast<std::size_t>(j) + 1] - first;
      std::copy_n(weight, size, part.weight.begin() + first);
      weight += size;
    }
  }
}

template <class R>
std::int64_t Sender<R>::count_events(const Common<R>& common) const {
  std::int64_t count = 0;
  for (const std::int32_t j : common.active_sources(projection_))
    count += projection_.fan_out(j - projection_.source_begin);
  return count;
}

template <class R>
void Sender<R>::send(const Common<R>& common, const R* activity, std::int64_t messages) const {
  R* const current = common.target_current(projection_);
  if (common.plan_for(p_).sums_grains)
    return common.crossing.parts(projection_) ? send_parts(common, projection_, common.weight(p_), activity, current)
                                              : send_grains(common, projection_, common.weight(p_), activity, current);
  send_whole(common, activity, messages);
  if (!common.crossing.parts(projection_)) return;
  // sources of one grain are on one rank
  common.crossing.share_result(projection_.source_begin - projection_.sources_before, projection_.all_sources(),
                               std::ptrdiff_t{projection_.target_size} * common.lanes, current);
}

/// The sum over all sources in their order.
template <class R>
void Sender<R>::send_whole(const Common<R>& common, const R* activity, std::int64_t messages) const {
  switch (sends_) {
    case Sends::kAhead: return;  // it came with the tick
    case Sends::kColumns: return send_columns(common, activity);
    case Sends::kProduct:
      return send_product(common, projection_, common.weight(p_), activity, common.target_current(projection_));
    case Sends::kEvents: return send_events(common, messages);
  }
}

template <class R>
void Sender<R>::send_events(const Common<R>& common, std::int64_t messages) const {
  const int chunks = split_.empty() || messages < kWorthSending ? 1 : threads_;
  common.executor(chunks, [&](int chunk) { send_share(common, chunk, chunks); });
}

template <class R>
void Sender<R>::send_share(const Common<R>& common, int chunk, int chunks) const {
  const R* weight = common.weight(p_);
  const std::span<const std::int32_t> sources = common.active_sources(projection_);
  const R* activity = common.source_activity(projection_) - projection_.source_begin;
  const Part* part = chunks == 1 || parts_.empty() ? nullptr : &parts_[static_cast<std::size_t>(chunk)];
  const auto run_of = [&](std::size_t e) -> SourceRun<R> {
    const std::int32_t j = sources[e] - projection_.source_begin;
    if (part != nullptr) {
      const std::int64_t first = part->offset[static_cast<std::size_t>(j)];
      return {part->target.data() + first, part->weight.data() + first,
              part->offset[static_cast<std::size_t>(j) + 1] - first};
    }
    const std::int64_t first = chunks == 1 ? projection_.begin_of(j) : cut(j, chunk);
    const std::int64_t last = chunks == 1 ? projection_.begin_of(j + 1) : cut(j, chunk + 1);
    return {projection_.target.data() + first, weight + first, last - first};
  };
  add_runs<R>(
      sources.size(), run_of, [&](std::size_t e) { return activity[sources[e]]; }, common.target_current(projection_));
}

/// With one lane the columns of weights, on threads that take targets; else the synapses of each
/// source that is not silent in every lane.
template <class R>
void Sender<R>::send_columns(const Common<R>& common, const R* activity) const {
  const R* weight = common.weight(p_);
  R* current = common.target_current(projection_);
  const std::span<const std::int32_t> active = common.active_sources(projection_);
  if (common.lanes > 1 || !projection_.dense) {
    for (const std::int32_t source : active) {
      const std::int32_t j = source - projection_.source_begin;
      add_run_of_lanes(synapses_with(projection_, weight), j, activity + std::ptrdiff_t{j} * common.lanes, common.lanes,
                       current);
    }
    return;
  }
  const std::int32_t targets = projection_.target_size;
  const WeightsView<R> w{weight, targets, projection_.source_size, targets};
  const int chunks = std::ssize(active) * targets < kWorthSending ? 1 : threads_;
  common.executor(chunks, [&](int chunk) {
    const auto first = static_cast<std::int32_t>(std::int64_t{targets} * chunk / chunks);
    const auto last = static_cast<std::int32_t>(std::int64_t{targets} * (chunk + 1) / chunks);
    add_active_columns(w, active, projection_.source_begin, activity, first, last, current);
  });
}

template std::int64_t count_sent_sparse(const Projection&, const double*, std::int32_t);
template std::int64_t count_sent_sparse(const Projection&, const float*, std::int32_t);
template void send_product(const Common<double>&, const Projection&, const double*, const double*, double*);
template void send_product(const Common<float>&, const Projection&, const float*, const float*, float*);
template void carry_errors_back(const Common<double>&, ProjectionId, const double*, double*);
template void carry_errors_back(const Common<float>&, ProjectionId, const float*, float*);
template class Sender<double>;
template class Sender<float>;

}  // namespace locus
