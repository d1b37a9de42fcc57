// The traffic of a chip counted message by message, and chips to count it on.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "sim/place/chip_traffic.h"
#include "tests/support/random_model.h"

namespace locus {

/// A chip of at most 4 x 3 cores with random places of all neurons; the agent is at the host or on
/// a core.
ChipSpec random_chip(const Spec& spec, Dice& dice);

/// One packet, as it was sent.
struct BrutePacket {
  std::int64_t update = 0;
  std::int32_t tick = 0;
  std::int32_t lag = 0;
  std::int32_t lane = 0;
  Channel channel = Channel::kAxon;
  bool replayed = false;
  bool onto_readout = false;  // of AXON from a rate neuron
  bool over_a = false;        // of TRANSPORT
  std::int64_t key = 0;       // the neuron whose messages go together
  bool from_rate = false;     // the sender is a rate neuron
  int from = 0;
  int to = 0;
  std::int64_t scalars = 0;
};

/// What a walk over every message finds.
struct Brute {
  std::map<std::pair<Channel, std::int32_t>, ChipCounts> counts;
  std::map<std::pair<int, int>, std::int64_t> pairs;
  std::int64_t peak = 0;
  // by tick: packets of the tick, packets of stages there, the most of one step in one replica
  std::map<std::int32_t, std::array<std::int64_t, 3>> loads;
  std::vector<BrutePacket> packets;  // in the order sent
};

/// Runs a rule of the model over a mailbox and counts each of its messages alone, its way by a
/// formula of its own. The chip's neurons have explicit cores.
Brute walk(const Spec& spec, const RuleSpec& rule_spec);

}  // namespace locus
