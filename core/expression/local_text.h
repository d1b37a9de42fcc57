// LocalText: a learning rule as its author wrote it: constants, traces and changes.
//
// A model file's `local { }` and the builder's LocalRule options both end as this. It is plain
// text; core/expression/local_rule.h gives it its meaning. Expressions are those of
// core/expression/parse.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace locus {

inline constexpr int kMostPayload = 8;  // numbers that a POST of a local rule brings

/// The actor that keeps a trace. kSource: of what the source sends alone, so one serves all
/// synapses of a source; kTarget: of what the target neuron has, which reaches synapses by POST.
enum class TraceAt : std::uint8_t { kSynapse, kSource, kTarget };

/// The ticks in which a change happens.
enum class ChangeOn : std::uint8_t {
  kTick,       // every tick
  kPreSpike,   // ticks in which the source has sent something
  kPostSpike,  // ticks in which the target neuron has spiked
  kError,      // ticks that bring an error
  kEnd,        // the last tick of a trial, after all other changes
};

/// The third factor: `signal`, the learning signal of a neuron, over feedback; or `reward`.
enum class LocalSignal : std::uint8_t { kNone, kFeedback, kSymmetric, kReward };

/// What the environment gives as reward: what trials say, or who drives the network tick by tick;
/// minus the loss of each tick with an error; or minus the loss of the trial, in its last tick.
enum class RewardFrom : std::uint8_t { kTrials, kTickLoss, kTrialLoss };

struct ConstantText {
  std::string name;
  double value = 0;
  friend bool operator==(const ConstantText&, const ConstantText&) = default;
};

struct TraceText {
  std::string name;
  std::string next;  // the trace's next value; the trace is 0 when a trial begins
  TraceAt at = TraceAt::kSynapse;
  friend bool operator==(const TraceText&, const TraceText&) = default;
};

struct ChangeText {
  std::string change;  // added to Delta, the change that a commit subtracts from the weight
  ChangeOn on = ChangeOn::kTick;
  friend bool operator==(const ChangeText&, const ChangeText&) = default;
};

struct LocalText {
  std::vector<ConstantText> constants;
  std::vector<TraceText> traces;  // each tick updates them in this order, before the changes
  std::vector<ChangeText> changes;
  LocalSignal signal = LocalSignal::kNone;
  RewardFrom reward = RewardFrom::kTrials;  // only with LocalSignal::kReward
  friend bool operator==(const LocalText&, const LocalText&) = default;
};

}  // namespace locus
