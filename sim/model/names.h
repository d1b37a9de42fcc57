// Names of a model's populations, and what a wrong one was meant to be.
//
// Read by the model files' readers and by the builder: both let a projection, a feedback or a drawn
// input name a population, where the Spec has an index.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/fault_list.h"
#include "sim/model/spec.h"

namespace locus {

/// An index that stands where a name was wrong; check drops what follows from it.
inline constexpr std::int32_t kUnresolved = -1;

/// The populations of a network by name: all of them, or those of one kind. Holds no reference to
/// the network.
class PopulationNames {
 public:
  explicit PopulationNames(const NetworkSpec& network, std::optional<PopulationKind> kind = std::nullopt);

  /// The index of a population. Where the name is wrong: kUnresolved, and a fault at the field,
  /// about which nothing else is said. Without a name the only population of the kind is meant.
  std::int32_t find(const std::string& name, const FieldPath& field, FaultList& faults) const;

 private:
  std::optional<PopulationKind> kind_;
  std::vector<std::string> names_;
  std::vector<std::int32_t> indices_;          // of the populations above
  std::map<std::string, std::int32_t> index_;  // by name; the first of equal ones
};

/// The index of one of the things of a kind ("projection") by its name; where there is none,
/// kUnresolved and a fault at the field, about which nothing else is said.
std::int32_t index_among(const std::string& name, std::span<const std::string> names, std::string_view kind,
                         const FieldPath& field, FaultList& faults);

template <class Named>
std::int32_t index_of(const std::string& name, const std::vector<Named>& among, std::string_view kind,
                      const FieldPath& field, FaultList& faults) {
  std::vector<std::string> names;
  for (const Named& one : among) names.push_back(one.name);
  return index_among(name, names, kind, field, faults);
}

}  // namespace locus
