#include "sim/model/npy.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <istream>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace locus {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kLongestHeader = 1 << 16;  // bytes; that of a matrix has about a hundred

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.remove_suffix(1);
  return text;
}

/// What stands after 'key': in the header, a literal of a Python dictionary, up to the next key;
/// empty if the key is not there. A tuple has its brackets.
std::string_view value_of(std::string_view header, const std::string& key) {
  const std::string quoted = "'" + key + "':";
  const std::size_t at = header.find(quoted);
  if (at == std::string_view::npos) return {};
  std::string_view rest = trimmed(header.substr(at + quoted.size()));
  const bool tuple = !rest.empty() && rest.front() == '(';
  const std::size_t end = tuple ? rest.find(')') : rest.find_first_of(",}");
  return end == std::string_view::npos ? std::string_view() : trimmed(rest.substr(0, tuple ? end + 1 : end));
}

/// The sizes of "(3, 4)", "(3,)" and "()"; of Python 2 as well: "(3L, 4L)".
std::optional<std::vector<std::int64_t>> sizes_of(std::string_view shape) {
  if (!shape.starts_with('(') || !shape.ends_with(')')) return std::nullopt;
  shape = trimmed(shape.substr(1, shape.size() - 2));
  std::vector<std::int64_t> sizes;
  while (!shape.empty()) {
    if (sizes.size() == kMostDimensions) return std::nullopt;
    std::int64_t& size = sizes.emplace_back();
    const auto [end, error] = std::from_chars(shape.data(), shape.data() + shape.size(), size);
    if (error != std::errc() || size < 0) return std::nullopt;
    shape.remove_prefix(static_cast<std::size_t>(end - shape.data()));
    if (shape.starts_with('L')) shape.remove_prefix(1);
    shape = trimmed(shape);
    // "(3)" is no tuple
    if (shape.empty()) return sizes.size() == 1 ? std::nullopt : std::optional(sizes);
    if (!shape.starts_with(',')) return std::nullopt;
    shape = trimmed(shape.substr(1));
  }
  return sizes;
}

std::string shown_shape(const std::vector<std::int64_t>& shape) {
  return fmt::format("({}{})", fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
}

/// The text of the header, a literal of a Python dictionary, from the beginning of the file.
std::optional<std::string> header_text(std::istream& stream, std::int64_t& length, const FieldPath& where,
                                       FaultList& faults) {
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
  std::size_t size = static_cast<unsigned char>(start[8]) + 256U * static_cast<unsigned char>(start[9]);
  if (version > 1) {
    stream.read(start + 10, 2);
    size += 65536U * static_cast<unsigned char>(start[10]) + 16777216U * static_cast<unsigned char>(start[11]);
  }
  if (!stream || size > kLongestHeader)
    return refuse(fmt::format("names an .npy file with a header of {} bytes", size), "the file is damaged");
  std::string header(size, '\0');
  stream.read(header.data(), static_cast<std::streamsize>(size));
  if (!stream) return refuse("names an .npy file that ends within its header", "the file is damaged");
  length = static_cast<std::int64_t>(size) + (version > 1 ? 12 : 10);
  return header;
}

/// Adds a fault unless the file's numbers take as many bytes as its shape says.
bool check_length(const FileBeside& file, const NpyHeader& header, std::int64_t count, const FieldPath& where,
                  FaultList& faults) {
  const std::int64_t bytes = count * header.type->bytes;
  if (file.length - header.length == bytes) return true;
  faults.error(where, fmt::format("names an .npy file with {} bytes of numbers", file.length - header.length),
               fmt::format("{} of them take {}", fmt::join(header.shape, " x "), bytes));
  return false;
}

/// Reads the numbers after the header; `name` gives the name of the number at an index of the file.
template <class Name>
bool read_numbers(const FileBeside& file, const NpyHeader& header, const NpyOrder& order, std::vector<double>& values,
                  const FieldPath& where, FaultList& faults, Name name) {
  std::optional<InexactNumber> inexact;
  if (!read_npy_numbers(*file.stream, *header.type, order, values, inexact)) {
    faults.error(where, "names a file that cannot be read to its end");
    return false;
  }
  if (!inexact) return true;
  faults.error(where,
               fmt::format("names a file whose {} is {}, which float64 misses by {}", name(inexact->at),
                           inexact->number, inexact->by),
               fmt::format("must be a number that float64 holds, as the nearest does: {}", inexact->nearest));
  return false;
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

bool check_type(const NpyHeader& header, const FieldPath& where, FaultList& faults) {
  if (header.type) return true;
  faults.error(where, "names an .npy file of type " + header.descr, npy_types());
  return false;
}

}  // namespace

std::optional<NpyHeader> read_npy_header(std::istream& stream, const FieldPath& where, FaultList& faults) {
  NpyHeader header;
  const std::optional<std::string> text = header_text(stream, header.length, where, faults);
  if (!text) return std::nullopt;
  header.descr = std::string(value_of(*text, "descr").substr(0, 40));
  header.type = npy_type(value_of(*text, "descr"));
  const std::string_view order = value_of(*text, "fortran_order");
  const std::string_view shape = value_of(*text, "shape");
  const auto sizes = sizes_of(shape);
  if (header.descr.empty() || (order != "True" && order != "False") || !sizes) {
    const std::string_view lack = header.descr.empty() ? "type" : !sizes ? "shape" : "order";
    faults.error(where,
                 fmt::format("names an .npy file without {} {} that is understood", lack == "order" ? "an" : "a", lack),
                 "the file is damaged");
    return std::nullopt;
  }
  header.shape = *sizes;
  header.fortran_order = order == "True";
  return header;
}

DenseMatrix read_npy(const FileBeside& file, const MatrixShape& shape, const FieldPath& where, Reading& reading) {
  const std::optional<NpyHeader> header = read_npy_header(*file.stream, where, reading.faults);
  if (!header || !check_type(*header, where, reading.faults)) return {};
  if (header->shape.size() != 2) {
    reading.faults.error(where, "names an .npy file of shape " + shown_shape(header->shape), "must be two-dimensional");
    return {};
  }
  DenseMatrix matrix = {header->shape[0], header->shape[1], {}};
  if (matrix.rows < 1 || matrix.cols < 1 || !fits(shape, matrix.rows, matrix.cols)) {
    reading.faults.error(where, fmt::format("names an .npy file of {} x {} values", matrix.rows, matrix.cols),
                         "must be " + described(shape));
    return matrix;
  }
  if (!reading.may_take(matrix.rows, matrix.cols, where)) return matrix;
  if (!check_length(file, *header, matrix.rows * matrix.cols, where, reading.faults)) return matrix;
  matrix.values.resize(static_cast<std::size_t>(matrix.rows * matrix.cols));
  const auto name = [&](std::int64_t at) {
    return header->fortran_order ? fmt::format("entry ({}, {})", at % matrix.rows, at / matrix.rows)
                                 : fmt::format("entry ({}, {})", at / matrix.cols, at % matrix.cols);
  };
  const NpyOrder order = header->fortran_order
                             ? NpyOrder{static_cast<std::size_t>(matrix.rows), static_cast<std::size_t>(matrix.cols)}
                             : NpyOrder{};
  if (!read_numbers(file, *header, order, matrix.values, where, reading.faults, name)) {
    matrix.values.clear();
  } else if (!all_finite(matrix.values)) {
    tell_not_finite(matrix, where, reading.faults);
  }
  return matrix;
}

std::optional<std::vector<double>> read_npy_row(const FileBeside& file, std::int64_t most, std::string_view what,
                                                const FieldPath& where, Reading& reading) {
  FaultList& faults = reading.faults;
  const std::optional<NpyHeader> header = read_npy_header(*file.stream, where, faults);
  if (!header || !check_type(*header, where, faults)) return std::nullopt;
  if (header->shape.size() != 1 || header->shape[0] > most) {
    faults.error(where, fmt::format("names a file whose {} has the shape {}", what, shown_shape(header->shape)),
                 fmt::format("must be a row of at most {} numbers", most));
    return std::nullopt;
  }
  if (!check_length(file, *header, header->shape[0], where, faults)) return std::nullopt;
  std::vector<double> values(static_cast<std::size_t>(header->shape[0]));
  const auto name = [&](std::int64_t at) { return fmt::format("{}[{}]", what, at); };
  if (!read_numbers(file, *header, {}, values, where, faults, name)) return std::nullopt;
  return values;
}

std::optional<NpyArray> NpyArray::open(const FileBeside& file, const FieldPath& where, Reading& reading) {
  std::optional<NpyHeader> header = read_npy_header(*file.stream, where, reading.faults);
  if (!header || !check_type(*header, where, reading.faults)) return std::nullopt;
  std::int64_t count = 1;
  for (const std::int64_t size : header->shape) {
    if (size > 0 && count > kMostSynapses / size) {
      reading.faults.error(where, "names an .npy file of shape " + shown_shape(header->shape),
                           fmt::format("must have at most {} numbers", kMostSynapses));
      return std::nullopt;
    }
    count *= size;
  }
  if (!check_length(file, *header, count, where, reading.faults)) return std::nullopt;
  return NpyArray(file, *std::move(header), where, reading);
}

std::string NpyArray::shape_text() const { return shown_shape(header_.shape); }

bool NpyArray::read(std::vector<double>& values) {
  const auto index = [&](std::int64_t at) { return fmt::format("number {}", at); };
  if (!header_.fortran_order || header_.shape.size() < 2) {
    const std::int64_t before = std::exchange(taken_, taken_ + std::ssize(values));
    return read_numbers(*file_, header_, {}, values, where_, reading_->faults,
                        [&](std::int64_t at) { return index(before + at); });
  }
  if (ordered_.empty()) {
    std::size_t count = 1;
    for (const std::int64_t size : header_.shape) count *= static_cast<std::size_t>(size);
    std::vector<double> given(count);
    if (!read_numbers(*file_, header_, {}, given, where_, reading_->faults, index)) return false;
    ordered_.resize(count);
    std::vector<std::int64_t> place(header_.shape.size(), 0);  // of the number at hand
    for (const double number : given) {
      std::int64_t at = 0;
      for (std::size_t k = 0; k < place.size(); ++k) at = at * header_.shape[k] + place[k];
      ordered_[static_cast<std::size_t>(at)] = number;
      for (std::size_t k = 0; k < place.size() && ++place[k] == header_.shape[k]; ++k) place[k] = 0;
    }
  }
  std::copy_n(ordered_.begin() + taken_, values.size(), values.begin());
  taken_ += std::ssize(values);
  return true;
}

}  // namespace locus
