// Phases of a tick and of a sweep, as a transport is asked for them: deliver(phase). A phase makes
// its messages, passes the door once a channel, and lets the receivers handle them.
//
// Each is a struct with what it needs besides the network, and with the rows of core/protocol's
// table that it stands for: the conductor delivers it if the run selects one of them. The order of
// phases is the conductor's (sim/run/trial.h). A fused phase stands for several of the others over
// several ticks: it changes neither the order in which one actor meets its messages nor any count,
// and only a transport that says so takes it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>

#include "core/actor/network.h"
#include "core/base/function_ref.h"
#include "core/base/id.h"
#include "core/protocol/phase.h"
#include "core/wire/door.h"

namespace locus {

/// The backward agent's columns, as a transport takes them that goes through all stages of a sweep
/// by itself; one lane, one population, no delays.
template <class R>
struct AgentColumns {
  R* delta = nullptr;  // (n); 0 before the first stage
  R kept = 0;          // 1 - alpha
  // A^T eps of a tick that brings an error to this sweep (n), or null
  FunctionRef<const R*(Tick)> error_of;
};

/// The receivers of TRANSPORT: the backward agent's sums, or the presynaptic neurons' learning
/// signals; none: synapses do not answer.
template <class R>
struct Answers {
  Party to = Party::kAgent;  // kAgent or kRate
  R* sums = nullptr;         // (n x lanes); kRate: the rate layer's signals
  // from the sums of one place to those of the next; 0: all share them
  std::ptrdiff_t apart = 0;
  // of each projection onto readouts the place of its sums (projections); null where apart is 0
  const std::int32_t* place = nullptr;
  // In a sweep, over W: what is told at stage q belongs to stage q + delay, whose sums stand in
  // slot (q + delay) % slots.
  std::int32_t slot = 0;       // of this stage
  std::int32_t slots = 0;      // 0: not in a sweep
  std::int32_t left = 0;       // stages after this one
  std::ptrdiff_t by_slot = 0;  // from the sums of one slot to those of the next
  // they are sent now, and summed when a sweep comes to their tick: answer()
  bool later = false;
  explicit operator bool() const { return sums != nullptr; }

  /// The sums to which a projection's synapses send; null: none, as the sweep ends before.
  R* sums_of(const Network<R>& network, ProjectionId p) const {
    const Projection& projection = network.projections()[p];
    if (slots > 0) {
      const std::int32_t delay = projection.delay();
      const std::int32_t then = slot + delay;
      return delay > left ? nullptr : sums + by_slot * (then < slots ? then : then - slots);
    }
    if (apart == 0 || projection.target_layer != Layer::kReadout) return sums;
    return sums + apart * place[p.value];
  }
};

namespace phase {

/// The rows of several phases.
template <std::size_t... kSizes>
constexpr std::array<Phase, (kSizes + ...)> rows_of(const std::array<Phase, kSizes>&... rows) {
  std::array<Phase, (kSizes + ...)> all{};
  std::size_t next = 0;
  const auto add = [&](const auto& some) {
    for (const Phase row : some) all[next++] = row;
  };
  (add(rows), ...);
  return all;
}

/// AXON and DENDRITE over a projection, from what its sources send in this tick.
struct Axons {
  static constexpr std::array rows{
      Phase::kAxonB, Phase::kAxonW, Phase::kAxonA, Phase::kCurrent, Phase::kCurrentAndActivity, Phase::kReadoutCurrent};
  ProjectionId projection;
};

/// TARGET: y*_t (o x lanes); scale is the loss's constant; weight: of each error (o x lanes), null
/// where trials do not weigh them.
template <class R>
struct Targets {
  static constexpr std::array rows{Phase::kTarget, Phase::kWeightedTarget};
  const R* target;
  R scale;
  const R* weight = nullptr;
};

/// NORM, then TARGET, of the cross-entropy; scale is the loss's constant, weight as above.
template <class R>
struct Classes {
  static constexpr std::array rows{Phase::kNorm, Phase::kTarget, Phase::kWeightedTarget};
  const R* target;
  R scale;
  const R* weight = nullptr;
};

/// POST from readouts with eps != 0; TRANSPORT if answers. What filters does so by the clock.
template <class R>
struct Errors {
  static constexpr std::array rows{Phase::kReadoutPost, Phase::kReadoutPostToStatic, Phase::kTransportAToAgent,
                                   Phase::kTransportAToNeuron};
  Answers<R> answers;
};

/// FEEDBACK over R: what is sent in this tick, and, over slow wires, what arrives in it.
struct Feedbacks {
  static constexpr std::array rows{Phase::kFeedback};
  bool tick_has_error = true;
};

/// POST of activities to the synapses of R, where it learns.
struct FeedbackPosts {
  static constexpr std::array rows{Phase::kFeedbackPost};
};

/// DENDRITE of the autapses.
struct OwnWeights {
  static constexpr std::array rows{Phase::kOwnWeight};
};

/// POST from rate neurons.
struct Posts {
  static constexpr std::array rows{
      Phase::kConstantGainPost, Phase::kPost,           Phase::kOwnDecayPost,      Phase::kSpikingPost,
      Phase::kLocalPost,        Phase::kLocalErrorPost, Phase::kLocalConstantPost, Phase::kLocalConstantErrorPost,
      Phase::kLocalSpikingPost};
  bool tick_has_error;
};

/// REWARD: r_t of each lane (lanes), 0 where there is none, which is not sent.
template <class R>
struct Rewards {
  static constexpr std::array rows{Phase::kReward, Phase::kErrorReward, Phase::kEndReward};
  const R* value;
};

/// The end of a trial under a local rule: its POST, and what synapses do then.
struct LocalEnds {
  static constexpr std::array rows{Phase::kLocalEndPost, Phase::kLocalSpikingEndPost};
  bool tick_has_error;
};

/// POST of the firing-rate errors, at the end of a trial.
struct RateErrors {
  static constexpr std::array rows{Phase::kRateError};
};

/// ADJOINT: delta (n x lanes); lag 0 begins a sweep.
template <class R>
struct Adjoints {
  static constexpr std::array rows{Phase::kAdjoint};
  const R* delta;
  std::int32_t lag;
};

/// AXON replayed of the revisited tick.
struct Replays {
  static constexpr std::array rows{Phase::kReplayB, Phase::kReplayW};
  Tick revisited;
  std::int32_t lag;
};

/// POST of the revisited tick; TRANSPORT from W if answers.
template <class R>
struct PostsBack {
  static constexpr std::array rows{Phase::kPostBack, Phase::kPostBackToStatic, Phase::kTransportW};
  Tick revisited;
  std::int32_t lag;
  Answers<R> answers;
};

/// CLIP to the agent: squares of all that commit(scale) would follow, into a cell a lane.
template <class R>
struct Squares {
  static constexpr std::array rows{Phase::kSquare};
  R scale;
  R* sums;
};

/// CLIP from the agent: the factor of all changes (lanes).
template <class R>
struct Factors {
  static constexpr std::array rows{Phase::kFactor};
  const R* factors;
};

// Fused phases; one lane, but for Answer.

/// The ticks first .. last at once: all that goes forward, and the POST of rate neurons online.
/// What an error brings is Comparisons' and Answer's; readouts hold nothing of these ticks.
struct Ticks {
  static constexpr std::array rows = rows_of(Axons::rows, OwnWeights::rows, Posts::rows);
  Tick first;
  Tick last;
};

/// Of ticks that have been run: the readouts' step, Targets, Errors and Feedbacks. target: y*_t
/// (ticks x o), weight as well, or null.
template <class R>
struct Comparisons {
  static constexpr std::array rows = rows_of(Targets<R>::rows, Errors<R>::rows, Feedbacks::rows);
  Tick first;
  Tick last;
  const R* target;
  R scale;
  const R* weight = nullptr;
};

/// What the synapses of A have answered at a tick since the last commit: they have been counted,
/// and whoever does not ask is not told.
template <class R>
struct Answer {
  static constexpr std::array rows{Phase::kTransportAToAgent, Phase::kTransportAToNeuron};
  Tick tick;
  Answers<R> answers;
};

/// Adjoints, Replays and PostsBack of a stage. The messages were counted earlier; this phase only
/// computes their sums.
template <class R>
struct BackStages {
  static constexpr std::array rows = rows_of(Adjoints<R>::rows, Replays::rows, PostsBack<R>::rows);
  const R* delta;
  Tick revisited;
  Answers<R> answers;
};

/// All phases that a transport takes; those of RTRL and UORO alone are core/nonlocal's.
template <class R>
using All = std::tuple<Axons, Targets<R>, Classes<R>, Errors<R>, Feedbacks, FeedbackPosts, OwnWeights, Rewards<R>,
                       Posts, LocalEnds, RateErrors, Adjoints<R>, Replays, PostsBack<R>, Squares<R>, Factors<R>>;
template <class R>
using Fused = std::tuple<Ticks, Comparisons<R>, Answer<R>, BackStages<R>>;

}  // namespace phase

}  // namespace locus
