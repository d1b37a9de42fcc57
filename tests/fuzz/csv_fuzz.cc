// Any bytes as a .csv file of weights (weights_input.h), packed by gzip where the second bit of the
// first byte is set. Faults are the normal result; the fuzzer looks for a crash, a sanitiser's
// report, a failing CHECK or unbounded memory.
#include "sim/model/csv_matrix.h"
#include "tests/fuzz/weights_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = [&](const auto& file, const auto& shape, const auto& where, auto& reading) {
    return locus::read_csv_matrix(file, (data[0] & 2U) != 0, shape, where, reading);
  };
  constexpr std::size_t kMostInflation = 1100;  // of deflate, for each byte
  locus::read_weights(data, size, read, [](const locus::DenseMatrix& matrix, std::size_t bytes) {
    locus::check_dense(matrix, bytes * kMostInflation, 1);
  });
  return 0;
}
