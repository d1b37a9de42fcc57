#include "core/transport/columns/way_waiting.h"

#include <algorithm>

namespace locus {

template <class R>
LoopWay<R>::LoopWay(const Common<R>& common, ProjectionId p) : p_(p) {
  const ProjectionPlan& plan = common.plan_for(p);
  if (common.projection(p).target_layer == Layer::kRate) {
    leak_ = leak_onto(common, p);
    decay_ = trace_decay_onto(common, p);
    differ_ = neurons_onto(common, p).differ();
    decays_ = trace_decays_onto(common, p);
  }
  pre_.assign(static_cast<std::size_t>(plan.pre), R(0));
  trace_.assign(static_cast<std::size_t>(plan.trace), R(0));
  delta_.assign(static_cast<std::size_t>(plan.delta), R(0));
  rounding_ = trace_rounding_of(common.learning, common.projection(p));
}

template <class R>
void LoopWay<R>::begin_trial() {
  std::ranges::fill(pre_, R(0));
  std::ranges::fill(trace_, R(0));
}

template <class R>
void LoopWay<R>::hear_post(const PostTick<R>& tick) {
  const Common<R>& common = tick.common;
  const PostColumns<R>& post = tick.columns;
  const Projection& projection = common.projection(p_);
  const bool own_decay = projection.target_layer == Layer::kRate && common.rule.decay == DecaySource::kNeuron;
  const std::ptrdiff_t first = common.first_target(projection);
  const R* const decay = own_decay ? post.decay.data() + first : decays_.empty() ? nullptr : decays_.data();
  const PostView<R> message{decay, post.gain.data() + first, post.signal.data() + first, decay_};
  const LoopColumns<R> columns{synapses_with(projection, common.synapses(p_).weight.data()), common.lanes, pre_.data(),
                               trace_.data(), delta_.data()};
  // of targets that differ the gains stand in the column of POST, whose signals are 0 in this tick
  if (tick.learn == Learn::kDrift && !differ_) {
    loop_drift(columns, message, leak_);
  } else {
    loop_post(columns, message);
  }
  if (rounding_) round_traces(common);
}

template <class R>
void LoopWay<R>::round_traces(const Common<R>& common) {
  const std::int32_t now = common.door.now().value;
  const auto lanes = static_cast<std::int64_t>(common.lanes);
  for (std::int64_t cell = 0; cell < std::ssize(trace_); ++cell)
    rounding_->round(trace_[static_cast<std::size_t>(cell)], common.network.first_trial + cell % lanes, now, cell / lanes);
}

template class LoopWay<double>;
template class LoopWay<float>;

}  // namespace locus
