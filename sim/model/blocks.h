// Weights from a stream of matrix blocks (.blocks): locus.v1.MatrixBlock messages, each after its
// length, with a header first.
//
// One protobuf message ends at 2 GiB, but a network may be larger. Only one block is in memory
// beside the matrix that it fills. The sizes in the header are compared with the shape and the
// length of the file before memory is taken.
#pragma once

#include <variant>

#include "sim/model/reading.h"

namespace locus {

/// `where` is the field that names the file; faults stand there.
std::variant<DenseMatrix, SparseMatrix> read_blocks(const FileBeside& file, const MatrixShape& shape,
                                                    const FieldPath& where, Reading& reading);

}  // namespace locus
