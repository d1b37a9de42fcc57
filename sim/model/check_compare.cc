#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "sim/model/checks.h"
#include "sim/model/requirements.h"

namespace locus {

void check_compare(const Spec& spec, FaultList& faults) {
  if (!spec.compare) return;
  const CompareSpec& compare = *spec.compare;
  const FieldPath where = FieldPath().at("compare");
  check_range(compare.every, 1, kMostCount, where.at("every"), faults);
  check_range(compare.batches, 1, kMostCount, where.at("batches"), faults);
  if (std::ssize(compare.rules) > kMostRules) {
    faults.error(where.at("rules"), fmt::format("are {}", compare.rules.size()),
                 fmt::format("must be at most {}", kMostRules));
    return;
  }
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < compare.rules.size(); ++i) {
    const RuleSpec& rule = compare.rules[i];
    const FieldPath field = where.at("rules", static_cast<int>(i));
    if (has_row(rule.kind) && !learns(rule.kind))
      faults.error(field, "is " + shown(std::string_view(rule.name)) + ", which learns nothing",
                   "must be a rule that learns");
    if (!names.insert(rule.name).second)
      faults.error(field, "is " + shown(std::string_view(rule.name)) + " again", "must be named once");
  }
  const auto learns_something = [](const RuleSpec& rule) { return has_row(rule.kind) && learns(rule.kind); };
  if (!spec.rules.empty() && !std::ranges::any_of(spec.rules, learns_something))
    faults.warning(where, "is given, and no rule learns", "nothing is compared");
}

}  // namespace locus
