// Weights from an .npz file: one array of NumPy's savez, dense, or a sparse matrix as SciPy's
// save_npz writes it (formats csr, csc and coo).
//
// A model names the array behind a colon: "weights.npz:W". The name may be left out where the file
// has one array, or is a sparse matrix. Sizes are compared before memory is taken, and checksums
// after reading.
#pragma once

#include <string>
#include <utility>

#include "core/base/function_ref.h"
#include "sim/model/reading.h"

namespace locus {

/// "weights.npz:W" is array W of the file weights.npz; other paths have no array.
std::pair<std::string, std::string> file_and_array(const std::string& path);

/// `member` is the name of an array, or empty. `where` is the field that names the file; faults
/// stand there.
///
/// Opens an array of the archive (without a name its only one), and passes it to `read`, which
/// returns false after a fault. Returns whether it was read, and has its checksum.
bool read_npz_array(const FileBeside& file, const std::string& member, const FieldPath& where, Reading& reading,
                    FunctionRef<bool(const FileBeside&)> read);

/// A matrix: an array of two dimensions, or a sparse matrix of SciPy.
WeightsSpec read_npz(const FileBeside& file, const std::string& member, const MatrixShape& shape,
                     const FieldPath& where, Reading& reading);

}  // namespace locus
