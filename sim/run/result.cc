#include "sim/run/result.h"

#include "core/protocol/learning.h"

namespace locus {

std::string_view name(Status status) {
  switch (status) {
    case Status::kCompleted: return "COMPLETED";
    case Status::kDiverged: return "DIVERGED";
    case Status::kLocalityBroken: return "LOCALITY_BROKEN";
    case Status::kInterrupted: return "INTERRUPTED";
  }
  return "";
}

void note(Confusion&& confusion, Outcome& outcome) {
  const auto keep = [&](Confusion&& one) {
    outcome.accuracies.push_back(accuracy_of(one));
    if (outcome.confusions.size() == kMostConfusions) outcome.confusions.erase(outcome.confusions.begin());
    outcome.confusions.push_back(std::move(one));
  };
  while (outcome.accuracies.size() + 1 < outcome.losses.size()) keep({});
  keep(std::move(confusion));
}

Learning learning_of(const Outcome& outcome) {
  Learning learning{.kind = outcome.kind, .depth = outcome.depth, .stride = outcome.stride};
  learning.restriction = outcome.restriction;
  return learning;
}

Outcome new_outcome(const RuleSpec& rule, const Learning& learning) {
  Outcome outcome;
  outcome.rule = rule.name;
  outcome.kind = rule.kind;
  outcome.depth = learning.depth;
  outcome.stride = learning.stride;
  outcome.restriction = learning.restriction;
  outcome.learning_rate = rule.learning_rate;
  outcome.optimizer = rule.optimizer;
  outcome.schedule = rule.schedule;
  return outcome;
}

}  // namespace locus
