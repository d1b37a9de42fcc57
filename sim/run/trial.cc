#include "sim/run/trial.h"

#include <algorithm>

namespace locus {

template <class R, TransportOf<R> T>
Trial<R, T>::Trial(T& transport, const Learning& learning, const TrialShape& shape, bool commit_every_tick)
    : transport_(transport),
      learning_(learning),
      shape_(shape),
      commit_every_tick_(commit_every_tick),
      scale_(shape.error_at_every_tick ? R(1) / static_cast<R>(shape.ticks) : R(1)),
      losses_(static_cast<std::size_t>(transport.network().lanes), 0) {
  const Network<R>& network = transport.network();
  for (std::size_t p = 0; p < network.projections.size(); ++p) {
    const bool readout = network.projections[p].target_layer == Layer::kReadout;
    (readout ? onto_readouts_ : onto_rate_).push_back(static_cast<std::int32_t>(p));
  }
  if (rule(learning.kind).drive == Drive::kSweep) agent_.emplace(network, learning, shape);
  if (rule(learning.kind).drive == Drive::kSensitivity) sensitivities_.emplace(network);
}

template <class R, TransportOf<R> T>
double Trial<R, T>::run(const Batch<R>& batch) {
  std::ranges::fill(losses_, 0.0);
  transport_.begin_trial(batch.input.data());
  if (agent_) agent_->begin_trial();
  if (sensitivities_) sensitivities_->begin_trial();
  for (Tick now{1}; now.value <= shape_.ticks; ++now.value) {
    forward(now);
    if (rule(learning_.kind).drive == Drive::kNothing) continue;
    const bool learnt = learn(now, batch);
    if (commit_every_tick_ && learnt) transport_.commit(R(1));
  }
  transport_.finish();
  double sum = 0;
  for (const double loss : losses_) sum += loss;
  return sum / static_cast<double>(losses_.size());
}

template <class R, TransportOf<R> T>
void Trial<R, T>::commit_batch() {
  if (commit_every_tick_ || rule(learning_.kind).drive == Drive::kNothing) return;
  transport_.commit(R(1) / static_cast<R>(losses_.size()));
  transport_.finish();
}

template <class R, TransportOf<R> T>
void Trial<R, T>::forward(Tick now) {
  transport_.tick(now);
  for (const std::int32_t p : onto_rate_) transport_.axons(ProjectionId{p});
  if (sensitivities_) sensitivities_->hear(transport_);
  transport_.step_neurons();
  if (sensitivities_) sensitivities_->step_neurons(transport_.network());
  for (const std::int32_t p : onto_readouts_) transport_.axons(ProjectionId{p});
}

/// Learning of one tick. Returns whether a commit is due where every tick commits: after each tick online, after each sweep otherwise.
template <class R, TransportOf<R> T>
bool Trial<R, T>::learn(Tick now, const Batch<R>& batch) {
  const Rule& row = rule(learning_.kind);
  const bool has_error = shape_.error_at_every_tick || now.value == shape_.ticks;
  if (has_error) {
    meet_targets(batch.target_at(now.value));
    Answers<R> answers;
    if (row.signal == SignalSource::kAgent) answers = agent_->errors_of(now);
    if (row.signal == SignalSource::kSymmetric) answers = {Party::kRate, transport_.network().rate.signal.data()};
    transport_.report_errors(answers);
    if (row.signal == SignalSource::kFeedback) transport_.feedback();
  }
  switch (row.drive) {
    case Drive::kNothing: return false;
    case Drive::kOnline:
      if (row.decay == DecaySource::kNeuron) transport_.tell_own_weights();
      transport_.post(has_error);
      return true;
    case Drive::kSweep:
      if (!sweep_due(learning_, shape_, now.value)) return false;
      agent_->sweep(transport_, now);
      return true;
    case Drive::kSensitivity:
      if (has_error) sensitivities_->teach(transport_);
      return true;
  }
  return false;
}

template <class R, TransportOf<R> T>
void Trial<R, T>::meet_targets(const R* target) {
  transport_.targets(target, scale_);
  add_losses();
}

/// What the experimenter reads off the readouts: no actor hears of it. L = scale / 2 sum_k e_k^2.
template <class R, TransportOf<R> T>
void Trial<R, T>::add_losses() {
  const Column<R>& error = transport_.network().readouts.error;
  const double half = 0.5 * static_cast<double>(scale_);
  for (std::size_t first = 0; first < error.size(); first += losses_.size()) {
    for (std::size_t lane = 0; lane < losses_.size(); ++lane) {
      const auto value = static_cast<double>(error[first + lane]);
      losses_[lane] += half * value * value;
    }
  }
}

template class Trial<double, Batched<double>>;
template class Trial<double, Mailbox<double>>;
template class Trial<float, Batched<float>>;
template class Trial<float, Mailbox<float>>;

}  // namespace locus
