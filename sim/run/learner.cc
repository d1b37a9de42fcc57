#include "sim/run/learner.h"

#include <type_traits>

#include "core/protocol/closed_form.h"
#include "core/protocol/declaration.h"
#include "core/transport/columns/columns.h"
#include "core/transport/mailbox/mailbox.h"
#include "sim/model/build.h"
#include "sim/model/learning.h"
#include "sim/place/learning_on_chip.h"
#include "sim/place/place.h"
#include "sim/run/pace.h"
#include "sim/run/weights.h"

namespace locus {
namespace {

template <class T, class R>
T transport_of(Network<R>& network, const Learning& learning, const TrialShape& shape, Audience audience,
               Executor executor, Door& door) {
  if constexpr (std::is_same_v<T, Mailbox<R>>) {
    return Mailbox<R>(network, learning, place(*network.topology, shards_for(*network.topology)), executor, door);
  } else {
    return Columns<R>(network, learning, horizon_of(shape, audience), executor, door);
  }
}

/// Threads of the batched transport may have weights laid out for themselves.
template <class T>
void renew_copies(T& transport) {
  if constexpr (requires { transport.copy_weights(); }) transport.copy_weights();
}

template <class R>
Indexed<double> rates_of(const Network<R>& network) {
  Indexed<double> rates;
  for (const Synapses<R>& synapses : network.synapses) rates.push_back(synapses.learning_rate);
  return rates;
}

}  // namespace

template <class R, TransportOf<R> T>
Learner<R, T>::Learner(const Spec& spec, const Topology& topology, const RuleSpec& rule, const Learning& learning,
                       std::int32_t lanes, const Permit& permit, Audience audience, Executor executor)
    : learning_(learning),
      shape_(trial_shape_of(spec)),
      updates_(spec.training.updates),
      schedule_(schedule_of(rule, spec.training)),
      network_(build<R>(spec, topology, rule, lanes)),
      rates_(rates_of(network_)),
      feedback_rate_(learning_rate_of(ProjectionSpec(), rule, spec.training)),
      door_(permit, sizeof(R)),
      transport_(transport_of<T>(network_, learning_, shape_, audience, executor, door_)),
      trial_(transport_, learning_, shape_, spec.training) {
  set_scalar_bits(learning_, door_.ledger());
}

template <class R, TransportOf<R> T>
Learner<R, T>::Learner(const Spec& spec, const Topology& topology, const RuleSpec& rule, Audience audience, Executor executor)
    : Learner(spec, topology, rule, learning_of(spec, topology, rule), spec.training.batch,
              permit_of(learning_of(rule, spec.training), spec.training.locality), audience, executor) {
  if (spec.chip) chip_.emplace(spec, topology, network_.feedback, learning_, door_);
}

template <class R, TransportOf<R> T>
Learner<R, T>::Learner(const Spec& spec, const Topology& topology, const RuleSpec& rule, std::int32_t lanes,
                       const Permit& permit, Audience audience, Executor executor)
    : Learner(spec, topology, rule, learning_of(spec, topology, rule), lanes, permit, audience, executor) {}

template <class R, TransportOf<R> T>
void Learner<R, T>::begin_update(std::int64_t update) {
  if (chip_) chip_->begin_update(update);
  if (!schedule_) return;
  const double factor = rate_factor(*schedule_, update, updates_);
  for (std::size_t p = 0; p < rates_.size(); ++p) network_.synapses[p].learning_rate = rates_[p] * factor;
  for (Synapses<R>& synapses : network_.feedback_synapses) synapses.learning_rate = feedback_rate_ * factor;
}

template <class R, TransportOf<R> T>
double Learner<R, T>::run(const Batch<R>& batch) {
  const double loss = trial_.run(batch);
  count_trials();
  return loss;
}

template <class R, TransportOf<R> T>
void Learner<R, T>::count_trials() {
  door_.ledger().add_trials(network_.lanes, shape_.ticks);
}

template <class R, TransportOf<R> T>
bool Learner<R, T>::commit() {
  trial_.commit_batch();
  return !learns() || plastic_weights_finite(network_);
}

template <class R, TransportOf<R> T>
void Learner<R, T>::restore(const RuleState& state) {
  set_values(state.weights, network_);
  renew_copies(transport_);
  network_.commits = state.commits;
  restore_kept(state.kept, network_);
  locus::restore(state, shape_.ticks, door_.ledger());
  if (chip_) chip_->restore(state);
}

template <class R, TransportOf<R> T>
void Learner<R, T>::note_memory() {
  const ProtocolMemory memory = protocol_memory(learning_, *network_.topology, shape_, sizeof(R));
  door_.ledger().set_memory(memory.history_bytes, memory.trace_bytes);
}

template <class R, TransportOf<R> T>
void Learner<R, T>::set_learning_rate(ProjectionId projection, double rate) {
  rates_[projection] = rate;
  network_.synapses[projection].learning_rate = rate;
}

template <class R, TransportOf<R> T>
void Learner<R, T>::set_feedback_rate(double rate) {
  feedback_rate_ = rate;
  for (Synapses<R>& synapses : network_.feedback_synapses) synapses.learning_rate = rate;
}

template <class R, TransportOf<R> T>
void Learner<R, T>::set_weights(ProjectionId projection, const std::vector<double>& values) {
  set_values(values, projection, network_);
  renew_copies(transport_);
}

template <class R, TransportOf<R> T>
void Learner<R, T>::copy_weights(const Network<R>& from) {
  for (std::size_t p = 0; p < network_.synapses.size(); ++p) network_.synapses[p].weight = from.synapses[p].weight;
  renew_copies(transport_);
}

template class Learner<double, Columns<double>>;
template class Learner<double, Mailbox<double>>;
template class Learner<float, Columns<float>>;
template class Learner<float, Mailbox<float>>;

}  // namespace locus
