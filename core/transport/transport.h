// The seam: what a transport does for the conductor of a tick (sim/run) and for the non-local
// agents (core/nonlocal).
//
// Two ways to deliver the same messages to the same handlers: `Mailbox` (every message exists and
// is handled alone) and `Columns`. A transport has the clock (begin_trial, tick, step, commit,
// finish), which carries no message, and deliver(phase), which makes the messages of a phase
// (phases.h), passes the door once a channel, and lets the receivers handle them. They are called
// in the order of sim/run/trial.h. Both transports give the same counts and, for one update, the
// same numbers to 1e-12.
#pragma once

#include <concepts>
#include <cstdint>
#include <tuple>

#include "core/actor/agent_cell.h"
#include "core/actor/network.h"
#include "core/actor/synapse.h"
#include "core/base/id.h"
#include "core/transport/phases.h"
#include "core/wire/door.h"

namespace locus {

/// Which ticks the transport may combine, if no observer needs each tick.
enum class Fuses : std::uint8_t {
  kNothing,
  kTicks,  // that go forward, up to the first error
  // and ticks with an error, and their sweeps: no message that they bring breaks the budget
  kErrors,
};

/// The part of a whole sweep that a transport has carried out.
enum class Swept : std::uint8_t {
  kNothing,   // each stage is to be delivered phase by phase
  kMessages,  // they have passed the door; stages follow as phase::BackStages
  kAll,
};

template <class T, class Phase>
concept Delivers = requires(T t, const Phase& phase) {
  t.deliver(phase);
};
template <class T, class Phases>
inline constexpr bool kDeliversAll = false;
template <class T, class... Phases>
inline constexpr bool kDeliversAll<T, std::tuple<Phases...>> = (Delivers<T, Phases> && ...);

/// The seam: eight operations. T: over networks of scalar R.
template <class T, class R>
concept TransportOf = requires(T t, const R* inputs, Tick tick, Layer layer, R scale) {
  // the clock: traces and histories are cleared, and states but for those that the network carries
  // over; inputs: x_1 .. x_T (T x m x lanes), which outlive the trial; null where each x_t stands
  // at the inputs' activities when tick(t) is called
  t.begin_trial(inputs);
  // the clock: currents and signals start at 0; x_t appears at the inputs
  t.tick(tick);
  t.step(layer);    // the clock: rate neurons and spiking ones, or readouts, integrate
  t.commit(scale);  // the clock: weight -= eta * scale * delta
  t.finish();       // all that was put off is done; weights may be read
  { t.network() } -> std::same_as<Network<R>&>;
  { t.door() } -> std::same_as<Door&>;
}
&&kDeliversAll<T, phase::All<R>>;

/// Actors of a transport that somebody looks at, or that a non-local agent tells one by one.
template <class T, class R>
concept ShowsSynapses = requires(T t, const T& ct, ProjectionId projection, SynapseId synapse, Lane lane) {
  // view, for deliveries of core/nonlocal
  { t.synapse(projection, synapse, lane) } -> std::same_as<TaughtSynapse<R>>;
  // from the next trial on the traces of its synapses can be seen
  t.watch_trace(projection);
  // the eligibility that the last signal multiplied, or would have
  { ct.trace(projection, synapse, lane) } -> std::same_as<R>;
  // RTRL: the activity behind the DENDRITE of projection, synapse, lane
  { t.behind(projection, synapse, lane) } -> std::same_as<R>;
};

/// A transport that takes fused phases, while it says so: what ticks, or stages of a sweep, have in
/// common is done together.
template <class T, class R>
concept RunsTicks = TransportOf<T, R> && kDeliversAll<T, phase::Fused<R>> &&
    requires(T t, const T& ct, Tick tick, std::int32_t visits, const AgentColumns<R>& agent) {
  { ct.fuses() } -> std::same_as<Fuses>;
  // e_t and y_t of the readouts (o), of a tick that was compared
  { ct.errors_at(tick) } -> std::same_as<const R*>;
  { ct.outputs_at(tick) } -> std::same_as<const R*>;
  // Lets all messages of a sweep pass that revisits `visits` ticks from `tick` back, and runs it in
  // one loop where the network is one that it takes.
  { t.sweep(tick, visits, agent) } -> std::same_as<Swept>;
};

}  // namespace locus
