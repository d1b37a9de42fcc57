#include "sim/model/names.h"

#include <algorithm>

#include <fmt/format.h>

#include "sim/model/network_size.h"
#include "sim/model/suggest.h"

namespace locus {

PopulationNames::PopulationNames(const NetworkSpec& network, std::optional<PopulationKind> kind) : kind_(kind) {
  for (std::int32_t i = 0; i < std::ssize(network.populations); ++i) {
    const PopulationSpec& population = network.populations[static_cast<std::size_t>(i)];
    if (population.is_unit || (kind && population.kind != *kind)) continue;
    indices_.push_back(i);
    if (population.name.empty()) continue;
    index_.emplace(population.name, i);
    names_.push_back(population.name);
  }
}

std::int32_t PopulationNames::find(const std::string& name, const FieldPath& field, FaultList& faults) const {
  const std::string kind = kind_ ? std::string(locus::name(*kind_)) + " population" : "population";
  if (!name.empty()) {
    const auto found = index_.find(name);
    if (found != index_.end()) return found->second;
    faults.refuse(field, "is " + shown(std::string_view(name)) + ", which is no " + kind,
                  faults.may_suggest() ? suggestion(name, names_) : "");
    return kUnresolved;
  }
  if (kind_ && indices_.size() == 1) return indices_[0];
  faults.refuse(
      field, "is missing",
      kind_ ? fmt::format("must be given where there are {} {}s", indices_.size(), kind) : "must name a population");
  return kUnresolved;
}

std::int32_t index_among(const std::string& name, std::span<const std::string> names, std::string_view kind,
                         const FieldPath& field, FaultList& faults) {
  const auto found = std::ranges::find(names, name);
  if (found != names.end()) return static_cast<std::int32_t>(found - names.begin());
  faults.refuse(field, fmt::format("is {}, which is no {}", shown(std::string_view(name)), kind),
                faults.may_suggest() ? suggestion(name, {names.begin(), names.end()}) : "");
  return kUnresolved;
}

}  // namespace locus
