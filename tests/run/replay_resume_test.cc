// States whose replay of packets belongs to another chip are refused.
#include <functional>

#include <gtest/gtest.h>

#include "sim/model/wire.h"
#include "sim/run/run.h"
#include "sim/run/state.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

TEST(ResumeOf, AReplayOfAnotherChipIsRefusedInWords) {
  Spec spec = odd_model(8);
  const Topology topology = topology_of(spec);
  spec.chip = ChipSpec{.width = 2, .height = 2, .neurons_per_core = topology.sizes.rate_neurons + topology.sizes.readouts};
  spec.chip->network.emplace();
  RunState good;
  for (const Outcome& outcome : run(spec, {.threads = 1}).outcomes) good.rules.push_back(state_of(outcome));
  ASSERT_EQ(misfit(spec, topology, good), "");
  const auto refused = [&](const std::function<void(RuleState&)>& tamper) {
    RunState other = good;
    tamper(other.rules.front());
    return misfit(spec, topology, other);
  };
  EXPECT_NE(refused([](RuleState& rule) { rule.network.reset(); }).find("a replay of packets, or none"), std::string::npos);
  const std::string another = "a replay of packets of another chip";
  EXPECT_NE(refused([](RuleState& rule) {
              rule.network->links.push_back({{0, 3}, 1, 1});
            }).find(another),
            std::string::npos);
  EXPECT_NE(refused([](RuleState& rule) { rule.network->ticks.emplace_back().tick = 1000; }).find(another),
            std::string::npos);
  EXPECT_NE(refused([](RuleState& rule) { rule.network->forward.latency = -1; }).find(another), std::string::npos);
}

}  // namespace
}  // namespace locus
