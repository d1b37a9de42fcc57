// Any bytes as a file of weight blocks (weights_input.h). Faults are the normal result; the fuzzer
// looks for a crash, a sanitiser's report, a failing CHECK or unbounded memory.
#include <variant>

#include "sim/model/blocks.h"
#include "tests/fuzz/weights_input.h"

namespace {

constexpr std::size_t kSmallest = 8;  // bytes of a value

void check(const locus::DenseMatrix& matrix, std::size_t bytes) { locus::check_dense(matrix, bytes, kSmallest); }

void check(const locus::SparseMatrix& matrix, std::size_t bytes) {
  const std::size_t entries = matrix.values.size();
  if (matrix.row.size() != entries || matrix.col.size() != entries || entries > bytes / kSmallest)
    throw std::logic_error("a sparse matrix without faults has other numbers than its file");
  for (std::size_t k = 0; k < entries; ++k) {
    if (matrix.row[k] < 0 || matrix.row[k] >= matrix.rows || matrix.col[k] < 0 || matrix.col[k] >= matrix.cols)
      throw std::logic_error("an entry without faults lies outside of its matrix");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  locus::read_weights(data, size, locus::read_blocks, [](const auto& matrix, std::size_t bytes) {
    std::visit([bytes](const auto& form) { check(form, bytes); }, matrix);
  });
  return 0;
}
