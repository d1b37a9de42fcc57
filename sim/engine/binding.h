// Binding: the sums of a rule at the synapses of one projection in the terms of an engine: which
// access brings which number, which variable keeps which trace, and every product with its scale.
//
// Stored numbers are integers. One step of an access or a variable is so much of the rule's units,
// and a stored integer k means (k - offset) steps. A product adds
//     mantissa 2^exponent (product of its factors' integers without offset)
// steps to its target, in ticks in which its condition holds. Everything in which this differs from
// the rule is an Approximation with its worst error.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/engine/form.h"
#include "sim/model/engine_spec.h"

namespace locus {

/// An access as a rule uses it.
struct BoundAccess {
  std::string access;  // "y1"
  std::string reads;   // "signal"
  AccessSource source = AccessSource::kValue;
  Sum value;                 // of VALUE, GAIN and SIGNAL: what it reads, over atoms of its neuron
  double decay = 0;          // of SPIKES, in a tick
  double impulse = 0;        // of SPIKES, in the rule's units
  double full_scale = 1;     // the largest size that it can hold, in the rule's units
  bool assumed = false;      // no bound of it is known, and full_scale is assumed
  double step = 1;           // in the rule's units
  std::int64_t least = 0;    // stored integers without offset
  std::int64_t largest = 0;  // (with an offset they are below 0 too)
  std::int64_t offset = 0;   // what the chip stores is so much more
  EngineRounding rounding = EngineRounding::kNearest;
};

/// A variable as a rule uses it.
struct BoundVariable {
  std::string variable;  // "tag"
  std::string keeps;     // "p"; "weight"
  int trace = -1;        // of the form; -1: the weight
  double full_scale = 1;
  bool assumed = false;
  double step = 1;
  std::int64_t least = 0;
  std::int64_t largest = 0;
  std::int64_t offset = 0;
};

enum class Condition : std::uint8_t { kEveryTick, kSourceSpike, kTargetSpike, kTrialEnd };

struct BoundFactor {
  enum class Of : std::uint8_t { kSource, kTarget, kReward, kVariable };
  Of of = Of::kSource;
  int index = 0;  // of the binding's list; 0 for the reward
  friend bool operator==(const BoundFactor&, const BoundFactor&) = default;
};

struct BoundProduct {
  int target = 0;  // index of Binding::variables
  Condition condition = Condition::kEveryTick;
  std::vector<BoundFactor> factors;
  double scale = 0;           // in the rule's units, as the rule has it
  double exact = 0;           // in steps of the target, for factors in steps
  std::int64_t mantissa = 0;  // mantissa * 2^exponent is `exact`, as near as it can be
  int exponent = 0;
  double error() const;  // relative
};

/// A number, a variable or a way that the rule needs and the engine does not have.
struct Shortfall {
  std::string what;             // "a value of the target neuron"
  std::vector<std::string> of;  // what of the rule needs it: "gain", "signal"
  std::int64_t count = 0;       // of one trial, or of all synapses
  std::string each;             // what is counted: "a synapse and tick"
};

struct Approximation {
  std::string what;  // "signal in y1"
  std::string how;   // "7 bits over -1 .. 1"
  double error = 0;  // the worst
  std::string unit;  // "relative", or when it arises: "a tick", "a trial"
};

struct Binding {
  std::vector<std::string> projections;  // names
  std::vector<BoundAccess> source;
  std::vector<BoundAccess> target;
  std::vector<BoundVariable> variables;  // the weight first
  std::vector<BoundProduct> products;
  double reward_step = 1;  // of a reward, in its own units
  bool gives_up_delays = false;
  std::vector<Shortfall> lacks;
  std::vector<Approximation> approximations;
  SumForm form;

  bool fits() const { return lacks.empty(); }
  std::string name_of(const BoundFactor& factor) const;
};

/// The sizes of what a rule reads, in its own units.
struct Range {
  double low = -1;
  double high = 1;
  bool assumed = true;
};

/// The facts of a projection that a binding depends on.
struct BindingContext {
  double rate = 0;   // what a tick's change is multiplied by: eta / trials of a batch
  double decay = 0;  // of the weight, in a tick: weight -= decay * weight
  bool spikes_arrive = false;
  bool commits_every_tick = false;
  bool has_delays = false;  // some synapse has a delay, so that it is not to be given up
  std::int64_t synapses = 0;
  std::int64_t ticks = 0;                    // T
  std::int64_t window = 0;                   // ticks with an error
  std::string summed = {};                   // RowText::summed
  std::map<std::string, Range> ranges = {};  // by name: "pre", "signal", "gain", "weight", a trace
};

/// Adds a lack, or to one of its kind: the larger count, and what needs it.
void add_lack(std::vector<Shortfall>& lacks, std::string what, const std::string& of, std::int64_t count, std::string each);

Binding bind(SumForm form, const EngineSpec& engine, const BindingContext& context);

}  // namespace locus
