#include "sim/run/update.h"

#include "core/transport/batched.h"
#include "core/transport/mailbox.h"
#include "sim/run/pace.h"
#include "sim/run/train.h"

namespace locus {

template <class R, TransportOf<R> T>
Updates<R, T>::Updates(T& transport, const Spec& spec, const Learning& learning)
    : transport_(transport),
      training_(spec.training),
      learns_(rule(learning.kind).drive != Drive::kNothing),
      task_(spec),
      batch_(make_batch<R>(training_.ticks, transport.network().inputs.size, transport.network().readouts.size,
                           training_.batch)),
      trial_(transport, learning, trial_shape_of(training_), training_) {
  for (const Synapses<R>& synapses : transport.network().synapses) rates_.push_back(synapses.learning_rate);
}

template <class R, TransportOf<R> T>
double Updates<R, T>::run(std::int64_t update) {
  for (std::size_t p = 0; training_.schedule && p < rates_.size(); ++p) {
    transport_.network().synapses[p].learning_rate =
        rates_[p] * rate_factor(*training_.schedule, update, training_.updates);
  }
  task_.fill(update, batch_);
  const double loss = trial_.run(batch_);
  transport_.door().ledger().add_trials(training_.batch, training_.ticks);
  return loss;
}

template <class R, TransportOf<R> T>
bool Updates<R, T>::commit() {
  trial_.commit_batch();
  return !learns_ || plastic_weights_finite(transport_.network());
}

template class Updates<double, Batched<double>>;
template class Updates<double, Mailbox<double>>;
template class Updates<float, Batched<float>>;
template class Updates<float, Mailbox<float>>;

}  // namespace locus
