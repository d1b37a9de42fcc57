#include "sim/model/npy.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <istream>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace locus {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are taken from the file as they stand");

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kLongestHeader = 1 << 16;  // bytes; that of a matrix has about a hundred
constexpr std::size_t kBlock = 1 << 16;          // numbers read at a time

struct Header {
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  bool fortran_order = false;
  bool single = false;      // float32
  std::int64_t length = 0;  // bytes before the first number
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.remove_suffix(1);
  return text;
}

/// What stands after 'key': in the header, a literal of a Python dictionary, up to the next key;
/// empty if the key is not there.
std::string_view value_of(std::string_view header, const std::string& key) {
  const std::string quoted = "'" + key + "':";
  const std::size_t at = header.find(quoted);
  if (at == std::string_view::npos) return {};
  std::string_view rest = trimmed(header.substr(at + quoted.size()));
  const std::size_t end = !rest.empty() && rest.front() == '(' ? rest.find(')') : rest.find_first_of(",}");
  return end == std::string_view::npos ? std::string_view() : trimmed(rest.substr(0, end));
}

/// The two sizes of "(3, 4" or "(3, 4,".
std::optional<std::pair<std::int64_t, std::int64_t>> two_sizes(std::string_view shape) {
  if (shape.empty() || shape.front() != '(') return std::nullopt;
  shape = trimmed(shape.substr(1));
  if (shape.ends_with(',')) shape.remove_suffix(1);
  const std::size_t comma = shape.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  std::int64_t sizes[2] = {0, 0};
  const std::string_view parts[2] = {trimmed(shape.substr(0, comma)), trimmed(shape.substr(comma + 1))};
  for (int i = 0; i < 2; ++i) {
    const auto [end, error] = std::from_chars(parts[i].begin(), parts[i].end(), sizes[i]);
    if (error != std::errc() || end != parts[i].end() || sizes[i] < 0) return std::nullopt;
  }
  return std::pair{sizes[0], sizes[1]};
}

/// The file's header; a fault and nothing if it has none that is understood. The stream then stands
/// at the first number.
std::optional<Header> read_header(std::istream& stream, const FieldPath& where, FaultList& faults) {
  const auto refuse = [&](std::string what, std::string allowed) {
    faults.error(where, std::move(what), std::move(allowed));
    return std::nullopt;
  };
  char start[12] = {};
  stream.read(start, 10);
  if (!stream || std::string_view(start, kMagic.size()) != kMagic)
    return refuse("names a file that is no .npy file", "must begin as NumPy's save writes it");
  const int version = static_cast<unsigned char>(start[6]);
  if (version < 1 || version > 3)
    return refuse(fmt::format("names an .npy file of version {}", version), "must be version 1, 2 or 3");
  std::size_t length = static_cast<unsigned char>(start[8]) + 256U * static_cast<unsigned char>(start[9]);
  if (version > 1) {
    stream.read(start + 10, 2);
    length += 65536U * static_cast<unsigned char>(start[10]) + 16777216U * static_cast<unsigned char>(start[11]);
  }
  if (!stream || length > kLongestHeader)
    return refuse(fmt::format("names an .npy file with a header of {} bytes", length), "the file is damaged");
  std::string header(length, '\0');
  stream.read(header.data(), static_cast<std::streamsize>(length));
  if (!stream) return refuse("names an .npy file that ends within its header", "the file is damaged");
  const std::string_view type = value_of(header, "descr");
  if (type != "'<f8'" && type != "'<f4'") {
    return refuse("names an .npy file of type " + std::string(type.substr(0, 40)),
                  "must be float64 ('<f8') or float32 ('<f4'), little-endian");
  }
  const std::string_view order = value_of(header, "fortran_order");
  const std::string_view shape = value_of(header, "shape");
  const auto sizes = two_sizes(shape);
  if (order != "True" && order != "False") return refuse("names an .npy file without an order", "the file is damaged");
  if (!sizes)
    return refuse("names an .npy file of shape " + std::string(shape.substr(0, 40)) + (shape.empty() ? "" : ")"),
                  "must be two-dimensional");
  return Header{sizes->first, sizes->second, order == "True", type == "'<f4'",
                static_cast<std::int64_t>(length) + (version > 1 ? 12 : 10)};
}

/// Reads the file's numbers in its own order, a block at a time, and puts each where it belongs.
template <class Number>
bool read_numbers(std::istream& stream, const Header& header, std::vector<double>& values) {
  std::vector<Number> block(std::min(values.size(), kBlock));
  const auto rows = static_cast<std::size_t>(header.rows);
  const auto cols = static_cast<std::size_t>(header.cols);
  for (std::size_t begin = 0; begin < values.size(); begin += block.size()) {
    const std::size_t count = std::min(block.size(), values.size() - begin);
    stream.read(reinterpret_cast<char*>(block.data()), static_cast<std::streamsize>(count * sizeof(Number)));
    if (!stream) return false;
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t at = begin + k;
      values[header.fortran_order ? at % rows * cols + at / rows : at] = static_cast<double>(block[k]);
    }
  }
  return true;
}

void tell_not_finite(const DenseMatrix& matrix, const FieldPath& where, FaultList& faults) {
  std::size_t told = 0;
  for (std::size_t k = 0; k < matrix.values.size(); ++k) {
    if (std::isfinite(matrix.values[k]) || ++told > kMostFaultsOfArray) continue;
    const auto at = static_cast<std::int64_t>(k);
    faults.error(
        where,
        fmt::format("names a file whose entry ({}, {}) is {}", at / matrix.cols, at % matrix.cols, matrix.values[k]),
        "must be finite");
  }
}

}  // namespace

DenseMatrix read_npy(const FileBeside& file, const MatrixShape& shape, const FieldPath& where, Reading& reading) {
  std::istream& stream = *file.stream;
  const std::optional<Header> header = read_header(stream, where, reading.faults);
  if (!header) return {};
  DenseMatrix matrix = {header->rows, header->cols, {}};
  if (matrix.rows < 1 || matrix.cols < 1 || !fits(shape, matrix.rows, matrix.cols)) {
    reading.faults.error(where, fmt::format("names an .npy file of {} x {} values", matrix.rows, matrix.cols),
                         "must be " + described(shape));
    return matrix;
  }
  if (!reading.may_take(matrix.rows, matrix.cols, where)) return matrix;
  const std::int64_t bytes = matrix.rows * matrix.cols * (header->single ? 4 : 8);
  if (file.length - header->length != bytes) {
    reading.faults.error(where, fmt::format("names an .npy file with {} bytes of numbers", file.length - header->length),
                         fmt::format("{} x {} of them take {}", matrix.rows, matrix.cols, bytes));
    return matrix;
  }
  matrix.values.resize(static_cast<std::size_t>(matrix.rows * matrix.cols));
  const bool whole = header->single ? read_numbers<float>(stream, *header, matrix.values)
                                    : read_numbers<double>(stream, *header, matrix.values);
  if (!whole) reading.faults.error(where, "names a file that cannot be read to its end");
  if (!all_finite(matrix.values)) tell_not_finite(matrix, where, reading.faults);
  return matrix;
}

}  // namespace locus
