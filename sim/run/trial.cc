#include "sim/run/trial.h"

#include <algorithm>
#include <cmath>

#include "core/protocol/declaration.h"
#include "sim/model/learning.h"
#include "sim/task/task.h"

namespace locus {

template <class R, TransportOf<R> T>
Trial<R, T>::Trial(T& transport, const Learning& learning, const TrialShape& shape, const TrainingSpec& training)
    : transport_(transport),
      learning_(learning),
      shape_(shape),
      selected_(selected_phases(selection_of(learning, shape))),
      scale_(static_cast<R>(loss_scale_of(training, shape.window))),
      carries_(training.carry_state),
      mean_(R(1) / static_cast<R>(transport.network().lanes)),
      leaky_(transport.network().topology->has_leaky_readouts()),
      noisy_(!transport.network().rate.noise.empty()),
      feedback_delay_(delay_of(learning, Channel::kFeedback)),
      losses_(static_cast<std::size_t>(transport.network().lanes), 0),
      met_(losses_),
      rewards_(losses_.size(), R(0)) {
  const Network<R>& network = transport.network();
  for (std::size_t p = 0; p < network.projections().size(); ++p) {
    const Projection& projection = network.projections()[p];
    const bool first = projection.source_layer == Layer::kInput || projection.target_layer == Layer::kRate;
    (first ? before_neurons_ : after_neurons_).push_back(static_cast<std::int32_t>(p));
  }
  if (selects<phase::Adjoints<R>>(selected_)) agent_.emplace(network, learning, shape, RunsTicks<T, R>);
  if (selected_.holds(Phase::kInfluence)) sensitivities_.emplace(network, learning_);
  if (selected_.holds(Phase::kReduce)) factors_.emplace(network, learning_);
  if (selects<phase::Squares<R>>(selected_)) clip_.emplace(*learning.optimizer.norm, network.lanes);
}

template <class R, TransportOf<R> T>
double Trial<R, T>::run(const Batch<R>& batch) {
  begin(batch);
  for (Tick now{1}; now.value <= shape_.ticks; ++now.value) {
    if (const Tick last = end_of_run(now); last >= now) {
      const bool learnt = run_ticks(now, last, batch);
      now = last;
      see_and_commit(now, learnt);
    } else {
      show_inputs(batch, now);
      step(now);
      const bool has_error = shape_.has_error(now.value);
      learn(now, has_error ? batch.target_at(now.value) : nullptr, has_error ? batch.weight_at(now.value) : nullptr,
            batch.reward_at(now.value));
    }
  }
  return end();
}

template <class R, TransportOf<R> T>
void Trial<R, T>::begin(const R* inputs, std::int64_t first_trial) {
  begin(inputs, first_trial, {});
}

template <class R, TransportOf<R> T>
void Trial<R, T>::begin(const R* inputs, std::int64_t first_trial, std::span<const std::int32_t> late) {
  std::ranges::fill(losses_, 0.0);
  transport_.network().first_trial = first_trial;
  last_error_ = Tick{};
  counts_votes_ = false;
  origin_.reset();
  set_late(late, transport_.network());
  transport_.begin_trial(inputs);
  if (agent_) agent_->begin_trial();
  if (sensitivities_) sensitivities_->begin_trial();
  if (factors_) factors_->begin_trial();
}

template <class R, TransportOf<R> T>
void Trial<R, T>::begin(const Batch<R>& batch) {
  begin(batch.source != nullptr ? nullptr : batch.input.data(), batch.first_trial, batch.late);
  counts_votes_ = !batch.labels.empty();
  if (counts_votes_) votes_.assign(transport_.network().readouts.output.size(), 0.0);
}

template <class R, TransportOf<R> T>
void Trial<R, T>::show_inputs(const Batch<R>& batch, Tick now) {
  if (batch.source != nullptr) batch.source->show(now.value, transport_.network().inputs.activity.data());
}

template <class R, TransportOf<R> T>
void Trial<R, T>::learn(Tick now, const R* target, const R* weight, const R* reward) {
  see_and_commit(now, rule(learning_.kind).drive != Drive::kNothing && learn_tick(now, target, weight, reward));
}

template <class R, TransportOf<R> T>
double Trial<R, T>::end() {
  deliver(phase::RateErrors{});
  transport_.finish();
  transport_.network().carries = carries_;
  double sum = 0;
  for (const double loss : losses_) sum += loss;
  return sum / static_cast<double>(losses_.size());
}

template <class R, TransportOf<R> T>
void Trial<R, T>::see_and_commit(Tick now, bool learnt) {
  if (observer_) observer_(now, transport_.network());
  if (shape_.commits_every_tick && learnt) commit(R(1));
}

template <class R, TransportOf<R> T>
const std::vector<double>& Trial<R, T>::show(const Batch<R>& batch) {
  const PhaseSet shown = selected_phases(selection_of_evaluation(shape_));
  begin(batch);
  for (Tick now{1}; now.value <= shape_.ticks; ++now.value) {
    show_inputs(batch, now);
    step(now);
    if (shape_.has_error(now.value)) meet_targets(now, batch.target_at(now.value), batch.weight_at(now.value), shown);
    if (observer_) observer_(now, transport_.network());
  }
  return losses_;
}

template <class R, TransportOf<R> T>
void Trial<R, T>::commit_batch() {
  if (shape_.commits_every_tick || rule(learning_.kind).drive == Drive::kNothing) return;
  commit(mean_);
  transport_.finish();
}

template <class R, TransportOf<R> T>
void Trial<R, T>::commit(R scale) {
  if (clip_) clip_->clip(transport_, scale);
  transport_.commit(scale);
}

/// The last tick of those from `now` on that the transport takes at once, nobody looking at each:
/// up to the next commit, or to the first error. Before `now` where there are none.
template <class R, TransportOf<R> T>
Tick Trial<R, T>::end_of_run(Tick now) const {
  if constexpr (RunsTicks<T, R>) {
    const Fuses fuses = observer_ ? Fuses::kNothing : transport_.fuses();
    if (fuses == Fuses::kNothing) return Tick{};
    if (fuses == Fuses::kTicks) return Tick{shape_.first_error().value - 1};
    if (!agent_ || !shape_.commits_every_tick) return Tick{shape_.ticks};
    while (!sweep_due(learning_, shape_, now.value)) ++now.value;
    return now;
  }
  return Tick{};
}

/// Their phases, each of all ticks together, and then their sweeps: until a commit nothing that
/// goes forward waits for one. Returns what learn_tick() does of the last.
template <class R, TransportOf<R> T>
bool Trial<R, T>::run_ticks(Tick first, Tick last, const Batch<R>& batch) {
  if constexpr (RunsTicks<T, R>) {
    transport_.deliver(phase::Ticks{first, last});
    const Tick first_error = std::max(first, shape_.first_error());
    if (first_error > last || !selects<phase::Comparisons<R>>(selected_)) return false;
    transport_.deliver(phase::Comparisons<R>{first_error, last, batch.target_at(first_error.value), scale_,
                                             batch.weight_at(first_error.value)});
    Tick due = first_error;  // of the next sweep
    for (Tick tick = first_error; tick <= last; ++tick.value) {
      add_squares(transport_.errors_at(tick), batch.weight_at(tick.value));
      if (counts_votes_) add_votes(transport_.outputs_at(tick), batch.weight_at(tick.value));
      note_origin({transport_.errors_at(tick), nullptr, tick == last}, tick);
      if (!agent_) continue;
      due = std::max(due, tick);
      while (!sweep_due(learning_, shape_, due.value)) ++due.value;
      // what no sweep comes to, the agent does not ask for
      const bool revisited = due.value - tick.value < learning_.depth;
      if (revisited) transport_.deliver(phase::Answer<R>{tick, agent_->errors_of(tick)});
      if (tick == due) agent_->sweep(transport_, tick);
    }
    return true;
  }
  return false;
}

template <class R, TransportOf<R> T>
void Trial<R, T>::step(Tick now) {
  transport_.tick(now);
  for (const std::int32_t p : before_neurons_) deliver(phase::Axons{ProjectionId{p}});
  if (sensitivities_) sensitivities_->hear(transport_);
  if (factors_) factors_->hear(transport_);
  if (noisy_) draw_noise(transport_.network(), static_cast<std::uint64_t>(transport_.network().first_trial), now.value);
  transport_.step(Layer::kRate);
  if (sensitivities_) sensitivities_->step_neurons(transport_.network());
  if (factors_) factors_->step_neurons(transport_.network(), now);
  for (const std::int32_t p : after_neurons_) deliver(phase::Axons{ProjectionId{p}});
  transport_.step(Layer::kReadout);
}

template <class R, TransportOf<R> T>
bool Trial<R, T>::learn_tick(Tick now, const R* target, const R* weight, const R* reward) {
  const Rule& row = rule(learning_.kind);
  const bool has_error = target != nullptr;
  if (row.signal == SignalSource::kLoss) met_ = losses_;
  if (has_error) meet_targets(now, target, weight, selected_);
  Answers<R> answers;
  if (row.signal == SignalSource::kSymmetric && has_error)
    answers = {Party::kRate, transport_.network().rate.signal.data()};
  // the agent's sums of a tick that may have an error begin anew, also where nobody compares
  if (row.signal == SignalSource::kAgent && shape_.has_error(now.value)) answers = agent_->errors_of(now);
  // Synapses onto readouts with memory filter by the clock, also without an error.
  if (has_error || answers || leaky_) deliver(phase::Errors<R>{answers});
  if (has_error) last_error_ = now;
  const bool heard = has_error || is_on_its_way(now);
  if (has_error || (feedback_delay_ > 0 && last_error_ > Tick{})) deliver(phase::Feedbacks{has_error});
  if (has_error) deliver(phase::FeedbackPosts{});
  switch (row.drive) {
    case Drive::kNothing: return false;
    case Drive::kOnline: learn_online(now, heard, reward); return true;
    case Drive::kSweep:
      if (!sweep_due(learning_, shape_, now.value)) return false;
      agent_->sweep(transport_, now);
      return true;
    case Drive::kSensitivity:
      if (has_error) sensitivities_->teach(transport_);
      return true;
    case Drive::kFactors: factors_->learn(transport_, has_error); return true;
  }
  return false;
}

template <class R, TransportOf<R> T>
void Trial<R, T>::learn_online(Tick now, bool has_error, const R* reward) {
  deliver(phase::OwnWeights{});
  if (!learning_.local) return deliver(phase::Posts{has_error});
  if (selects<phase::Rewards<R>>(selected_)) {
    give_rewards(now, reward);
    // minus the loss of a trial comes in its last tick, whether or not that brings an error
    has_error = has_error || std::ranges::any_of(rewards_, [](R value) { return value != R(0); });
  }
  // the text of a local rule is the synapses' clock, whether or not a POST comes
  transport_.deliver(phase::Posts{has_error});
  if (now.value == shape_.ticks && !learning_.local->ends.empty()) transport_.deliver(phase::LocalEnds{has_error});
}

/// Minus the loss is what the environment sees of the outputs.
template <class R, TransportOf<R> T>
void Trial<R, T>::give_rewards(Tick now, const R* reward) {
  const Cadence cadence = learning_.local->posts.reward;
  for (std::size_t lane = 0; lane < rewards_.size(); ++lane) {
    if (cadence == Cadence::kTick) {
      rewards_[lane] = reward == nullptr ? R(0) : reward[lane];
    } else if (cadence == Cadence::kError) {
      rewards_[lane] = static_cast<R>(met_[lane] - losses_[lane]);
    } else {
      rewards_[lane] = now.value == shape_.ticks ? static_cast<R>(-losses_[lane]) : R(0);
    }
  }
  transport_.deliver(phase::Rewards<R>{rewards_.data()});
}

template <class R, TransportOf<R> T>
bool Trial<R, T>::is_on_its_way(Tick now) const {
  return feedback_delay_ > 0 && last_error_ > Tick{} && now.value - last_error_.value <= feedback_delay_;
}

template <class R, TransportOf<R> T>
void Trial<R, T>::meet_targets(Tick now, const R* target, const R* weight, PhaseSet selected) {
  if (!selects<phase::Targets<R>>(selected)) return;
  if (selected.holds(Phase::kNorm)) {
    transport_.deliver(phase::Classes<R>{target, scale_, weight});
  } else {
    transport_.deliver(phase::Targets<R>{target, scale_, weight});
  }
  add_losses(target, weight);
  if (counts_votes_) add_votes(transport_.network().readouts.output.data(), weight);
  note_origin({transport_.network().readouts.error.data(), shape_.classes ? target : nullptr, true}, now);
}

/// The experimenter reads losses off the readouts: no actor hears of them. L is scale / 2 sum_k
/// e_k^2, or the cross-entropy 1 / window (log Z - sum_k y*_k y_k) with Z = sum_k exp(y_k). Its
/// gradient is the readouts' epsilon, whatever the targets sum to; if that is 1, the loss is
/// -1 / window sum_k y*_k log pi_k. An error of weight w has w e^2 in place of e^2; under the
/// cross-entropy the weights of a tick are one number, which multiplies its part of the loss.
template <class R, TransportOf<R> T>
void Trial<R, T>::add_losses(const R* target, const R* weight) {
  const ReadoutLayer<R>& readouts = transport_.network().readouts;
  if (shape_.classes) {
    const std::size_t lanes = losses_.size();
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const double weighed = weight == nullptr ? 1 : static_cast<double>(weight[lane]);
      if (weighed == 0) continue;
      double missing = 1;  // of the targets' sum
      for (std::size_t cell = lane; cell < readouts.output.size(); cell += lanes) {
        if (target[cell] == R(0)) continue;
        const double log_pi = static_cast<double>(readouts.output[cell]) - static_cast<double>(readouts.peak[cell]) -
                              std::log(static_cast<double>(readouts.norm[cell]));
        losses_[lane] -= weighed * static_cast<double>(target[cell]) * log_pi / shape_.window;
        missing -= static_cast<double>(target[cell]);
      }
      if (missing == 0) continue;
      const double log_sum = static_cast<double>(readouts.peak[lane]) + std::log(static_cast<double>(readouts.norm[lane]));
      losses_[lane] += weighed * missing * log_sum / shape_.window;
    }
    return;
  }
  add_squares(readouts.error.data(), weight);
}

/// output: y_t of the readouts (o x lanes). A trial's ticks whose weights are all 0 have no error.
template <class R, TransportOf<R> T>
void Trial<R, T>::add_votes(const R* output, const R* weight) {
  const std::size_t lanes = losses_.size();
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    bool has_error = weight == nullptr;
    for (std::size_t cell = lane; !has_error && cell < votes_.size(); cell += lanes) has_error = weight[cell] != R(0);
    for (std::size_t cell = lane; has_error && cell < votes_.size(); cell += lanes)
      votes_[cell] += static_cast<double>(output[cell]);
  }
}

/// error: e_t of the readouts, weight: theirs, or null (o x lanes).
template <class R, TransportOf<R> T>
void Trial<R, T>::add_squares(const R* error, const R* weight) {
  const std::size_t cells = transport_.network().readouts.error.size();
  const double half = 0.5 * static_cast<double>(scale_);
  for (std::size_t lane = 0; lane < losses_.size(); ++lane) {
    double loss = losses_[lane];
    for (std::size_t cell = lane; cell < cells; cell += losses_.size()) {
      const auto value = static_cast<double>(error[cell]);
      loss += (weight == nullptr ? half : half * static_cast<double>(weight[cell])) * value * value;
    }
    losses_[lane] = loss;
  }
}

/// Notes where the losses stop being finite, once a trial.
template <class R, TransportOf<R> T>
void Trial<R, T>::note_origin(const LossTerms<R>& terms, Tick now) {
  if (origin_) return;
  for (std::size_t lane = 0; lane < losses_.size(); ++lane) {
    if (std::isfinite(losses_[lane])) continue;
    origin_ = origin_of_loss(transport_.network(), terms, now, static_cast<std::int32_t>(lane));
    return;
  }
}

template class Trial<double, Columns<double>>;
template class Trial<double, Mailbox<double>>;
template class Trial<float, Columns<float>>;
template class Trial<float, Mailbox<float>>;

}  // namespace locus
