#include "core/transport/columns/mirrors.h"

#include "core/kernel/settle.h"
#include "core/transport/columns/sending.h"
#include "core/transport/no_offence.h"

namespace locus {

template <class R>
Mirrors<R>::Mirrors(const Common<R>& common) : activity_(common.network) {
  for (std::size_t r = 0; r < common.network.feedback.size(); ++r) {
    const Projection& wires = common.network.feedback[r];
    if (!wires.plastic) continue;
    Mirrored& added = mirrored_.emplace_back();
    added.feedback = r;
    added.optimizer = optimizer_of(common.learning, wires);
    added.fan_in = fan_in_of(wires);
    added.delta.assign(static_cast<std::size_t>(wires.size()), R(0));
  }
}

template <class R>
void Mirrors<R>::deliver(Common<R>& common, const phase::FeedbackPosts&) {
  const std::int32_t lanes = common.lanes;
  for (Mirrored& own : mirrored_) {
    const Projection& wires = common.network.feedback[own.feedback];
    const R* activity = activity_.values() + common.first_target(wires);
    pass<Phase::kFeedbackPost>(common.door, 0, count_heard(activity, own.fan_in.data(), wires.target_size, lanes),
                               no_offence);
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
