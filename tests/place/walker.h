// The traffic of a chip counted message by message, and chips to count it on.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <utility>

#include "sim/place/chip_traffic.h"
#include "tests/support/random_model.h"

namespace locus {

/// A chip of at most 4 x 3 cores with random places of all neurons; the agent is at the host or on
/// a core.
ChipSpec random_chip(const Spec& spec, Dice& dice);

/// What a walk over every message finds.
struct Brute {
  std::map<std::pair<Channel, std::int32_t>, ChipCounts> counts;
  std::map<std::pair<int, int>, std::int64_t> pairs;
  std::int64_t peak = 0;
  // by tick: packets of the tick, packets of stages there, the most of one step in one replica
  std::map<std::int32_t, std::array<std::int64_t, 3>> loads;
};

/// Runs a rule of the model over a mailbox and counts each of its messages alone, its way by a
/// formula of its own. The chip's neurons have explicit cores.
Brute walk(const Spec& spec, const RuleSpec& rule_spec);

}  // namespace locus
