// ChipRecord: counts by neuron while a rule runs on a model with a chip, and what they amount to
// when it has ended.
#pragma once

#include <utility>

#include "core/wire/door.h"
#include "sim/model/spec.h"
#include "sim/run/result.h"

namespace locus {

class ChipRecord {
 public:
  /// feedback: the rule's own wires R. The topology outlives this. The door tells this what passes
  /// from now on; it must not move.
  ChipRecord(const Spec& spec, const Topology& topology, const std::vector<Projection>& feedback,
             const Learning& learning, Door& door);
  ChipRecord(const ChipRecord&) = delete;
  ChipRecord& operator=(const ChipRecord&) = delete;

  /// What passed before, in an earlier run of the program. Throws CheckFailure where it is not of
  /// this network and rule.
  void restore(Traffic::Counts counts) { traffic_.restore(std::move(counts)); }

  ChipOutcome finish(const Ledger& ledger);

 private:
  Learning learning_;
  std::optional<CostSpec> cost_;
  const Topology& topology_;
  std::vector<Projection> feedback_;
  Placement placement_;
  Traffic traffic_;
};

}  // namespace locus
