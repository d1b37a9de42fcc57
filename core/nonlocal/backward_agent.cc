#include "core/nonlocal/backward_agent.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/kernel/registers.h"
#include "core/transport/columns/columns.h"
#include "core/transport/mailbox/mailbox.h"

namespace locus {

template <class R>
BackwardAgent<R>::BackwardAgent(const Network<R>& network, const Learning& learning, const TrialShape& trial, bool recalls)
    : learning_(learning),
      lanes_(network.lanes),
      populations_(network.rate.populations),
      delta_(network.rate.activity.size(), R(0)),
      first_error_(trial.first_error()) {
  bool late_readouts = false;
  const auto readouts = static_cast<std::int32_t>(network.readouts.populations.size());
  // projections of a pair so far
  std::map<std::pair<PopulationId, PopulationId>, std::int32_t> besides;
  std::int32_t places = readouts;
  places_.assign(network.projections().size(), 0);
  for (std::size_t p = 0; p < network.projections().size(); ++p) {
    const Projection& projection = network.projections()[p];
    if (projection.source_layer == Layer::kRate) slots_ = std::max(slots_, projection.delay() + 1);
    if (projection.target_layer != Layer::kReadout || projection.source_layer != Layer::kRate) continue;
    late_readouts = late_readouts || projection.wait > 0;
    const auto lanes = static_cast<std::size_t>(lanes_);
    const std::size_t first = static_cast<std::size_t>(projection.source_begin) * lanes;
    const std::int32_t ordinal = network.topology->target_of(projection).ordinal;
    places_[p] = ordinal + readouts * besides[{projection.source_population, projection.target_population}]++;
    places = std::max(places, places_[p] + 1);
    paths_.push_back({static_cast<std::size_t>(ordinal), static_cast<std::size_t>(places_[p]), first,
                      first + static_cast<std::size_t>(projection.source_size) * lanes, projection.delay()});
  }
  std::ranges::stable_sort(paths_, {}, &Path::readout);
  due_.assign(static_cast<std::size_t>(slots_) * delta_.size(), R(0));
  if (late_readouts || network.topology->has_leaky_readouts()) {
    readouts_ = network.readouts.populations;
  } else {
    paths_.clear();
  }
  eta_.assign(readouts_.empty() ? 0 : static_cast<std::size_t>(places) * delta_.size(), R(0));
  // with one lane the errors take little room, and summing them all together is faster
  recalls_ = recalls && lanes_ > 1 && readouts_.empty();
  const std::int32_t waiting = recalls_ ? 1 : std::min(learning.stride, trial.window);
  waiting_.assign(static_cast<std::size_t>(waiting), readouts_.empty() ? delta_ : eta_);
}

template <class R>
void BackwardAgent<R>::begin_trial() {
  heard_ = Tick{0};
  swept_ = Tick{0};
}

template <class R>
Answers<R> BackwardAgent<R>::errors_of(Tick now) {
  heard_ = now;
  Column<R>& waiting = waiting_of(now);
  Answers<R> answers{Party::kAgent, waiting.data(), readouts_.empty() ? 0 : std::ssize(delta_), places_.data()};
  answers.later = recalls_;
  if (!recalls_) std::ranges::fill(waiting, R(0));
  return answers;
}

/// A^T eps of a revisited tick. Null if none has arrived, or an earlier sweep has used it.
template <class R>
template <class T>
const R* BackwardAgent<R>::error_of(T& transport, Tick revisited, std::int32_t oldest) {
  if (revisited > heard_ || revisited.value < oldest) return nullptr;
  Column<R>& error = waiting_of(revisited);
  if constexpr (RunsTicks<T, R>) {
    if (recalls_) {
      std::ranges::fill(error, R(0));
      transport.deliver(phase::Answer<R>{revisited, {Party::kAgent, error.data()}});
    }
  }
  return error.data();
}

/// Adds A^T eps to delta, or eta for readouts with memory, now or later by the delay of A. `error`
/// is null if the revisited tick has none.
template <class R>
void BackwardAgent<R>::add_errors(const R* error) {
  if (readouts_.empty() && error != nullptr) {
    by_cells<R>(0, std::ssize(delta_), [&]<std::size_t kCells>(std::ptrdiff_t first) {
      auto delta = Cells<R, kCells>::load(delta_.data() + first);
      auto told = Cells<R, kCells>::load(error + first);
      for (std::size_t k = 0; k < kCells; ++k) on(AgentCell<R>{delta[k]}, Transport<R>{told[k]});
      delta.store(delta_.data() + first);
    });
  }
  for (const Path& path : paths_) {
    const auto decay = static_cast<R>(readouts_[path.readout].decay);
    const auto gain = static_cast<R>(readouts_[path.readout].gain);
    R* to = path.delay == 0 ? delta_.data() : due_in(path.delay);
    const std::size_t first = path.place * delta_.size();
    for (std::size_t cell = path.first; cell < path.last; ++cell) {
      R& eta = eta_[first + cell];
      eta = decay * eta + (error != nullptr ? gain * error[first + cell] : R(0));
      to[cell] += eta;
    }
  }
}

/// The same for neurons whose leaks differ; delta and due begin at the first.
template <class R>
void BackwardAgent<R>::step_back_each(const Neurons& population, R* delta, R* due) const {
  for (const double leak : population.leaks) {
    const R kept = R(1) - static_cast<R>(leak);
    for (std::int32_t lane = 0; lane < lanes_; ++lane, ++delta, ++due) {
      step(AgentCell<R>{*delta}, kept, *due);
      *due = R(0);
    }
  }
}

/// delta = (1 - alpha) delta + the sum for this stage, which is then cleared.
template <class R>
void BackwardAgent<R>::step_back() {
  for (const Neurons& population : populations_) {
    R* delta = delta_.data() + std::ptrdiff_t{population.begin} * lanes_;
    R* due = due_in(0) + std::ptrdiff_t{population.begin} * lanes_;
    if (!population.leaks.empty()) {
      step_back_each(population, delta, due);
      continue;
    }
    const R kept = R(1) - static_cast<R>(population.leak);
    by_cells<R>(0, std::ptrdiff_t{population.size} * lanes_, [&]<std::size_t kCells>(std::ptrdiff_t first) {
      auto next = Cells<R, kCells>::load(delta + first);
      auto told = Cells<R, kCells>::load(due + first);
      for (std::size_t k = 0; k < kCells; ++k) {
        step(AgentCell<R>{next[k]}, kept, told[k]);
        told[k] = R(0);
      }
      next.store(delta + first);
      told.store(due + first);
    });
  }
}

template <class R>
template <TransportOf<R> T>
void BackwardAgent<R>::sweep(T& transport, Tick now) {
  const std::int32_t visits = std::min(learning_.depth, now.value);
  // the oldest tick with errors that no sweep has used
  const std::int32_t oldest_error = std::max(swept_.value + 1, first_error_.value);
  std::ranges::fill(delta_, R(0));
  std::ranges::fill(due_, R(0));
  std::ranges::fill(eta_, R(0));
  const auto error_of = [&](Tick revisited) { return this->error_of(transport, revisited, oldest_error); };
  std::int32_t lag = 0;
  Swept swept = Swept::kNothing;
  if constexpr (RunsTicks<T, R>) {
    const R kept = R(1) - static_cast<R>(populations_.front().leak);
    swept = transport.sweep(now, visits, {delta_.data(), kept, error_of});
    if (swept == Swept::kAll) lag = visits;
  }
  for (; lag < visits; ++lag) {
    const Tick revisited{now.value - lag};
    slot_ = lag == 0 || slot_ + 1 == slots_ ? 0 : slot_ + 1;
    step_back();
    add_errors(error_of(revisited));
    Answers<R> answers{Party::kAgent, due_.data()};
    answers.slot = slot_;
    answers.slots = slots_;
    answers.left = visits - 1 - lag;
    answers.by_slot = std::ssize(delta_);
    if constexpr (RunsTicks<T, R>) {
      if (swept == Swept::kMessages) {
        transport.deliver(phase::BackStages<R>{delta_.data(), revisited, answers});
        continue;
      }
    }
    transport.deliver(phase::Adjoints<R>{delta_.data(), lag});
    transport.deliver(phase::Replays{revisited, lag});
    transport.deliver(phase::PostsBack<R>{revisited, lag, answers});
  }
  // every rank has the agent of its own neurons; they stall for one and the same sweep
  if (transport.network().topology->rank == 0)
    transport.door().ledger().add_stalled_ticks(std::int64_t{visits - 1} * lanes_);
  swept_ = now;
}

template class BackwardAgent<double>;
template class BackwardAgent<float>;
template void BackwardAgent<double>::sweep(Mailbox<double>&, Tick);
template void BackwardAgent<double>::sweep(Columns<double>&, Tick);
template void BackwardAgent<float>::sweep(Mailbox<float>&, Tick);
template void BackwardAgent<float>::sweep(Columns<float>&, Tick);

}  // namespace locus
