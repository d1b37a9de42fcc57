#include "core/transport/mailbox/synapses.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "core/base/check.h"

namespace locus {

template <class R>
MailboxSynapses<R>::MailboxSynapses(const Projection& projection, Synapses<R>& synapses, std::int32_t lanes, int shards,
                                    SynapseClocks<R> clocks, bool hears_activity)
    : projection_(projection),
      synapses_(synapses),
      lanes_(lanes),
      clocks_(std::move(clocks)),
      incoming_begin_(static_cast<std::size_t>(projection.target_size) + 1, 0),
      told_(static_cast<std::size_t>(projection.target_size), 0),
      hearing_(static_cast<std::size_t>(shards)) {
  CHECK(projection.size() < std::numeric_limits<std::int32_t>::max(), "a mailbox addresses synapses with 32 bits");
  const std::size_t cells = static_cast<std::size_t>(projection.size()) * static_cast<std::size_t>(lanes);
  state_.assign(cells, {});
  if (hears_activity) behind_.assign(cells, R(0));
  const SynapseClock<R>& clock = clocks_.traces.front();
  if (clocks_.filters()) filtered_.assign(cells, R(0));
  if (std::holds_alternative<Eligible<R>>(clock)) {
    for (Column<R>* column : {&adapted_, &low_pass_, &total_}) column->assign(cells, R(0));
  }
  if (!std::holds_alternative<std::monostate>(clock)) ticked_.assign(cells, 0);

  incoming_.resize(static_cast<std::size_t>(projection.size()));
  for (std::int64_t k = 0; k < projection.size(); ++k)
    ++incoming_begin_[static_cast<std::size_t>(projection.target_of(k)) + 1];
  for (std::size_t i = 1; i < incoming_begin_.size(); ++i) incoming_begin_[i] += incoming_begin_[i - 1];
  Column<std::int64_t> next = incoming_begin_;
  for (std::int64_t k = 0; k < projection.size(); ++k) {
    incoming_[static_cast<std::size_t>(next[static_cast<std::size_t>(projection.target_of(k))]++)] =
        static_cast<std::int32_t>(k);
  }
}

template <class R>
Synapse<R> MailboxSynapses<R>::learner(std::int64_t synapse, std::int32_t lane) {
  const std::size_t own = cell(synapse, lane);
  return {synapses_.weight[static_cast<std::size_t>(synapse)], state_[own].pre, state_[own].trace, state_[own].delta};
}

template <class R>
TaughtSynapse<R> MailboxSynapses<R>::taught(std::int64_t synapse, std::int32_t lane) {
  return {synapses_.weight[static_cast<std::size_t>(synapse)], state_[cell(synapse, lane)].delta};
}

template <class R>
AdaptiveSynapse<R> MailboxSynapses<R>::adaptive(std::int64_t synapse) {
  const auto k = static_cast<std::size_t>(synapse);
  return {synapses_.weight[k], state_[cell(synapse, 0)].delta, synapses_.first[k], synapses_.second[k]};
}

template <class R>
MomentumSynapse<R> MailboxSynapses<R>::descending(std::int64_t synapse) {
  const auto k = static_cast<std::size_t>(synapse);
  return {synapses_.weight[k], state_[cell(synapse, 0)].delta, synapses_.first[k]};
}

template <class R>
Synapse<R> MailboxSynapses<R>::learning(std::int64_t synapse, std::int32_t lane) {
  const std::size_t own = cell(synapse, lane);
  R& pre = clocks_.filters() ? filtered_[own] : state_[own].pre;
  return {synapses_.weight[static_cast<std::size_t>(synapse)], pre, state_[own].trace, state_[own].delta};
}

template <class R>
EligibleSynapse<R> MailboxSynapses<R>::eligible(std::size_t cell, R& weight) {
  R& pre = clocks_.filters() ? filtered_[cell] : state_[cell].pre;
  return {weight, pre, state_[cell].trace, adapted_[cell], low_pass_[cell], total_[cell], state_[cell].delta};
}

template <class R>
std::span<const std::int32_t> MailboxSynapses<R>::incoming(std::int32_t target) const {
  const std::int64_t first = incoming_begin_[static_cast<std::size_t>(target)];
  const std::int64_t last = incoming_begin_[static_cast<std::size_t>(target) + 1];
  return {incoming_.data() + first, static_cast<std::size_t>(last - first)};
}

template <class R>
void MailboxSynapses<R>::begin_trial(std::int64_t synapse, std::int32_t lane, TrialBegin m) {
  const std::size_t own = cell(synapse, lane);
  on(learner(synapse, lane), m);
  if (!total_.empty()) on(eligible(own, synapses_.weight[static_cast<std::size_t>(synapse)]), m);
  if (clocks_.filters()) filtered_[own] = R(0);
  if (has_clock()) ticked_[own] = 0;
}

template <class R>
void MailboxSynapses<R>::wake(int shard, std::int64_t synapse) {
  std::vector<std::int32_t>& hearing = hearing_[static_cast<std::size_t>(shard)];
  const auto k = static_cast<std::int32_t>(synapse);
  // the lanes of a synapse come one after the other
  if (hearing.empty() || hearing.back() != k) hearing.push_back(k);
}

template <class R>
std::int64_t MailboxSynapses<R>::silence(int shard) {
  std::vector<std::int32_t>& hearing = hearing_[static_cast<std::size_t>(shard)];
  const std::int64_t count = std::ssize(hearing);
  for (const std::int32_t k : hearing) {
    for (std::int32_t lane = 0; lane < lanes_; ++lane) {
      on(learner(k, lane), Silence{});
      if (hears_activity()) behind(k, lane) = R(0);
    }
  }
  hearing.clear();
  return count;
}

template <class R>
Dendrite<R> MailboxSynapses<R>::hear(int shard, std::int64_t synapse, std::int32_t lane, Axon<R> m) {
  wake(shard, synapse);
  return on(learner(synapse, lane), m);
}

template <class R>
void MailboxSynapses<R>::hear(int shard, std::int64_t synapse, std::int32_t lane, Replay<R> m) {
  wake(shard, synapse);
  on(learner(synapse, lane), m);
}

template <class R>
void MailboxSynapses<R>::hear(std::int64_t synapse, std::int32_t lane, Post<R> m) {
  const std::size_t own = cell(synapse, lane);
  if (has_clock()) {
    catch_up(synapse, own, now_ - 1);
    ticked_[own] = now_;
  }
  if (clocks_.filters()) on(FilteredInput<R>{filtered_[own], state_[own].pre}, current_clock(synapse));
  if (const auto* clock = std::get_if<Eligible<R>>(&trace_clock(synapse))) {
    on(eligible(own, synapses_.weight[static_cast<std::size_t>(synapse)]), m, *clock);
  } else {
    on(learning(synapse, lane), m);
    round_trace(state_[own].trace, synapse, own, now_);
  }
}

template <class R>
void MailboxSynapses<R>::hear(std::int64_t synapse, std::int32_t lane, RateError<R> m) {
  on(eligible(cell(synapse, lane), synapses_.weight[static_cast<std::size_t>(synapse)]), m);
}

template <class R>
std::int64_t MailboxSynapses<R>::drift(int shard) {
  const std::vector<std::int32_t>& hearing = hearing_[static_cast<std::size_t>(shard)];
  for (const std::int32_t k : hearing) {
    for (std::int32_t lane = 0; lane < lanes_; ++lane) {
      const std::size_t own = cell(k, lane);
      if (ticked_[own] == now_) continue;  // a POST has come
      catch_up(k, own, now_ - 1);
      ticked_[own] = now_;
      if (clocks_.filters()) on(FilteredInput<R>{filtered_[own], state_[own].pre}, current_clock(k));
      if (const auto* clock = std::get_if<Eligible<R>>(&trace_clock(k))) {
        on(eligible(own, synapses_.weight[static_cast<std::size_t>(k)]), *clock);
      } else {
        on(learning(k, lane), std::get<Drift<R>>(trace_clock(k)));
        round_trace(state_[own].trace, k, own, now_);
      }
    }
  }
  return std::ssize(hearing);
}

template <class R>
typename MailboxSynapses<R>::Drifting MailboxSynapses<R>::drifting(std::size_t cell) const {
  const R filtered = clocks_.filters() ? filtered_[cell] : R(0);
  if (total_.empty()) return {state_[cell].trace, R(0), R(0), filtered};
  return {state_[cell].trace, adapted_[cell], low_pass_[cell], filtered};
}

template <class R>
typename MailboxSynapses<R>::Drifting MailboxSynapses<R>::after(std::int64_t synapse, std::size_t cell, Drifting state,
                                                                std::int32_t from, std::int32_t until) const {
  R none = R(0);  // weight, sum and change, which the clock does not touch; and an input of nothing
  const SynapseClock<R>& own = trace_clock(synapse);
  for (std::int32_t tick = from + 1; tick <= until; ++tick) {
    const Drifting before = state;
    if (clocks_.filters()) on(FilteredInput<R>{state.filtered, none}, current_clock(synapse));
    R& pre = clocks_.filters() ? state.filtered : none;
    if (const auto* clock = std::get_if<Eligible<R>>(&own)) {
      on(EligibleSynapse<R>{none, pre, state.trace, state.adapted, state.low_pass, none, none}, *clock);
    } else {
      on(Eligibility<R>{state.trace, pre}, std::get<Drift<R>>(own));
      round_trace(state.trace, synapse, cell, tick);
    }
    // a trace that is rounded by chance may stay in one tick and move in the next, unless it is 0
    const bool may_move = clocks_.rounding && state.trace != R(0);
    if (!may_move && std::memcmp(&before, &state, sizeof state) == 0) break;
  }
  return state;
}

/// The state of tick `until`; the ticks before it brought neither AXON nor POST.
template <class R>
void MailboxSynapses<R>::catch_up(std::int64_t synapse, std::size_t cell, std::int32_t until) {
  if (ticked_[cell] == until) return;
  const Drifting state = after(synapse, cell, drifting(cell), ticked_[cell], until);
  state_[cell].trace = state.trace;
  if (clocks_.filters()) filtered_[cell] = state.filtered;
  if (total_.empty()) return;
  adapted_[cell] = state.adapted;
  low_pass_[cell] = state.low_pass;
}

template <class R>
R MailboxSynapses<R>::trace(std::int64_t synapse, std::int32_t lane) const {
  const std::size_t own = cell(synapse, lane);
  Drifting state = drifting(own);
  if (has_clock()) state = after(synapse, own, state, ticked_[own], now_);
  return total_.empty() ? state.trace : state.low_pass;
}

template class MailboxSynapses<double>;
template class MailboxSynapses<float>;

}  // namespace locus
