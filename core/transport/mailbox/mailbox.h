// Mailbox: the transport that defines what is right. Every message exists, waits in a typed queue
// of its receiver's shard and is handled alone.
//
// Each replica of a batch (lane) has synapse states of its own; weights are shared, since a batch
// runs on the same weights. Neurons keep their own past.
// Cost: a queue entry a message; memory grows with synapses x lanes. For networks that one looks at
// closely; Columns is for the rest. Thread safety: shards run as tasks of the executor; a shard's
// actors are touched by its task only.
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/actor/eligibility.h"
#include "core/actor/rate_neuron.h"
#include "core/actor/readout.h"
#include "core/protocol/declaration.h"
#include "core/protocol/rule.h"
#include "core/transport/axon_lines.h"
#include "core/transport/executor.h"
#include "core/transport/mailbox/queue.h"
#include "core/transport/mailbox/sharding.h"
#include "core/transport/record.h"
#include "core/transport/transport.h"

namespace locus {

template <class R>
class Mailbox {
 public:
  /// `network` and `door` outlive the transport. Synapses of a projection must number fewer than
  /// 2^31.
  Mailbox(Network<R>& network, const Learning& learning, Sharding sharding, Executor executor, Door& door);

  /// `inputs` outlives the trial.
  void begin_trial(const R* inputs);
  void tick(Tick now);
  void step(Layer layer);
  void deliver(const phase::Axons& axons);
  void deliver(const phase::Targets<R>& targets);
  void deliver(const phase::Classes<R>& classes);
  void deliver(const phase::Errors<R>& errors);
  void deliver(const phase::Feedbacks& feedbacks);
  void deliver(const phase::OwnWeights& own_weights);
  void deliver(const phase::Posts& posts);
  void deliver(const phase::RateErrors& rate_errors);
  void deliver(const phase::Adjoints<R>& adjoints);
  void deliver(const phase::Replays& replays);
  void deliver(const phase::PostsBack<R>& posts);
  void deliver(const phase::Squares<R>& squares);
  void deliver(const phase::Factors<R>& factors);
  void commit(R scale);
  void finish() {}

  Network<R>& network() { return network_; }
  Door& door() { return door_; }
  const Learning& learning() const { return learning_; }
  TaughtSynapse<R> synapse(ProjectionId projection, SynapseId index, Lane lane);
  /// The activity behind the current that a neuron heard from this synapse in this tick (0 if
  /// nothing); RTRL only, where the DENDRITE carries it.
  R behind(ProjectionId projection, SynapseId index, Lane lane) const {
    const SynapseColumns& own = columns_[static_cast<std::size_t>(projection.value)];
    return own.heard[static_cast<std::size_t>(index.value * network_.lanes + lane.value)];
  }

  void watch_trace(ProjectionId) {}  // every synapse keeps its own
  R trace(ProjectionId projection, SynapseId synapse, Lane lane) const {
    const SynapseColumns& own = columns_[static_cast<std::size_t>(projection.value)];
    const Column<R>& kept = own.low_pass.empty() ? own.trace : own.low_pass;
    return kept[static_cast<std::size_t>(synapse.value * network_.lanes + lane.value)];
  }

  /// One phase: every shard emits its messages, emit(shard); they pass the door together.
  /// ends_of(envelope) names the two ends.
  template <Channel kChannel, Party kFrom, Party kTo, class M, class Emit, class EndsOf>
  requires Wire<kChannel, kFrom, kTo>
  void send(Queues<M>& queues, std::int32_t lag, std::int64_t scalars, Emit emit, EndsOf ends_of) {
    executor_(shards_, [&](int shard) { emit(shard); });
    door_.pass<kChannel, kFrom, kTo>(lag, queues.waiting(), scalars, [&] { return ends_of(queues.first()); });
    tell(queues, kChannel, lag, scalars, ends_of);
  }

  /// From now on every message is shown to `watcher` once it has passed the door.
  void watch(Watcher watcher) { watcher_ = std::move(watcher); }

  /// Every shard handles what waits for it, sender shard by sender shard: handle(shard, envelope).
  template <class M, class Handle>
  void drain(Queues<M>& queues, Handle handle) {
    executor_(shards_, [&](int shard) {
      for (int sender = 0; sender < shards_; ++sender) {
        auto& queue = queues.between(sender, shard);
        for (const Envelope<M>& envelope : queue) handle(shard, envelope);
        queue.clear();
      }
    });
  }

  const std::vector<std::int32_t>& shard_begin(Layer layer) const;
  int shards() const { return shards_; }

 private:
  /// Shows the messages of a delivery, each alone, to those who asked.
  template <class M, class EndsOf>
  void tell(Queues<M>& queues, Channel channel, std::int32_t lag, std::int64_t scalars, EndsOf ends_of) {
    const std::int64_t delivery = deliveries_++;
    if (door_.traffic() == nullptr && !watcher_) return;
    Passing passing{delivery, door_.now(), channel, lag, scalars, std::is_same_v<M, Replay<R>>, {}, {}};
    for (int sender = 0; sender < shards_; ++sender) {
      for (int receiver = 0; receiver < shards_; ++receiver) {
        for (const Envelope<M>& envelope : queues.between(sender, receiver)) {
          passing.lane = Lane{envelope.lane};
          passing.ends = ends_of(envelope);
          if (door_.traffic() != nullptr) record_message(*door_.traffic(), network_, passing);
          if (watcher_) watcher_(passing);
        }
      }
    }
  }

  /// What the synapses of one projection own besides their weight, a lane each: field[synapse *
  /// lanes + lane].
  struct SynapseColumns {
    Column<R> pre;
    Column<R> trace;
    Column<R> delta;
    Column<R> adapted;  // e-prop onto spiking neurons, as the two below
    Column<R> low_pass;
    Column<R> total;
    // the postsynaptic neuron's: the activity behind the DENDRITE of this tick; RTRL only
    Column<R> heard;
    Column<std::int64_t> incoming_begin;  // (targets + 1) of `incoming`
    Column<std::int32_t> incoming;        // synapses by target, ascending under each
  };

  /// What targets() and classify() emit.
  void queue_targets(int shard, const R* target);
  Synapse<R> learner(std::int32_t projection, std::int64_t index, std::int32_t lane);
  EligibleSynapse<R> eligible(std::int32_t projection, std::int64_t index, std::int32_t lane);
  /// The constants that synapses onto this spiking population know under e-prop.
  Eligible<R> eligible_clock(const LifParameters& lif) const;
  LifNeuron<R> spiking(std::int32_t index, std::int32_t lane);
  /// Calls visit(index, lane, population) for each spiking neuron of the shard.
  template <class Visit>
  void each_spiking(int shard, Visit visit);
  const Neurons& target_of(const Projection& projection) const { return network_.target_of(projection); }
  void post_spiking(std::int32_t projection, const LifParameters& lif);
  RateNeuron<R> neuron(std::int32_t index, std::int32_t lane);
  RateNeuron<R> neuron_recalling(std::int32_t index, std::int32_t lane, Tick revisited);
  Readout<R> readout(std::int32_t index, std::int32_t lane);
  std::size_t cell(std::int32_t neuron, std::int32_t lane) const {
    return static_cast<std::size_t>(neuron) * static_cast<std::size_t>(network_.lanes) + static_cast<std::size_t>(lane);
  }
  std::size_t slot(Tick tick) const { return static_cast<std::size_t>(tick.value) % past_activity_.size(); }
  /// What arrives in this tick from each neuron of the projection's source layer (cells of the
  /// layer).
  const R* arriving(const Projection& projection) const {
    return (projection.source_layer == Layer::kInput ? input_lines_ : rate_lines_).sent(projection.wait);
  }

  /// Calls visit(synapse) for each synapse of the projection that sits on `shard`.
  template <class Visit>
  void each_synapse(int shard, std::int32_t projection, Visit visit);
  /// Calls visit(source within its layer, synapse, receiving shard) for each synapse of each of the
  /// shard's sources.
  template <class Visit>
  void each_outgoing(int shard, const Projection& projection, Visit visit);
  /// Calls visit(target within its layer, synapse) for each incoming synapse of the shard's
  /// neurons.
  template <class Visit>
  void each_incoming(int shard, std::int32_t projection, Visit visit);

  void step_readouts();
  void silence(std::int32_t projection);
  void deliver_dendrites(std::int32_t projection);
  void deliver_transports(std::int32_t projection, std::int32_t lag, Answers<R> answers);
  void drift_readouts(std::int32_t projection);
  void queue_post(int shard, std::int32_t target, std::int64_t synapse, std::int32_t lane, Post<R> post);
  R decay_of(std::int32_t neuron, std::int32_t lane);
  void add_lanes();

  Network<R>& network_;
  Learning learning_;
  Sharding sharding_;
  Executor executor_;
  Door& door_;
  int shards_;
  Watcher watcher_;
  const R* inputs_ = nullptr;  // x_1 .. x_T of the present trials (T x m x lanes)
  std::int64_t deliveries_ = 0;
  std::vector<SynapseColumns> columns_;   // by projection
  AxonLines<R> input_lines_;              // what is under way from the inputs
  AxonLines<R> rate_lines_;               // and from the rate neurons
  std::vector<Column<R>> past_input_;     // x_s by slot, sweeps only (m x lanes each)
  std::vector<Column<R>> past_activity_;  // h_s by slot, sweeps only (n x lanes each)
  std::vector<Column<R>> past_gain_;      // alpha phi'_s by slot, sweeps only (n x lanes each)

  Queues<Axon<R>> axons_;
  Queues<Replay<R>> replays_;
  Queues<Dendrite<R>> dendrites_;
  Queues<OwnWeight<R>> own_weights_;
  Queues<Post<R>> posts_;
  Queues<RateError<R>> rate_errors_;
  Queues<Target<R>> targets_;
  Queues<Norm<R>> norms_;
  Queues<Feedback<R>> feedbacks_;
  Queues<Transport<R>> transports_;
  Queues<Adjoint<R>> adjoints_;
  Queues<Square<R>> squares_;
  Queues<Factor<R>> factors_;
};

}  // namespace locus
