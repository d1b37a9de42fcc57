#include "core/transport/columns/readouts_clock.h"

namespace locus {
namespace {

/// FEEDBACK over wires that lose some of it, in the order of the product. said (sources x lanes),
/// signal (targets x lanes).
template <class R>
void hear_survivors(const Common<R>& common, std::size_t part, const R* said, R* signal) {
  const Projection& wires = common.network.feedback[part];
  const R* const weight = common.network.feedback_synapses[part].weight.data();
  const Tick sent = common.feedback_wires.sent(common.door.now());
  const std::int32_t lanes = common.lanes;
  for (std::int32_t j = 0; j < wires.source_size; ++j) {
    for (std::int64_t k = wires.begin_of(j); k < wires.begin_of(j + 1); ++k) {
      for (std::int32_t lane = 0; lane < lanes; ++lane) {
        const R value = said[std::ptrdiff_t{j} * lanes + lane];
        if (value == R(0) || common.feedback_wires.is_lost(part, k, lane, sent)) continue;
        signal[std::ptrdiff_t{wires.target_of(k)} * lanes + lane] += feedback(value, weight[k]).value;
      }
    }
  }
}

}  // namespace

template <class R>
void ReadoutsClock<R>::begin_trial(const Common<R>& common) const {
  const TrialBegin begin{common.network.carries};
  for (std::size_t cell = 0; cell < common.network.readouts.output.size(); ++cell) {
    on(common.readout(cell), begin);
    on(common.readout(cell), Silence{});  // while they are idle no tick does that
  }
}

template <class R>
void ReadoutsClock<R>::begin_tick(Common<R>& common, Tick now) {
  common.errors_said.forget();
  idle_ = !outputs_are_seen_ && !common.plan.leaky_readouts && !common.trial.has_error(now.value);
  if (idle_) return;
  for (std::size_t cell = 0; cell < common.network.readouts.output.size(); ++cell) on(common.readout(cell), Silence{});
}

template <class R>
void ReadoutsClock<R>::step(const Common<R>& common) const {
  if (idle_) return;
  for (const Neurons& population : common.network.readouts.populations) {
    const auto [first, last] = common.cells_of(population);
    const Leaky<R> clock{static_cast<R>(population.decay), static_cast<R>(population.gain)};
    for (std::size_t cell = first; cell < last; ++cell) locus::step(common.readout(cell), clock);
  }
}

/// TARGET passes the door, and handle(readout, message) hears it.
template <class R>
template <class Handle>
void ReadoutsClock<R>::tell_targets(const Common<R>& common, const R* target, const R* weight, Handle handle) const {
  const ReadoutLayer<R>& readouts = common.network.readouts;
  const std::size_t cells = readouts.output.size();
  pass_targets(common.door, static_cast<std::int64_t>(cells), weight);
  if (weight == nullptr) {
    record_each(common.door.traffic(), stream_of(Phase::kTarget), 0, readouts.size, common.lanes);
    for (std::size_t cell = 0; cell < cells; ++cell) handle(common.readout(cell), Target<R>{target[cell]});
    return;
  }
  Traffic* const traffic = common.door.traffic();
  for (std::size_t cell = 0; cell < cells; ++cell) {
    if (weight[cell] == R(0)) continue;
    const auto at = static_cast<std::int32_t>(cell);
    if (traffic != nullptr) traffic->add(stream_of(Phase::kWeightedTarget), 0, at / common.lanes, at % common.lanes, 1);
    handle(common.readout(cell), WeightedTarget<R>{target[cell], weight[cell]});
  }
}

template <class R>
void ReadoutsClock<R>::deliver(const Common<R>& common, const phase::Targets<R>& targets) const {
  const CountedOnce<R> once(common);
  tell_targets(common, targets.target, targets.weight, [&](Readout<R> self, auto m) { on(self, m, targets.scale); });
}

template <class R>
void ReadoutsClock<R>::deliver(const Common<R>& common, const phase::Classes<R>& classes) const {
  const CountedOnce<R> once(common);
  const ReadoutLayer<R>& layer = common.network.readouts;
  Door& door = common.door;
  const std::int32_t lanes = common.lanes;
  const std::int64_t readouts = layer.size;
  pass<Phase::kNorm>(door, 0, readouts * (readouts - 1) * lanes, no_offence);
  for (std::int32_t lane = 0; lane < lanes; ++lane) {
    const auto readout = [&](std::int32_t k) {
      return common.readout(static_cast<std::size_t>(k) * static_cast<std::size_t>(lanes) + static_cast<std::size_t>(lane));
    };
    // every readout sums the same parts in the same order: the first one's sum is that of all
    const Readout<R> first = readout(0);
    begin_norm(first);
    for (std::int32_t k = 0; k < layer.size; ++k) on(first, norm(readout(k)));
    for (std::int32_t k = 0; k < layer.size; ++k) {
      readout(k).peak = first.peak;
      readout(k).norm = first.norm;
      if (door.traffic() != nullptr && readouts > 1)
        door.traffic()->add(stream_of(Phase::kNorm), 0, k, lane, readouts - 1);
    }
  }
  tell_targets(common, classes.target, classes.weight, [&](Readout<R> self, auto m) { classify(self, m, classes.scale); });
}

template <class R>
void ReadoutsClock<R>::deliver(Common<R>& common, const phase::Feedbacks& feedbacks) const {
  Network<R>& network = common.network;
  FeedbackWires<R>& narrow = common.feedback_wires;
  const Tick now = common.door.now();
  const R* const said = narrow.say(now, feedbacks.tick_has_error);
  const R* const arriving = narrow.arriving(now);
  for (std::size_t r = 0; r < network.feedback.size(); ++r) {
    const Projection& wires = network.feedback[r];
    const std::ptrdiff_t first = std::ptrdiff_t{wires.source_begin} * common.lanes;
    pass<Phase::kFeedback>(common.door, 0, count_sent(common, wires, said + first), no_offence);
    record_sources(common.door.traffic(), stream_of(Phase::kFeedback), 0, wires, said + first, common.lanes);
    if (arriving == nullptr) continue;
    R* const signal = network.rate.signal.data() + common.first_target(wires);
    if (narrow.loses()) {
      hear_survivors(common, r, arriving + first, signal);
    } else {
      send_product(common, wires, network.feedback_synapses[r].weight.data(), arriving + first, signal);
    }
  }
}

template class ReadoutsClock<double>;
template class ReadoutsClock<float>;

}  // namespace locus
