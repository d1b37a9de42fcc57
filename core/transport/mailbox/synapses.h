// MailboxSynapses: what the synapses of one projection own besides their weight, and which of them
// a tick has to visit.
//
// A tick costs as much as it has messages: a synapse whose source is silent is not visited. Three
// facts make this exact.
//   * `pre` is the activity that arrived in this tick, or 0. The synapses that heard an AXON are
//     listed by shard; only these become silent before the next delivery.
//   * Where a trace drifts by the clock, it needs nothing from outside as long as its source is
//     silent. Each synapse keeps the number of the tick that its state belongs to. Before it takes
//     a message, or somebody reads its trace, the handler of the clock is applied once for each
//     tick in between, or until it changes no bit any more: these are the bits of a visit a tick.
//   * A commit changes nothing where no change has been added. The targets that have told their
//     synapses something since the last commit are marked.
// Cost: state[synapse * lanes + lane] of three scalars, six under e-prop onto spiking neurons, one
// more onto neurons with a synaptic current; 4 bytes a lane where a clock ticks; 4 bytes a synapse
// that heard something.
// Thread safety: a synapse is touched by the task of its shard alone, which is its target's.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "core/actor/eligibility.h"
#include "core/actor/network.h"
#include "core/actor/optimizer.h"
#include "core/actor/synapse.h"
#include "core/base/column.h"
#include "core/transport/trace_rounding.h"

namespace locus {

/// The clock of the synapses of a projection, if one ticks where no POST comes: of a trace alone,
/// or of e-prop's state.
template <class R>
using SynapseClock = std::variant<std::monostate, Drift<R>, Eligible<R>>;

/// The clocks of a projection's synapses: one for all of them, or one for each target where targets
/// differ.
template <class R>
struct SynapseClocks {
  std::vector<SynapseClock<R>> traces;         // of one kind
  std::vector<CurrentClock<R>> currents = {};  // empty: what arrives is not filtered
  std::optional<TraceRounding> rounding = {};  // of traces, at the end of each tick

  bool filters() const { return !currents.empty(); }
};

/// Which of so many clocks a synapse has: the one of all, or its target's.
inline std::size_t clock_number(const Projection& projection, std::int64_t synapse, std::size_t clocks) {
  return clocks == 1 ? 0 : static_cast<std::size_t>(projection.target_of(synapse));
}

template <class R>
class MailboxSynapses {
 public:
  /// `projection` and `synapses` outlive this. hears_activity: DENDRITE carries the activity behind
  /// it.
  MailboxSynapses(const Projection& projection, Synapses<R>& synapses, std::int32_t lanes, int shards,
                  SynapseClocks<R> clocks, bool hears_activity);

  Synapse<R> learner(std::int64_t synapse, std::int32_t lane);
  TaughtSynapse<R> taught(std::int64_t synapse, std::int32_t lane);
  AdaptiveSynapse<R> adaptive(std::int64_t synapse);
  MomentumSynapse<R> descending(std::int64_t synapse);
  /// The synapses of a target, both within the projection; ascending.
  std::span<const std::int32_t> incoming(std::int32_t target) const;

  void begin_trial(std::int64_t synapse, std::int32_t lane, TrialBegin m);
  /// The clock of a trial starts at 0, as begin_trial() does for each synapse.
  void restart_clock(std::int64_t first_trial) {
    now_ = 0;
    first_trial_ = first_trial;
  }
  /// Clears the marks of this shard's synapses that heard something. Returns their number.
  std::int64_t silence(int shard);
  Dendrite<R> hear(int shard, std::int64_t synapse, std::int32_t lane, Axon<R> m);
  void hear(int shard, std::int64_t synapse, std::int32_t lane, Replay<R> m);
  void hear(std::int64_t synapse, std::int32_t lane, Post<R> m);
  void hear(std::int64_t synapse, std::int32_t lane, RateError<R> m);

  bool has_clock() const { return !ticked_.empty(); }
  /// The clock: another tick, for all synapses. After it POST may come, then drift().
  void tick() { ++now_; }
  /// After the POST of the tick: those of the shard that heard an AXON and no POST take the clock.
  /// Returns their number.
  std::int64_t drift(int shard);

  /// The eligibility that the last signal multiplied, or would have.
  R trace(std::int64_t synapse, std::int32_t lane) const;
  /// The activity behind the DENDRITE of this tick, which its neuron keeps; 0 if there was none.
  R& behind(std::int64_t synapse, std::int32_t lane) { return behind_[cell(synapse, lane)]; }
  bool hears_activity() const { return !behind_.empty(); }

  /// Whether a target, within the projection, has told its synapses something since the last
  /// commit.
  std::uint8_t& has_told(std::int32_t target) { return told_[static_cast<std::size_t>(target)]; }

 private:
  /// The traces that decay by the clock.
  struct Drifting {
    R trace, adapted, low_pass, filtered;
  };

  std::size_t cell(std::int64_t synapse, std::int32_t lane) const {
    return static_cast<std::size_t>(synapse) * static_cast<std::size_t>(lanes_) + static_cast<std::size_t>(lane);
  }
  const SynapseClock<R>& trace_clock(std::int64_t synapse) const {
    return clocks_.traces[clock_number(projection_, synapse, clocks_.traces.size())];
  }
  const CurrentClock<R>& current_clock(std::int64_t synapse) const {
    return clocks_.currents[clock_number(projection_, synapse, clocks_.currents.size())];
  }
  /// The synapse as its learning sees it: `pre` is the filtered input, where one is kept.
  Synapse<R> learning(std::int64_t synapse, std::int32_t lane);
  EligibleSynapse<R> eligible(std::size_t cell, R& weight);
  Drifting drifting(std::size_t cell) const;
  void catch_up(std::int64_t synapse, std::size_t cell, std::int32_t until);
  /// The state at tick `until` of a synapse that was in this state at tick `from` and has had no
  /// message since.
  Drifting after(std::int64_t synapse, std::size_t cell, Drifting state, std::int32_t from, std::int32_t until) const;
  /// Rounds the trace that a cell's synapse keeps from this tick, where traces have few bits.
  void round_trace(R& trace, std::int64_t synapse, std::size_t cell, std::int32_t tick) const {
    const auto lane = static_cast<std::int64_t>(cell) - synapse * lanes_;
    if (clocks_.rounding) clocks_.rounding->round(trace, first_trial_ + lane, tick, synapse);
  }
  void wake(int shard, std::int64_t synapse);

  const Projection& projection_;
  Synapses<R>& synapses_;
  std::int32_t lanes_;
  SynapseClocks<R> clocks_;
  // Together, because targets visit their synapses, which a dense projection has a row of the
  // matrix apart: three columns of some power of two of bytes were in each other's way in the
  // cache.
  struct State {
    R pre, trace, delta;
  };
  std::vector<State> state_;
  Column<R> adapted_;  // e-prop onto spiking neurons, as the two below
  Column<R> low_pass_;
  Column<R> total_;
  Column<R> filtered_;                              // only with a synaptic current
  Column<R> behind_;                                // the postsynaptic neuron's; RTRL only
  Column<std::int32_t> ticked_;                     // the tick of the state; empty without a clock
  std::int32_t now_ = 0;                            // ticks of the clock in this trial
  std::int64_t first_trial_ = 0;                    // number of the trial of lane 0
  Column<std::int64_t> incoming_begin_;             // (targets + 1) of `incoming_`
  Column<std::int32_t> incoming_;                   // synapses by target, ascending under each
  std::vector<std::uint8_t> told_;                  // (targets)
  std::vector<std::vector<std::int32_t>> hearing_;  // by shard: `pre` may not be 0
};

}  // namespace locus
