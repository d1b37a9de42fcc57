// The forecast of `info` without the weights of the model: memory grows with the sizes that
// determine it.
#include "sim/report/forecast.h"

#include <gtest/gtest.h>

#include "sim/model/learning.h"
#include "sim/model/wire.h"
#include "sim/report/machine_memory.h"
#include "sim/report/memory.h"
#include "sim/run/horizon.h"
#include "tests/report/sample.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

RuleSpec rule_of(RuleKind kind) {
  RuleSpec rule;
  rule.name = "r";
  rule.kind = kind;
  return rule;
}

/// What the columns transport takes of it.
double planned(const Spec& spec, RuleKind kind, int threads = 1) {
  return static_cast<double>(plan_of(spec, rule_of(kind), threads).bytes);
}

constexpr MemoryDemand kBatched{.transport = TransportKind::kBatched, .threads = 1};
constexpr MemoryDemand kMailbox{.transport = TransportKind::kMailbox, .threads = 1};

double needed(const Spec& spec, RuleKind kind, const MemoryDemand& demand) {
  return memory_needed(spec, topology_of(spec, Listing::kNone), rule_of(kind), demand);
}

TEST(Memory, CountsWhatGrowsWithTheModel) {
  // 6 + 9 + 3 synapses, 2 lanes, 5 ticks, 2 inputs, 3 neurons, 1 readout
  const Spec spec = sample_spec();
  const double neurons = 8 * 2 * (2 + 5 * 3 + 5 * 1);
  // weights, also as reported; with the first ones, and singular values of 3 x 3; 20 losses, for
  // which 16 stood before
  const double bare = 8 * 2 * 18 + 8 * 5 * 2 * 3 + neurons;
  const double compared = 8 * 18 + 8 * 4 * (9 + 9);
  const double losses = 8 * 32;
  EXPECT_EQ(needed(spec, RuleKind::kNone, kBatched), bare + planned(spec, RuleKind::kNone));
  EXPECT_EQ(needed(spec, RuleKind::kRflo, kBatched), bare + compared + losses + planned(spec, RuleKind::kRflo));
  EXPECT_EQ(needed(spec, RuleKind::kBptt, kBatched), bare + compared + losses + planned(spec, RuleKind::kBptt));
  EXPECT_EQ(needed(spec, RuleKind::kRtrl, kBatched),
            bare + compared + losses + planned(spec, RuleKind::kRtrl) + 8 * 2 * 3 * 15 * 2 + 24 * 15);
  EXPECT_GT(planned(spec, RuleKind::kBptt), 8 * 5 * 2 * (2 + 9)) << "tapes of inputs and neurons";
  // In each of two lanes three numbers a synapse; two lists; 7 targets; AXON and DENDRITE of the
  // largest projection.
  EXPECT_DOUBLE_EQ(needed(spec, RuleKind::kNone, kMailbox), bare + 18 * (2 * 3 * 8 + 8) + 7 * 9 + 1.2 * 2 * 9 * (24 + 32));
}

/// Without a rule and with one trial at a time, threads may copy sparse synapses: one target and
/// one weight for each.
TEST(Memory, CountsWhatThreadsCopy) {
  Spec spec = sample_spec();
  spec.network.projections[0].weights = SparseMatrix{3, 2, {0}, {1}, {1}};
  spec.network.projections[1].weights = SparseMatrix{3, 3, {0, 1, 2, 0}, {0, 0, 1, 2}, {1, 1, 1, 1}};
  spec.training.batch = 1;
  const auto copies = [&](RuleKind kind) {
    double bytes = 0;
    const MemoryDemand two{.transport = TransportKind::kBatched, .threads = 2};
    for (const MemoryPart& part : memory_parts(spec, topology_of(spec, Listing::kNone), rule_of(kind), two))
      bytes += part.what == "sparse synapses as threads have them" ? part.bytes : 0;
    return bytes;
  };
  EXPECT_GE(copies(RuleKind::kNone), (4 + 8) * 5);
  EXPECT_EQ(copies(RuleKind::kRflo), 0);
  spec.training.batch = 2;
  EXPECT_EQ(copies(RuleKind::kNone), 0);
}

TEST(Memory, IsHalvedByFloat32ButForWhatIsReported) {
  Spec spec = sample_spec();
  spec.precision = Precision::kFloat32;
  const double neurons = 4 * 2 * (2 + 5 * 3 + 5 * 1);
  EXPECT_EQ(needed(spec, RuleKind::kNone, kBatched),
            (4 + 8) * 18 + 4 * 5 * 2 * 3 + neurons + planned(spec, RuleKind::kNone));
  const Ledger wide = forecast(sample_spec(), topology_of(sample_spec()), rule_of(RuleKind::kRflo));
  const Ledger narrow = forecast(spec, topology_of(spec), rule_of(RuleKind::kRflo));
  EXPECT_EQ(narrow.scalar_bytes(), 4);
  EXPECT_EQ(2 * narrow.trace_bytes(), wide.trace_bytes());
  EXPECT_EQ(narrow.entries(), wide.entries());
}

/// An outline has the sizes of the topology, without drawing or listing a synapse.
TEST(Memory, IsForeseenFromSizesAlone) {
  int sparse = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Spec spec = odd_model(seed);
    const Topology drawn = topology_of(spec);
    const Topology outline = topology_of(spec, Listing::kNone);
    ASSERT_EQ(outline.projections.size(), drawn.projections.size());
    for (std::size_t p = 0; p < drawn.projections.size(); ++p) {
      EXPECT_EQ(outline.projections[p].size(), drawn.projections[p].size()) << seed;
      EXPECT_EQ(outline.projections[p].dense, drawn.projections[p].dense) << seed;
      sparse += drawn.projections[p].dense ? 0 : 1;
    }
    for (const RuleSpec& rule : spec.rules) {
      const RunWidth extent{spec.training.batch, 3, 8};
      const Learning learning = learning_of(rule, spec.training);
      const Plan foreseen = plan_of(outline, learning, horizon_of(spec), extent);
      EXPECT_EQ(foreseen.bytes, plan_of(drawn, learning, horizon_of(spec), extent).bytes) << seed << ' ' << rule.name;
    }
  }
  EXPECT_GT(sparse, 20);
}

TEST(Memory, IsRefusedBeforeItIsTaken) {
  Spec spec = sample_spec();
  spec.rules = {rule_of(RuleKind::kRflo), rule_of(RuleKind::kRtrl)};
  // and the weights and losses of rflo
  const double rtrl = needed(spec, RuleKind::kRtrl, kBatched) + 8 * 18 + 8 * 20;
  EXPECT_EQ(memory_needed(spec, kBatched), rtrl);
  EXPECT_NO_THROW(require_memory(spec, kBatched, 100, rtrl + kProgramBytes + 100));
  EXPECT_THROW(require_memory(spec, kBatched, 100, rtrl + kProgramBytes + 99), NotEnoughMemory);
}

TEST(Memory, TheLargestPartIsNamed) {
  Spec spec = small_model({3, 4, 2, 5}, {}, 5);
  spec.rules = {rule_spec(RuleKind::kRtrl)};
  for (PopulationSpec& population : spec.network.populations) population.size = 300;
  for (ProjectionSpec& projection : spec.network.projections) projection.weights = ConstantWeights{1};
  const auto said = [&](TransportKind transport, double limit) -> std::string {
    try {
      require_memory(spec, {.transport = transport, .threads = 1}, 0, limit);
    } catch (const NotEnoughMemory& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(said(TransportKind::kBatched, 1e6).find("of it for sensitivities; 1.00 MB can be had"), std::string::npos)
      << said(TransportKind::kBatched, 1e6);
  EXPECT_NE(said(TransportKind::kBatched, -1e6).find("; 0 B can be had"), std::string::npos)
      << said(TransportKind::kBatched, -1e6);
  spec.rules = {rule_spec(RuleKind::kBptt)};
  spec.training.ticks = 1'000'000;
  EXPECT_NE(said(TransportKind::kBatched, 1e6).find("of it for the ticks that a sweep goes back over"), std::string::npos);
  spec.training.ticks = 2;
  spec.training.batch = 50;
  EXPECT_NE(said(TransportKind::kMailbox, 1e6).find("of it for synapses and messages in the mailbox"), std::string::npos);
}

TEST(Memory, ThereIsSome) {
  EXPECT_GT(available_memory(1), 1e6);
  const double before = taken_memory();
  EXPECT_GT(before, 1e6);
  const std::vector<char> more(50'000'000, 'x');
  EXPECT_GT(taken_memory(), before + 4e7) << more.back();
}

}  // namespace
}  // namespace locus
