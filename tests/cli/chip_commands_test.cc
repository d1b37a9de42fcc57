// locus place, --cost and --trace.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/cli/invoke.h"

namespace locus {
namespace {

class ChipCommands : public InFolder {
 protected:
  std::string model(const std::string& inside = "neurons_per_core: 2") const {
    return file("m.txtpb", small_model_text("m") + "chip { mesh { width: 2 height: 1 } " + inside + " }\n");
  }
  std::string result() const {
    const Answer answer = invoke({"run", model(), "--out", (folder_ / "out").string(), "--quiet"});
    EXPECT_EQ(answer.code, 0) << answer.err;
    return (folder_ / "out" / "result.json").string();
  }
};

TEST_F(ChipCommands, RunSaysWhatTheChipCarries) {
  const Answer answer = invoke({"run", model()});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_TRUE(has(answer.out, "chip: 2 x 1 cores of 2 neurons, BLOCK; backward agent at host\n")) << answer.out;
  EXPECT_TRUE(has(answer.out, "ON THE CHIP, PER TRIAL")) << answer.out;
  EXPECT_FALSE(has(answer.out, "energy")) << "nothing is charged";
  const std::string cost = file("c.txtpb", "name: \"mine\" packet { energy: 2 }");
  EXPECT_TRUE(has(invoke({"run", model(), "--cost", cost}).out, "estimated for mine")) << answer.out;
}

TEST_F(ChipCommands, PlaceEvaluatesAnotherMesh) {
  const std::string path = result();
  const Answer same = invoke({"place", path});
  EXPECT_EQ(same.code, 0) << same.err;
  EXPECT_TRUE(has(same.out, "2 x 1 cores of 2 neurons, BLOCK")) << same.out;
  EXPECT_TRUE(has(same.out, "BUSIEST, PER TRIAL")) << same.out;
  const Answer other =
      invoke({"place", path, "--mesh", "2x2", "--policy", "round_robin", "--neurons-per-core", "1", "--rule", "rflo"});
  EXPECT_EQ(other.code, 0) << other.err;
  EXPECT_TRUE(has(other.out, "2 x 2 cores of 1 neuron, ROUND_ROBIN")) << other.out;
  EXPECT_FALSE(has(other.out, "bptt")) << other.out;
  const Answer json = invoke({"place", path, "--policy", "explicit", "--cores", "0,1,1,0", "--agent-core", "1", "--json"});
  EXPECT_EQ(json.code, 0) << json.err;
  EXPECT_TRUE(has(json.out, "\"policy\":\"EXPLICIT\"")) << json.out;
  EXPECT_TRUE(has(json.out, "\"coreOf\":[0,1,1,0]")) << json.out;
  EXPECT_TRUE(has(invoke({"place", path, "--agent-core", "host"}).out, "agent at host"));
}

TEST_F(ChipCommands, PlaceTakesSeveralMeshesAndPolicies) {
  const std::string path = result();
  const std::string out = (folder_ / "placed").string();
  const Answer several = invoke({"place", path, "--mesh", "2x1", "--mesh", "2x2", "--policy", "block", "--policy",
                                 "greedy", "--policy", "packets:bptt", "--neurons-per-core", "fill", "--out", out});
  EXPECT_EQ(several.code, 0) << several.err;
  EXPECT_TRUE(has(several.out, "PLACEMENTS, PER TRIAL")) << several.out;
  EXPECT_TRUE(has(several.out, "PACKETS:bptt")) << several.out;
  const std::string table = text("placed/placements.csv");
  EXPECT_TRUE(table.starts_with("mesh,policy,rule,neurons_per_core,agent,partial_sums,trials,messages,on_core,packets,"))
      << table;
  EXPECT_EQ(std::ranges::count(table, '\n'), 1 + 2 * 3 * 3) << table;  // three rules
  EXPECT_TRUE(has(table, "\n2x2,PACKETS:bptt,bptt,1,host,0,")) << table;
  EXPECT_TRUE(has(text("placed/placement_channels.csv"), "\n2x1,GREEDY,rflo,AXON,0,"));
  EXPECT_EQ(std::ranges::count(text("placed/cores.csv"), '\n'), 1 + 6 * 4) << "three rate neurons and a readout";
  const Answer csv = invoke({"place", path, "--csv", "--mesh", "2x1", "--mesh", "2x2", "--policy", "block", "--policy",
                             "greedy", "--policy", "packets:bptt", "--neurons-per-core", "fill"});
  EXPECT_EQ(csv.out, table);
}

TEST_F(ChipCommands, PlaceAddsUpWithinCoresAndSpreadsTheAgent) {
  const std::string path = result();
  const Answer spread = invoke({"place", path, "--agent-core", "spread", "--partial-sums", "--rule", "bptt"});
  EXPECT_EQ(spread.code, 0) << spread.err;
  EXPECT_TRUE(has(spread.out, "backward agent on each core for its own")) << spread.out;
  EXPECT_TRUE(has(spread.out, "HOPS, PER TRIAL")) << spread.out;
  EXPECT_TRUE(has(invoke({"place", path, "--csv", "--agent-core", "spread", "--partial-sums"}).out, ",spread,1,"));
}

TEST_F(ChipCommands, InfoOfALargeMeshFitsAScreen) {
  const std::string path =
      file("m.txtpb", small_model_text("m") + "chip { mesh { width: 64 height: 64 } neurons_per_core: 1 }\n");
  const Answer answer = invoke({"info", path});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_TRUE(has(answer.out, "4 of 4096 cores hold neurons")) << answer.out;
  const std::size_t begin = answer.out.find("chip: 64 x 64");
  const std::size_t end = answer.out.find("a run takes");
  ASSERT_TRUE(begin < end && end != std::string::npos) << answer.out;
  EXPECT_LE(std::ranges::count(answer.out.substr(begin, end - begin), '\n'), 16) << answer.out;
}

TEST_F(ChipCommands, PlaceRefusesWhatDoesNotFit) {
  const std::string path = result();
  const auto refused = [&](std::vector<std::string> words, const std::string& part) {
    words.insert(words.begin(), {"place", path});
    const Answer answer = invoke(words);
    EXPECT_EQ(answer.code, code_of(Exit::kUsage)) << answer.out;
    EXPECT_TRUE(has(answer.err, part)) << answer.err;
  };
  refused({"--neurons-per-core", "1"}, "must be at least 2, or the mesh have at least 4 cores");
  refused({"--mesh", "2by2"}, "must be WIDTHxHEIGHT");
  refused({"--policy", "gredy"}, "did you mean \"greedy\"?");
  refused({"--cores", "0,0,1,1"}, "it needs --policy explicit");
  refused({"--policy", "explicit", "--cores", "0,1"}, "must have 4");
  refused({"--policy", "explicit", "--cores", "0,1,2,0"}, "names core 2; must be 0 to 1");
  refused({"--policy", "explicit", "--cores", "0,0,0,1"}, "more than 2 neurons on core 0");
  refused({"--agent-core", "2"}, "must be a whole number from 0 to 1, host or spread");
  refused({"--policy", "packets"}, "must be one of block, round_robin, greedy, explicit, packets:RULE");
  refused({"--policy", "middle"}, "must be one of block, round_robin, greedy, explicit, packets:RULE");
  refused({"--policy", "packets:rlfo"}, "did you mean \"rflo\"?");
  refused({"--neurons-per-core", "few"}, "must be a whole number");
  refused({"--csv", "--json"}, "both given");
  refused({"--policy", "explicit", "--cores", "0,0,1,1", "--mesh", "2x1", "--mesh", "2x2"}, "is for one --mesh");
  refused({"--rule", "rlfo"}, "did you mean \"rflo\"?");
  const std::string plain = file("plain.txtpb", small_model_text("plain"));
  ASSERT_EQ(invoke({"run", plain, "--out", (folder_ / "p").string(), "--quiet"}).code, 0);
  const Answer none = invoke({"place", (folder_ / "p" / "result.json").string()});
  EXPECT_EQ(none.code, code_of(Exit::kInvalid));
  EXPECT_TRUE(has(none.err, "must be the result of a model with a chip")) << none.err;
  EXPECT_EQ(invoke({"place", (folder_ / "nowhere.json").string()}).code, code_of(Exit::kFailed));
}

TEST_F(ChipCommands, SynapsesThatDoNotFitAreAFaultOfTheModel) {
  const std::string full = model("neurons_per_core: 2 synapses_per_core: 9");
  for (const char* command : {"run", "info", "validate"}) {
    const Answer answer = invoke({command, full});
    EXPECT_EQ(answer.code, code_of(Exit::kInvalid)) << command;
    EXPECT_TRUE(has(answer.err, "chip.synapses_per_core is 9: core 0 would hold 10 synapses; must be at least 10"))
        << answer.err;
  }
  EXPECT_EQ(invoke({"validate", model("neurons_per_core: 2 synapses_per_core: 10")}).code, 0);
}

TEST_F(ChipCommands, MemoryThatOverflowsIsAFaultOfTheModel) {
  const std::string full = model("neurons_per_core: 2 memory { bytes_per_core: 10 }");
  for (const char* command : {"run", "info", "validate"}) {
    const Answer answer = invoke({command, full});
    EXPECT_NE(answer.code, 0) << command;
    EXPECT_TRUE(has(answer.out + answer.err, "chip.memory.bytes_per_core")) << answer.out << answer.err;
    EXPECT_TRUE(has(answer.out + answer.err, "is 10: core ")) << answer.out << answer.err;
    EXPECT_TRUE(has(answer.out + answer.err, "must be at least ")) << answer.out << answer.err;
  }
  EXPECT_EQ(
      invoke({"run", model("neurons_per_core: 2 memory { bytes_per_core: 100000 fan_in: 100 axons_per_core: 9 }")}).code,
      0);
}

TEST_F(ChipCommands, InfoDrawsThePlacement) {
  const Answer answer = invoke({"info", model()});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_TRUE(has(answer.out, "host --| core 0")) << answer.out;
  EXPECT_TRUE(has(answer.out, "MEMORY OF THE FULLEST CORE")) << answer.out;
  EXPECT_TRUE(has(answer.out, "| rec 0-1")) << answer.out;
}

TEST_F(ChipCommands, TraceWritesEveryMessageOfItsTicks) {
  const std::string csv = (folder_ / "t.csv").string();
  const Answer answer = invoke({"run", model(), "--quiet", "--rule", "rflo", "--trace", csv, "--trace-ticks", "2:3"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  const std::string lines = text("t.csv");
  EXPECT_TRUE(lines.starts_with("timestep,mid,src_neuron,src_hw,dest_hw,hops,spikes,")) << lines;
  EXPECT_TRUE(has(lines, "\n2,0,")) << lines;
  EXPECT_FALSE(has(lines, "\n1,")) << lines;
  EXPECT_FALSE(has(lines, "\n4,")) << lines;
  EXPECT_EQ(invoke({"run", model(), "--quiet", "--trace", (folder_ / "t.pftrace").string()}).code, 0);
  EXPECT_GT(text("t.pftrace").size(), 1000U);
}

TEST_F(ChipCommands, TraceRefusesWhatItCannotDo) {
  const auto refused = [&](std::vector<std::string> words, const std::string& part) {
    words.insert(words.begin(), {"run", model()});
    const Answer answer = invoke(words);
    EXPECT_EQ(answer.code, code_of(Exit::kUsage)) << answer.out;
    EXPECT_TRUE(has(answer.err, part)) << answer.err;
  };
  refused({"--trace", "t.csv", "--transport", "batched"}, "--transport mailbox");
  refused({"--trace", "t.txt"}, "must end in .csv or .pftrace");
  refused({"--trace-ticks", "1:2"}, "without --trace");
  refused({"--trace", "t.csv", "--trace-ticks", "3:2"}, "must be A:B");
  refused({"--trace", "t.csv", "--trace-ticks", "0:2"}, "must be A:B");
  refused({"--trace", "t.csv", model()}, "is for one model");
  const std::string plain = file("plain.txtpb", small_model_text("plain"));
  const Answer answer = invoke({"run", plain, "--cost", file("c.txtpb", "")});
  EXPECT_EQ(answer.code, code_of(Exit::kUsage));
  EXPECT_TRUE(has(answer.err, "has no chip")) << answer.err;
}

}  // namespace
}  // namespace locus
