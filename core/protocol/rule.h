// The rule table: one row for each rule. Kernels, counts, documents, help and the property tests
// follow from it.
//
// Every rule except RTRL and UORO needs the same of a synapse (core/actor/synapse.h):
//
//     trace = decay * trace + gain * pre;  delta += signal * trace
//
// Rules differ in the sources of decay and signal, and in their drive: the tick (online) or a walk
// back through time (sweep). By these three a rule selects its phases (core/protocol/phase.h), and
// everything about its messages follows from them: channels, lags, payloads, counts. A rule that
// combines existing parts is one row of this table.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/expression/local_text.h"

namespace locus {

enum class RuleKind : std::uint8_t {
  // the table
  kNone,
  kBptt,
  kTbptt,
  kRflo,
  kEprop,
  kEpropRandom,
  kRtrl,
  kRtrlReach,
  kRtrlPaths,
  kRtrlCore,
  kUoro,
  // rules that a model writes itself (core/expression), by the source of their signal
  kLocal,
  kLocalFeedback,
  kLocalSymmetric,
  kLocalReward,  // given by trials, or by a program
  kLocalLoss,    // a reward that is minus the loss
};
inline constexpr int kRuleKinds = 11;  // of the table
inline constexpr int kLocalKinds = 5;
inline constexpr RuleKind kLastRuleKind = RuleKind::kLocalLoss;

/// The source of the decay of a synapse's trace.
enum class DecaySource : std::uint8_t {
  kNoTrace,
  kZero,
  kConstant,
  kNeuron,
  kText,  // traces follow the text of a local rule
};

/// The source of a rate neuron's learning signal, or of its third factor: a reward that trials
/// give, or one that is minus the loss.
enum class SignalSource : std::uint8_t { kNowhere, kFeedback, kSymmetric, kAgent, kReward, kLoss };

/// The drive of learning: nothing, every tick, sweeps back in time, sensitivities that are carried
/// forward, or random factors, whose product is the sensitivities in the mean.
enum class Drive : std::uint8_t { kNothing, kOnline, kSweep, kSensitivity, kFactors };

/// True if neurons keep the traces of their own synapses, and tell each its change.
constexpr bool tells_changes(Drive drive) { return drive == Drive::kSensitivity || drive == Drive::kFactors; }

/// The sensitivities that each rate neuron keeps under a rule that carries them forward, and the
/// synapses of W that carry them (core/protocol/sensitivity_pattern.h).
enum class Keeps : std::uint8_t {
  kAll,    // those to all synapses; all synapses carry them
  kReach,  // those to synapses onto neurons from which some synapses lead to it
  kPaths,  // those to all synapses; autapses and some drawn synapses carry them
  kCore,   // those to synapses onto neurons of its own core; synapses within a core carry them
};

/// A number after the rule's name in its short form.
struct Argument {
  enum class What : std::uint8_t { kDepth, kStride, kTraceDecay, kReach, kPaths };
  What what;
  bool required;  // optional ones come last
};

struct Rule {
  RuleKind kind;
  std::string_view name;      // short form: "tbptt", "eprop:random"
  std::string_view title;     // one line, in words
  std::string_view equation;  // the equation of Delta; lines separated by '\n'
  std::string_view source;    // paper
  std::string_view state;     // the state of the rule and the actors that keep it
  // additional text for spiking neurons, lines separated by '\n'; empty: not possible for them
  std::string_view spiking;
  std::span<const Argument> arguments;  // of the short form, in their order
  DecaySource decay;
  SignalSource signal;
  Drive drive;
  Keeps keeps = Keeps::kAll;  // only for kSensitivity
};

extern const std::array<Rule, kRuleKinds> kRules;

/// The rows of rules that a model writes itself: what follows from their text stands in Learning.
extern const std::array<Rule, kLocalKinds> kLocalRules;

const Rule& rule(RuleKind kind);
/// The kind of a local rule. reward: only of kReward.
RuleKind local_kind(LocalSignal signal, RewardFrom reward = RewardFrom::kTrials);
/// True if the network's outputs are compared with targets under the rule, so that it has losses.
inline bool has_losses(const Rule& rule) {
  return rule.drive != Drive::kNothing && rule.signal != SignalSource::kNowhere && rule.signal != SignalSource::kReward;
}
/// True if theory may have a formula of the rule's expected changes: they follow from the
/// gradient's arithmetic without a choice of what is kept and without draws.
inline bool is_of_theory(const Rule& rule) {
  return rule.drive != Drive::kNothing && rule.drive != Drive::kFactors && rule.keeps == Keeps::kAll;
}
/// True if neurons have a learning signal, which errors bring.
constexpr bool brings_signal(SignalSource signal) {
  return signal == SignalSource::kFeedback || signal == SignalSource::kSymmetric || signal == SignalSource::kAgent;
}
constexpr bool is_local(RuleKind kind) { return kind >= RuleKind::kLocal; }
/// The rule with this short form (without arguments).
std::optional<RuleKind> rule_named(std::string_view name);

/// "DEPTH", "STRIDE", "DECAY", "REACH", "PATHS".
std::string_view name(Argument::What what);
/// The short form in help: "tbptt:DEPTH[:STRIDE]".
std::string usage(const Rule& rule);

/// True if the rule's short form has this number: "its depth is its own" instead of "it is tbptt".
bool takes(const Rule& rule, Argument::What what);

/// The target rate of a spiking neuron under e-prop: reg_j = strength (count_j / T - target) / T,
/// once a trial.
struct FiringRate {
  double target = 0;    // spikes in a tick
  double strength = 0;  // c_reg [1]
  std::int32_t ticks = 0;
};

/// The numbers of a rule that keeps and sends only some sensitivities. Each is for one of Keeps.
struct Restriction {
  // kReach: a neuron keeps the sensitivities to synapses onto itself and onto each neuron from
  // which at most reach - 1 synapses lead to it; >= 1
  std::int32_t reach = 0;
  std::int32_t paths = 0;                // kPaths: drawn synapses onto each neuron; >= 0
  std::uint64_t seed = 0;                // kPaths: of the draw
  std::vector<std::int32_t> cores = {};  // kCore: the core of each rate neuron (n)
  friend bool operator==(const Restriction&, const Restriction&) = default;
};

struct Learning;  // core/protocol/learning.h

}  // namespace locus
