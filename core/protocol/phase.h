// Phases: who says what when. One row is one kind of message.
//
// Why one table: a rule is a selection of its rows (by decay, signal and drive), and everything
// that the program knows about messages in advance is computed from them: closed forms
// (core/protocol/closed_form.h), what the door permits, payload sizes, the streams of a chip
// (core/protocol/stream.h), where they go (sim/place/reach.h), `locus rules` and the tables of
// docs/locality.md. A new kind of message is one row here, a payload (core/wire/payload.h) and the
// handler of the actor that hears it (core/actor). The table stands in channel order; the order
// within a tick is the conductor's (sim/run/trial.h). Cost: a constant, about thirty rows.
// Invariants: a row stands at the place of its phase; its ends are a wire that the door has (Wire);
// rows of one rule, channel and receiver have one payload, which is what both transports send
// (tests/protocol).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "core/protocol/rule.h"
#include "core/protocol/trial_shape.h"
#include "core/wire/door.h"
#include "core/wire/topology.h"

namespace locus {

enum class Phase : std::uint8_t {
  // AXON
  kAxonB,
  kAxonW,
  kAxonA,
  kReplayB,
  kReplayW,
  // DENDRITE
  kCurrent,
  kCurrentAndActivity,
  kReadoutCurrent,
  kOwnWeight,
  // POST
  kReadoutPost,
  kReadoutPostToStatic,
  kConstantGainPost,
  kPost,
  kOwnDecayPost,
  kSpikingPost,
  kRateError,
  kSensitivityPost,
  kPostBack,
  kPostBackToStatic,
  // one channel each
  kTarget,
  kFeedback,
  kTransportW,
  kTransportAToAgent,
  kTransportAToNeuron,
  kAdjoint,
  kInfluence,
  kGather,
  kNorm,
  // CLIP
  kSquare,
  kFactor,
};
inline constexpr int kPhases = 30;

/// The wires that messages of a phase take: synapses of blocks of projections, or wires between
/// neurons that no model names.
enum class Over : std::uint8_t {
  kB,             // input to rate neuron
  kW,             // rate to rate neuron
  kA,             // rate neuron to readout
  kR,             // readout to rate neuron: feedback, static
  kOntoRate,      // B and W
  kEverySynapse,  // B, W and A
  kAutapses,      // of W: a rate neuron's synapse onto itself, of delay 1
  kEachRate,      // one a rate neuron
  kEachReadout,   // one a readout
  kReadoutPairs,  // from each readout to each other one
  // from each rate neuron to each plastic synapse of B and W that ends on another
  kForeignSynapses,
};

/// Whether the synapses of a projection of B, W or A are among these wires; false of wires that are
/// no synapses of these blocks.
constexpr bool is_over(Over over, const Projection& projection) {
  const bool onto_readouts = projection.target_layer == Layer::kReadout;
  const bool from_inputs = projection.source_layer == Layer::kInput;
  switch (over) {
    case Over::kB: return from_inputs;
    case Over::kW: return !from_inputs && !onto_readouts;
    case Over::kA: return onto_readouts;
    case Over::kOntoRate: return !onto_readouts;
    case Over::kEverySynapse: return true;
    default: return false;
  }
}

/// Which of the synapses.
enum class Plastic : std::uint8_t { kAny, kOnly, kNot };

/// Which of the synapses, by the neurons that they end on.
enum class Onto : std::uint8_t {
  kAny,
  // phi is the identity, and nothing spikes: the gain is a constant, known to synapses
  kConstantGain,
  kVaryingGain,  // all other rate neurons that do not spike
  kRate,         // both of these
  kSpiking,
};

/// When, in a trial of T ticks.
enum class When : std::uint8_t {
  kTick,       // every tick
  kArrival,    // the tick in which arrives what its source sent: the projection's delay later
  kLaterTick,  // every tick but the first
  kError,      // ticks with an error: the last `window` ones
  kTrialEnd,   // once, behind the last tick
  kCommit,     // before every commit
  kStage,      // every stage of a sweep, with its lag
  kRecall,     // stages for whose tick something arrived: its source recalls it
  kTellBack,   // stages of a sweep that goes on to the tick a delay before this one
};

/// What is not sent where it is 0.
enum class OnlyIf : std::uint8_t {
  kAlways,
  kActivity,  // the activity of the source
  kError,     // eps of the readout
  kNews,      // psi or the learning signal
};

/// What model and trial add to what a rule sends.
enum class Needs : std::uint8_t {
  kNothing,
  kTargets,     // outputs are compared with targets
  kClasses,     // by the cross-entropy
  kFiringRate,  // spiking neurons have a firing-rate target
  kNorm,        // the optimizer bounds the norm of all changes
};

/// Some of the values of an enumeration; by default all.
template <class E>
class Any {
 public:
  constexpr Any() = default;
  constexpr Any(std::initializer_list<E> values) : bits_(0) {
    for (const E value : values) bits_ |= 1U << static_cast<unsigned>(value);
  }
  constexpr bool holds(E value) const { return ((bits_ >> static_cast<unsigned>(value)) & 1U) != 0; }

 private:
  std::uint32_t bits_ = 0xffffffffU;
};

/// Payload of a phase that carries one scalar for each plastic synapse onto rate neurons: N.
inline constexpr int kSensitivities = 0;

struct PhaseRow {
  Phase phase;
  Channel channel;
  Party from;
  Party to;
  Over over;
  Plastic plastic = Plastic::kAny;
  Onto onto = Onto::kAny;
  int scalars = 1;           // of one message, or kSensitivities
  std::string_view payload;  // the scalars, in words
  When when;
  OnlyIf only_if = OnlyIf::kAlways;
  // What selects it: each of these must hold.
  Any<DecaySource> decay = {};
  Any<SignalSource> signal = {};
  Any<Drive> drive = {};
  Needs needs = Needs::kNothing;
  // On a chip: the stream that its messages are counted in, by name in results; empty: never leaves
  // a core.
  std::string_view stream = {};
  // the kind of neuron whose messages of a tick go together: a source, or where payloads differ a
  // receiver (of TRANSPORT: the neuron that the synapse ends on)
  Party key = Party::kRate;
  // the messages of one event carry one payload: one packet serves all that sit on a core
  bool multicast = false;

  /// Whether its messages revisit ticks, and so have lags beyond 0.
  constexpr bool revisits() const { return when == When::kStage || when == When::kRecall || when == When::kTellBack; }
};

/// What a run selects phases by.
struct Selection {
  DecaySource decay = DecaySource::kNoTrace;
  SignalSource signal = SignalSource::kNowhere;
  Drive drive = Drive::kNothing;
  bool targets = false;
  bool classes = false;
  bool firing_rate = false;
  bool norm = false;

  constexpr bool has(Needs needs) const {
    switch (needs) {
      case Needs::kNothing: return true;
      case Needs::kTargets: return targets;
      case Needs::kClasses: return classes;
      case Needs::kFiringRate: return firing_rate;
      case Needs::kNorm: return norm;
    }
    return false;
  }
  constexpr bool selects(const PhaseRow& row) const {
    return row.decay.holds(decay) && row.signal.holds(signal) && row.drive.holds(drive) && has(row.needs);
  }
};

}  // namespace locus
