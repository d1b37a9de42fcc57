// Traces: exactly the messages of the ledger, and a Perfetto file that parses by the published
// field numbers and has nested slices.
#include <map>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "sim/report/trace_file.h"
#include "sim/run/run.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

Spec traced_model(std::uint64_t seed) {
  Spec spec = odd_model(seed);
  spec.chip = ChipSpec{};
  spec.chip->width = 2;
  spec.chip->height = 2;
  const Topology topology = topology_of(spec);
  spec.chip->neurons_per_core = (topology.sizes.rate_neurons + topology.sizes.readouts + 3) / 4;
  return spec;
}

RunResult traced(const Spec& spec, TraceRequest request) {
  return run(spec, {.transport = TransportKind::kMailbox, .threads = 1, .trace = request});
}

TraceRequest whole(const Spec& spec) { return {1, spec.training.ticks * spec.training.updates, 1'000'000}; }

std::vector<std::vector<std::string>> cells_of(const std::string& csv) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line);) {
    rows.emplace_back();
    std::istringstream words(line);
    for (std::string word; std::getline(words, word, ',');) rows.back().push_back(word);
  }
  return rows;
}

TEST(Trace, HasExactlyTheLedgersMessages) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Spec spec = traced_model(seed);
    const RunResult result = traced(spec, whole(spec));
    const auto rows = cells_of(trace_csv(spec, result));
    ASSERT_EQ(rows[0], (std::vector<std::string>{"timestep", "mid", "src_neuron", "src_hw", "dest_hw", "hops", "spikes",
                                                 "dest_neuron", "replica", "rule", "channel", "lag", "payload_bits"}));
    std::map<std::tuple<std::string, std::string, std::string>, std::array<std::int64_t, 4>> counted;
    for (std::size_t r = 1; r < rows.size(); ++r) {
      auto& [messages, across, hops, bits] = counted[{rows[r][9], rows[r][10], rows[r][11]}];
      ++messages;
      across += rows[r][3] != rows[r][4] ? 1 : 0;
      hops += std::stoll(rows[r][5]);
      bits += std::stoll(rows[r][12]);
    }
    for (const Outcome& outcome : result.outcomes) {
      for (std::size_t e = 0; e < outcome.ledger.entries().size(); ++e) {
        const LedgerEntry entry = outcome.ledger.entries()[e];
        const ChipCounts& chip = outcome.chip->report.entries[e].counts;
        const auto found = counted.find({outcome.rule, std::string(name(entry.channel)), std::to_string(entry.lag)});
        ASSERT_NE(found, counted.end()) << outcome.rule << " " << name(entry.channel);
        EXPECT_EQ(found->second, (std::array<std::int64_t, 4>{entry.tally.messages, chip.unicast_packets,
                                                              chip.unicast_hops, entry.tally.scalars * 64}))
            << outcome.rule << " " << name(entry.channel) << " lag " << entry.lag;
        counted.erase(found);
      }
    }
    EXPECT_TRUE(counted.empty()) << "more than the ledger's";
  }
}

TEST(Trace, KeepsToItsTicksAndItsLimit) {
  Style style;
  style.activation = Activation::kTanh;
  Spec small = small_model({2, 3, 1, 4}, style, 1);
  small.training.updates = 3;
  small.rules = {rule_spec(RuleKind::kBptt)};
  const RunResult all = traced(small, {1, 12, 1'000'000});
  const RunResult some = traced(small, {4, 6, 1'000'000});
  std::int64_t within = 0;
  for (const TracedMessage& m : all.outcomes[0].trace->messages) within += m.run_tick >= 4 && m.run_tick <= 6 ? 1 : 0;
  EXPECT_EQ(std::ssize(some.outcomes[0].trace->messages), within);
  EXPECT_GT(within, 0);
  for (const TracedMessage& m : some.outcomes[0].trace->messages) EXPECT_TRUE(m.run_tick >= 4 && m.run_tick <= 6);
  const RunResult cut = traced(small, {4, 6, 10});
  EXPECT_EQ(cut.outcomes[0].trace->messages.size(), 10U);
  EXPECT_EQ(cut.outcomes[0].trace->left_out, within - 10);
}

/// Protobuf's wire format by hand: the fields of one message, by number. Only the types of the
/// trace: varint, 64 bits, length-delimited.
struct ProtoField {
  std::uint32_t number = 0;
  std::uint64_t value = 0;  // varint or 64 bits
  std::string_view bytes;   // length-delimited
};
std::uint64_t varint(std::string_view& in) {
  std::uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(in.at(0));
    in.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80) return value;
  }
}
std::vector<ProtoField> fields_of(std::string_view in) {
  std::vector<ProtoField> fields;
  while (!in.empty()) {
    const std::uint64_t key = varint(in);
    ProtoField field{static_cast<std::uint32_t>(key >> 3U), 0, {}};
    const std::uint64_t wire = key & 7U;
    if (wire == 0) {
      field.value = varint(in);
    } else if (wire == 1) {
      for (unsigned k = 0; k < 8; ++k)
        field.value |= static_cast<std::uint64_t>(static_cast<unsigned char>(in.at(k))) << (8 * k);
      in.remove_prefix(8);
    } else {
      EXPECT_EQ(wire, 2U);
      const std::uint64_t size = varint(in);
      field.bytes = in.substr(0, size);
      in.remove_prefix(size);
    }
    fields.push_back(field);
  }
  return fields;
}
const ProtoField* find(const std::vector<ProtoField>& fields, std::uint32_t number) {
  for (const ProtoField& field : fields) {
    if (field.number == number) return &field;
  }
  return nullptr;
}

// Published numbers: Trace.packet 1; TracePacket.timestamp 8, track_event 11, track_descriptor 60;
// TrackDescriptor.uuid 1, name 2, parent_uuid 5; TrackEvent.type 9 (1 begin, 2 end, 3 instant),
// track_uuid 11, name 23, flow_ids 47, terminating_flow_ids 48.
TEST(Perfetto, ParsesByPublishedNumbersAndNests) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Spec spec = traced_model(seed);
    const RunResult result = traced(spec, whole(spec));
    const std::string bytes = trace_perfetto(spec, result);
    std::set<std::uint64_t> tracks;
    std::map<std::uint64_t, std::vector<std::uint64_t>> open;  // begins of open slices, by track
    std::map<std::uint64_t, std::uint64_t> last;               // time of the last event, by track
    std::int64_t handled = 0, violations = 0, begun_flows = 0, ended_flows = 0;
    std::set<std::uint64_t> flows;
    for (const ProtoField& packet : fields_of(bytes)) {
      ASSERT_EQ(packet.number, 1U);
      const auto fields = fields_of(packet.bytes);
      if (const ProtoField* descriptor = find(fields, 60)) {
        const auto track = fields_of(descriptor->bytes);
        ASSERT_TRUE(tracks.insert(find(track, 1)->value).second) << "a track is described once";
        const ProtoField* const parent = find(track, 5);
        EXPECT_TRUE(parent == nullptr || tracks.contains(parent->value));
        continue;
      }
      ASSERT_NE(find(fields, 11), nullptr);
      const auto event = fields_of(find(fields, 11)->bytes);
      const std::uint64_t time = find(fields, 8)->value;
      const std::uint64_t track = find(event, 11)->value;
      ASSERT_TRUE(tracks.contains(track));
      ASSERT_GE(time, last[track]) << "time goes forward on a track";
      last[track] = time;
      const std::uint64_t type = find(event, 9)->value;
      if (type == 1) {
        open[track].push_back(time);
        const std::string_view name = find(event, 23)->bytes;
        const bool conductor = (track & 0xFFFFFFFFU) == 1;
        if (!conductor && !name.starts_with("send ")) ++handled;
      } else if (type == 2) {
        ASSERT_FALSE(open[track].empty()) << "what ends has begun";
        ASSERT_GT(time, open[track].back());
        open[track].pop_back();
      } else {
        ASSERT_EQ(type, 3U);
        ASSERT_FALSE(open[track].empty()) << "a violation stands in the slice of its message";
        ++violations;
      }
      if (const ProtoField* flow = find(event, 47)) {
        ++begun_flows;
        EXPECT_TRUE(flows.insert(flow->value).second);
      }
      if (const ProtoField* flow = find(event, 48)) {
        ++ended_flows;
        EXPECT_TRUE(flows.contains(flow->value));
      }
    }
    for (const auto& [track, slices] : open) EXPECT_TRUE(slices.empty()) << "every slice ends";
    std::int64_t messages = 0, broken = 0, across = 0;
    for (const Outcome& outcome : result.outcomes) {
      messages += outcome.ledger.messages();
      broken += outcome.ledger.violations();
      across += outcome.chip->report.total.unicast_packets;
    }
    EXPECT_EQ(handled, messages);
    EXPECT_EQ(violations, broken);
    EXPECT_EQ(begun_flows, across);
    EXPECT_EQ(ended_flows, across);
  }
}

/// Without a chip all neurons have one place and all other actors the host; the messages are the
/// same.
TEST(Trace, NeedsNoChip) {
  Spec spec = traced_model(4);
  const RunResult on_chip = traced(spec, whole(spec));
  spec.chip.reset();
  const RunResult plain = traced(spec, whole(spec));
  const auto with = cells_of(trace_csv(spec, on_chip));
  const auto without = cells_of(trace_csv(spec, plain));
  ASSERT_EQ(with.size(), without.size());
  ASSERT_GT(with.size(), 100U);
  for (std::size_t r = 1; r < with.size(); ++r) {
    for (const std::size_t same : {0U, 1U, 2U, 6U, 7U, 8U, 9U, 10U, 11U, 12U})
      EXPECT_EQ(with[r][same], without[r][same]);
    for (const std::size_t end : {3U, 4U}) EXPECT_EQ(without[r][end], with[r][end] == "host" ? "host" : "0");
    EXPECT_EQ(without[r][5], without[r][3] == without[r][4] ? "0" : "1");
  }
  EXPECT_GT(trace_perfetto(spec, plain).size(), 1000U);
}

TEST(Trace, NamesActorsByTheModel) {
  Spec spec = small_model({2, 3, 1, 2}, Style{}, 1);
  EXPECT_EQ(name_of(spec.network, {Party::kInput, 0, 1, 0}), "in.1");
  EXPECT_EQ(name_of(spec.network, {Party::kReadout, 0, 0, 0}), "out.0");
  EXPECT_EQ(name_of(spec.network, {Party::kSynapse, 2, 0, 1}), "A.0.1");
  EXPECT_EQ(name_of(spec.network, {Party::kAgent, 0, 0, 0}), "agent");
  EXPECT_EQ(name_of(spec.network, {Party::kEnvironment, 0, 0, 0}), "environment");
}

}  // namespace
}  // namespace locus
