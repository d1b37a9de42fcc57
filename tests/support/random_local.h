// Random texts of local rules: a function of the dice alone.
#pragma once

#include <utility>

#include "core/expression/local_text.h"
#include "sim/model/spec.h"
#include "tests/support/random_model.h"

namespace locus {

/// The third factors that a local rule may have.
inline constexpr std::pair<LocalSignal, RewardFrom> kThirdFactors[] = {
    {LocalSignal::kNone, RewardFrom::kTrials},      {LocalSignal::kFeedback, RewardFrom::kTrials},
    {LocalSignal::kSymmetric, RewardFrom::kTrials}, {LocalSignal::kReward, RewardFrom::kTrials},
    {LocalSignal::kReward, RewardFrom::kTickLoss},  {LocalSignal::kReward, RewardFrom::kTrialLoss}};

/// Gives every recorded trial of a spec a reward in every tick; none is 0.
void add_rewards(Spec& spec, Dice& dice);

/// Constants, up to four traces at all places, up to three changes, all of names that neurons of
/// this kind have; finite whatever the values, and small. Spiking neurons tell something in every
/// tick in which their pseudo-derivative is not 0, and so at the end.
LocalText random_local(Dice& dice, bool spiking, LocalSignal signal, RewardFrom reward = RewardFrom::kTrials);

/// A rule of the spec with such a text.
RuleSpec random_local_rule(const Spec& spec, Dice& dice, LocalSignal signal, RewardFrom reward = RewardFrom::kTrials);

}  // namespace locus
