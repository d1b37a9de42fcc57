// The conditions of a rule on the rest of a model. The loader checks them for the model's rules,
// and the overrides for those of the command line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/spec.h"

namespace locus {

enum class Need { kReadout, kTarget, kReward, kLearningRate };

struct Lack {
  Need need = Need::kReadout;
  // the trial without a target (-1: the task has none), or the first plastic projection without a
  // learning rate
  std::int32_t index = -1;
};

/// True if the rule table has a row of this kind; false only in a Spec made by hand.
bool has_row(RuleKind kind);

inline bool learns(RuleKind kind) { return rule(kind).drive != Drive::kNothing; }

/// The field of a rule in a model file: its short form, without its colon and the text behind it.
std::string_view field_of(RuleKind kind);

/// The missing conditions of this rule, which learns, in a model; empty if none is missing.
std::vector<Lack> lacks(const NetworkSpec& network, const TaskSpec& task, const TrainingSpec& training,
                        const RuleSpec& rule);

/// The parts of the network that EVERY_TICK and RTRL cannot handle: "spiking populations",
/// "readouts with memory"; empty without them.
std::string unlike_rate(const NetworkSpec& network);

/// The part of the network that this rule cannot handle; empty without one.
std::string not_offered(RuleKind kind, const NetworkSpec& network);

/// The reason why a rule that keeps only some sensitivities cannot run on a model: it needs a chip,
/// or the network is too large for its lists; empty without one.
std::string unfit_restriction(RuleKind kind, const Spec& spec);

/// The longest delay from rate or spiking populations to readouts, below the ticks of a trial: the
/// error is older by as much where it arrives.
std::int32_t latest_answer(const NetworkSpec& network, const TrainingSpec& training);

/// True if sweeps of this depth and stride lose errors: those for activities older than `depth`
/// ticks at the time of their sweep.
bool loses_errors(const RuleSpec& rule, const NetworkSpec& network, const TrainingSpec& training);

/// The reason: "stride 5 is more than depth 3", or the part of a delay onto readouts in it.
std::string why_lost(const RuleSpec& rule, const NetworkSpec& network, const TrainingSpec& training);

}  // namespace locus
