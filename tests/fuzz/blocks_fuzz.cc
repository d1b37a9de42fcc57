// Any bytes as a stream of weight blocks.
//
// Faults are the normal outcome; a crash, a sanitiser's report, memory beyond the file's own, or a matrix that is not what its reader promises are
// what is looked for.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <variant>

#include "sim/model/blocks.h"
#include "tests/fuzz/memory_file.h"

namespace {

void check_values(const std::vector<double>& values) {
  for (const double value : values) {
    if (!std::isfinite(value)) throw std::logic_error("a matrix without a fault holds a value that is not finite");
  }
}

void check(const locus::DenseMatrix& matrix) {
  if (matrix.rows < 1 || matrix.cols < 1 || static_cast<std::int64_t>(matrix.values.size()) != matrix.rows * matrix.cols)
    throw std::logic_error("a matrix without a fault has not the size that it says");
  check_values(matrix.values);
}

void check(const locus::SparseMatrix& matrix) {
  if (matrix.row.size() != matrix.values.size() || matrix.col.size() != matrix.values.size())
    throw std::logic_error("a matrix without a fault has entries without a place");
  for (std::size_t k = 0; k < matrix.values.size(); ++k) {
    if (matrix.row[k] < 0 || matrix.row[k] >= matrix.rows || matrix.col[k] < 0 || matrix.col[k] >= matrix.cols)
      throw std::logic_error("a matrix without a fault has an entry outside it");
  }
  check_values(matrix.values);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const locus::MemoryFile file(data, size);
  locus::FaultList faults;
  locus::Reading reading{.folder = {}, .faults = faults};
  const auto matrix = locus::read_blocks(file.path(), {}, locus::FieldPath(), reading);
  if (!faults.has_errors()) std::visit([](const auto& form) { check(form); }, matrix);
  return 0;
}
