// What the readers of one model share, from message to Spec.
//
// A reader checks and converts one message in one pass: it appends to the faults and returns values
// that hold good only if none was added. Readers take their message by reference to change it: what
// has been converted is let go at once, so that a large model is not held twice. Internal to
// sim/model.
#pragma once

#include <cstdint>
#include <filesystem>
#include <istream>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "sim/model/carried_files.h"
#include "sim/model/fault_list.h"
#include "sim/model/spec.h"
#include "sim/model/wire_arrays.h"

namespace locus {

/// Limits that no input may pass, however small its file. They bound memory and time before
/// anything is taken.
inline constexpr std::int64_t kMostNeurons = 100'000'000;  // of a network
inline constexpr std::int64_t kMostSynapses =
    4'000'000'000;  // of a model, teacher and feedback counted; and values of recorded trials
inline constexpr int kMostPopulations = 10'000;  // of a network
// of a model; each may hold feedback for every population
inline constexpr int kMostRules = 1'000;
// side of an orthogonal basis: making one costs its third power
inline constexpr std::int64_t kLargestBasis = 4096;
inline constexpr std::size_t kMostFaultsOfArray = 100;  // values of one array that are told singly
// bytes; names are shown, and become file names
inline constexpr std::size_t kLongestName = 100;

struct Reading {
  std::filesystem::path folder;  // the model file's: weights files lie in it
  FaultList& faults;
  // where the files are kept or come from; null: the folder, and they are not kept
  CarriedFiles* carried = nullptr;
  // large arrays that are not in the message; null: there are none
  WireArrays* arrays = nullptr;
  std::int64_t synapses = 0;  // read or to be drawn so far

  /// Counts synapses to be, where both sizes are known; false, and a fault at `where`, if they pass
  /// the limit.
  bool count(std::int64_t rows, std::int64_t cols, const FieldPath& where);
};

/// A file beside a model, open at its beginning.
struct FileBeside {
  std::unique_ptr<std::istream> stream;
  std::int64_t length = 0;  // bytes
};

/// The file that a path names, if it is a regular file inside the model's folder that can be
/// opened; a fault at `where` otherwise. Where files are carried, it is the carried one.
std::optional<FileBeside> file_beside(const std::string& name, const FieldPath& where, const Reading& reading);

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

/// A fault for each value that is not finite (of many, the first). `field` is the array's field.
void check_finite(std::span<const double> values, const FieldPath& field, FaultList& faults);

/// True if all are finite. Vectorises.
bool all_finite(std::span<const double> values);

/// A name: given, not longer than kLongestName, without control characters. (Who makes files of
/// names sees to slashes and dots.)
void check_name(const std::string& name, const FieldPath& field, FaultList& faults);

/// A fault unless low <= value <= high; `value` is shown.
bool check_range(std::int64_t value, std::int64_t low, std::int64_t high, const FieldPath& field, FaultList& faults);

/// Neurons of a kind, kUnknown where a population of the network has a fault (its size is 0 then).
std::int64_t known_neurons(const NetworkSpec& network, PopulationKind kind);

/// A fault unless rows and cols are those of `shape`; their fields are below `where`.
bool check_shape(std::int64_t rows, std::int64_t cols, const MatrixShape& shape, const FieldPath& where, FaultList& faults);

}  // namespace locus
