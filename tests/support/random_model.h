// Small random models for tests: a function of the seed alone, the same on every machine.
//
// Values are multiples of 1/1024 (or small powers of two where arithmetic must be exact), so that
// the text of a failing model is short and replays exactly.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/model/spec.h"

namespace locus {

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): independent of the simulator's own random numbers
/// and of the distributions of the standard library.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t bits();
  int between(int low, int high);  // both ends included
  bool chance(int percent);
  double value();  // +-[128, 1152] / 1024: never 0 or close to it

 private:
  std::uint64_t state_;
};

struct Shape {
  int inputs = 1;    // m
  int units = 1;     // n
  int readouts = 1;  // o
  int ticks = 1;     // T
};

struct Style {
  Activation activation = Activation::kIdentity;
  PerNeuron leak = 1;
  Loss loss = Loss::kFinal;
  bool sparse = false;
  bool plastic_b = true;
  bool plastic_w = true;
  bool plastic_a = true;
  /// true: values in {+-1/2, +-1, +-2} and 0. With identity or relu and a dyadic leak every sum is
  /// then exact in any order, so that cancellation gives exactly 0.
  bool exact = false;
};

/// Populations in, rec, out; projections B, W, A; one trial, one update, learning rate 1; the rules
/// are those of every_rule.
Spec small_model(const Shape& shape, const Style& style, std::uint64_t seed);

/// BPTT of one tick: 2 inputs, 2 rate neurons on cores 0 and 1, 1 readout on core 1; mesh 2 x 1,
/// the agent at the host. It is small enough to count by hand.
Spec model_on_two_cores();

/// A small_model whose relu currents all stay away from 0, so that the loss has a derivative and
/// differences approximate it, and whose projections all learn under BPTT. It is the first such
/// seed from `seed` on. Needs everything plastic and at least two ticks.
Spec smooth_model(const Shape& shape, const Style& style, std::uint64_t seed);

/// Several populations of each kind and projections in any order, dense and sparse with stored
/// zeros, static and plastic, zero inputs, errors that are exactly 0, batches, several updates,
/// both commits, both losses; the rules are those of every_rule.
Spec odd_model(std::uint64_t seed);

/// A model with enough synapses for the transport to split its work into shards and chunks: two
/// rate populations of `units`, one dense with the style's activation and leak, one of tanh units
/// behind a static and a plastic sparse projection; 6 ticks, 3 trials, 2 updates; every rule except
/// RTRL, whose cost grows with the fourth power.
Spec wide_model(std::int32_t units, const Style& style, CommitWhen commit, std::int32_t batch);

/// The model with trials of unequal lengths, and activities with which some rate populations begin.
/// For recorded trials with target matrices.
Spec with_late_trials(Spec spec, std::uint64_t seed);

/// The same with masks and classes too.
Spec with_uneven_trials(Spec spec, std::uint64_t seed);

/// The model with delays: most projections have one, up to 4 ticks above the least. Without RTRL,
/// which does not allow delays.
Spec with_delays(Spec spec, std::uint64_t seed);

/// A rule whose name is its short form.
RuleSpec rule_spec(RuleKind kind, std::vector<FeedbackSpec> feedback = {},
                   std::optional<double> trace_decay = std::nullopt);

/// RTRL of limited reach, or over drawn paths, with its number.
RuleSpec restricted(RuleKind kind, std::int32_t number);

/// Numbers for every restriction of RTRL, for a Learning that no model makes: reach 2, one path,
/// and three neurons on each core.
Restriction some_restriction(std::int32_t neurons);

/// The model with a chip of three cores, on which its neurons stand at random, and with RTRL within
/// cores beside its rules; as it is if it has no RTRL.
Spec with_cores(Spec spec, std::uint64_t seed);

/// tBPTT(depth, stride), named "tbptt_DEPTH_STRIDE".
RuleSpec truncated(std::int32_t depth, std::int32_t stride);

/// Every row of the rule table, with several depths, strides and decays if the rule has them. Names
/// are unique.
std::vector<RuleSpec> every_rule(const Spec& spec, Dice& dice);

/// The text that a failing test prints: the whole model, in a form that `locus run` replays.
std::string describe(const Spec& spec);

}  // namespace locus
