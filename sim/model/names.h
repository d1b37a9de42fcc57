// The names of a model's populations, and the name that a wrong one was probably meant to be.
//
// The readers of model files and the builder use them: in both a projection, a feedback or a drawn
// input names a population, for which the Spec has an index.
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

/// The index for a wrong name; check drops the faults that follow from it.
inline constexpr std::int32_t kUnresolved = -1;

/// The populations of a network by name: all of them, or those of one kind. It keeps no reference
/// to the network.
class PopulationNames {
 public:
  explicit PopulationNames(const NetworkSpec& network, std::optional<PopulationKind> kind = std::nullopt);

  /// The index of a population. For a wrong name kUnresolved, with a fault at the field, after
  /// which other faults of the field are dropped. An empty name means the only population of the
  /// kind.
  std::int32_t find(const std::string& name, const FieldPath& field, FaultList& faults) const;

 private:
  std::optional<PopulationKind> kind_;
  std::vector<std::string> names_;
  std::vector<std::int32_t> indices_;          // of the populations above
  std::map<std::string, std::int32_t> index_;  // by name; the first of equal ones
};

/// The index of an object of a kind ("projection") by its name; for a wrong one kUnresolved, with a
/// fault at the field, after which other faults of the field are dropped.
std::int32_t index_among(const std::string& name, std::span<const std::string> names, std::string_view kind,
                         const FieldPath& field, FaultList& faults);

template <class Named>
std::int32_t index_of(const std::string& name, const std::vector<Named>& among, std::string_view kind,
                      const FieldPath& field, FaultList& faults) {
  std::vector<std::string> names;
  for (const Named& one : among) {
    if constexpr (requires { one.is_unit; }) {
      if (one.is_unit) continue;  // the last one, which no name means
    }
    names.push_back(one.name);
  }
  return index_among(name, names, kind, field, faults);
}

}  // namespace locus
