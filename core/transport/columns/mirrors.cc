#include "core/transport/columns/mirrors.h"

#include <algorithm>

#include "core/kernel/settle.h"
#include "core/transport/no_offence.h"

namespace locus {

template <class R>
Mirrors<R>::Mirrors(const Common<R>& common) : mirror_(mirror_of(common.network)) {
  for (std::size_t r = 0; r < common.network.feedback.size(); ++r) {
    const Projection& wires = common.network.feedback[r];
    if (!wires.plastic) continue;
    Mirrored& added = mirrored_.emplace_back();
    added.feedback = r;
    added.optimizer = optimizer_of(common.learning, wires);
    for (const std::int64_t synapses : wires.fan_in()) added.fan_in.push_back(static_cast<std::int32_t>(synapses));
    added.delta.assign(static_cast<std::size_t>(wires.size()), R(0));
  }
  if (filters_for_feedback(common.network)) filtered_.assign(common.network.rate.activity.size(), R(0));
}

template <class R>
void Mirrors<R>::begin_trial() {
  std::ranges::fill(filtered_, R(0));
}

template <class R>
void Mirrors<R>::tick(const Common<R>& common) {
  const R* activity = common.network.rate.activity.data();
  for (std::size_t cell = 0; cell < filtered_.size(); ++cell) mirror(filtered_[cell], activity[cell], mirror_);
}

template <class R>
void Mirrors<R>::deliver(Common<R>& common, const phase::FeedbackPosts&) {
  const std::int32_t lanes = common.lanes;
  for (Mirrored& own : mirrored_) {
    const Projection& wires = common.network.feedback[own.feedback];
    const R* activity = told(common, wires);
    std::int64_t messages = 0;
    for (std::int32_t i = 0; i < wires.target_size; ++i)
      messages += count_nonzero(activity + std::ptrdiff_t{i} * lanes, lanes) * own.fan_in[static_cast<std::size_t>(i)];
    pass<Phase::kFeedbackPost>(common.door, 0, messages, no_offence);
    const R* const epsilon = common.network.readouts.epsilon.data();
    Column<R>& weight = common.network.feedback_synapses[own.feedback].weight;
    R nothing = R(0);  // the synapse keeps no trace
    std::int64_t k = 0;
    wires.each([&](std::int32_t source, std::int32_t target) {
      const R* const errors = epsilon + std::ptrdiff_t{source} * lanes;
      const R* const said = activity + std::ptrdiff_t{target - wires.target_begin} * lanes;
      const auto synapse = static_cast<std::size_t>(k++);
      for (std::int32_t lane = 0; lane < lanes; ++lane) {
        if (said[lane] == R(0)) continue;
        R error = errors[lane];
        on(Synapse<R>{weight[synapse], error, nothing, own.delta[synapse]}, FeedbackPost<R>{said[lane]});
      }
    });
  }
}

template <class R>
void Mirrors<R>::commit(Common<R>& common, R scale) {
  for (Mirrored& own : mirrored_) {
    Synapses<R>& synapses = common.network.feedback_synapses[own.feedback];
    settle(CommitColumns<R>{synapses.weight, own.delta, synapses.first, synapses.second}, own.optimizer,
           CommitStep{synapses.learning_rate, static_cast<double>(scale), common.network.commits});
  }
}

template class Mirrors<double>;
template class Mirrors<float>;

}  // namespace locus
