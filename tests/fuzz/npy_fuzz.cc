// Any bytes as an .npy file (weights_input.h). Faults are the normal result; the fuzzer looks for a
// crash, a sanitiser's report, a failing CHECK or unbounded memory.
#include "sim/model/npy.h"
#include "tests/fuzz/weights_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kSmallest = 1;  // int8
  locus::read_weights(data, size, locus::read_npy, [](const locus::DenseMatrix& matrix, std::size_t bytes) {
    locus::check_dense(matrix, bytes, kSmallest);
  });
  return 0;
}
