// The chip in a result: the fields that scripts use, reading back, another placement; tables of
// limited width; the drawing.
#include <algorithm>
#include <fstream>
#include <functional>
#include <limits>
#include <sstream>

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "locus/v1/result.pb.h"
#include "sim/model/errors.h"
#include "sim/report/chip_table.h"
#include "sim/report/comparison.h"
#include "sim/report/output.h"
#include "sim/report/read_chip.h"
#include "sim/report/write.h"
#include "sim/run/run.h"
#include "tests/support/folder.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

CostSpec some_cost() {
  CostSpec cost;
  cost.name = "some";
  for (std::size_t c = 0; c < kCharges; ++c) cost.energy[c] = cost.time[c] = static_cast<double>(c) + 0.5;
  return cost;
}

Spec chip_model(std::uint64_t seed) {
  Spec spec = odd_model(seed);
  spec.sha256 = std::string(64, '0');
  spec.chip = ChipSpec{};
  spec.chip->width = 3;
  spec.chip->height = 2;
  const Topology topology = topology_of(spec);
  spec.chip->neurons_per_core = (topology.sizes.rate_neurons + topology.sizes.readouts + 5) / 6;
  spec.chip->cost = some_cost();
  return spec;
}

RunResult run_of(const Spec& spec) { return run(spec, {.threads = 1}); }

class ChipResult : public InFolder {};

void expect_same(const ChipOutcome& one, const ChipOutcome& other, const std::string& what) {
  EXPECT_EQ(one.report.entries, other.report.entries) << what;
  EXPECT_EQ(one.report.total, other.report.total) << what;
  EXPECT_EQ(one.report.forward_packets, other.report.forward_packets) << what;
  EXPECT_EQ(one.report.pairs, other.report.pairs) << what;
  EXPECT_EQ(one.report.links, other.report.links) << what;
  ASSERT_EQ(one.estimate.has_value(), other.estimate.has_value()) << what;
  if (!one.estimate) return;
  EXPECT_EQ(one.estimate->energy, other.estimate->energy) << what;
  EXPECT_EQ(one.estimate->time, other.estimate->time) << what;
}

/// A result that is read and placed on another chip equals the result of a run on that chip.
TEST_F(ChipResult, PlacedAnewIsThatOfAnotherRun) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const Spec spec = chip_model(seed);
    write_result(run_of(spec), folder_);
    for (const char* file : {"result.json", "result.binpb"}) {
      RunResult read = read_chip_result(folder_ / file);
      Spec other = spec;
      other.chip->width = 2;
      other.chip->height = 4;
      other.chip->policy = PlacementPolicy::kRoundRobin;
      other.chip->agent_core = 5;
      other.chip->cost->energy[0] += 1;
      place_again(read, *other.chip);
      const RunResult expected = run_of(other);
      ASSERT_EQ(read.outcomes.size(), expected.outcomes.size());
      for (std::size_t r = 0; r < expected.outcomes.size(); ++r) {
        EXPECT_EQ(read.outcomes[r].rule, expected.outcomes[r].rule);
        expect_same(*read.outcomes[r].chip, *expected.outcomes[r].chip, file + (" of " + describe(spec)));
      }
    }
  }
}

TEST_F(ChipResult, HasTheFieldsThatScriptsRelyOn) {
  Spec spec = model_on_two_cores();
  spec.chip->cost = some_cost();
  const RunResult result = run_of(spec);
  const std::string json = json_line(result);
  for (const char* field :
       {R"("chip":{"cores":2,"policy":"EXPLICIT","entries":[{"channel":"AXON","lag":0,"onCore":"1",)"
        R"("packets":"9","unicastPackets":"9","hops":"13","unicastHops":"13","treeHops":"9"})",
        R"("busiestLink":{"from":-1,"to":0,"packets":"11"})", R"("peak":{"packets":"14","tick":1,"lag":0})",
        R"("tickPackets":["14"],"stagePackets":["0"],"tickPeaks":["14"])",
        R"("energy":{"chip":"some","terms":[{"charge":"packet","count":14,)", R"("coreOf":[0,1,1])", R"("kind":"bptt")",
        R"({"stream":"AXON_B","lag":0,"messages":["2"]})", R"("forwardPackets":"5")"}) {
    EXPECT_NE(json.find(field), std::string::npos) << field << "\nis not in\n" << json;
  }
  const std::string csv = text_of([&](Output& to) { write_ledger_csv(result, to); });
  EXPECT_TRUE(csv.starts_with(
      "rule,channel,lag,messages,scalars,bytes,on_core,packets,unicast_packets,hops,unicast_hops,tree_hops\n"
      "bptt,AXON,0,10,10,80,1,9,9,13,13,9\n"))
      << csv;
}

/// Each change makes a file that no run writes; none may be used in a computation.
TEST_F(ChipResult, RefusesWhatNoRunLeaves) {
  const Spec spec = chip_model(3);
  write_result(run_of(spec), folder_);
  v1::Result good;
  ASSERT_TRUE(good.ParseFromString(text("result.binpb")));
  const std::vector<std::pair<const char*, std::function<void(v1::Result&)>>> tamperings = {
      {"no chip", [](v1::Result& r) { r.clear_chip(); }},
      {"no wiring", [](v1::Result& r) { r.clear_wiring(); }},
      {"negative size", [](v1::Result& r) { r.mutable_wiring()->set_inputs(-1); }},
      {"vast size", [](v1::Result& r) { r.mutable_wiring()->set_rate_neurons(2'000'000'000); }},
      {"wires beyond", [](v1::Result& r) { r.mutable_wiring()->mutable_projections(0)->set_sources(1000); }},
      {"wires before", [](v1::Result& r) { r.mutable_wiring()->mutable_projections(0)->set_target_begin(-1); }},
      {"more neurons than cores are told of", [](v1::Result& r) { r.mutable_wiring()->set_rate_neurons(1'000'000); }},
      {"vast inputs", [](v1::Result& r) { r.mutable_wiring()->set_inputs(2'000'000'000); }},
      {"no core", [](v1::Result& r) { r.mutable_chip()->mutable_mesh()->set_width(0); }},
      {"vast mesh", [](v1::Result& r) { r.mutable_chip()->mutable_mesh()->set_height(2'000'000'000); }},
      {"no room", [](v1::Result& r) { r.mutable_chip()->set_neurons_per_core(0); }},
      {"agent nowhere", [](v1::Result& r) { r.mutable_chip()->set_agent_core(6); }},
      {"endless charge",
       [](v1::Result& r) { r.mutable_cost()->mutable_packet()->set_energy(std::numeric_limits<double>::infinity()); }},
      {"unknown rule", [](v1::Result& r) { r.mutable_runs(0)->mutable_chip()->set_kind("magic"); }},
      {"unknown stream", [](v1::Result& r) { r.mutable_runs(0)->mutable_chip()->mutable_counts(0)->set_stream("X"); }},
      {"negative lag", [](v1::Result& r) { r.mutable_runs(0)->mutable_chip()->mutable_counts(0)->set_lag(-1); }},
      {"vast lag", [](v1::Result& r) { r.mutable_runs(0)->mutable_chip()->mutable_counts(0)->set_lag(2'000'000'000); }},
      {"a message more",
       [](v1::Result& r) {
         auto& count = *r.mutable_runs(0)->mutable_chip()->mutable_counts(0);
         count.set_messages(0, count.messages(0) + 1);
       }},
      {"twice as many",
       [](v1::Result& r) {
         auto& count = *r.mutable_runs(0)->mutable_chip()->mutable_counts(0);
         for (auto& messages : *count.mutable_messages()) messages *= 2;
       }},
      {"no counts", [](v1::Result& r) { r.mutable_runs(0)->mutable_chip()->clear_counts(); }},
      {"too few counts", [](v1::Result& r) { r.mutable_runs(0)->mutable_chip()->mutable_counts(0)->clear_messages(); }},
  };
  for (const auto& [name, tamper] : tamperings) {
    v1::Result bad = good;
    tamper(bad);
    std::ofstream(folder_ / "bad.binpb", std::ios::binary) << bad.SerializeAsString();
    EXPECT_THROW(read_chip_result(folder_ / "bad.binpb"), ModelError) << name;
  }
  std::ofstream(folder_ / "cut.binpb", std::ios::binary) << text("result.binpb").substr(0, 100);
  EXPECT_THROW(read_chip_result(folder_ / "cut.binpb"), ModelError);
  std::ofstream(folder_ / "result.txt") << "x";
  EXPECT_THROW(read_chip_result(folder_ / "result.txt"), ModelError);
  EXPECT_THROW(read_chip_result(folder_ / "nowhere.json"), FileError);
}

void expect_narrow(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(width(line), kTextWidth) << line;
}

TEST(ChipTables, FitTheScreenWhateverTheNumbers) {
  Spec spec = chip_model(5);
  RunResult result = run_of(spec);
  expect_narrow(comparison(spec, result));
  for (Outcome& outcome : result.outcomes) {
    outcome.rule = std::string(60, 'r') + outcome.rule;
    ChipTraffic& report = outcome.chip->report;
    for (std::int64_t* count : {&report.total.packets, &report.total.hops, &report.peak.packets})
      *count = 123'456'789'012;
    report.total.unicast_packets = outcome.ledger.messages();
    report.links = {{1'000'000, 1'000'001, 5}};
    outcome.chip->estimate->total_energy = outcome.chip->estimate->total_time = 1.2345e11;
  }
  expect_narrow(render(chip_table(result)) + render(load_table(result)) + render(energy_table(result)) +
                chip_title(*result.chip) + chip_legend(*result.chip));
}

TEST(ChipTables, ShowCountsPerTrial) {
  Spec spec = chip_model(5);
  const RunResult result = run_of(spec);
  const TextTable table = chip_table(result);
  ASSERT_EQ(table.rows.size(), result.outcomes.size());
  const Outcome& outcome = result.outcomes.front();
  const double trials = static_cast<double>(outcome.ledger.trials());
  EXPECT_EQ(table.rows[0][1], human(static_cast<double>(outcome.chip->report.total.packets) / trials));
  EXPECT_EQ(table.rows[0][3], human(static_cast<double>(outcome.chip->report.total.hops) / trials));
  EXPECT_EQ(table.rows[0][7], human_si(1e-12 * outcome.chip->estimate->total_energy / trials, "J"));
  const std::string said = comparison(spec, result);
  EXPECT_NE(said.find("ON THE CHIP, PER TRIAL"), std::string::npos);
  EXPECT_NE(said.find("the longer a trial is"), std::string::npos);
  spec.chip.reset();
  EXPECT_EQ(comparison(spec, run_of(spec)).find("ON THE CHIP"), std::string::npos);
}

TEST(ChipDrawing, ShowsEveryCore) {
  Spec spec = small_model({2, 5, 2, 2}, Style{}, 1);
  ChipSpec chip;
  chip.width = 2;
  chip.height = 2;
  chip.neurons_per_core = 3;
  EXPECT_EQ(chip_drawing(chip, topology_of(spec)),
            "chip: 2 x 2 cores of 3 neurons, BLOCK; backward agent at host\n"
            "20 of 35 synapses of W and A cross cores\n"  // W: 2 x 3 x 2; A: 3 and 5
            "       +------------------------+------------------------+\n"
            "host --| core 0                 | core 1                 |\n"
            "       | rec 0-2                | rec 3-4                |\n"
            "       |                        | out 0                  |\n"
            "       | 21 synapses            | 19 synapses            |\n"
            "       +------------------------+------------------------+\n"
            "       | core 2                 | core 3                 |\n"
            "       | out 1                  |                        |\n"
            "       | 5 synapses             | 0 synapses             |\n"
            "       +------------------------+------------------------+\n");
  chip.width = 40;
  chip.policy = PlacementPolicy::kRoundRobin;
  const std::string wide = chip_drawing(chip, topology_of(spec));
  expect_narrow(wide);
  EXPECT_NE(wide.find("  core 6: out 1 (5 synapses)\n"), std::string::npos) << wide;
  EXPECT_NE(wide.find("7 of 80 cores hold neurons; core 0 has the most synapses, 7\n"), std::string::npos) << wide;
  EXPECT_EQ(wide.find("cores more"), std::string::npos) << wide;
  const std::string many = chip_drawing(chip, topology_of(small_model({2, 20, 2, 2}, Style{}, 1)));
  EXPECT_NE(many.find("and 14 cores more\n"), std::string::npos) << many;
  chip.width = 64;
  chip.height = 64;
  chip.neurons_per_core = 1;
  for (const PlacementPolicy policy : {PlacementPolicy::kBlock, PlacementPolicy::kRoundRobin}) {
    chip.policy = policy;
    const std::string large = chip_drawing(chip, topology_of(small_model({2, 400, 2, 2}, Style{.sparse = true}, 1)));
    expect_narrow(large);
    EXPECT_LE(std::ranges::count(large, '\n'), 16) << large;
  }
}

}  // namespace
}  // namespace locus
