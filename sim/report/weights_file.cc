#include "sim/report/weights_file.h"

#include <algorithm>
#include <bit>
#include <variant>

#include <fmt/format.h>

#include "locus/v1/weights.pb.h"
#include "sim/model/sha256.h"
#include "sim/report/message_writer.h"

namespace locus {
namespace {

constexpr std::size_t kLongestName =
    // bytes; file systems take 255, and an extension and a suffix for writing come on top
    200;
constexpr std::size_t kEntriesAPart = 1 << 20;
static_assert(std::endian::native == std::endian::little, "an .npy file is written as the numbers stand in memory");

void write(const DenseMatrix& matrix, Output& to) {
  std::string header =
      fmt::format("{{'descr': '<f8', 'fortran_order': False, 'shape': ({}, {}), }}", matrix.rows, matrix.cols);
  // magic, version, length of the header
  constexpr std::size_t kPreamble = 10;
  // the numbers begin at a multiple of 64 bytes
  header.append(63 - (kPreamble + header.size()) % 64, ' ');
  header += '\n';
  to.put(std::string_view("\x93NUMPY\x01\x00", 8));
  to.put(static_cast<char>(header.size() & 0xFF));
  to.put(static_cast<char>(header.size() >> 8));
  to.put(header);
  to.put(std::string_view(reinterpret_cast<const char*>(matrix.values.data()), matrix.values.size() * sizeof(double)));
}

void write(const SparseMatrix& matrix, Output& to) {
  v1::MatrixBlock block;
  v1::MatrixBlock::Header& header = *block.mutable_header();
  header.set_rows(static_cast<std::int32_t>(matrix.rows));
  header.set_cols(static_cast<std::int32_t>(matrix.cols));
  header.set_form(v1::MatrixBlock::Header::SPARSE);
  header.set_entries(static_cast<std::int64_t>(matrix.values.size()));
  write_wire(block, {}, to, true);
  for (std::size_t begin = 0; begin < matrix.values.size(); begin += kEntriesAPart) {
    const std::size_t count = std::min(kEntriesAPart, matrix.values.size() - begin);
    const v1::MatrixBlock::Entries& part = *block.mutable_sparse();
    LentLists lists;
    lists.add(part, v1::MatrixBlock::Entries::kRowFieldNumber, std::span(matrix.row).subspan(begin, count));
    lists.add(part, v1::MatrixBlock::Entries::kColFieldNumber, std::span(matrix.col).subspan(begin, count));
    lists.add(part, v1::MatrixBlock::Entries::kValuesFieldNumber, std::span(matrix.values).subspan(begin, count));
    write_wire(block, lists, to, true);
  }
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

void write_weights(const ProjectionWeights& weights, Output& to) {
  std::visit([&](const auto& matrix) { write(matrix, to); }, weights.matrix);
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
