// Exchange: every phase of the mailbox in three steps. Each shard emits its messages into queues,
// they pass the door together, and each shard handles what waits for it.
//
// Whoever watches is shown each message once it has passed. Thread safety: emit and handle run as
// tasks of the executor, one a shard; the door and the watcher belong to the thread that conducts.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>

#include "core/transport/executor.h"
#include "core/transport/mailbox/queue.h"
#include "core/transport/pass.h"
#include "core/transport/record.h"

namespace locus {

/// The two ends of a message of a phase. projection: of the synapses that send or hear it.
template <class M>
Endpoints ends_of(const PhaseRow& row, ProjectionId projection, const Envelope<M>& e) {
  const auto end = [&](Party party, std::int32_t index) {
    const bool one_alone = party == Party::kAgent || party == Party::kEnvironment;
    return Endpoint{party, party == Party::kSynapse ? projection.value : 0, one_alone ? 0 : index};
  };
  return {end(row.from, e.sender), end(row.to, e.receiver)};
}

template <class R>
class Exchange {
 public:
  /// `network` and `door` outlive the exchange.
  Exchange(const Network<R>& network, const Selection& selection, Executor executor, Door& door, int shards)
      : network_(network), selection_(selection), executor_(executor), door_(door), shards_(shards) {}

  int shards() const { return shards_; }
  Door& door() const { return door_; }
  /// From now on every message is shown to `watcher` once it has passed the door.
  void watch(Watcher watcher) { watcher_ = std::move(watcher); }

  /// task(shard) of every shard.
  template <class Task>
  void each_shard(Task task) const {
    executor_(shards_, task);
  }

  /// Every shard emits its messages, emit(shard); they pass the door together. ends_of(envelope)
  /// names the two ends.
  template <Channel kChannel, Party kFrom, Party kTo, class M, class Emit, class EndsOf>
  requires Wire<kChannel, kFrom, kTo>
  void send(Queues<M>& queues, std::int32_t lag, std::int64_t scalars, Emit emit, EndsOf ends_of) {
    each_shard(emit);
    door_.pass<kChannel, kFrom, kTo>(lag, queues.waiting(), scalars, [&] { return ends_of(queues.first()); });
    show(
        queues, kChannel, lag, [scalars](const Envelope<M>&) { return scalars; }, ends_of);
  }

  /// The same for messages of several sizes: scalars_of(message).
  template <Channel kChannel, Party kFrom, Party kTo, class M, class ScalarsOf, class Emit, class EndsOf>
  requires Wire<kChannel, kFrom, kTo>
  void send_uneven(Queues<M>& queues, std::int32_t lag, ScalarsOf scalars_of, Emit emit, EndsOf ends_of) {
    each_shard(emit);
    const auto size = [&](const Envelope<M>& e) -> std::int64_t { return scalars_of(e.message); };
    std::int64_t scalars = 0;
    queues.each([&](const Envelope<M>& e) { scalars = count_plus(scalars, size(e)); });
    door_.pass_uneven(Passage::over<kChannel, kFrom, kTo>(0), lag, {queues.waiting(), scalars},
                      [&] { return ends_of(queues.first()); });
    show(queues, kChannel, lag, size, ends_of);
  }

  /// The same for messages of a phase: the one of kPhases that the synapses of a projection take.
  template <Phase... kPhases, class M, class Emit>
  void send(Queues<M>& queues, ProjectionId projection, std::int32_t lag, Emit emit) {
    each_shard(emit);
    pass<kPhases...>(queues, projection, lag);
  }
  /// The same for a phase between neurons, or from the agent or the environment.
  template <Phase kPhase, class M, class Emit>
  void send(Queues<M>& queues, std::int32_t lag, Emit emit) {
    send<kPhase>(queues, ProjectionId{}, lag, emit);
  }

  /// The same for messages that answer others and wait already. What a bias hears or says of its
  /// own neuron is no message: it passes no door.
  template <Phase... kPhases, class M>
  void pass(Queues<M>& queues, ProjectionId projection, std::int32_t lag) {
    constexpr bool kOfNeuron = ((is_of_synapse(row(kPhases)) && !reaches_biases(row(kPhases).channel)) && ...);
    if (kOfNeuron && network_.wires(projection).is_bias) return;
    dispatch<kPhases...>(phase_over<kPhases...>(projection), [&]<Phase kPhase>() {
      const auto ends = [&](const Envelope<M>& e) { return ends_of(row(kPhase), projection, e); };
      Passage passage = locus::passage<kPhase>(selection_);
      if constexpr (row(kPhase).channel == Channel::kAxon)
        passage = passage_from(passage, *network_.topology, network_.projections()[projection]);
      door_.pass(passage, lag, queues.waiting(), [&] { return ends(queues.first()); });
      const auto scalars = [&](const Envelope<M>&) -> std::int64_t { return passage.scalars(); };
      show(queues, passage.channel(), lag, scalars, ends);
    });
  }

  /// Every shard handles what waits for it: handle(shard, envelope).
  template <class M, class Handle>
  void drain(Queues<M>& queues, Handle handle) const {
    each_shard([&](int shard) { drain(queues, shard, handle); });
  }
  /// One shard handles what waits for it, sender shard by sender shard.
  template <class M, class Handle>
  void drain(Queues<M>& queues, int shard, Handle handle) const {
    for (int sender = 0; sender < shards_; ++sender) {
      auto& queue = queues.between(sender, shard);
      for (const Envelope<M>& envelope : queue) handle(shard, envelope);
      queue.clear();
    }
  }

 private:
  template <Phase... kPhases>
  std::optional<Phase> phase_over(ProjectionId projection) const {
    if constexpr (sizeof...(kPhases) == 1) {
      return (kPhases, ...);
    } else {
      return locus::phase_over({kPhases...}, selection_, *network_.topology, network_.projections()[projection]);
    }
  }

  /// Shows the messages of a delivery, each alone, to those who asked.
  template <class M, class ScalarsOf, class EndsOf>
  void show(Queues<M>& queues, Channel channel, std::int32_t lag, ScalarsOf scalars_of, EndsOf ends_of) {
    const std::int64_t delivery = deliveries_++;
    if (door_.traffic() == nullptr && !watcher_) return;
    Passing passing{delivery, door_.now(), channel, lag, 0, std::is_same_v<M, Replay<R>>, {}, {}};
    for (int sender = 0; sender < shards_; ++sender) {
      for (int receiver = 0; receiver < shards_; ++receiver) {
        for (const Envelope<M>& envelope : queues.between(sender, receiver)) {
          passing.lane = Lane{envelope.lane};
          passing.scalars = scalars_of(envelope);
          passing.ends = ends_of(envelope);
          if (door_.traffic() != nullptr) record_message(*door_.traffic(), network_, passing);
          if (watcher_) watcher_(passing);
        }
      }
    }
  }

  const Network<R>& network_;
  Selection selection_;  // of the rule, whatever the trial
  Executor executor_;
  Door& door_;
  int shards_;
  Watcher watcher_;
  std::int64_t deliveries_ = 0;
};

}  // namespace locus
