// The closed forms of core/protocol against the oracle's brute force for generic values: every
// rule, loss, activation, mask and plasticity.
#include "core/protocol/closed_form.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "sim/model/learning.h"
#include "sim/model/wire.h"
#include "sim/place/learning_on_chip.h"
#include "tests/support/oracle.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

void expect_closed_forms(const Spec& spec) {
  const Topology topology = topology_of(spec);
  for (const RuleSpec& rule : spec.rules) {
    const oracle::Answer answer = oracle::solve(spec, rule);
    const Ledger ledger =
        closed_form(learning_of(spec, topology, rule), topology, feedback_of(topology, rule), trial_shape_of(spec), 8);
    oracle::Counts counts;
    for (const LedgerEntry& entry : ledger.entries())
      counts[{entry.channel, entry.lag}] = {entry.tally.messages, entry.tally.scalars};
    const bool same = counts == answer.counts && ledger.stalled_ticks() == answer.stalled_ticks &&
                      ledger.history_bytes() == answer.history_bytes && ledger.trace_bytes() == answer.trace_bytes &&
                      ledger.trials() == 1 && ledger.ticks() == spec.training.ticks;
    ASSERT_TRUE(same) << rule.name << " of " << describe(spec);
  }
}

/// Generic values: no stored zeros (they make neurons without activity), no relu.
Spec generic(const Shape& shape, Style style, std::uint64_t seed) {
  Spec spec = small_model(shape, style, seed);
  for (ProjectionSpec& projection : spec.network.projections) {
    auto& values = style.sparse ? std::get<SparseMatrix>(projection.weights).values
                                : std::get<DenseMatrix>(projection.weights).values;
    for (double& value : values) value = value == 0 ? 0.625 : value;
  }
  // Stored zeros of R change no count. B is dense in its first column, because a unit without a
  // synapse from any input would have no activity.
  if (style.sparse) {
    auto& sparse = std::get<SparseMatrix>(spec.network.projections[0].weights);
    for (std::int32_t i = 0; i < shape.units; ++i) {
      const auto reaches = std::ranges::find(sparse.row, i) != sparse.row.end();
      if (reaches) continue;
      sparse.row.push_back(i);
      sparse.col.push_back(0);
      sparse.values.push_back(0.75);
    }
    auto& onto = std::get<SparseMatrix>(spec.network.projections[2].weights);
    for (std::int32_t k = 0; k < shape.readouts; ++k) {
      if (std::ranges::find(onto.row, k) != onto.row.end()) continue;
      onto.row.push_back(k);
      onto.col.push_back(0);
      onto.values.push_back(0.75);
    }
  }
  return spec;
}

TEST(ClosedForm, IsTheOraclesCountForGenericValues) {
  std::uint64_t seed = 1;
  for (const Activation activation : {Activation::kIdentity, Activation::kTanh, Activation::kSigmoid}) {
    for (const Loss loss : {Loss::kFinal, Loss::kSequence}) {
      for (const bool sparse : {false, true}) {
        for (int plastic = 0; plastic < 8; ++plastic) {
          for (int ticks = 1; ticks <= 5; ++ticks) {
            Style style{activation,         0.5,  loss, sparse, (plastic & 1) != 0, (plastic & 2) != 0,
                        (plastic & 4) != 0, false};
            expect_closed_forms(generic({2, 3, 2, ticks}, style, seed++));
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace locus
