// NumPy's number types in an .npy file, and their numbers as float64.
//
// Every float16, float32, float64, bool and whole number of up to 53 bits is a float64 exactly. A
// longer whole number may not be; it is then told with the difference, not rounded in silence.
// Cost: one pass, a block of the file in memory.
#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace locus {

/// A number type: '<f8' is kind 'f' of 8 bytes.
struct NpyType {
  char kind = 'f';  // f, i, u or b (bool)
  int bytes = 8;    // of a number
  bool big_endian = false;
};

/// The type of a 'descr', with its quotes; empty if it is none of those that can be read.
std::optional<NpyType> npy_type(std::string_view descr);
/// The types of npy_type in words.
std::string npy_types();

/// A whole number that float64 does not hold.
struct InexactNumber {
  std::int64_t at = 0;   // in the order of the file, counted from 0
  std::string number;    // its digits
  std::string nearest;   // those of the nearest float64
  std::uint64_t by = 0;  // the difference
};

/// Empty if float64 holds the number.
std::optional<InexactNumber> inexact_number(std::int64_t number);
std::optional<InexactNumber> inexact_number(std::uint64_t number);

/// The place of a number of the file: that of index k stands at [k % rows, k / rows] in Fortran
/// order, and at k in C order (rows = 0).
struct NpyOrder {
  std::size_t rows = 0;
  std::size_t cols = 0;
};

/// Fills `values`; false if the file ends early. `inexact` becomes the first number that float64
/// does not hold.
bool read_npy_numbers(std::istream& stream, const NpyType& type, const NpyOrder& order, std::vector<double>& values,
                      std::optional<InexactNumber>& inexact);

}  // namespace locus
