// SumForm: a learning rule at the synapses of one projection as sums of products, which is what a
// learning engine of a chip computes.
//
// The normal form of a rule's text (core/expression/local_rule.h) keeps together what the target
// neuron has. An engine reads single numbers of either neuron, so here everything is multiplied
// out: a product is a number times atoms, and an atom is a name with one owner, or a function that
// cannot be taken apart. Constants are numbers already. Traces that no tick needs the last value of
// are replaced by what they are, and those that follow from the source alone are the source's.
// Cost: microseconds; a sum of more than kMostProducts products stays an atom.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/expression/local_rule.h"

namespace locus {

inline constexpr std::size_t kMostProducts = 256;

enum class AtomKind : std::uint8_t {
  kPre,          // what the source sent
  kPreSpike,     // 1 if it sent something, else 0
  kSourceTrace,  // of the source
  kSourceValue,  // any other number of the source
  kSpike,        // 1 if the target has spiked, else 0
  kTargetTrace,  // of the target
  kGain,
  kSignal,
  kTaught,       // 1 in ticks with an error, else 0
  kTargetValue,  // any other number of the target
  kReward,       // of the environment
  kWeight,
  kState,       // a trace of the synapse
  kUnreadable,  // of more than one owner, and not to be taken apart
};

/// True if a number of this kind is the target neuron's.
constexpr bool is_of_target(AtomKind kind) { return kind >= AtomKind::kSpike && kind <= AtomKind::kTargetValue; }
constexpr bool is_of_source(AtomKind kind) { return kind <= AtomKind::kSourceValue; }

struct Atom {
  AtomKind kind = AtomKind::kPre;
  std::string words;  // "signal", "tanh(activity)"
  int trace = -1;     // index of SumForm::traces; of traces only
  // a trace that is read before its update of the tick, so that it is that of the last tick
  bool is_old = false;
  std::optional<Symbol> symbol = {};  // that it is
  std::int32_t node = -1;             // of the rule's tree; of a function only
  friend bool operator==(const Atom&, const Atom&) = default;
};

/// scale times each of its atoms: indices of SumForm::atoms, ascending, repeated for a power.
struct Product {
  double scale = 0;
  std::vector<int> atoms = {};
  friend bool operator==(const Product&, const Product&) = default;
};
using Sum = std::vector<Product>;  // equal atoms stand once; none has scale 0

struct SumTrace {
  std::string name;
  Owner owner = kSynapseItself;
  Sum next;  // its next value
};

struct SumForm {
  std::vector<Atom> atoms;
  std::vector<SumTrace> traces;
  Sum change;                     // of a tick: what is added to Delta
  Sum at_the_end;                 // once a trial
  std::optional<LocalRule> rule;  // whose tree values of the target refer to

  const Atom& atom(int index) const { return atoms[static_cast<std::size_t>(index)]; }
  /// "0.5 signal x": a sum in words.
  std::string words(const Sum& sum) const;
  std::string words(const std::vector<int>& atoms) const;
};

/// The values of named constants at the synapses of one projection.
struct SumContext {
  std::optional<double> leak = {};   // alpha; empty: neurons differ, or it is not theirs
  std::optional<double> decay = {};  // 1 - alpha, or exp(-dt / tau_m)
  std::optional<double> drive = {};  // zeta
  double dt = 1;                     // ms
  double ticks = 1;                  // T
  bool spikes_arrive = false;        // what sources send is 0 or 1
};

SumForm sum_form(const LocalRule& rule, const SumContext& context);

/// Adds products with equal atoms, drops those with scale 0.
Sum collected(Sum sum);

}  // namespace locus
