// Weights from an .npz file: one array of NumPy's savez, dense, or a sparse matrix as SciPy's
// save_npz writes it (formats csr, csc and coo).
//
// A model names the array behind a colon: "weights.npz:W". The name may be left out where the file
// has one array, or is a sparse matrix. Sizes are compared before memory is taken, and checksums
// after reading.
#pragma once

#include <string>

#include "sim/model/reading.h"

namespace locus {

/// `member` is the name of an array, or empty. `where` is the field that names the file; faults
/// stand there.
WeightsSpec read_npz(const FileBeside& file, const std::string& member, const MatrixShape& shape,
                     const FieldPath& where, Reading& reading);

}  // namespace locus
