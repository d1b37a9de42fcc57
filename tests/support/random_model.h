// Random small models for tests: from a seed alone, the same on every machine.
//
// Values are multiples of 1/1024 (or small powers of two where arithmetic must be exact), so that a
// failing model prints short and replays exactly.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/model/spec.h"

namespace locus {

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): independent of the simulator's own random numbers
/// and of the standard library's distributions.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t bits();
  int between(int low, int high);  // both included
  bool chance(int percent);
  double value();  // +-[128, 1152] / 1024: never 0, never close to it

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
  double leak = 1;
  Loss loss = Loss::kFinal;
  bool sparse = false;
  bool plastic_b = true;
  bool plastic_w = true;
  bool plastic_a = true;
  /// Values from {+-1/2, +-1, +-2} and 0: with identity or relu and a dyadic leak every sum is
  /// exact in any order, so that even cancellation to 0 is sure.
  bool exact = false;
};

/// Populations in, rec, out; projections B, W, A; one trial, one update, learning rate 1; rules:
/// every_rule.
Spec small_model(const Shape& shape, const Style& style, std::uint64_t seed);

/// BPTT of one tick: 2 inputs, 2 rate neurons on cores 0 and 1, 1 readout on core 1; mesh 2 x 1,
/// the agent at the host. Small enough to count by hand.
Spec model_on_two_cores();

/// As small_model, with the first seed from `seed` on at which every relu neuron's current stays
/// away from 0, so that the loss has a derivative and differences of it mean something, and every
/// projection learns under BPTT. Needs everything plastic and two ticks or more.
Spec smooth_model(const Shape& shape, const Style& style, std::uint64_t seed);

/// Several populations of each kind in any file order, projections in any order, dense and sparse
/// with stored zeros, static and plastic, silent inputs, errors that are exactly 0, batches,
/// several updates, both commits, both losses; rules: every_rule.
Spec odd_model(std::uint64_t seed);

/// Enough synapses for the work to be split into shards and chunks: two rate populations of
/// `units`, one dense with the style's activation and leak, one of tanh units behind a static and a
/// plastic sparse projection; 6 ticks, 3 trials, 2 updates; every rule but RTRL, whose cost grows
/// with the fourth power.
Spec wide_model(std::int32_t units, const Style& style, CommitWhen commit, std::int32_t batch);

/// The model with delays: most projections have one, up to 4 ticks longer than they must; without
/// RTRL, which is not offered for them.
Spec with_delays(Spec spec, std::uint64_t seed);

/// A rule with its short form as its name.
RuleSpec rule_spec(RuleKind kind, std::vector<FeedbackSpec> feedback = {},
                   std::optional<double> trace_decay = std::nullopt);

/// tBPTT(depth, stride), named "tbptt_DEPTH_STRIDE".
RuleSpec truncated(std::int32_t depth, std::int32_t stride);

/// Every row of the rule table, with several depths, strides and decays where the rule takes them.
/// Names are unique.
std::vector<RuleSpec> every_rule(const Spec& spec, Dice& dice);

/// What a failing test prints, with the whole model as text that `locus run` replays.
std::string describe(const Spec& spec);

}  // namespace locus
