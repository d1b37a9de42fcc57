// The seam: what a transport does for the conductor of a tick (sim/run) and for the non-local
// agents (core/nonlocal).
//
// Two ways to deliver the same messages to the same handlers: `Mailbox` (every message exists and
// is handled alone) and `Batched` (columns). Each operation below is one phase: it makes its
// messages, passes the door once a channel, and lets the receivers handle them. Operations are
// called in the order of sim/run/trial.h. Both transports give the same counts and, for one update,
// the same numbers to 1e-12.
#pragma once

#include <concepts>
#include <cstdint>

#include "core/actor/network.h"
#include "core/actor/synapse.h"
#include "core/base/function_ref.h"
#include "core/base/id.h"
#include "core/wire/door.h"

namespace locus {

/// A cell of the backward agent: what TRANSPORT has brought for one neuron, or CLIP of all
/// synapses.
template <class R>
struct AgentCell {
  R& sum;
};

template <class R>
void on(AgentCell<R> agent, Transport<R> m) {
  agent.sum += m.value;
}

template <class R>
void on(AgentCell<R> agent, Square<R> m) {
  agent.sum += m.value;
}

/// The backward agent's clock: delta = (1 - alpha) delta + what it was told in the last stage.
/// kept: 1 - alpha.
template <class R>
void step(AgentCell<R> agent, R kept, R told) {
  agent.sum = kept * agent.sum + told;
}

/// The backward agent's columns, as a transport takes them that goes through all stages of a sweep
/// by itself; one lane, one population, no delays.
template <class R>
struct AgentColumns {
  R* delta = nullptr;  // (n); 0 before the first stage
  R kept = 0;          // 1 - alpha
  // A^T eps of a tick that brings an error to this sweep (n), or null
  FunctionRef<const R*(Tick)> error_of;
};

/// Where TRANSPORT goes: the backward agent's sums or the presynaptic neurons' learning signals;
/// none: synapses do not answer.
template <class R>
struct Answers {
  Party to = Party::kAgent;  // kAgent or kRate
  R* sums = nullptr;         // (n x lanes); kRate: the rate layer's signals
  // from the sums of one readout population to those of the next; 0: they share them
  std::ptrdiff_t apart = 0;
  // In a sweep, over W: what is told at stage q belongs to stage q + delay, whose sums stand in
  // slot (q + delay) % slots.
  std::int32_t slot = 0;       // of this stage
  std::int32_t slots = 0;      // 0: not in a sweep
  std::int32_t left = 0;       // stages after this one
  std::ptrdiff_t by_slot = 0;  // from the sums of one slot to those of the next
  // they are sent now, and summed when a sweep comes to their tick: answer()
  bool later = false;
  explicit operator bool() const { return sums != nullptr; }

  /// Where the synapses of a projection send theirs; null: nowhere, for the sweep ends before.
  R* sums_of(const Network<R>& network, const Projection& projection) const {
    if (slots > 0) {
      const std::int32_t delay = projection.delay();
      const std::int32_t then = slot + delay;
      return delay > left ? nullptr : sums + by_slot * (then < slots ? then : then - slots);
    }
    if (apart == 0 || projection.target_layer != Layer::kReadout) return sums;
    const Neurons& target = population_at(network.readouts.populations, projection.target_begin);
    return sums + apart * (&target - network.readouts.populations.data());
  }
};

/// The door for AXON from a layer's neurons, and for TRANSPORT to the agent or to rate neurons: the
/// wire is known when the program runs.
template <class First>
void pass_axons(Door& door, Layer source, std::int32_t lag, std::int64_t messages, First&& first) {
  if (source == Layer::kInput) {
    door.pass<Channel::kAxon, Party::kInput, Party::kSynapse>(lag, messages, 1, first);
  } else {
    door.pass<Channel::kAxon, Party::kRate, Party::kSynapse>(lag, messages, 1, first);
  }
}
template <class First>
void pass_dendrites(Door& door, Layer target, std::int64_t messages, std::int64_t scalars, First&& first) {
  if (target == Layer::kRate) {
    door.pass<Channel::kDendrite, Party::kSynapse, Party::kRate>(0, messages, scalars, first);
  } else {
    door.pass<Channel::kDendrite, Party::kSynapse, Party::kReadout>(0, messages, scalars, first);
  }
}
template <class First>
void pass_transports(Door& door, Party to, std::int32_t lag, std::int64_t messages, First&& first) {
  if (to == Party::kAgent) {
    door.pass<Channel::kTransport, Party::kSynapse, Party::kAgent>(lag, messages, 1, first);
  } else {
    door.pass<Channel::kTransport, Party::kSynapse, Party::kRate>(lag, messages, 1, first);
  }
}

template <class T, class R>
concept TransportOf = requires(T t, const T& ct, const R* column, Answers<R> answers, std::int32_t index, Tick tick,
                               R scale, R* cells, ProjectionId projection, SynapseId synapse, Lane lane) {
  // the clock: traces and histories are cleared, and states but for those that the network carries
  // over; column: x_1 ..
  t.begin_trial(column);
  // x_T (T x m x lanes)
  // the clock: currents and signals start at 0; x_t appears at the inputs
  t.tick(tick);
  // AXON and DENDRITE over a projection, from the source's present activity
  t.axons(projection);
  t.step_neurons();          // the clock: rate neurons and spiking ones integrate
  t.step_readouts();         // the clock: readouts integrate
  t.targets(column, scale);  // TARGET: y*_t (o x lanes); scale is the loss's constant
  t.classify(column);        // NORM, then TARGET, of the cross-entropy
  // POST from readouts with eps != 0; TRANSPORT if answers. What filters does so by the clock
  t.report_errors(answers);
  t.feedback();              // FEEDBACK over R
  t.tell_own_weights();      // DENDRITE of the autapses
  t.post(true);              // POST from rate neurons; argument: whether the tick has an error
  t.tell_rates();            // POST of the firing-rate errors, at the end of a trial
  t.adjoint(column, index);  // ADJOINT: delta (n x lanes), lag; lag 0 begins a sweep
  t.replay(tick, index);     // AXON replayed of the revisited tick, lag
  // POST of the revisited tick, lag; TRANSPORT from W if answers
  t.post_back(tick, index, answers);
  // CLIP to the agent: squares of all that commit(scale) would follow, into a cell a lane
  t.tell_squares(scale, cells);
  t.hear_factor(column);  // CLIP from the agent: the factor of all changes (lanes)
  t.commit(scale);        // the clock: weight -= eta * scale * delta
  t.finish();             // all that was put off is done; weights may be read
  { t.network() } -> std::same_as<Network<R>&>;
  { t.door() } -> std::same_as<Door&>;
  // view: projection, synapse, lane; for deliveries of core/nonlocal
  { t.synapse(projection, synapse, lane) } -> std::same_as<TaughtSynapse<R>>;
  // from the next trial on the traces of its synapses can be seen
  t.watch_trace(projection);
  // what the last signal multiplied, or would have
  { ct.trace(projection, synapse, lane) } -> std::same_as<R>;
  {
    t.behind(projection, synapse, lane)
    } -> std::same_as<R>;  // RTRL: the activity behind the DENDRITE of projection, synapse, lane
};

/// A transport that takes together what ticks, or stages of a sweep, have in common, and sums
/// errors when a sweep comes to their tick; what that means is Batched's to say.
template <class T, class R>
concept RunsTicks = TransportOf<T, R> && requires(T t, const T& ct, Tick tick, std::int32_t visits, const R* column,
                                                  R scale, Answers<R> answers, const AgentColumns<R>& agent) {
  { ct.runs() } -> std::same_as<bool>;
  t.run(tick, tick);
  { ct.runs_errors() } -> std::same_as<bool>;
  t.compare(tick, tick, column, scale);
  { ct.errors_at(tick) } -> std::same_as<const R*>;
  t.answer(tick, answers);
  { t.pass_sweep(tick, visits) } -> std::same_as<bool>;
  t.stage(column, tick, answers);
  { t.sweep_recurrent(tick, visits, agent) } -> std::same_as<bool>;
};

}  // namespace locus
