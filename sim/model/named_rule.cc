#include "sim/model/named_rule.h"

#include <algorithm>

#include "sim/model/errors.h"
#include "sim/model/overrides.h"

namespace locus {

std::optional<RuleSpec> named_rule(const std::string& name, const Spec& model, const FieldPath& field, FaultList& faults) {
  const auto own = std::ranges::find(model.rules, name, &RuleSpec::name);
  if (own != model.rules.end()) return *own;
  try {
    return short_form(name, model.network, model.rules);
  } catch (const UsageError& error) {
    faults.refuse(field, "is " + shown(std::string_view(name)), error.what());
    return std::nullopt;
  }
}

}  // namespace locus
