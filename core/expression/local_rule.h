// LocalRule: what a text says of a learning rule, and what follows from it.
//
// Every expression at a synapse is brought into a normal form: a sum of products
// (post)(local), where "post" is a factor of the target neuron alone, and "local" is what the
// synapse has, what its source sent, or a constant. The distinct post factors are the payload of
// POST, one scalar each. So a rule needs of its neuron these scalars and nothing else, and
// everything about its messages follows: how many scalars, and in which ticks.
//
//     trace p: next "lambda*p + gain*pre"   ->   lambda*p + m0*pre
//     change  "signal*p"                    ->   m1*p                POST: (gain, signal)
//
// What is purely of one owner is never taken apart, so that numbers are those of the text.
// Cost: microseconds; bounds as core/expression/parse.h, and kMostTerms products and kMostPlaces
// numbers and operations an expression that is multiplied out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/expression/local_text.h"
#include "core/expression/parse.h"
#include "core/expression/symbol.h"
#include "core/expression/tree.h"

namespace locus {

inline constexpr int kMostConstants = 64;
inline constexpr int kMostTraces = 16;
inline constexpr int kMostChanges = 16;
inline constexpr int kMostTerms = 64;
/// Of an expression that is multiplied out: what one evaluation visits.
inline constexpr std::int64_t kMostPlaces = 16 * kMostNodes;

/// The ticks in which a neuron that does not spike tells its synapses the payload.
enum class Cadence : std::uint8_t {
  kNever,  // there is no payload, or synapses know it
  kError,  // ticks with an error: in others synapses know the payload
  kTick,
  kEnd,  // the last tick of a trial; of rewards only
};

/// The properties of a text that select phases, beside its row (core/protocol/phase.h).
struct LocalPosts {
  int scalars = 0;                          // of the payload
  Cadence constant_gain = Cadence::kNever;  // onto neurons whose phi is the identity
  Cadence varying_gain = Cadence::kNever;   // onto all others that do not spike
  bool own_weight = false;                  // autapses tell their weights
  int end_scalars = 0;                      // of the payload at the end of a trial
  Cadence reward = Cadence::kNever;         // ticks that may bring a reward
  friend bool operator==(const LocalPosts&, const LocalPosts&) = default;
};

struct LocalTrace {
  std::string name;
  TraceAt at = TraceAt::kSynapse;
  std::int32_t next = -1;  // its next value; at a synapse in normal form
  // false: nothing reads it before its update, so no tick needs the value of the last one
  bool is_state = true;
  // true: it follows from what the source sent alone, so that one would serve all synapses of a
  // source
  bool of_source = false;
  // true: it does so without constants of the target neuron either, so that columns keep one for
  // all synapses of a source
  bool is_shared = false;
  // true: its next value is linear in itself, so that a synapse that hears nothing can do its ticks
  // later
  bool is_lazy = false;
};

struct LocalRule {
  LocalText text;
  Tree tree;
  std::vector<LocalTrace> traces;     // in the order of their updates
  std::vector<std::int32_t> changes;  // in normal form
  std::vector<std::int32_t> payload;  // of the target neuron: numbers m0, m1, ... of a POST
  // what happens at the end of a trial, with numbers m0, m1, ... of a POST of their own
  std::vector<std::int32_t> ends;
  std::vector<std::int32_t> end_payload;
  std::vector<std::uint8_t> vanishes;  // by number of the payload: 1 if it is 0 without an error
  LocalPosts posts;
  std::vector<Symbol> uses;  // ascending, each once

  bool has(Symbol symbol) const;
  /// True if some ticks bring errors, and with them losses.
  bool has_errors() const;
  /// Numbers that a synapse keeps between ticks, or a source, or a target neuron.
  std::int64_t states(TraceAt at) const;
  /// The text of a node: "decay + gain*own_weight". Payload numbers are m0, m1, ...
  std::string words(std::int32_t node) const;
};

/// A fault of a text: the field that has it ("traces", 1, "next").
struct LocalFault {
  // a literal, as `field` is: "constant", "trace", "change", "signal", "reward"
  std::string_view list;
  int index = 0;
  std::string_view field;  // "name", "next", "change"; empty: the whole
  ExpressionFault fault;
  bool in_expression = false;  // true: line and column say where in the field
};

struct Compiled {
  std::optional<LocalRule> rule;  // empty if there are faults
  std::vector<LocalFault> faults;
};

Compiled compile_local(const LocalText& text);

}  // namespace locus
