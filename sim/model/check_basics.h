// What the checks of every part of a model are made of: ranges, names, indices, shapes, finite
// numbers.
//
// Each tells a fault at the field it is given. Loops over arrays vectorise, and look at single
// values only where something is wrong. Internal to sim/model.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/fault_list.h"
#include "sim/model/limits.h"
#include "sim/model/spec.h"

namespace locus {

/// A size that cannot be known, since what it refers to is wrong itself: nothing is held against
/// it.
inline constexpr std::int64_t kUnknown = -1;

/// The size that a matrix must have, and whose it is.
struct MatrixShape {
  std::int64_t rows = kUnknown;
  std::int64_t cols = kUnknown;
  std::string rows_of;  // "the size of target \"rec\""
  std::string cols_of;
};

bool fits(const MatrixShape& shape, std::int64_t rows, std::int64_t cols);
/// "3 x 2: the size of ... x the size of ..."
std::string described(const MatrixShape& shape);

/// A fault unless rows and cols are those of `shape`; their fields are below `where`.
bool check_shape(std::int64_t rows, std::int64_t cols, const MatrixShape& shape, const FieldPath& where, FaultList& faults);

/// Counts synapses, and values of trials, against kMostSynapses.
class SynapseBudget {
 public:
  /// Where both sizes are known; false, and a fault at `where`, if they pass the limit.
  bool take(std::int64_t rows, std::int64_t cols, const FieldPath& where, FaultList& faults);

 private:
  std::int64_t taken_ = 0;
};

/// A fault unless low <= value <= high; `value` is shown.
bool check_range(std::int64_t value, std::int64_t low, std::int64_t high, const FieldPath& field, FaultList& faults);

/// A fault unless the number is finite; and above 0; and at least 0.
bool check_finite(double value, const FieldPath& field, FaultList& faults);
bool check_positive(double value, const FieldPath& field, FaultList& faults);
bool check_not_negative(double value, const FieldPath& field, FaultList& faults);

/// True if all are finite. Vectorises.
bool all_finite(std::span<const double> values);
/// A fault for each value that is not finite (of many, the first). `field` is the array's field.
void check_finite(std::span<const double> values, const FieldPath& field, FaultList& faults);

/// A fault unless this is the index of one of `count` things: "population".
bool check_index(std::int32_t index, std::size_t count, std::string_view of, const FieldPath& field, FaultList& faults);

/// A fault unless an enum's number has a name, those being 0 to `last`; only a Spec that was made
/// by hand can have others.
template <class Enum>
bool check_enum(Enum value, Enum last, const FieldPath& field, FaultList& faults) {
  const auto number = static_cast<std::int64_t>(value);
  if (number >= 0 && number <= static_cast<std::int64_t>(last)) return true;
  faults.error(field, "is " + std::to_string(number) + ", which has no name",
               "must be 0 to " + std::to_string(static_cast<std::int64_t>(last)));
  return false;
}

/// A name: given, not longer than kLongestName, without control characters. (Who makes files of
/// names sees to slashes and dots.)
void check_name(const std::string& name, const FieldPath& field, FaultList& faults);

/// A fault for every name that has come before among things of a kind: where.field[i].name.
template <class Named>
void check_unique(const std::vector<Named>& all, std::string_view field, const FieldPath& where, FaultList& faults) {
  std::map<std::string_view, std::size_t> seen;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto [earlier, fresh] = seen.emplace(all[i].name, i);
    if (fresh || all[i].name.empty()) continue;
    faults.error(where.at(field, static_cast<int>(i)).at("name"),
                 "is " + shown(std::string_view(all[i].name)) + " again, as " + std::string(field) + "[" +
                     std::to_string(earlier->second) + "] is",
                 "must be unique");
  }
}

/// Whether the index is one of the network's populations, and it has a kind and a size: what else
/// is wrong with it says nothing of what refers to it.
bool is_known(const NetworkSpec& network, std::int32_t population);
/// Its size, or kUnknown.
std::int64_t known_size(const NetworkSpec& network, std::int32_t population);
/// Neurons of a kind; kUnknown where a population of the network is not known.
std::int64_t known_neurons(const NetworkSpec& network, PopulationKind kind);

/// Whether both ends of a projection are known.
bool has_known_ends(const NetworkSpec& network, const ProjectionSpec& projection);

/// T, or kUnknown where it is none.
std::int64_t known_ticks(const TrainingSpec& training);

}  // namespace locus
