#include "core/transport/columns/way_local.h"

#include <algorithm>
#include <utility>

namespace locus {
namespace {

/// Synapses below which one thread is faster than several.
constexpr std::int64_t kWorthThreads = 16384;

}  // namespace

template <class R>
LocalWay<R>::LocalWay(const Common<R>& common, std::int32_t p)
    : p_(p), program_(std::make_unique<TileProgram>(*common.learning.local, common.learning.dt, common.learning.ticks)) {
  const ProjectionPlan& plan = common.plan_for(p);
  pre_.assign(static_cast<std::size_t>(plan.pre), R(0));
  delta_.assign(static_cast<std::size_t>(plan.delta), R(0));
  const auto cells = static_cast<std::size_t>(common.projection(p).size()) * static_cast<std::size_t>(common.lanes);
  for (const LocalTrace& trace : common.learning.local->traces)
    traces_.emplace_back(trace.at == TraceAt::kTarget ? std::size_t{0} : cells, R(0));
  const bool worth = common.projection(p).size() * common.lanes >= kWorthThreads;
  for (int share = 0; share < (worth ? common.executor.threads : 1); ++share) {
    TileColumns<R> columns;
    columns.traces.resize(traces_.size());
    columns.payload.resize(common.learning.local->payload.size());
    shares_.push_back({TileRunner<R>(*program_), std::move(columns)});
  }
}

template <class R>
void LocalWay<R>::begin_trial() {
  std::ranges::fill(pre_, R(0));
  for (Column<R>& trace : traces_) std::ranges::fill(trace, R(0));
}

template <class R>
void LocalWay<R>::hear_from(const PostTick<R>& tick, std::int32_t first, std::int32_t last, TileRunner<R>& runner,
                            TileColumns<R>& columns) {
  const Common<R>& common = tick.common;
  const Projection& projection = common.projection(p_);
  const LocalNeurons<R>& neurons = *tick.local;
  const std::ptrdiff_t target = common.first_target(projection);
  columns.lanes = common.lanes;
  for (std::size_t k = 0; k < columns.payload.size(); ++k)
    columns.payload[k] = neurons.payload(static_cast<int>(k)) + target;
  columns.constants = {neurons.constants(Symbol::kLeak) + projection.target_begin,
                       neurons.constants(Symbol::kDecay) + projection.target_begin,
                       neurons.constants(Symbol::kDrive) + projection.target_begin};
  for (std::int32_t j = first; j < last; ++j) {
    const std::int64_t begin = projection.begin_of(j);
    columns.synapses = projection.begin_of(j + 1) - begin;
    columns.pre = pre_.data() + std::ptrdiff_t{j} * common.lanes;
    columns.weight = common.weight(p_) + begin;
    columns.target = projection.dense ? nullptr : projection.target.data() + begin;
    for (std::size_t t = 0; t < traces_.size(); ++t)
      columns.traces[t] = traces_[t].empty() ? nullptr : traces_[t].data() + begin * common.lanes;
    columns.delta = delta_.data() + begin;
    runner.run(columns);
  }
}

template <class R>
void LocalWay<R>::hear_post(const PostTick<R>& tick) {
  const Common<R>& common = tick.common;
  const Projection& projection = common.projection(p_);
  const auto chunks = static_cast<int>(shares_.size());
  common.executor(chunks, [&](int chunk) {
    Share& share = shares_[static_cast<std::size_t>(chunk)];
    const auto first = static_cast<std::int32_t>(std::int64_t{projection.source_size} * chunk / chunks);
    const auto last = static_cast<std::int32_t>(std::int64_t{projection.source_size} * (chunk + 1) / chunks);
    hear_from(tick, first, last, share.runner, share.columns);
  });
}

template class LocalWay<double>;
template class LocalWay<float>;

}  // namespace locus
