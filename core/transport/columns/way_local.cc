#include "core/transport/columns/way_local.h"

#include <algorithm>
#include <utility>

namespace locus {
namespace {

/// Synapses below which one thread is faster than several.
constexpr std::int64_t kWorthThreads = 16384;

}  // namespace

template <class R>
LocalWay<R>::LocalWay(const Common<R>& common, ProjectionId p) : p_(p) {
  const ProjectionPlan& plan = common.plan_for(p);
  const LocalRule& rule = *common.learning.local;
  pre_.assign(static_cast<std::size_t>(plan.pre), R(0));
  delta_.assign(static_cast<std::size_t>(plan.delta), R(0));
  const auto cells = static_cast<std::size_t>(common.projection(p).size()) * static_cast<std::size_t>(common.lanes);
  for (const LocalTrace& trace : rule.traces) {
    traces_.emplace_back(trace.at == TraceAt::kTarget || trace.is_shared ? std::size_t{0} : cells, R(0));
    shared_.emplace_back(trace.is_shared ? 2 * pre_.size() : std::size_t{0}, R(0));
  }
  tick_ = program_of(common, RuleMoment::kTick);
  if (!rule.ends.empty()) end_ = program_of(common, RuleMoment::kEnd);
}

template <class R>
typename LocalWay<R>::Program LocalWay<R>::program_of(const Common<R>& common, RuleMoment moment) const {
  const LocalRule& rule = *common.learning.local;
  Program made{std::make_unique<TileProgram>(rule, common.learning.dt, common.learning.ticks, moment),
               {},
               moment == RuleMoment::kEnd ? rule.end_payload.size() : rule.payload.size()};
  const bool worth = common.projection(p_).size() * common.lanes >= kWorthThreads;
  for (int share = 0; share < (worth ? common.executor.threads : 1); ++share)
    made.shares.push_back({TileRunner<R>(*made.program), {}});
  return made;
}

template <class R>
void LocalWay<R>::use(const RuleKernels<R>& kernels) {
  for (Share& share : tick_.shares) share.runner.use(kernels.at(RuleMoment::kTick));
  for (Share& share : end_.shares) share.runner.use(kernels.at(RuleMoment::kEnd));
}

template <class R>
void LocalWay<R>::begin_trial() {
  std::ranges::fill(pre_, R(0));
  for (Column<R>& trace : traces_) std::ranges::fill(trace, R(0));
  for (Column<R>& trace : shared_) std::ranges::fill(trace, R(0));
}

template <class R>
void LocalWay<R>::run_from(const PostTick<R>& tick, std::int32_t first, std::int32_t last, RuleMoment moment, Share& share) {
  const Common<R>& common = tick.common;
  const Projection& projection = common.projection(p_);
  const LocalNeurons<R>& neurons = *tick.local;
  const std::ptrdiff_t target = common.first_target(projection);
  TileColumns<R>& columns = share.columns;
  columns.lanes = common.lanes;
  const std::size_t payload = (moment == RuleMoment::kEnd ? end_ : tick_).payload;
  for (std::size_t k = 0; k < payload; ++k) {
    const int number = static_cast<int>(k);
    columns.payload[k] = (moment == RuleMoment::kEnd ? neurons.end_payload(number) : neurons.payload(number)) + target;
  }
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
    for (std::size_t t = 0; t < shared_.size(); ++t)
      columns.shared[t] = shared_[t].empty() ? nullptr : shared_[t].data() + std::ptrdiff_t{2} * j * common.lanes;
    columns.delta = delta_.data() + begin;
    share.runner.run(columns);
  }
}

template <class R>
void LocalWay<R>::run(const PostTick<R>& tick, RuleMoment moment) {
  const Common<R>& common = tick.common;
  const Projection& projection = common.projection(p_);
  std::vector<Share>& shares = (moment == RuleMoment::kEnd ? end_ : tick_).shares;
  const auto chunks = static_cast<int>(shares.size());
  common.executor(chunks, [&](int chunk) {
    const auto first = static_cast<std::int32_t>(std::int64_t{projection.source_size} * chunk / chunks);
    const auto last = static_cast<std::int32_t>(std::int64_t{projection.source_size} * (chunk + 1) / chunks);
    run_from(tick, first, last, moment, shares[static_cast<std::size_t>(chunk)]);
  });
}

template class LocalWay<double>;
template class LocalWay<float>;

}  // namespace locus
