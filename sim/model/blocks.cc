#include "sim/model/blocks.h"

#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/delimited_message_util.h>

#include "locus/v1/weights.pb.h"
#include "sim/model/check_matrices.h"
#include "sim/model/matrices.h"

namespace locus {
namespace {

using Matrix = std::variant<DenseMatrix, SparseMatrix>;
using Block = v1::MatrixBlock;

/// One file being read: where it is, and the faults it has.
class Stream {
 public:
  Stream(const FileBeside& file, const FieldPath& where, FaultList& faults)
      : where_(where), faults_(faults), length_(file.length), input_(file.stream.get()) {}

  std::int64_t length() const { return length_; }  // bytes
  bool failed() const { return failed_; }

  /// The next block; false at the end of the file, and after a fault where it is damaged.
  bool next(Block& block) {
    ++index_;
    block.Clear();
    bool ended = false;
    const google::protobuf::LogSilencer silence;
    if (google::protobuf::util::ParseDelimitedFromZeroCopyStream(&block, &input_, &ended)) return true;
    if (!ended) refuse("is damaged or cut short");
    return false;
  }

  /// False, so that a reader can end with it.
  bool refuse(const std::string& what, std::string allowed = {}) {
    failed_ = true;
    faults_.error(where_, fmt::format("names a file of blocks whose block {} {}", index_, what), std::move(allowed));
    return false;
  }

 private:
  const FieldPath& where_;
  FaultList& faults_;
  std::int64_t length_;
  google::protobuf::io::IstreamInputStream input_;
  std::int64_t index_ = -1;  // of the block last read, counted from 0
  bool failed_ = false;
};

bool check_values(const google::protobuf::RepeatedField<double>& values, Stream& stream) {
  if (all_finite({values.data(), static_cast<std::size_t>(values.size())})) return true;
  for (int k = 0; k < values.size(); ++k) {
    if (!std::isfinite(values[k]))
      return stream.refuse(fmt::format("has value {} = {}", k, values[k]), "must be finite");
  }
  return true;
}

bool append(const Block::DenseRows& part, DenseMatrix& matrix, Stream& stream) {
  const std::int64_t next_row = static_cast<std::int64_t>(matrix.values.size()) / matrix.cols;
  if (part.first_row() != next_row)
    return stream.refuse(fmt::format("begins at row {}", part.first_row()),
                         fmt::format("must begin at row {}: rows come in order", next_row));
  if (part.values_size() == 0 || part.values_size() % matrix.cols != 0) {
    return stream.refuse(fmt::format("has {} values", part.values_size()),
                         fmt::format("must be whole rows of {}", matrix.cols));
  }
  if (part.values_size() / matrix.cols > matrix.rows - next_row)
    return stream.refuse(fmt::format("goes beyond row {}", matrix.rows - 1), "the header says how many rows there are");
  if (!check_values(part.values(), stream)) return false;
  matrix.values.insert(matrix.values.end(), part.values().begin(), part.values().end());
  return true;
}

/// Columns and values of a part, whose rows are there already.
template <class Part>
bool append_entries(const Part& part, std::int64_t entries, SparseMatrix& matrix, Stream& stream) {
  if (part.col_size() != part.values_size())
    return stream.refuse(fmt::format("has {} columns and {} values", part.col_size(), part.values_size()),
                         "must have as many of both");
  const std::span<const std::int32_t> cols(part.col().data(), static_cast<std::size_t>(part.col_size()));
  if (!all_below(cols, matrix.cols))
    return stream.refuse("has a column that is out of range", fmt::format("must be 0 to {}", matrix.cols - 1));
  if (static_cast<std::int64_t>(matrix.values.size()) + part.values_size() > entries)
    return stream.refuse("has more entries than the header says", fmt::format("{} in all", entries));
  if (!check_values(part.values(), stream)) return false;
  matrix.col.insert(matrix.col.end(), cols.begin(), cols.end());
  matrix.values.insert(matrix.values.end(), part.values().begin(), part.values().end());
  return true;
}

bool append(const Block::Entries& part, std::int64_t entries, SparseMatrix& matrix, Stream& stream) {
  const std::span<const std::int32_t> rows(part.row().data(), static_cast<std::size_t>(part.row_size()));
  if (part.row_size() != part.col_size())
    return stream.refuse(fmt::format("has {} rows and {} columns", part.row_size(), part.col_size()),
                         "must have as many of both");
  if (!all_below(rows, matrix.rows))
    return stream.refuse("has a row that is out of range", fmt::format("must be 0 to {}", matrix.rows - 1));
  if (!append_entries(part, entries, matrix, stream)) return false;
  matrix.row.insert(matrix.row.end(), rows.begin(), rows.end());
  return true;
}

bool append(const Block::CsrRows& part, std::int64_t entries, SparseMatrix& matrix, Stream& stream) {
  const std::span<const std::int64_t> offset(part.offset().data(), static_cast<std::size_t>(part.offset_size()));
  if (offset.empty() || part.first_row() < 0 ||
      part.first_row() + static_cast<std::int64_t>(offset.size()) - 1 > matrix.rows) {
    return stream.refuse(fmt::format("has {} offsets from row {} on", offset.size(), part.first_row()),
                         fmt::format("must stay within {} rows, with one offset more than rows", matrix.rows));
  }
  bool ascends = offset.front() == 0 && offset.back() == part.col_size();
  for (std::size_t i = 1; i < offset.size(); ++i) ascends = ascends && offset[i] >= offset[i - 1];
  if (!ascends) return stream.refuse("has offsets that do not ascend from 0 to its number of entries");
  if (!append_entries(part, entries, matrix, stream)) return false;
  append_rows(offset, part.first_row(), matrix.row);
  return true;
}

DenseMatrix read_dense_blocks(const Block::Header& header, Stream& stream, const FieldPath& where, Reading& reading) {
  DenseMatrix matrix = {header.rows(), header.cols(), {}};
  if (!reading.may_take(matrix.rows, matrix.cols, where)) return matrix;
  if (matrix.rows * matrix.cols > stream.length() / 8) {
    stream.refuse(fmt::format("announces {} x {} values", matrix.rows, matrix.cols),
                  fmt::format("the file has {} bytes", stream.length()));
    return matrix;
  }
  matrix.values.reserve(static_cast<std::size_t>(matrix.rows * matrix.cols));
  Block block;
  while (stream.next(block)) {
    if (!block.has_dense()) stream.refuse("is no dense one", "must be dense, as the header says");
    if (!block.has_dense() || !append(block.dense(), matrix, stream)) return matrix;
  }
  const std::int64_t rows = static_cast<std::int64_t>(matrix.values.size()) / matrix.cols;
  if (rows != matrix.rows && !stream.failed())
    stream.refuse("is missing", fmt::format("{} of {} rows have come", rows, matrix.rows));
  return matrix;
}

SparseMatrix read_sparse_blocks(const Block::Header& header, Stream& stream, const FieldPath& where, Reading& reading) {
  SparseMatrix matrix = {header.rows(), header.cols(), {}, {}, {}};
  const std::int64_t entries = header.entries();
  // a value of eight bytes and a column of at least one
  if (entries < 0 || entries > stream.length() / 9) {
    stream.refuse(fmt::format("announces {} entries", entries), fmt::format("the file has {} bytes", stream.length()));
    return matrix;
  }
  if (!reading.may_take(entries, 1, where)) return matrix;
  matrix.row.reserve(static_cast<std::size_t>(entries));
  matrix.col.reserve(static_cast<std::size_t>(entries));
  matrix.values.reserve(static_cast<std::size_t>(entries));
  Block block;
  while (stream.next(block)) {
    const bool known = block.has_sparse() || block.has_csr();
    if (!known) stream.refuse("is no sparse one", "must be sparse or csr, as the header says");
    if (!known || !(block.has_sparse() ? append(block.sparse(), entries, matrix, stream)
                                       : append(block.csr(), entries, matrix, stream)))
      return matrix;
  }
  if (stream.failed()) return matrix;
  if (static_cast<std::int64_t>(matrix.values.size()) != entries) {
    stream.refuse("is missing", fmt::format("{} of {} entries have come", matrix.values.size(), entries));
    return matrix;
  }
  for (const Repeat& repeat : repeats(matrix).first) {
    const auto k = static_cast<std::size_t>(repeat.entry);
    reading.faults.error(where, fmt::format("names a file that has entry ({}, {}) twice", matrix.row[k], matrix.col[k]),
                         "an entry may come once");
  }
  return matrix;
}

}  // namespace

Matrix read_blocks(const FileBeside& file, const MatrixShape& shape, const FieldPath& where, Reading& reading) {
  Stream stream(file, where, reading.faults);
  Block block;
  if (!stream.next(block) || !block.has_header()) {
    if (!stream.failed()) stream.refuse("is no header", "a file of blocks begins with one");
    return DenseMatrix{};
  }
  const Block::Header header = block.header();
  if (header.rows() < 1 || header.cols() < 1 || !fits(shape, header.rows(), header.cols())) {
    stream.refuse(fmt::format("is of {} x {} values", header.rows(), header.cols()), "must be " + described(shape));
    return DenseMatrix{};
  }
  if (header.form() == Block::Header::DENSE) return read_dense_blocks(header, stream, where, reading);
  if (header.form() == Block::Header::SPARSE) return read_sparse_blocks(header, stream, where, reading);
  stream.refuse(fmt::format("has form {}", static_cast<int>(header.form())), "must be DENSE or SPARSE");
  return DenseMatrix{};
}

}  // namespace locus
