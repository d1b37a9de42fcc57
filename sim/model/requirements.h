// What a rule needs of a model beyond its own fields. Asked by the loader for the model's rules,
// and by overrides for those of the command line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/model/spec.h"

namespace locus {

enum class Need { kReadout, kTarget, kLearningRate };

struct Lack {
  Need need = Need::kReadout;
  std::int32_t index =
      // of the trial without a target (-1: the task has none), or of the first plastic projection
      // without a learning rate
      -1;
};

inline bool learns(RuleKind kind) { return rule(kind).drive != Drive::kNothing; }

/// What any rule that learns lacks in this model; empty where it lacks nothing.
std::vector<Lack> lacks(const NetworkSpec& network, const TaskSpec& task, const TrainingSpec& training);

/// What the network has that EVERY_TICK and RTRL are not made for: "spiking populations", "readouts
/// with memory"; empty where it has neither.
std::string unlike_rate(const NetworkSpec& network);

/// What of the network this rule is not offered for; empty where it is.
std::string not_offered(RuleKind kind, const NetworkSpec& network);

/// The longest delay from rate or spiking populations to readouts, below a trial's ticks: an error
/// is so much older where it goes.
std::int32_t latest_answer(const NetworkSpec& network, const TrainingSpec& training);

/// Whether sweeps of this depth and stride lose errors: those that go to activities older than
/// `depth` ticks when their sweep comes.
bool loses_errors(const RuleSpec& rule, const NetworkSpec& network, const TrainingSpec& training);

/// Why they are lost: "stride 5 is more than depth 3", or what a delay onto readouts adds to it.
std::string why_lost(const RuleSpec& rule, const NetworkSpec& network, const TrainingSpec& training);

}  // namespace locus
