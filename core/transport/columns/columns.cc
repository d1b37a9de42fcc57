#include "core/transport/columns/columns.h"

#include <algorithm>

#include "core/transport/no_offence.h"

namespace locus {

template <class R>
Columns<R>::Columns(Network<R>& network, const Learning& learning, const Horizon& horizon, Executor executor,
                    Door& door, RankExchange exchange)
    : common_(network, learning, horizon, executor, door, exchange),
      learners_(common_),
      mirrors_(common_),
      neurons_(common_),
      readouts_(horizon.outputs_are_seen),
      ahead_(common_),
      runs_(common_),
      forward_(common_),
      sweeps_(common_) {
  senders_.reserve(common_.plan.projections.size());
  for (ProjectionId p; p.value < std::ssize(common_.plan.projections); ++p.value) senders_.emplace_back(common_, p);
}

template <class R>
void Columns<R>::begin_trial(const R* inputs) {
  common_.shown = inputs;
  common_.feedback_wires.begin_trial();
  readouts_.begin_trial(common_);
  neurons_.begin_trial(common_);
  learners_.begin_trial();
  mirrors_.begin_trial();
}

template <class R>
void Columns<R>::tick(Tick now) {
  Network<R>& network = common_.network;
  common_.door.tick(now);
  Column<R>& activity = network.inputs.activity;
  if (common_.shown != nullptr)
    std::copy_n(common_.shown + std::ptrdiff_t{now.value - 1} * std::ssize(activity), activity.size(), activity.begin());
  common_.input_lines.enter();
  if (!common_.tapes.inputs.empty()) common_.tapes.inputs.write(now.value - 1, activity.data());
  neurons_.begin_late(common_, now);
  neurons_.begin_tick(common_);
  if (!ahead_.empty())
    std::copy_n(ahead_.currents(common_, now.value - 1), network.rate.size, network.rate.current.begin());
  readouts_.begin_tick(common_, now);
}

template <class R>
void Columns<R>::step(Layer layer) {
  if (layer == Layer::kRate) {
    neurons_.step(common_, senders_);
    mirrors_.tick();
  } else {
    readouts_.step(common_);
  }
}

template <class R>
void Columns<R>::deliver(const phase::Axons& axons) {
  const ProjectionId p = axons.projection;
  const Projection& projection = common_.projection(p);
  const Sender<R>& sender = senders_[p];
  const R* activity = common_.source_activity(projection);
  const std::int64_t messages = sender.count(common_, activity);
  Door& door = common_.door;
  const CountedOnce<R> once(common_, is_on_every_rank(projection));
  if (!projection.is_bias) {
    common_.door.pass(common_.passages(p).axon, 0, messages, no_offence);
    record_axons(door.traffic(), 0, projection, activity, common_.lanes);
    common_.door.pass(common_.passages(p).dendrite, 0, messages, no_offence);
    sweeps_.note_sent(p, door.now(), messages);
  }
  const bool onto_rate = projection.target_layer == Layer::kRate;

  if (!learners_.send(common_, p)) {
    if (onto_rate && common_.plan.shared_out) {
      neurons_.put_off(p, messages);
    } else if (onto_rate || !readouts_.idle()) {
      sender.send(common_, activity, messages);
    }
  }
  learners_.hear_axon(p, activity);
}

template <class R>
void Columns<R>::commit(R scale) {
  ++common_.network.commits;
  learners_.commit(common_, scale);
  mirrors_.commit(common_, scale);
}

template <class R>
void Columns<R>::finish() {
  learners_.finish(common_);
}

template <class R>
void Columns<R>::copy_weights() {
  for (Sender<R>& sender : senders_) sender.copy_weights(common_);
}

template <class R>
Fuses Columns<R>::fuses() const {
  const bool runs = common_.plan.runs || common_.plan.runs_forward;
  if (!runs || common_.network.latest > 0 || common_.door.traffic() != nullptr || !learners_.watched().empty())
    return Fuses::kNothing;
  if (common_.plan.runs_forward) return Fuses::kErrors;
  if (common_.trial.classes) return Fuses::kTicks;
  const std::int32_t visits = std::min(common_.learning.depth, common_.trial.ticks);
  const bool sweeps = selects<phase::BackStages<R>>(common_.selected);
  const bool open = common_.template opens<phase::Comparisons<R>>(0) &&
                    (!sweeps || common_.template opens<phase::BackStages<R>>(visits - 1));
  return open ? Fuses::kErrors : Fuses::kTicks;
}

template <class R>
void Columns<R>::deliver(const phase::Ticks& run) {
  if (common_.plan.runs_forward) return forward_.advance(common_, senders_, ahead_, readouts_, run.first, run.last);
  const std::int32_t ticks = run.last.value + 1 - run.first.value;
  const std::int32_t row = run.first.value - 1;
  runs_.advance(common_, ahead_, run.first, run.last);
  for (ProjectionId p; p.value < std::ssize(senders_); ++p.value) sweeps_.leave_uncounted(p, run.first, ticks);
  // no error comes
  const std::int32_t quiet = std::clamp(-common_.trial.row_in_window(run.first), 0, ticks);
  learners_.hear_run(common_, run.first, run.last, quiet);
  if (common_.rule.drive != Drive::kOnline) return;
  Tapes<R>& tapes = common_.tapes;
  if (!tapes.signals.empty() && !tapes.gains.empty())
    std::fill_n(tapes.signals.at(row, 0), std::ptrdiff_t{quiet} * common_.network.rate.size, R(0));
  runs_.pass_posts(common_, quiet, ticks - quiet);
}

template <class R>
Swept Columns<R>::sweep(Tick now, std::int32_t visits, const AgentColumns<R>& agent) {
  if (fuses() == Fuses::kNothing || !common_.template opens<phase::BackStages<R>>(visits - 1)) return Swept::kNothing;
  sweeps_.pass_all(common_, now, visits);
  return sweeps_.whole(common_, now, visits, agent) ? Swept::kAll : Swept::kMessages;
}

template <class R>
TaughtSynapse<R> Columns<R>::synapse(ProjectionId id, SynapseId index, Lane) {
  return {common_.synapses(id).weight[index], learners_.change(id, index)};
}

template <class R>
R Columns<R>::behind(ProjectionId id, SynapseId index, Lane lane) const {
  const Projection& projection = common_.projection(id);
  return common_.source_activity(projection)[std::ptrdiff_t{projection.source_of(index.value)} * common_.lanes + lane.value];
}

template <class R>
void Columns<R>::watch_trace(ProjectionId id) {
  learners_.watch(common_, id);
}

template <class R>
R Columns<R>::trace(ProjectionId id, SynapseId synapse, Lane lane) const {
  const std::vector<WatchedTraces<R>>& watched = learners_.watched();
  const auto found = std::ranges::find(watched, id, &WatchedTraces<R>::projection);
  CHECK(found != watched.end(), "only traces that are watched can be seen");
  return found->trace(synapse.value, lane.value, common_.lanes);
}

template class Columns<double>;
template class Columns<float>;

}  // namespace locus
