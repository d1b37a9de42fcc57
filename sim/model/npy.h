// Weights from an .npy file (NumPy's format, versions 1.0 to 3.0): a two-dimensional array of
// little-endian float64 or float32, in C or Fortran order.
//
// The header is read and held against the shape and the file's length before memory is taken for a
// number. Source: NumPy's NEP 1, "A simple file format".
#pragma once

#include "sim/model/reading.h"

namespace locus {

/// Faults stand at `where`, the field that names the file.
DenseMatrix read_npy(const FileBeside& file, const MatrixShape& shape, const FieldPath& where, Reading& reading);

}  // namespace locus
