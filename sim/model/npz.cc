#include "sim/model/npz.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "sim/model/check_matrices.h"
#include "sim/model/matrices.h"
#include "sim/model/npy.h"
#include "sim/model/suggest.h"
#include "sim/model/zip_archive.h"

namespace locus {
namespace {

constexpr std::string_view kNpy = ".npy";

/// An archive being read, with the field that names it.
struct Archive {
  ZipArchive zip;
  const FieldPath& where;
  Reading& reading;

  bool has(std::string_view array) const {
    return std::ranges::find(zip.names(), std::string(array) + std::string(kNpy)) != zip.names().end();
  }

  void refuse(std::string what, std::string allowed = {}) const {
    reading.faults.error(where, std::move(what), std::move(allowed));
  }

  /// Calls read(FileBeside) for an array; a fault if it cannot be opened, or has not its checksum.
  template <class Read>
  bool read(const std::string& array, Read read) {
    const FileBeside file = zip.open(array + std::string(kNpy));
    if (!file.stream) {
      refuse(fmt::format("names an archive whose array {} cannot be opened", shown(std::string_view(array))),
             "must be stored or deflated, and not encrypted");
      return false;
    }
    if (!read(file)) return false;
    if (zip.close()) return true;
    refuse(fmt::format("names an archive whose array {} is damaged", shown(std::string_view(array))),
           "must have the checksum of the archive");
    return false;
  }

  std::optional<std::vector<double>> row(const std::string& array, std::int64_t most) {
    std::optional<std::vector<double>> values;
    const bool whole = read(array, [&](const FileBeside& file) {
      values = read_npy_row(file, most, array, where, reading);
      return values.has_value();
    });
    return whole ? values : std::nullopt;
  }

  /// A row of whole numbers from 0 to `last`.
  template <class Index>
  std::optional<std::vector<Index>> indices(const std::string& array, std::int64_t most, std::int64_t last) {
    const auto numbers = row(array, most);
    if (!numbers) return std::nullopt;
    for (std::size_t k = 0; k < numbers->size(); ++k) {
      const double number = (*numbers)[k];
      if (number >= 0 && number <= static_cast<double>(last) && number == std::floor(number)) continue;
      refuse(fmt::format("names a sparse matrix whose {}[{}] is {}", array, k, number),
             fmt::format("must be 0 to {}", last));
      return std::nullopt;
    }
    return std::vector<Index>(numbers->begin(), numbers->end());
  }
};

/// The word in a file of one text: b'csr' or 'csr'.
std::optional<std::string> word_of(const FileBeside& file, const FieldPath& where, FaultList& faults) {
  constexpr std::int64_t kLongest = 64;  // bytes
  const std::optional<NpyHeader> header = read_npy_header(*file.stream, where, faults);
  if (!header) return std::nullopt;
  std::string bytes(static_cast<std::size_t>(std::clamp<std::int64_t>(file.length - header->length, 0, kLongest)), '\0');
  file.stream->read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!*file.stream) bytes.clear();
  std::erase(bytes, '\0');  // of four bytes a letter, and at the end
  return bytes;
}

bool is_sparse(const Archive& archive) { return archive.has("format") && archive.has("data") && archive.has("shape"); }

/// Row and column of the entries, from offsets and indices; false after a fault.
bool expand(Archive& archive, bool by_row, std::int64_t entries, SparseMatrix& matrix) {
  const std::int64_t major = by_row ? matrix.rows : matrix.cols;
  const std::int64_t minor = by_row ? matrix.cols : matrix.rows;
  const auto offset = archive.indices<std::int64_t>("indptr", major + 1, entries);
  if (!offset) return false;
  const bool ascends = std::ranges::is_sorted(*offset) && std::ssize(*offset) == major + 1 && offset->front() == 0 &&
                       offset->back() == entries;
  if (!ascends) {
    archive.refuse(fmt::format("names a sparse matrix whose indptr has {} numbers that are no offsets", offset->size()),
                   fmt::format("must be {} numbers that ascend from 0 to {}, the length of data", major + 1, entries));
    return false;
  }
  auto inner = archive.indices<std::int32_t>("indices", entries, minor - 1);
  if (!inner) return false;
  append_rows(*offset, 0, by_row ? matrix.row : matrix.col);
  (by_row ? matrix.col : matrix.row) = *std::move(inner);
  return true;
}

/// Row and column of the entries, as they stand; false after a fault.
bool take_places(Archive& archive, std::int64_t entries, SparseMatrix& matrix) {
  auto row = archive.indices<std::int32_t>("row", entries, matrix.rows - 1);
  auto col = row ? archive.indices<std::int32_t>("col", entries, matrix.cols - 1) : std::nullopt;
  if (!row || !col) return false;
  matrix.row = *std::move(row);
  matrix.col = *std::move(col);
  return true;
}

/// What a matrix must be whose places are read.
void check_entries(const Archive& archive, const SparseMatrix& matrix) {
  if (matrix.row.size() != matrix.values.size() || matrix.col.size() != matrix.values.size()) {
    archive.refuse(fmt::format("names a sparse matrix of {} values and {} places", matrix.values.size(), matrix.col.size()),
                   "must have as many of both");
    return;
  }
  for (std::size_t k = 0; k < matrix.values.size() && !all_finite(matrix.values); ++k) {
    if (std::isfinite(matrix.values[k])) continue;
    archive.refuse(fmt::format("names a sparse matrix whose data[{}] is {}", k, matrix.values[k]), "must be finite");
    return;
  }
  for (const Repeat& repeat : repeats(matrix).first) {
    const auto k = static_cast<std::size_t>(repeat.entry);
    archive.refuse(fmt::format("names a file that has entry ({}, {}) twice", matrix.row[k], matrix.col[k]),
                   "an entry may come once; sum_duplicates() of SciPy adds them");
  }
}

SparseMatrix read_sparse(Archive& archive, const MatrixShape& shape) {
  SparseMatrix matrix;
  std::optional<std::string> format;
  if (!archive.read("format", [&](const FileBeside& file) {
        format = word_of(file, archive.where, archive.reading.faults);
        return format.has_value();
      }))
    return matrix;
  if (*format != "csr" && *format != "csc" && *format != "coo") {
    archive.refuse("names a sparse matrix of format " + shown(std::string_view(*format)),
                   "must be csr, csc or coo; tocsr() of SciPy makes a csr of any");
    return matrix;
  }
  const auto sizes = archive.indices<std::int64_t>("shape", 2, kMostNeurons);
  if (!sizes) return matrix;
  if (sizes->size() != 2 || (*sizes)[0] < 1 || (*sizes)[1] < 1 || !fits(shape, (*sizes)[0], (*sizes)[1])) {
    archive.refuse(fmt::format("names a sparse matrix of {} values", fmt::join(*sizes, " x ")),
                   "must be " + described(shape));
    return matrix;
  }
  matrix.rows = static_cast<std::int32_t>((*sizes)[0]);
  matrix.cols = static_cast<std::int32_t>((*sizes)[1]);
  const std::int64_t most = std::min(kMostSynapses, std::int64_t{matrix.rows} * matrix.cols);
  auto values = archive.row("data", most);
  if (!values || !archive.reading.may_take(std::ssize(*values), 1, archive.where)) return matrix;
  matrix.values = *std::move(values);
  const std::int64_t entries = std::ssize(matrix.values);
  if (*format == "coo" ? take_places(archive, entries, matrix) : expand(archive, *format == "csr", entries, matrix))
    check_entries(archive, matrix);
  return matrix;
}

/// The array that is meant; empty after a fault.
std::string array_of(const Archive& archive, const std::string& member) {
  std::vector<std::string> arrays;
  for (const std::string& name : archive.zip.names()) {
    if (name.ends_with(kNpy)) arrays.push_back(name.substr(0, name.size() - kNpy.size()));
  }
  if (!member.empty() && archive.has(member)) return member;
  if (!member.empty()) {
    archive.refuse("names an archive that has no array " + shown(std::string_view(member)), suggestion(member, arrays));
    return {};
  }
  if (arrays.size() == 1) return arrays.front();
  std::string some;
  for (std::size_t i = 0; i < std::min<std::size_t>(arrays.size(), 5); ++i)
    some += (i > 0 ? ", " : "") + shown(std::string_view(arrays[i]));
  archive.refuse(fmt::format("names an archive of {} arrays{}{}", arrays.size(), some.empty() ? "" : ": ", some),
                 "one of them must be named behind the file: weights.npz:NAME");
  return {};
}

}  // namespace

std::pair<std::string, std::string> file_and_array(const std::string& path) {
  constexpr std::string_view kArchive = ".npz:";
  const std::size_t at = path.rfind(kArchive);
  if (at == std::string::npos) return {path, ""};
  return {path.substr(0, at + kArchive.size() - 1), path.substr(at + kArchive.size())};
}

bool read_npz_array(const FileBeside& file, const std::string& member, const FieldPath& where, Reading& reading,
                    FunctionRef<bool(const FileBeside&)> read) {
  Archive archive = {.zip = ZipArchive(file), .where = where, .reading = reading};
  if (!archive.zip.is_open()) {
    archive.refuse("names a file that is no .npz archive, or is damaged", "must be as NumPy's savez writes it");
    return false;
  }
  const std::string array = array_of(archive, member);
  return !array.empty() && archive.read(array, read);
}

WeightsSpec read_npz(const FileBeside& file, const std::string& member, const MatrixShape& shape,
                     const FieldPath& where, Reading& reading) {
  Archive archive = {.zip = ZipArchive(file), .where = where, .reading = reading};
  if (!archive.zip.is_open()) {
    archive.refuse("names a file that is no .npz archive, or is damaged",
                   "must be as NumPy's savez or SciPy's save_npz writes it");
    return DenseMatrix{};
  }
  if (member.empty() && is_sparse(archive)) return read_sparse(archive, shape);
  const std::string array = array_of(archive, member);
  DenseMatrix matrix;
  if (array.empty()) return matrix;
  archive.read(array, [&](const FileBeside& numbers) {
    matrix = read_npy(numbers, shape, where, reading);
    return !matrix.values.empty();
  });
  return matrix;
}

}  // namespace locus
