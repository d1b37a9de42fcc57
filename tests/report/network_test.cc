// The replay of packets in a result: every figure in result.json, the table, mesh.csv, counters of
// a trace.
#include <sstream>

#include <gtest/gtest.h>

#include "locus/v1/perfetto.pb.h"
#include "locus/v1/result.pb.h"
#include "sim/report/chip_message.h"
#include "sim/report/comparison.h"
#include "sim/report/network_message.h"
#include "sim/report/network_table.h"
#include "sim/report/trace_file.h"
#include "sim/report/write.h"
#include "sim/run/run.h"
#include "tests/support/folder.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

Spec replayed_model(std::uint64_t seed) {
  Spec spec = odd_model(seed);
  spec.sha256 = std::string(64, '0');
  spec.chip = ChipSpec{.width = 3, .height = 2};
  const Topology topology = topology_of(spec);
  spec.chip->neurons_per_core = (topology.sizes.rate_neurons + topology.sizes.readouts + 5) / 6;
  spec.chip->network = ChipNetworkSpec{.flit_bits = 16, .header_bits = 8, .queue_flits = 4};
  return spec;
}

class NetworkResult : public InFolder {};

TEST_F(NetworkResult, HoldsEveryFigure) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const Spec spec = replayed_model(seed);
    const RunResult result = run(spec, {.threads = 1});
    write_result(result, folder_);
    v1::Result read;
    ASSERT_TRUE(read.ParseFromString(text("result.binpb")));
    EXPECT_EQ(chip_of(read).network, spec.chip->network);
    for (int r = 0; r < read.runs_size(); ++r) {
      const NetworkFigures& figures = result.outcomes[static_cast<std::size_t>(r)].chip->network.value();
      EXPECT_GT(figures.trials, 0);
      EXPECT_EQ(figures_of(read.runs(r).chip().network()), figures);
    }
  }
}

/// Sums of the file's columns are the shares of the result.
TEST_F(NetworkResult, HasALineATickInItsCsv) {
  const RunResult result = run(replayed_model(2), {.threads = 1});
  write_result(result, folder_);
  std::istringstream lines(text("mesh.csv"));
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_TRUE(line.starts_with("rule,tick,trials,forward_cycles,learning_cycles,most_cycles,packets,latency,"));
  std::map<std::string, std::array<std::int64_t, 4>> sums;
  while (std::getline(lines, line)) {
    std::vector<std::string> cells;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
    ASSERT_EQ(cells.size(), 15U) << line;
    std::array<std::int64_t, 4>& sum = sums[cells[0]];
    for (std::size_t k : {3U, 4U, 6U, 7U}) sum[k < 6 ? k - 3 : k - 4] += std::stoll(cells[k]);
  }
  ASSERT_EQ(sums.size(), result.outcomes.size());
  for (const Outcome& outcome : result.outcomes) {
    const NetworkFigures& figures = *outcome.chip->network;
    EXPECT_EQ(sums.at(outcome.rule)[0], figures.forward.cycles);
    EXPECT_EQ(sums.at(outcome.rule)[1], figures.learning.cycles);
    EXPECT_EQ(sums.at(outcome.rule)[2], figures.forward.packets + figures.learning.packets);
    EXPECT_EQ(sums.at(outcome.rule)[3], figures.forward.latency + figures.learning.latency);
  }
  Spec plain = replayed_model(2);
  plain.chip->network.reset();
  EXPECT_FALSE(is_replayed(run(plain, {.threads = 1})));
}

TEST(NetworkTable, SaysWhatEachRuleNeeds) {
  Spec spec = replayed_model(3);
  const RunResult result = run(spec, {.threads = 1});
  const std::string table = comparison_tables(spec, result);
  EXPECT_NE(table.find("CYCLES OF THE MESH, PER TRIAL"), std::string::npos) << table;
  EXPECT_NE(table.find("blocked"), std::string::npos);
  EXPECT_NE(table.find("queues of 4 flits"), std::string::npos) << table;
  spec.chip->network->policy = QueuePolicy::kDrop;
  const std::string lossy = comparison_tables(spec, run(spec, {.threads = 1}));
  EXPECT_NE(lossy.find("lost"), std::string::npos) << lossy;
  std::istringstream lines(lossy);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
}

/// Counters stand at each traced tick, with the figures of the result.
TEST(NetworkTrace, CountsCyclesByTick) {
  const Spec spec = replayed_model(2);
  TraceRequest request;
  const RunResult result = run(spec, {.transport = TransportKind::kMailbox, .threads = 1, .trace = request});
  v1::perfetto::Trace trace;
  ASSERT_TRUE(trace.ParseFromString(trace_perfetto(spec, result)));
  std::map<std::uint64_t, std::string> counters;
  std::map<std::string, std::vector<double>> values;
  for (const auto& packet : trace.packet()) {
    if (packet.track_descriptor().has_counter())
      counters[packet.track_descriptor().uuid()] = packet.track_descriptor().name();
    if (packet.track_event().type() != v1::perfetto::TrackEvent::TYPE_COUNTER) continue;
    values[counters.at(packet.track_event().track_uuid())].push_back(packet.track_event().double_counter_value());
  }
  ASSERT_EQ(values.size(), 4U);
  const NetworkFigures& first = *result.outcomes.front().chip->network;
  EXPECT_EQ(values.at("mesh: forward").front(),
            static_cast<double>(first.ticks.front().forward_cycles) / static_cast<double>(first.trials));
  EXPECT_EQ(values.at("mesh: longest queue").front(), static_cast<double>(first.ticks.front().peak_queue));
  EXPECT_EQ(values.at("mesh: learning").size(), values.at("mesh: mean latency").size());
}

}  // namespace
}  // namespace locus
