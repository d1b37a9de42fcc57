// Any bytes as an .npz archive (weights_input.h); the second bit of the first byte asks for its
// array W. Faults are the normal result; the fuzzer looks for a crash, a sanitiser's report, a
// failing CHECK or unbounded memory.
#include <variant>

#include "sim/model/npz.h"
#include "tests/fuzz/weights_input.h"

namespace {

constexpr std::size_t kMostInflation = 1100;  // of deflate, for each byte

void check(const locus::DenseMatrix& matrix, std::size_t bytes) {
  locus::check_dense(matrix, bytes * kMostInflation, 1);
}

void check(const locus::SparseMatrix& matrix, std::size_t bytes) {
  const std::size_t entries = matrix.values.size();
  if (matrix.row.size() != entries || matrix.col.size() != entries || entries > bytes * kMostInflation)
    throw std::logic_error("a sparse matrix without faults has other numbers than its file");
  for (std::size_t k = 0; k < entries; ++k) {
    if (matrix.row[k] < 0 || matrix.row[k] >= matrix.rows || matrix.col[k] < 0 || matrix.col[k] >= matrix.cols)
      throw std::logic_error("an entry without faults lies outside of its matrix");
  }
}

void check(const auto&, std::size_t) { throw std::logic_error("a file gave weights that are drawn"); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = [&](const auto& file, const auto& shape, const auto& where, auto& reading) {
    return locus::read_npz(file, (data[0] & 2U) != 0 ? "W" : "", shape, where, reading);
  };
  locus::read_weights(data, size, read, [](const locus::WeightsSpec& weights, std::size_t bytes) {
    std::visit([bytes](const auto& form) { check(form, bytes); }, weights);
  });
  return 0;
}
