#include "core/nonlocal/backward_agent.h"

#include <algorithm>

#include "core/transport/batched.h"
#include "core/transport/mailbox.h"

namespace locus {

template <class R>
BackwardAgent<R>::BackwardAgent(const Network<R>& network, const Learning& learning, const TrialShape& trial)
    : learning_(learning),
      lanes_(network.lanes),
      populations_(network.rate.populations),
      delta_(network.rate.activity.size(), R(0)),
      sums_(network.rate.activity.size(), R(0)),
      first_error_{trial.ticks - trial.window + 1},
      readouts_(has_leaky_readouts(network) ? network.readouts.populations : std::vector<Population>{}),
      eta_(readouts_.size() * delta_.size(), R(0)),
      waiting_(static_cast<std::size_t>(std::min(learning.stride, trial.window)), readouts_.empty() ? delta_ : eta_) {}

template <class R>
void BackwardAgent<R>::begin_trial() {
  heard_ = Tick{0};
  swept_ = Tick{0};
}

template <class R>
Answers<R> BackwardAgent<R>::errors_of(Tick now) {
  heard_ = now;
  Column<R>& waiting = waiting_of(now);
  std::ranges::fill(waiting, R(0));
  return {Party::kAgent, waiting.data(), readouts_.empty() ? 0 : std::ssize(delta_)};
}

/// delta += A^T eps, or what readouts with memory make of it; `error` is null where the revisited tick brings none.
template <class R>
void BackwardAgent<R>::add_errors(const R* error) {
  if (readouts_.empty() && error != nullptr) {
    for (std::size_t cell = 0; cell < delta_.size(); ++cell) delta_[cell] += error[cell];
  }
  for (std::size_t k = 0; k < readouts_.size(); ++k) {
    const auto decay = static_cast<R>(readouts_[k].decay);
    const auto gain = static_cast<R>(readouts_[k].gain);
    const std::size_t first = k * delta_.size();
    for (std::size_t cell = 0; cell < delta_.size(); ++cell) {
      R& eta = eta_[first + cell];
      eta = decay * eta + (error != nullptr ? gain * error[first + cell] : R(0));
      delta_[cell] += eta;
    }
  }
}

template <class R>
template <TransportOf<R> T>
void BackwardAgent<R>::sweep(T& transport, Tick now) {
  const std::int32_t visits = std::min(learning_.depth, now.value);
  const std::int32_t oldest_error = std::max(swept_.value + 1, first_error_.value);  // of those that wait
  std::ranges::fill(delta_, R(0));
  std::ranges::fill(eta_, R(0));
  for (std::int32_t lag = 0; lag < visits; ++lag) {
    const Tick revisited{now.value - lag};
    const bool brings_error = revisited <= heard_ && revisited.value >= oldest_error;
    add_errors(brings_error ? waiting_of(revisited).data() : nullptr);
    transport.adjoint(delta_.data(), lag);
    transport.replay(revisited, lag);
    const bool last = lag == visits - 1;
    std::ranges::fill(sums_, R(0));
    transport.post_back(revisited, lag, last ? Answers<R>{} : Answers<R>{Party::kAgent, sums_.data()});
    for (const Population& population : populations_) {
      const auto begin = static_cast<std::size_t>(population.begin) * static_cast<std::size_t>(lanes_);
      const auto end = begin + static_cast<std::size_t>(population.size) * static_cast<std::size_t>(lanes_);
      const R kept = R(1) - static_cast<R>(population.leak);
      for (std::size_t cell = begin; cell < end; ++cell) delta_[cell] = kept * delta_[cell] + sums_[cell];
    }
  }
  transport.door().ledger().add_stalled_ticks(std::int64_t{visits - 1} * lanes_);
  swept_ = now;
}

template class BackwardAgent<double>;
template class BackwardAgent<float>;
template void BackwardAgent<double>::sweep(Mailbox<double>&, Tick);
template void BackwardAgent<double>::sweep(Batched<double>&, Tick);
template void BackwardAgent<float>::sweep(Mailbox<float>&, Tick);
template void BackwardAgent<float>::sweep(Batched<float>&, Tick);

}  // namespace locus
