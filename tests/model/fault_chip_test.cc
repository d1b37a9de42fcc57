// Chips: the Spec of a good one, and its faults; cost files.
#include <gtest/gtest.h>

#include "sim/model/cost.h"
#include "sim/model/load.h"
#include "tests/model/fault_case.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

using M = ModelText;

TEST(Chip, IsReadWithItsDefaults) {
  const Folder folder;
  M model;
  model.more = "chip { mesh { width: 3 height: 2 } neurons_per_core: 4 }";
  const Spec spec = load(folder.write("m.txtpb", model.text()));
  ASSERT_TRUE(spec.chip.has_value());
  EXPECT_EQ(spec.chip->width, 3);
  EXPECT_EQ(spec.chip->height, 2);
  EXPECT_EQ(spec.chip->neurons_per_core, 4);
  EXPECT_EQ(spec.chip->policy, PlacementPolicy::kBlock);
  EXPECT_FALSE(spec.chip->synapses_per_core || spec.chip->agent_core || spec.chip->cost);
  EXPECT_FALSE(load(folder.write("none.txtpb", M().text())).chip.has_value());
}

TEST(Chip, KeepsWhatIsGiven) {
  const Folder folder;
  folder.write("costs/mine.txtpb", "name: \"mine\" hop_east_west { energy: 1.5 time: 2 } barrier { time: 7 }");
  M model;
  model.more =
      "chip { mesh { width: 2 height: 1 } neurons_per_core: 3 placement: EXPLICIT cores: [0, 1, 1, 0] synapses_at: POST "
      "synapses_per_core: 20 agent_core: 1 cost_file: \"costs/mine.txtpb\" }";
  const ChipSpec chip = load(folder.write("m.txtpb", model.text())).chip.value();
  EXPECT_EQ(chip.policy, PlacementPolicy::kExplicit);
  EXPECT_EQ(chip.cores, (std::vector<std::int32_t>{0, 1, 1, 0}));
  EXPECT_EQ(chip.synapses_per_core, 20);
  EXPECT_EQ(chip.agent_core, 1);
  const CostSpec& cost = chip.cost.value();
  EXPECT_EQ(cost.name, "mine");
  EXPECT_EQ(cost.energy[static_cast<std::size_t>(Charge::kHopEastWest)], 1.5);
  EXPECT_EQ(cost.time[static_cast<std::size_t>(Charge::kHopEastWest)], 2);
  EXPECT_EQ(cost.time[static_cast<std::size_t>(Charge::kBarrier)], 7);
  EXPECT_EQ(cost.energy[static_cast<std::size_t>(Charge::kPacket)], 0);
}

TEST(Chip, HasANetworkIfItIsGiven) {
  const Folder folder;
  M model;
  model.more = "chip { mesh { width: 3 height: 2 } neurons_per_core: 4 network {} }";
  const Spec bare = load(folder.write("m.txtpb", model.text()));
  EXPECT_EQ(bare.chip->network.value(), ChipNetworkSpec{});
  EXPECT_EQ(bare.chip->network->flit_bits, 64);
  EXPECT_EQ(bare.chip->network->cycles_per_hop, 1);
  EXPECT_FALSE(bare.chip->network->queue_flits || bare.chip->network->scalar_bits);
  model.more =
      "chip { mesh { width: 3 height: 2 } neurons_per_core: 4 network { flit_bits: 16 header_bits: 12 scalar_bits: 8 "
      "cycles_per_hop: 3 queue_flits: 5 policy: DROP every: 10 } }";
  EXPECT_EQ(load(folder.write("n.txtpb", model.text())).chip->network.value(),
            (ChipNetworkSpec{16, 12, 8, 3, 5, QueuePolicy::kDrop, 10}));
}

std::string chip(const std::string& inside) { return "chip { " + inside + " }"; }

TEST(Faults, OfNetworksOfChips) {
  const auto network = [](const std::string& inside) {
    return [=](M& m) { m.more = chip("mesh { width: 2 height: 1 } neurons_per_core: 4 network { " + inside + " }"); };
  };
  expect_faults({
      {"empty flits", network("@flit_bits: 0"), "chip.network.flit_bits", {"is 0", "1 to 65536"}},
      {"a negative header", network("@header_bits: -1"), "chip.network.header_bits", {"is -1", "0 to 65536"}},
      {"empty scalars", network("@scalar_bits: 0"), "chip.network.scalar_bits", {"is 0", "1 to 64"}},
      {"wide scalars", network("@scalar_bits: 65"), "chip.network.scalar_bits", {"is 65", "1 to 64"}},
      {"no time", network("@cycles_per_hop: 0"), "chip.network.cycles_per_hop", {"is 0", "1 to 1000"}},
      {"no queue", network("@queue_flits: 0"), "chip.network.queue_flits", {"is 0", "at least 1"}},
      {"a policy without a queue", network("@policy: DROP"), "chip.network.policy", {"with queue_flits only"}},
      {"no such policy", network("queue_flits: 1 policy: @LOSE"), "chip.network.policy", {"LOSE"}},
      {"no update", network("@every: 0"), "chip.network.every", {"is 0", "at least 1"}},
  });
}

TEST(Faults, OfMemoriesOfChips) {
  const auto memory = [](const std::string& inside) {
    return [=](M& m) { m.more = chip("mesh { width: 2 height: 1 } neurons_per_core: 4 memory { " + inside + " }"); };
  };
  expect_faults({
      {"no byte", memory("@bytes_per_core: 0"), "chip.memory.bytes_per_core", {"is 0", "at least 1"}},
      {"no synapse of a neuron", memory("@fan_in: 0"), "chip.memory.fan_in", {"is 0", "at least 1"}},
      {"no axon", memory("@axons_per_core: -3"), "chip.memory.axons_per_core", {"is -3", "at least 1"}},
      {"wide addresses", memory("@address_bits: 65"), "chip.memory.address_bits", {"is 65", "1 to 64"}},
  });
}

/// The model has three rate neurons and one readout.
TEST(Faults, OfChips) {
  const std::string mesh = "mesh { width: 2 height: 1 } ";
  expect_faults({
      {"no mesh", [](M& m) { m.more = "@" + chip("neurons_per_core: 4"); }, "chip.mesh", {"is missing"}},
      {"no width", [](M& m) { m.more = chip("@mesh { height: 1 } neurons_per_core: 4"); }, "chip.mesh.width", {"is 0", "1 to 1024"}},
      {"a high mesh",
       [](M& m) { m.more = chip("mesh { width: 1 @height: 1025 } neurons_per_core: 4"); },
       "chip.mesh.height",
       {"is 1025"}},
      {"no room for one", [=](M& m) { m.more = "@" + chip(mesh); }, "chip.neurons_per_core", {"is 0", "1 to"}},
      {"no room for all",
       [=](M& m) { m.more = chip(mesh + "@neurons_per_core: 1"); },
       "chip.neurons_per_core",
       {"2 x 1 cores hold 2 neurons", "are 4", "must be at least 2", "at least 4 cores"}},
      {"cores without EXPLICIT",
       [=](M& m) { m.more = chip(mesh + "neurons_per_core: 4 @cores: [0, 0, 0, 0]"); },
       "chip.cores",
       {"EXPLICIT only"}},
      {"too few cores",
       [=](M& m) { m.more = chip(mesh + "neurons_per_core: 4 placement: EXPLICIT @cores: [0, 1]"); },
       "chip.cores",
       {"has 2 numbers", "must have 4"}},
      {"a core that is not there",
       [=](M& m) { m.more = chip(mesh + "neurons_per_core: 4 placement: EXPLICIT cores: [0, 1, @2, 0]"); },
       "chip.cores[2]",
       {"is 2", "0 to 1"}},
      {"a core too full",
       [=](M& m) { m.more = chip(mesh + "neurons_per_core: 2 placement: EXPLICIT cores: [0, 1, 0, @0]"); },
       "chip.cores[3]",
       {"is 0", "holds 2 neurons already"}},
      {"no such policy", [=](M& m) { m.more = chip(mesh + "neurons_per_core: 4 placement: @GREDY"); }, "chip.placement", {"GREEDY"}},
      {"no synapse",
       [=](M& m) { m.more = chip(mesh + "neurons_per_core: 4 @synapses_per_core: 0"); },
       "chip.synapses_per_core",
       {"is 0", "at least 1"}},
      {"agent nowhere",
       [=](M& m) { m.more = chip(mesh + "neurons_per_core: 4 @agent_core: 2"); },
       "chip.agent_core",
       {"is 2", "0 to 1"}},
      {"cost outside",
       [=](M& m) { m.more = chip(mesh + "neurons_per_core: 4 @cost_file: \"../x.txtpb\""); },
       "chip.cost_file",
       {"inside of it"}},
      {"cost not there",
       [=](M& m) { m.more = chip(mesh + "neurons_per_core: 4 @cost_file: \"x.txtpb\""); },
       "chip.cost_file",
       {"does not exist"}},
      {"cost invalid",
       [=](M& m) { m.more = chip(mesh + "neurons_per_core: 4 @cost_file: \"m.txtpb\""); },
       "chip.cost_file",
       {"which is invalid", "m.txtpb:"}},
  });
}

TEST(Cost, FaultsSayWhereAndWhatIsAllowed) {
  const Folder folder;
  const auto said = [&](const std::string& text) -> std::string {
    try {
      load_cost(folder.write("c.txtpb", text));
    } catch (const ModelError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(load_cost(folder.write("c.txtpb", "")).name, "c");
  EXPECT_NE(said("packet { energy: -1 }").find("c.txtpb:1:10: error: packet.energy is -1; must be finite and at least 0"),
            std::string::npos)
      << said("packet { energy: -1 }");
  EXPECT_NE(said("barrier { time: inf }").find("barrier.time is inf"), std::string::npos);
  EXPECT_NE(said("packet { energy: 2 low: 3 }").find("packet.low is 3; must be at least 0 and at most energy, which is 2"),
            std::string::npos);
  EXPECT_NE(said("packet { energy: 2 high: 1 }").find("packet.high is 1"), std::string::npos);
  EXPECT_NE(said("source: \"" + std::string(201, 's') + "\"").find("source has 201 bytes"), std::string::npos);
  EXPECT_NE(said("hop_eastwest { energy: 1 }").find("hop_east_west"), std::string::npos) << "the nearest right name";
  EXPECT_THROW(load_cost(folder.path("nowhere.txtpb")), FileError);
}

TEST(Cost, ShippedOnesLoadAndNameTheirSource) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(LOCUS_MODELS) / "chips")) {
    EXPECT_FALSE(load_cost(entry.path()).name.empty()) << entry.path();
    EXPECT_FALSE(load_cost(entry.path()).source.empty()) << entry.path();
    EXPECT_FALSE(load_cost(entry.path()).measured_on.empty()) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 2);
  const CostSpec loihi = load_cost(std::filesystem::path(LOCUS_MODELS) / "chips" / "loihi.txtpb");
  EXPECT_EQ(loihi.energy[static_cast<std::size_t>(Charge::kHopEastWest)], 3.0);
  EXPECT_EQ(loihi.energy[static_cast<std::size_t>(Charge::kHopNorthSouth)], 4.0);
  EXPECT_EQ(loihi.energy[static_cast<std::size_t>(Charge::kSynapticOperation)], 23.6);
}

}  // namespace
}  // namespace locus
