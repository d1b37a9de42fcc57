// The elements of all checks: ranges, names, indices, shapes, finite numbers.
//
// Each adds a fault at the given field. Loops over arrays vectorise, and look at single values only
// after a fault. Internal to sim/model.
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

/// An unknown size, because its reference is wrong; comparisons with it give no fault.
inline constexpr std::int64_t kUnknown = -1;

/// The required size of a matrix, with the reasons for its rows and columns.
struct MatrixShape {
  std::int64_t rows = kUnknown;
  std::int64_t cols = kUnknown;
  std::string rows_of;  // "the size of target \"rec\""
  std::string cols_of;
};

bool fits(const MatrixShape& shape, std::int64_t rows, std::int64_t cols);
/// "3 x 2: the size of ... x the size of ..."
std::string described(const MatrixShape& shape);

/// Adds a fault unless rows and cols are those of `shape`; their fields are below `where`.
bool check_shape(std::int64_t rows, std::int64_t cols, const MatrixShape& shape, const FieldPath& where, FaultList& faults);

/// Counts synapses and values of trials up to kMostSynapses.
class SynapseBudget {
 public:
  /// Adds rows x cols if both are known. Returns false with a fault at `where` if they pass the
  /// limit.
  bool take(std::int64_t rows, std::int64_t cols, const FieldPath& where, FaultList& faults);

 private:
  std::int64_t taken_ = 0;
};

/// Adds a fault unless low <= value <= high; the message contains `value`.
bool check_range(std::int64_t value, std::int64_t low, std::int64_t high, const FieldPath& field, FaultList& faults);

/// Adds a fault unless the number is finite; and above 0; and at least 0.
bool check_finite(double value, const FieldPath& field, FaultList& faults);
bool check_positive(double value, const FieldPath& field, FaultList& faults);
bool check_not_negative(double value, const FieldPath& field, FaultList& faults);

/// True if all are finite. Vectorises.
bool all_finite(std::span<const double> values);
/// Adds a fault for each value that is not finite, with a limit. `field` is that of the array.
void check_finite(std::span<const double> values, const FieldPath& field, FaultList& faults);

/// Adds a fault unless the index is that of one of `count` objects: "population".
bool check_index(std::int32_t index, std::size_t count, std::string_view of, const FieldPath& field, FaultList& faults);

/// Adds a fault unless the number of an enumerator is in 0 .. `last`; only a Spec made by hand can
/// have others.
template <class Enum>
bool check_enum(Enum value, Enum last, const FieldPath& field, FaultList& faults) {
  const auto number = static_cast<std::int64_t>(value);
  if (number >= 0 && number <= static_cast<std::int64_t>(last)) return true;
  faults.error(field, "is " + std::to_string(number) + ", which has no name",
               "must be 0 to " + std::to_string(static_cast<std::int64_t>(last)));
  return false;
}

/// Checks that a name exists, is not longer than kLongestName and has only characters that a
/// terminal shows (characters.h).
/// (Slashes and dots matter only where names become file names.)
void check_name(const std::string& name, const FieldPath& field, FaultList& faults);

/// Adds a fault for every repeated name among objects of one kind: where.field[i].name.
template <class Named>
void check_unique(const std::vector<Named>& all, std::string_view field, const FieldPath& where, FaultList& faults) {
  std::map<std::string_view, std::size_t> seen;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if constexpr (requires { all[i].is_bias; }) {
      if (all[i].is_bias) continue;  // check_network.cc looks at their names
    }
    const auto [earlier, fresh] = seen.emplace(all[i].name, i);
    if (fresh || all[i].name.empty()) continue;
    faults.error(where.at(field, static_cast<int>(i)).at("name"),
                 "is " + shown(std::string_view(all[i].name)) + " again, as " + std::string(field) + "[" +
                     std::to_string(earlier->second) + "] is",
                 "must be unique");
  }
}

/// True if the index is that of a population with a kind and a size. Other faults of the population
/// do not affect references to it.
bool is_known(const NetworkSpec& network, std::int32_t population);
/// The size of the population, or kUnknown.
std::int64_t known_size(const NetworkSpec& network, std::int32_t population);
/// The number of neurons of a kind; kUnknown if a population of the network is not known.
std::int64_t known_neurons(const NetworkSpec& network, PopulationKind kind);
/// The number of columns of a task's inputs, those that are not constant; kUnknown as above.
std::int64_t known_shown_inputs(const NetworkSpec& network);

/// True if both ends of a projection are known.
bool has_known_ends(const NetworkSpec& network, const ProjectionSpec& projection);

/// T, or kUnknown if it is not valid.
std::int64_t known_ticks(const TrainingSpec& training);

}  // namespace locus
