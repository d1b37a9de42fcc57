// The closed forms against runs of some hundred random models with both transports: every entry of
// the ledger, stalled ticks and memory, exactly.
#include "core/protocol/closed_form.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "sim/model/learning.h"
#include "sim/model/wire.h"
#include "sim/place/learning_on_chip.h"
#include "tests/protocol/generic_model.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

/// The first trial of each lane begins as the model says; later ones may begin where another has
/// ended.
Ledger closed_form_of_run(const Spec& spec, const Topology& topology, const RuleSpec& rule) {
  const Learning learning = learning_of(spec, topology, rule);
  const std::vector<Projection> feedback = feedback_of(topology, rule);
  TrialShape trial = trial_shape_of(spec);
  const int bytes = scalar_bytes(spec.precision);
  const Ledger later = closed_form(learning, topology, feedback, trial, bytes);
  trial.carries = false;
  const Ledger first = closed_form(learning, topology, feedback, trial, bytes);
  Ledger sum(bytes);
  for (std::int64_t k = 0; k < spec.training.updates * spec.training.batch; ++k) {
    const Ledger& one = k < spec.training.batch ? first : later;
    for (const LedgerEntry& entry : one.entries()) sum.add(entry.channel, entry.lag, entry.tally);
    sum.add_stalled_ticks(one.stalled_ticks());
    sum.add_trials(1, spec.training.ticks);
  }
  sum.set_memory(first.history_bytes(), first.trace_bytes());
  return sum;
}

std::string difference(const Ledger& got, const Ledger& wanted) {
  std::string text;
  std::set<std::pair<Channel, std::int32_t>> keys;
  for (const Ledger* ledger : {&got, &wanted}) {
    for (const LedgerEntry& entry : ledger->entries()) keys.emplace(entry.channel, entry.lag);
  }
  for (const auto& [channel, lag] : keys) {
    const Tally one = got.at(channel, lag);
    const Tally other = wanted.at(channel, lag);
    if (one.messages == other.messages && one.scalars == other.scalars) continue;
    text += std::string(name(channel)) + " lag " + std::to_string(lag) + ": sent " + std::to_string(one.messages) +
            " (" + std::to_string(one.scalars) + "), closed form " + std::to_string(other.messages) + " (" +
            std::to_string(other.scalars) + ")\n";
  }
  return text + "stalled " + std::to_string(got.stalled_ticks()) + ", closed form " +
         std::to_string(wanted.stalled_ticks());
}

TEST(ClosedForms, AreWhatBothTransportsSend) {
  constexpr std::uint64_t kModels = 300;
  int rules = 0, entries = 0, delayed = 0, spiking = 0, awake = 0, carried = 0, clipped = 0, classes = 0;
  for (std::uint64_t seed = 1; seed <= kModels; ++seed) {
    const Spec spec = generic_model(seed);
    const Topology topology = topology_of(spec);
    for (const TransportKind transport : kTransports) {
      const RunResult result = run_with(spec, transport);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        const Ledger wanted = closed_form_of_run(spec, topology, spec.rules[k]);
        ASSERT_EQ(result.outcomes[k].status, Status::kCompleted) << result.outcomes[k].message;
        ASSERT_TRUE(result.outcomes[k].ledger == wanted) << name(transport) << ", " << spec.rules[k].name << "\n"
                                                         << difference(result.outcomes[k].ledger, wanted) << "\n"
                                                         << describe(spec);
        ++rules;
        entries += static_cast<int>(wanted.entries().size());
      }
    }
    const auto late = [](const Projection& projection) { return projection.wait > 0; };
    delayed += std::ranges::any_of(topology.projections, late) ? 1 : 0;
    spiking += topology.has_spikes() ? 1 : 0;
    awake += std::ranges::any_of(topology.populations, [](const Population& p) { return !p.awake.empty(); }) ? 1 : 0;
    carried += spec.training.carry_state ? 1 : 0;
    clipped += spec.training.optimizer.norm ? 1 : 0;
    classes += spec.training.loss == Loss::kCrossEntropy ? 1 : 0;
  }
  RecordProperty("rules", rules);
  RecordProperty("entries", entries);
  EXPECT_GT(rules, 5000);
  EXPECT_GT(entries, 40000);
  for (const int models : {delayed, spiking, awake, carried, clipped, classes}) EXPECT_GT(models, 30);
}

}  // namespace
}  // namespace locus
