#include "sim/model/csv_matrix.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <istream>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "sim/model/characters.h"
#include "sim/model/gzip_stream.h"
#include "sim/model/npy_numbers.h"

namespace locus {
namespace {

constexpr std::size_t kLongestNumber = 1100;  // letters: every float64 can be written out in them
// values of a matrix whose size is not known, because of another fault
constexpr std::int64_t kMostUnknown = 1 << 24;

std::string_view stripped(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

bool is_whole(std::string_view digits) {
  if (digits.starts_with('-')) digits.remove_prefix(1);
  return !digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos;
}

template <class Number>
std::optional<Number> parsed(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

/// Fills a matrix cell by cell.
class CsvReader {
 public:
  CsvReader(const MatrixShape& shape, const FieldPath& where, Reading& reading, DenseMatrix& matrix)
      : shape_(shape), where_(where), reading_(reading), matrix_(&matrix) {}

  /// Reads all cells that the stream gives; false after a fault.
  bool read(std::istream& stream) {
    for (char c = 0; stream.get(c);) {
      if (comment_ && c != '\n') continue;
      bool good = true;
      if (c == ',') {
        good = end_cell();
      } else if (c == '\n') {
        good = end_line();
      } else if (c == '#') {
        comment_ = true;
      } else if (cell_.size() == kLongestNumber) {
        good = refuse("is longer than any number");
      } else {
        cell_ += c;
      }
      if (!good) return false;
    }
    return true;
  }

  /// Ends the last line, which may have no line break, and checks the number of lines.
  void end() {
    if (!end_line()) return;
    if (matrix_->rows > 0 && (shape_.rows == kUnknown || matrix_->rows == shape_.rows)) return;
    refuse_size(fmt::format("has {} lines of {} numbers", matrix_->rows, matrix_->cols));
  }

 private:
  bool refuse(const std::string& what,
              std::string allowed = "must be a number with a decimal point, commas between numbers") {
    reading_.faults.error(where_, fmt::format("names a file whose line {}, number {} {}", line_, col_ + 1, what),
                          std::move(allowed));
    return false;
  }

  bool refuse_size(const std::string& what) {
    reading_.faults.error(where_, "names a file that " + what, "must be " + described(shape_));
    return false;
  }

  /// The letters of the present cell; a byte order mark is none of the file's first.
  std::string_view present() const {
    const bool marked = line_ == 1 && col_ == 0 && cell_.starts_with(kByteOrderMark);
    return std::string_view(cell_).substr(marked ? kByteOrderMark.size() : 0);
  }

  bool end_cell() {
    const std::int64_t limit = shape_.cols == kUnknown ? kMostUnknown : shape_.cols;
    if (col_ >= limit) return refuse_size(fmt::format("has more than {} numbers in line {}", limit, line_));
    const std::int64_t rows = shape_.rows == kUnknown ? kMostUnknown / limit + 1 : shape_.rows;
    if (matrix_->rows >= rows) return refuse_size(fmt::format("has more than {} lines of numbers", rows));
    if (!take(stripped(present()))) return false;
    cell_.clear();
    ++col_;
    return true;
  }

  bool take(std::string_view text) {
    const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
    const auto number = parsed<double>(digits);
    if (!number) return refuse("is " + shown(text));
    if (!std::isfinite(*number)) return refuse("is " + shown(text), "must be finite");
    if (is_whole(digits)) {
      const auto small = parsed<std::int64_t>(digits);
      const auto large = parsed<std::uint64_t>(digits);
      const auto inexact = small ? inexact_number(*small) : large ? inexact_number(*large) : std::nullopt;
      if (inexact)
        return refuse(fmt::format("is {}, which float64 misses by {}", inexact->number, inexact->by),
                      "must be a number that float64 holds, as the nearest does: " + inexact->nearest);
    }
    matrix_->values.push_back(*number);
    return true;
  }

  bool end_line() {
    comment_ = false;
    const bool empty = col_ == 0 && stripped(present()).empty();
    if (!empty) {
      if (!end_cell()) return false;
      const std::int64_t wanted = matrix_->rows > 0 ? matrix_->cols : shape_.cols;
      if (wanted != kUnknown && col_ != wanted)
        return refuse_size(fmt::format("has {} numbers in line {}", col_, line_));
      matrix_->cols = col_;
      ++matrix_->rows;
    }
    cell_.clear();
    col_ = 0;
    ++line_;
    return true;
  }

  const MatrixShape& shape_;
  const FieldPath& where_;
  Reading& reading_;
  DenseMatrix* matrix_;
  std::string cell_;
  bool comment_ = false;
  std::int64_t line_ = 1;  // counted from 1
  std::int64_t col_ = 0;   // cells that have ended in the line
};

}  // namespace

DenseMatrix read_csv_matrix(const FileBeside& file, bool gzip, const MatrixShape& shape, const FieldPath& where,
                            Reading& reading) {
  DenseMatrix matrix;
  if (shape.rows != kUnknown && shape.cols != kUnknown && !reading.may_take(shape.rows, shape.cols, where))
    return matrix;
  CsvReader reader(shape, where, reading, matrix);
  if (!gzip) {
    if (reader.read(*file.stream)) reader.end();
    return matrix;
  }
  GzipStream inflated(*file.stream);
  if (!reader.read(inflated)) return matrix;
  if (inflated.is_whole()) {
    reader.end();
  } else {
    reading.faults.error(where, "names a file that is no whole gzip file", "the file is damaged or cut short");
  }
  return matrix;
}

}  // namespace locus
