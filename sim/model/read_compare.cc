#include "sim/model/read_compare.h"

#include <utility>

#include "sim/model/limits.h"
#include "sim/model/named_rule.h"

namespace locus {

CompareSpec read_compare(const v1::Compare& message, const Spec& model, const FieldPath& where, FaultList& faults) {
  CompareSpec compare;
  compare.every = message.every();
  if (!message.has_every()) faults.refuse(where.at("every"), "is missing", "must be given");
  if (message.has_batches()) compare.batches = message.batches();
  compare.curvature = message.curvature();
  for (int i = 0; i < message.rules_size(); ++i) {
    if (i > kMostRules) break;  // which the checks tell
    if (auto rule = named_rule(message.rules(i), model, where.at("rules", i), faults))
      compare.rules.push_back(std::move(*rule));
  }
  return compare;
}

}  // namespace locus
