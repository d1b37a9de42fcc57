// Weights from a stream of matrix blocks (.blocks): locus.v1.MatrixBlock messages, each preceded by
// its length, a header first.
//
// Why: one protobuf message ends at 2 GiB, a network need not. Only one block is held beside the
// matrix that it goes into. What the header announces is held against the shape and the file's
// length before memory is taken for it.
#pragma once

#include <variant>

#include "sim/model/reading.h"

namespace locus {

/// Faults stand at `where`, the field that names the file.
std::variant<DenseMatrix, SparseMatrix> read_blocks(const FileBeside& file, const MatrixShape& shape,
                                                    const FieldPath& where, Reading& reading);

}  // namespace locus
