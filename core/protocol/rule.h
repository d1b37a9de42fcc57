// The rule table: one row a rule. Kernels, counts, docs, help and the property tests follow from
// it.
//
// Every rule but RTRL asks the same of a synapse: trace = decay * trace + gain * pre; delta +=
// signal * trace (core/actor/synapse.h). Rules differ in where the decay and the signal come from,
// and in what drives them: the tick (online) or a walk back through time (sweep).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/actor/optimizer.h"
#include "core/wire/channel.h"

namespace locus {

enum class RuleKind : std::uint8_t { kNone, kBptt, kTbptt, kRflo, kEprop, kEpropRandom, kRtrl };
inline constexpr int kRuleKinds = 7;

/// Where the decay of a synapse's trace comes from.
enum class DecaySource : std::uint8_t { kNoTrace, kZero, kConstant, kNeuron };

/// Where a rate neuron's learning signal comes from.
enum class SignalSource : std::uint8_t { kNowhere, kFeedback, kSymmetric, kAgent };

/// What drives learning: nothing, every tick as it passes, sweeps back in time, or sensitivities
/// carried forward.
enum class Drive : std::uint8_t { kNothing, kOnline, kSweep, kSensitivity };

/// The largest lag that a rule declares: none (0), or the depth of its sweep less one.
enum class DeclaredLag : std::uint8_t { kZero, kDepth };

/// A number that a short form takes behind the rule's name.
struct Argument {
  enum class What : std::uint8_t { kDepth, kStride, kTraceDecay };
  What what;
  bool required;  // those that are not come last
};

struct Rule {
  RuleKind kind;
  std::string_view name;      // short form: "tbptt", "eprop:random"
  std::string_view title;     // one line, in words
  std::string_view equation;  // what Delta is; lines separated by '\n'
  std::string_view source;    // paper
  std::string_view state;     // what is kept, and by whom
  // what is added for spiking neurons, lines separated by '\n'; empty: not offered for them
  std::string_view spiking;
  std::span<const Argument> arguments;  // of the short form, in the order typed
  DecaySource decay;
  SignalSource signal;
  Drive drive;
  DeclaredLag lag;
  // of a POST onto a synapse of a rate neuron (a spiking one: kSpikingPostScalars)
  int post_scalars;
  int dendrite_scalars;               // of a DENDRITE onto a rate neuron
  std::span<const Channel> channels;  // declared: a message outside is a defect of the program
};

extern const std::array<Rule, kRuleKinds> kRules;

const Rule& rule(RuleKind kind);
/// The rule whose short form (without arguments) this is.
std::optional<RuleKind> rule_named(std::string_view name);

/// "DEPTH", "STRIDE", "DECAY".
std::string_view name(Argument::What what);
/// The short form as help spells it: "tbptt:DEPTH[:STRIDE]".
std::string usage(const Rule& rule);

bool declares(const Rule& rule, Channel channel);

/// Of a POST from a spiking neuron whatever the rule: psi or zeta, and a signal. Its decays are
/// constants that its synapses know.
inline constexpr int kSpikingPostScalars = 2;

/// The payload of a message, in scalars. `of_rate_neuron`: a POST from, a DENDRITE onto, a rate
/// neuron rather than a readout. An autapse's own weight is a DENDRITE of 1 whatever the rule;
/// INFLUENCE carries as many scalars as there are plastic synapses, which the sender knows.
constexpr std::int64_t scalars_of(const Rule& rule, Channel channel, bool of_rate_neuron) {
  if (channel == Channel::kPost) return of_rate_neuron ? rule.post_scalars : 2;
  if (channel == Channel::kDendrite && of_rate_neuron) return rule.dendrite_scalars;
  return 1;
}

/// What e-prop asks of a spiking neuron's rate: reg_j = strength (count_j / T - target) / T, once a
/// trial.
struct FiringRate {
  double target = 0;    // spikes a tick
  double strength = 0;  // c_reg [1]
  std::int32_t ticks = 0;
};

/// A rule with the numbers that a run gives it.
struct Learning {
  RuleKind kind = RuleKind::kNone;
  std::int32_t depth = 0;   // tau, ticks, 1..T; sweeps only (BPTT: T)
  std::int32_t stride = 0;  // k, ticks, 1..T; sweeps only (BPTT: T)
  // lambda; RFLO only; absent: 1 - alpha of each rate neuron, alpha of each spiking one
  std::optional<double> trace_decay;
  // what was asked is divided by the ticks with an error; e-prop only
  bool average_over_window = false;
  double filter = 0;                      // kappa; e-prop onto spiking neurons only
  std::optional<FiringRate> firing_rate;  // e-prop onto spiking neurons only
  Optimizer optimizer = {};               // what synapses do with the change that was asked of them
};

/// The largest lag (ticks) that a message of this rule may have.
std::int32_t declared_lag(const Learning& learning);

}  // namespace locus
