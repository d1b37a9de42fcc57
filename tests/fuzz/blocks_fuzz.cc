// Any bytes as a file of weight blocks: faults are the normal outcome; a crash, a sanitiser's report, a CHECK that fails or memory without bound are
// what is looked for. The first byte says what shape the model wants (even: any, odd: 3 x 2).
#include <cstddef>
#include <cstdint>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

#include "sim/model/blocks.h"

namespace {

void check(const locus::DenseMatrix& matrix, std::size_t size) {
  if (static_cast<std::int64_t>(matrix.values.size()) != matrix.rows * matrix.cols || matrix.values.size() > size / 8)
    throw std::logic_error("a dense matrix without faults has other numbers than its file");
}

void check(const locus::SparseMatrix& matrix, std::size_t size) {
  const std::size_t entries = matrix.values.size();
  if (matrix.row.size() != entries || matrix.col.size() != entries || entries > size / 8)
    throw std::logic_error("a sparse matrix without faults has other numbers than its file");
  for (std::size_t k = 0; k < entries; ++k) {
    if (matrix.row[k] < 0 || matrix.row[k] >= matrix.rows || matrix.col[k] < 0 || matrix.col[k] >= matrix.cols)
      throw std::logic_error("an entry without faults lies outside of its matrix");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const locus::FileBeside file = {
      std::make_unique<std::istringstream>(std::string(reinterpret_cast<const char*>(data) + 1, size - 1)),
      static_cast<std::int64_t>(size - 1)};
  const locus::MatrixShape shape = data[0] % 2 == 0 ? locus::MatrixShape{} : locus::MatrixShape{3, 2, "target", "source"};
  locus::FaultList faults;
  locus::Reading reading = {"", faults};
  const auto matrix = locus::read_blocks(file, shape, locus::FieldPath().at("weights"), reading);
  if (!faults.has_errors()) std::visit([&](const auto& form) { check(form, size); }, matrix);
  return 0;
}
