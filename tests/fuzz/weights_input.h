// An input for a fuzzer of weight files: the first byte decides about the shape in the model (even:
// any, odd: 3 x 2), and the rest is the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

#include "sim/model/reading.h"

namespace locus {

/// Reads the file with `read` (const FileBeside&, const MatrixShape&, const FieldPath&, Reading&)
/// and passes a result without faults to `check`, with the number of bytes of the file.
template <class Read, class Check>
void read_weights(const std::uint8_t* data, std::size_t size, Read&& read, Check&& check) {
  if (size == 0) return;
  const std::size_t bytes = size - 1;
  const FileBeside file = {
      std::make_unique<std::istringstream>(std::string(reinterpret_cast<const char*>(data) + 1, bytes)),
      static_cast<std::int64_t>(bytes)};
  const MatrixShape shape = data[0] % 2 == 0 ? MatrixShape{} : MatrixShape{3, 2, "target", "source"};
  FaultList faults;
  Reading reading = {"", faults};
  const auto matrix = read(file, shape, FieldPath().at("weights"), reading);
  if (!faults.has_errors()) check(matrix, bytes);
}

/// A dense matrix without faults has as many numbers as its shape says, and the file has at least
/// `smallest` bytes for each.
inline void check_dense(const DenseMatrix& matrix, std::size_t bytes, std::size_t smallest) {
  if (static_cast<std::int64_t>(matrix.values.size()) != matrix.rows * matrix.cols || matrix.values.size() > bytes / smallest)
    throw std::logic_error("a dense matrix without faults has other numbers than its file");
}

}  // namespace locus
