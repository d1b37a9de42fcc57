// Arrays of numbers from an .npy file (NumPy's format, versions 1.0 to 3.0): of any of the types of
// npy_numbers.h, in C or Fortran order.
//
// The header is read and compared with the shape and the length of the file before memory is taken.
// Source: NumPy's NEP 1, "A simple file format".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/model/npy_numbers.h"
#include "sim/model/reading.h"

namespace locus {

struct NpyHeader {
  std::string descr;                // as in the file, such as '<f8', with its quotes
  std::optional<NpyType> type;      // empty if its numbers cannot be read
  std::vector<std::int64_t> shape;  // at most kMostDimensions sizes
  bool fortran_order = false;
  std::int64_t length = 0;  // bytes before the first number
};

inline constexpr std::size_t kMostDimensions = 32;  // those of NumPy

/// The header of a file, with a fault at `where` and nothing if it has none that is understood. The
/// stream then stands at the first number.
std::optional<NpyHeader> read_npy_header(std::istream& stream, const FieldPath& where, FaultList& faults);

/// A two-dimensional array. `where` is the field that names the file; faults stand there.
DenseMatrix read_npy(const FileBeside& file, const MatrixShape& shape, const FieldPath& where, Reading& reading);

/// An array of any shape. Its numbers are taken in C order, some at a time: nobody has to hold the
/// whole of it (of one in Fortran order this class does).
class NpyArray {
 public:
  /// Reads header and length; nothing, with a fault at `where`, if they are not understood. `file`
  /// outlives the array.
  static std::optional<NpyArray> open(const FileBeside& file, const FieldPath& where, Reading& reading);

  const std::vector<std::int64_t>& shape() const { return header_.shape; }
  std::string shape_text() const;  // "(3, 4)"
  /// Fills `values` with the next numbers; false after a fault. In all, as many as the shape says.
  bool read(std::vector<double>& values);

 private:
  NpyArray(const FileBeside& file, NpyHeader header, const FieldPath& where, Reading& reading)
      : file_(&file), header_(std::move(header)), where_(where), reading_(&reading) {}

  const FileBeside* file_;
  NpyHeader header_;
  FieldPath where_;
  Reading* reading_;
  std::int64_t taken_ = 0;
  std::vector<double> ordered_;  // of an array in Fortran order: all of it, in C order
};

/// A one-dimensional array of at most `most` numbers; empty after a fault. `what` names it in
/// faults.
std::optional<std::vector<double>> read_npy_row(const FileBeside& file, std::int64_t most, std::string_view what,
                                                const FieldPath& where, Reading& reading);

}  // namespace locus
