// Phases: senders, receivers, contents and times of messages. One row is one kind of message.
//
// There is one table because a rule is a selection of its rows (by decay, signal and drive), and
// everything that the program says about messages in advance is computed from them: closed forms
// (core/protocol/closed_form.h), the permit of the door, payload sizes, the streams of a chip
// (core/protocol/stream.h), their destinations (sim/place/reach.h), `locus rules` and the tables of
// docs/locality.md. A new kind of message is one row here, a payload (core/wire/payload.h) and the
// handler of the receiving actor (core/actor). The table is in the order of channels; the conductor
// (sim/run/trial.h) has the order within a tick.
// Cost: a constant of about thirty rows.
// Invariants: the index of a row is its phase; its ends are a wire of the door (Wire); rows of one
// rule, channel and receiver have the same payload, which both transports send (tests/protocol).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "core/protocol/learning.h"
#include "core/protocol/trial_shape.h"
#include "core/wire/door.h"
#include "core/wire/topology.h"

namespace locus {

enum class Phase : std::uint8_t {
  // AXON
  kAxonB,
  kAxonW,
  kAxonA,
  kAxonFactor,
  kReplayB,
  kReplayW,
  // DENDRITE
  kCurrent,
  kCurrentAndActivity,
  kReadoutCurrent,
  kFactorCurrent,
  kOwnWeight,
  // POST
  kReadoutPost,
  kReadoutPostToStatic,
  kConstantGainPost,
  kPost,
  kOwnDecayPost,
  kSpikingPost,
  kLocalPost,
  kLocalErrorPost,
  kLocalConstantPost,
  kLocalConstantErrorPost,
  kLocalSpikingPost,
  kLocalEndPost,
  kLocalSpikingEndPost,
  kRateError,
  kSensitivityPost,
  kPostBack,
  kPostBackToStatic,
  kFeedbackPost,
  // one channel each
  kTarget,
  kWeightedTarget,
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
  // REWARD
  kReward,
  kErrorReward,
  kEndReward,
  // REDUCE
  kReduce,
  kScales,
};
inline constexpr int kPhases = 46;

/// The wires of a phase: synapses of blocks of projections, or wires between neurons that a model
/// does not name.
enum class Over : std::uint8_t {
  kB,             // input to rate neuron
  kW,             // rate to rate neuron
  kA,             // rate neuron to readout
  kFromInputs,    // B, and D: input to readout
  kOntoReadouts,  // A and D
  kR,             // readout to rate neuron: feedback, plastic where it learns
  kOntoRate,      // B and W
  kEverySynapse,  // B, W, A and D
  kAutapses,      // of W: the synapse of a rate neuron onto itself, of delay 1
  kEachRate,      // one for each rate neuron
  kEachReadout,   // one for each readout
  kReadoutPairs,  // from each readout to each other readout
  // from each rate neuron to each plastic synapse of B and W onto another one
  kForeignSynapses,
};

/// True if synapses of a projection of B, W, A or D are among these wires; false for wires between
/// neurons, and for autapses, which the topology lists one by one.
constexpr bool is_over(Over over, const Projection& projection) {
  const bool onto_readouts = projection.target_layer == Layer::kReadout;
  const bool from_inputs = projection.source_layer == Layer::kInput;
  switch (over) {
    case Over::kB: return from_inputs && !onto_readouts;
    case Over::kW: return !from_inputs && !onto_readouts;
    case Over::kA: return !from_inputs && onto_readouts;
    case Over::kFromInputs: return from_inputs;
    case Over::kOntoReadouts: return onto_readouts;
    case Over::kOntoRate:
    case Over::kForeignSynapses: return !onto_readouts;
    case Over::kEverySynapse: return true;
    case Over::kR:
    case Over::kAutapses:
    case Over::kEachRate:
    case Over::kEachReadout:
    case Over::kReadoutPairs: return false;
  }
  return false;
}

/// A selection of the synapses.
enum class Plastic : std::uint8_t { kAny, kOnly, kNot };

/// A selection of the synapses by their target neurons.
enum class Onto : std::uint8_t {
  kAny,
  // phi is the identity and nothing spikes: the gain is a constant, which synapses have
  kConstantGain,
  kVaryingGain,  // all other rate neurons without spikes
  kRate,         // both of these
  kSpiking,
};

/// True if these neurons are among the selected targets.
constexpr bool is_onto(Onto onto, const Population& target) {
  switch (onto) {
    case Onto::kAny: return true;
    case Onto::kConstantGain: return target.constant_gain;
    case Onto::kVaryingGain: return !target.constant_gain && !target.spiking;
    case Onto::kRate: return !target.spiking;
    case Onto::kSpiking: return target.spiking;
  }
  return false;
}

/// The time of a message in a trial of T ticks.
enum class When : std::uint8_t {
  kTick,       // every tick
  kArrival,    // the tick of arrival, after the delay of the projection
  kLaterTick,  // every tick except the first
  kError,      // ticks with an error: the last `window` ones
  kTrialEnd,   // once, after the last tick
  kCommit,     // before every commit
  kStage,      // every stage of a sweep, with its lag
  kRecall,     // stages whose tick had an arrival, which the source repeats
  kTellBack,   // stages of a sweep that reaches the tick one delay earlier
};

/// A message is not sent if this value is 0.
enum class OnlyIf : std::uint8_t {
  kAlways,
  kActivity,  // the activity of the source
  kError,     // eps of the readout
  kNews,      // psi or the learning signal
  kFactor,    // some factor of a local rule
  kWeight,    // the weight of the error
  kReward,    // the reward
};

/// Conditions of model and trial for a phase.
enum class Needs : std::uint8_t {
  kNothing,
  kTargets,     // outputs are compared with targets
  kWeights,     // and trials weigh their errors: by masks and lengths
  kClasses,     // by the cross-entropy
  kFiringRate,  // spiking neurons have a firing-rate target
  kNorm,        // the optimizer bounds the norm of all changes
  // what follows from the text of a local rule (core/expression/local_rule.h)
  kOwnWeight,     // traces decay by the neuron's own weight, or the text names it
  kPayload,       // neurons tell something
  kTick,          // to the synapses onto a neuron whose gain varies, in every tick
  kError,         // or only in ticks with an error
  kConstantTick,  // the same onto a neuron whose gain is a constant
  kConstantError,
  kLearnedFeedback,  // some feedback learns
  kEndPayload,       // neurons tell something at the end of a trial
  // the reward: of trials, minus the loss of a tick, or of a trial
  kReward,
  kErrorReward,
  kEndReward,
};

/// Some values of an enumeration; by default all.
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

/// The payload of a phase with N scalars, one for each plastic synapse onto rate neurons.
inline constexpr int kSensitivities = 0;
/// The payload of a phase of a local rule: as many scalars as follow from its text.
inline constexpr int kPayload = -1;
/// The same at the end of a trial.
inline constexpr int kEndPayload = -2;

struct PhaseRow {
  Phase phase;
  Channel channel;
  Party from;
  Party to;
  Over over;
  Plastic plastic = Plastic::kAny;
  Onto onto = Onto::kAny;
  int scalars = 1;           // in one message, or kSensitivities, kPayload or kEndPayload
  std::string_view payload;  // the meaning of the scalars, in words
  When when;
  OnlyIf only_if = OnlyIf::kAlways;
  // A rule selects the phase if each of these holds.
  Any<DecaySource> decay = {};
  Any<SignalSource> signal = {};
  Any<Drive> drive = {};
  Needs needs = Needs::kNothing;
  // On a chip: the name of its stream in results; empty if its messages never leave a core, and for
  // CLIP, which no run with a chip has.
  std::string_view stream = {};
  // the kind of neuron whose messages of a tick go together: the senders, or the receivers if
  // payloads differ (for TRANSPORT the target neuron of the synapse)
  Party key = Party::kRate;
  // the messages of one event have the same payload, so that one packet serves all receivers on a
  // core
  bool multicast = false;

  /// True if its messages revisit ticks and therefore have lags beyond 0.
  constexpr bool revisits() const { return when == When::kStage || when == When::kRecall || when == When::kTellBack; }
};

/// POST under a rule that a model writes itself.
constexpr PhaseRow local_post(Phase phase, Onto onto, When when, Needs needs) {
  return {.phase = phase,
          .channel = Channel::kPost,
          .from = Party::kRate,
          .to = Party::kSynapse,
          .over = Over::kOntoRate,
          .plastic = Plastic::kOnly,
          .onto = onto,
          .scalars = kPayload,
          .payload = "factors of the target neuron",
          .when = when,
          .only_if = onto == Onto::kSpiking ? OnlyIf::kFactor : OnlyIf::kAlways,
          .decay = {DecaySource::kText},
          .needs = needs};
}

/// The same at the end of a trial.
constexpr PhaseRow local_end_post(Phase phase, Onto onto) {
  PhaseRow row = local_post(phase, onto, When::kTrialEnd, Needs::kEndPayload);
  row.scalars = kEndPayload;
  return row;
}

/// CLIP of every plastic synapse.
constexpr PhaseRow clip_row(Phase phase, Party from, Party to, std::string_view payload) {
  return {.phase = phase,
          .channel = Channel::kClip,
          .from = from,
          .to = to,
          .over = Over::kEverySynapse,
          .plastic = Plastic::kOnly,
          .payload = payload,
          .when = When::kCommit,
          .drive = {Drive::kOnline, Drive::kSweep, Drive::kSensitivity, Drive::kFactors},
          .needs = Needs::kNorm};
}

/// What takes the factor of each rate neuron along W.
constexpr PhaseRow factor_row(Phase phase, Channel channel, Party from, Party to, std::string_view payload,
                              std::string_view stream) {
  return {.phase = phase,
          .channel = channel,
          .from = from,
          .to = to,
          .over = Over::kW,
          .payload = payload,
          .when = When::kLaterTick,
          .drive = {Drive::kFactors},
          .stream = stream,
          .multicast = true};
}

/// REDUCE of each rate neuron, up to the agent or down from it.
constexpr PhaseRow reduce_row(Phase phase, Party from, Party to, int scalars, std::string_view payload,
                              std::string_view stream) {
  return {.phase = phase,
          .channel = Channel::kReduce,
          .from = from,
          .to = to,
          .over = Over::kEachRate,
          .scalars = scalars,
          .payload = payload,
          .when = When::kTick,
          .drive = {Drive::kFactors},
          .stream = stream};
}

/// REWARD to each rate neuron.
constexpr PhaseRow reward_row(Phase phase, When when, Needs needs) {
  return {.phase = phase,
          .channel = Channel::kReward,
          .from = Party::kEnvironment,
          .to = Party::kRate,
          .over = Over::kEachRate,
          .payload = "reward",
          .when = when,
          .only_if = OnlyIf::kReward,
          .decay = {DecaySource::kText},
          .needs = needs,
          .stream = "REWARD",
          .key = Party::kRate};
}

/// True if the synapses of this projection, which ends on `target`, take part in a phase; so do
/// biases, whether a message reaches them or not.
constexpr bool concerns(const PhaseRow& row, const Projection& projection, const Population& target) {
  const bool chosen = row.plastic == Plastic::kAny || (row.plastic == Plastic::kOnly) == projection.plastic;
  return chosen && is_over(row.over, projection) && is_onto(row.onto, target);
}

/// True if synapses send or hear the messages of a phase.
constexpr bool is_of_synapse(const PhaseRow& row) { return row.from == Party::kSynapse || row.to == Party::kSynapse; }

/// True if what a synapse sends or hears over this channel would be a message if the synapse were a
/// bias: one that comes from another actor than its neuron, or goes to one.
constexpr bool reaches_biases(Channel channel) { return channel == Channel::kGather || channel == Channel::kClip; }

/// True if the wires of a phase are synapses of this projection, which ends on `target`.
constexpr bool carries(const PhaseRow& row, const Projection& projection, const Population& target) {
  return concerns(row, projection, target) && (!projection.is_bias || reaches_biases(row.channel));
}

/// The criteria by which a run selects phases.
struct Selection {
  DecaySource decay = DecaySource::kNoTrace;
  SignalSource signal = SignalSource::kNowhere;
  Drive drive = Drive::kNothing;
  bool targets = false;
  bool weighted = false;
  bool classes = false;
  bool firing_rate = false;
  bool norm = false;
  LocalPosts local = {};
  bool learned_feedback = false;

  constexpr bool has(Needs needs) const {
    switch (needs) {
      case Needs::kNothing: return true;
      case Needs::kTargets: return targets && !weighted;
      case Needs::kWeights: return targets && weighted;
      case Needs::kClasses: return classes;
      case Needs::kFiringRate: return firing_rate;
      case Needs::kNorm: return norm;
      case Needs::kOwnWeight: return decay == DecaySource::kNeuron || local.own_weight;
      case Needs::kPayload: return local.scalars > 0;
      case Needs::kTick: return local.varying_gain == Cadence::kTick;
      case Needs::kError: return local.varying_gain == Cadence::kError;
      case Needs::kConstantTick: return local.constant_gain == Cadence::kTick;
      case Needs::kConstantError: return local.constant_gain == Cadence::kError;
      case Needs::kLearnedFeedback: return learned_feedback;
      case Needs::kEndPayload: return local.end_scalars > 0;
      case Needs::kReward: return local.reward == Cadence::kTick;
      case Needs::kErrorReward: return local.reward == Cadence::kError;
      case Needs::kEndReward: return local.reward == Cadence::kEnd;
    }
    return false;
  }
  constexpr bool selects(const PhaseRow& row) const {
    return row.decay.holds(decay) && row.signal.holds(signal) && row.drive.holds(drive) && has(row.needs);
  }
};

}  // namespace locus
