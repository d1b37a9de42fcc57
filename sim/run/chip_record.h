// ChipRecord: counts by neuron while a rule runs on a model with a chip, and what they amount to
// when it has ended.
#pragma once

#include <optional>

#include "core/protocol/learning.h"
#include "core/wire/door.h"
#include "sim/model/spec.h"
#include "sim/place/network_record.h"
#include "sim/place/reach.h"
#include "sim/run/result.h"

namespace locus {

struct RuleState;

class ChipRecord {
 public:
  /// feedback: the rule's own wires R. The topology outlives this. The door tells this what passes
  /// from now on; it must not move.
  ChipRecord(const Spec& spec, const Topology& topology, const std::vector<Projection>& feedback,
             const Learning& learning, Door& door);
  ChipRecord(const ChipRecord&) = delete;
  ChipRecord& operator=(const ChipRecord&) = delete;

  /// Begins update `update` (from 0), whose packets are replayed or not.
  void begin_update(std::int64_t update);
  /// What passed before, in an earlier run of the program. Throws CheckFailure where it is not of
  /// this network and rule.
  void restore(const RuleState& state);
  /// The replay so far, where the chip has a network; complete between two steps.
  std::optional<NetworkFigures> network() const;

  ChipOutcome finish(const Ledger& ledger);

 private:
  Learning learning_;
  std::optional<CostSpec> cost_;
  const Topology& topology_;
  std::vector<Projection> feedback_;
  Placement placement_;
  Reach reach_;
  Traffic traffic_;
  std::optional<NetworkRecord> network_;
};

}  // namespace locus
