// The rule table: one row a rule. Kernels, counts, docs, help and the property tests follow from
// it.
//
// Every rule but RTRL asks the same of a synapse: trace = decay * trace + gain * pre; delta +=
// signal * trace (core/actor/synapse.h). Rules differ in where the decay and the signal come from,
// and in what drives them: the tick (online) or a walk back through time (sweep). By these three a
// rule selects its phases (core/protocol/phase.h), and everything about its messages follows from
// them: channels, lags, payloads, counts. A rule of today's parts is one row of this table.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/actor/optimizer.h"

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
};

extern const std::array<Rule, kRuleKinds> kRules;

const Rule& rule(RuleKind kind);
/// The rule whose short form (without arguments) this is.
std::optional<RuleKind> rule_named(std::string_view name);

/// "DEPTH", "STRIDE", "DECAY".
std::string_view name(Argument::What what);
/// The short form as help spells it: "tbptt:DEPTH[:STRIDE]".
std::string usage(const Rule& rule);

/// Whether the rule's short form takes this number: "its depth is its own" rather than "it is
/// tbptt".
bool takes(const Rule& rule, Argument::What what);

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

}  // namespace locus
