#include "sim/report/weights_file.h"

#include <algorithm>
#include <bit>
#include <variant>

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/delimited_message_util.h>

#include "locus/v1/weights.pb.h"
#include "sim/model/sha256.h"

namespace locus {
namespace {

constexpr std::size_t kLongestName =
    // bytes; file systems take 255, and an extension and a suffix for writing come on top
    200;
constexpr std::size_t kEntriesAPart = 1 << 20;
static_assert(std::endian::native == std::endian::little, "an .npy file is written as the numbers stand in memory");

std::string npy(const DenseMatrix& matrix) {
  std::string header =
      fmt::format("{{'descr': '<f8', 'fortran_order': False, 'shape': ({}, {}), }}", matrix.rows, matrix.cols);
  // magic, version, length of the header
  constexpr std::size_t kPreamble = 10;
  // the numbers begin at a multiple of 64 bytes
  header.append(63 - (kPreamble + header.size()) % 64, ' ');
  header += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size() & 0xFF);
  bytes += static_cast<char>(header.size() >> 8);
  bytes += header;
  bytes.append(reinterpret_cast<const char*>(matrix.values.data()), matrix.values.size() * sizeof(double));
  return bytes;
}

std::string blocks(const SparseMatrix& matrix) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  v1::MatrixBlock block;
  v1::MatrixBlock::Header& header = *block.mutable_header();
  header.set_rows(static_cast<std::int32_t>(matrix.rows));
  header.set_cols(static_cast<std::int32_t>(matrix.cols));
  header.set_form(v1::MatrixBlock::Header::SPARSE);
  header.set_entries(static_cast<std::int64_t>(matrix.values.size()));
  google::protobuf::util::SerializeDelimitedToZeroCopyStream(block, &stream);
  for (std::size_t begin = 0; begin < matrix.values.size(); begin += kEntriesAPart) {
    const auto first = static_cast<std::ptrdiff_t>(begin);
    const auto end = static_cast<std::ptrdiff_t>(std::min(begin + kEntriesAPart, matrix.values.size()));
    v1::MatrixBlock::Entries& part = *block.mutable_sparse();
    part.mutable_row()->Assign(matrix.row.begin() + first, matrix.row.begin() + end);
    part.mutable_col()->Assign(matrix.col.begin() + first, matrix.col.begin() + end);
    part.mutable_values()->Assign(matrix.values.begin() + first, matrix.values.begin() + end);
    google::protobuf::util::SerializeDelimitedToZeroCopyStream(block, &stream);
  }
  return bytes;
}

std::int64_t entries_of(const ProjectionWeights& weights) {
  return std::visit([](const auto& matrix) { return static_cast<std::int64_t>(matrix.values.size()); }, weights.matrix);
}

}  // namespace

std::int64_t weights_in(const Outcome& outcome) {
  std::int64_t count = 0;
  for (const ProjectionWeights& weights : outcome.weights) count += entries_of(weights);
  return count;
}

std::string extension_of(const ProjectionWeights& weights) {
  return std::holds_alternative<DenseMatrix>(weights.matrix) ? ".npy" : ".blocks";
}

std::string bytes_of(const ProjectionWeights& weights) {
  if (const auto* dense = std::get_if<DenseMatrix>(&weights.matrix)) return npy(*dense);
  return blocks(std::get<SparseMatrix>(weights.matrix));
}

std::string file_name(const std::string& name) {
  std::string safe;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto byte = static_cast<unsigned char>(name[i]);
    const bool escaped = byte < 0x20 || byte == 0x7F || name[i] == '/' || name[i] == '%' || (i == 0 && name[i] == '.');
    safe += escaped ? fmt::format("%{:02X}", byte) : std::string(1, name[i]);
  }
  if (safe.size() <= kLongestName) return safe;
  return safe.substr(0, kLongestName - 17) + "%" + sha256(name).substr(0, 16);
}

}  // namespace locus
