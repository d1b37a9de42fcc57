// Finding: what a comparison of rules found, in sentences: which rule is the cheapest that does
// nearly as well as the best, and what each step down in locality costs.
//
// Pure functions of figures. The tables of `run` and `sweep` print these sentences and the pages
// show them, so that they are said once.
// The steps: rules that look back in time; rules that stay in the present and use wires that no
// synapse has; rules without any violation; no learning, which leaves the loss where it starts. A
// step is held by its rule with the lowest loss.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/report/digest.h"
#include "sim/run/result.h"

namespace locus {

/// A rule with its figures; over several seeds losses and accuracies are medians, and counts means.
struct Contender {
  std::string rule;
  std::string kind;  // row of the rule table
  double loss = 0;   // at the end [1]; NaN for a rule that learns nothing
  double start = 0;  // loss before learning [1]; NaN where it is not known
  /// Seed, its loss at the end.
  std::vector<std::pair<std::uint64_t, double>> by_seed = {};
  double spatial = 0;  // violations a trial, and their parts
  double temporal = 0;
  double violations = 0;
  double messages = 0;                     // a trial
  double kept = 0;                         // history and traces of a trial [bytes]
  std::optional<double> accuracy = {};     // at the end [1]
  std::optional<double> packets = {};      // a trial on a chip
  std::optional<double> picojoules = {};   // the same
  std::optional<double> nanoseconds = {};  // the same
};

/// One rule of a run with this seed.
struct SeedDigest {
  std::uint64_t seed = 0;
  const Digest* digest = nullptr;
};
/// `runs`: of one rule, completed, at least one.
Contender contender_of(const std::vector<SeedDigest>& runs);

/// The origin of the settings at which rules are compared.
enum class Choice {
  kGiven,    // nobody: there is one
  kShown,    // what is shown
  kHeldOut,  // seeds that are not shown
};
/// "given", "shown", "held out".
std::string_view name(Choice choice);

/// A rule that did not complete under all seeds.
struct Incomplete {
  std::string rule;
  int completed = 0;
  int seeds = 0;
};

/// The origin of the figures.
struct Conditions {
  int seeds = 1;  // that are shown
  Choice choice = Choice::kGiven;
  bool by_accuracy = false;                        // settings were chosen by accuracy
  std::vector<std::uint64_t> choosing_seeds = {};  // only of kHeldOut
  std::vector<Incomplete> incomplete = {};
  std::vector<std::string> given_feedback = {};  // rules whose feedback the model gives
};

/// A ratio of losses with its quartiles over the seeds that both rules have. Quartiles are NaN for
/// fewer than two seeds.
struct LossRatio {
  double median = 0;
  double q25 = 0;
  double q75 = 0;
  int seeds = 0;
};
/// Seed by seed, because all rules of a seed have the same weights and data. Losses that are
/// nothing but rounding of the start count as equal.
LossRatio ratio_of(const Contender& rule, const Contender& reference);
/// True if the seeds (or, for one seed, the size of the difference) do not tell the two apart.
bool ties(const LossRatio& ratio);

enum class StepClass { kPast, kWires, kLocal, kNothing };
/// "past", "wires", "local", "nothing".
std::string_view name(StepClass step);

struct LadderStep {
  StepClass step = StepClass::kPast;
  std::optional<Contender> rule = {};   // that holds it; none for no learning
  double loss = 0;                      // [1]
  std::optional<LossRatio> ratio = {};  // of its loss to that of the first step
};
/// From the rule that is allowed everything down to no learning, without steps that no rule holds.
std::vector<LadderStep> ladder(const std::vector<Contender>& rules);

struct Finding {
  std::string headline;  // empty for no rule that learns
  std::vector<std::string> caveats;
  std::vector<LadderStep> steps;
};
Finding finding_of(const std::vector<Contender>& rules, const Conditions& conditions);

/// The rules of one run that completed and have a loss.
std::vector<Contender> contenders_of(const std::vector<Digest>& digests, std::uint64_t seed);
/// Of one run.
Finding finding_of(const RunResult& result);

}  // namespace locus
