// Weights from a .csv file, or one packed by gzip (.csv.gz): a row of the matrix in each line, its
// numbers separated by commas, with a decimal point.
//
// A number becomes the nearest float64, as in a model's text; a whole number that float64 does not
// hold is a fault. Empty lines and whatever follows a # are passed over.
// Cost: one pass; memory grows with what the file contains, up to the shape of the matrix.
#pragma once

#include "sim/model/reading.h"

namespace locus {

/// `where` is the field that names the file; faults stand there.
DenseMatrix read_csv_matrix(const FileBeside& file, bool gzip, const MatrixShape& shape, const FieldPath& where,
                            Reading& reading);

}  // namespace locus
