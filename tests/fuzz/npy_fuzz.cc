// Any bytes as an .npy file of weights.
//
// Faults are the normal outcome; a crash, a sanitiser's report, memory beyond the file's own, or a matrix that is not what its reader promises are
// what is looked for.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>

#include "sim/model/npy.h"
#include "tests/fuzz/memory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const locus::MemoryFile file(data, size);
  locus::FaultList faults;
  locus::Reading reading{.folder = {}, .faults = faults};
  const locus::DenseMatrix matrix = locus::read_npy(file.path(), {}, locus::FieldPath(), reading);
  if (faults.has_errors()) return 0;
  if (matrix.rows < 1 || matrix.cols < 1 || static_cast<std::int64_t>(matrix.values.size()) != matrix.rows * matrix.cols)
    throw std::logic_error("a matrix without a fault has not the size that it says");
  for (const double value : matrix.values) {
    if (!std::isfinite(value)) throw std::logic_error("a matrix without a fault holds a value that is not finite");
  }
  return 0;
}
