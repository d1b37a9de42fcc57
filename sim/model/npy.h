// Weights from an .npy file (NumPy's format, versions 1.0 to 3.0): a two-dimensional array of
// little-endian float64 or float32, in C or Fortran order.
//
// The header is read and compared with the shape and the length of the file before memory is taken.
// Source: NumPy's NEP 1, "A simple file format".
#pragma once

#include "sim/model/reading.h"

namespace locus {

/// `where` is the field that names the file; faults stand there.
DenseMatrix read_npy(const FileBeside& file, const MatrixShape& shape, const FieldPath& where, Reading& reading);

}  // namespace locus
