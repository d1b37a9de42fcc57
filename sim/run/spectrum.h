// Spectrum: singular values of what a rule has learnt, and how many directions they amount to.
//
// The bound that it is held against: RFLO changes W and B only within the row space of its
// feedback, so rank(W_K - W_0) <= o for the dense linear network with one leak and decay. Source:
// arXiv:2606.00243, representation; effective rank: exp of the entropy of the normalised singular
// values. Cost: one singular value decomposition.
#pragma once

#include <vector>

#include "sim/model/spec.h"

namespace locus {

struct Spectrum {
  std::vector<double> singular_values;  // [1] (smaller side), descending
  int rank = 0;                         // sigma_i > tolerance * sigma_1; 0 for a zero matrix
  // exp(-sum q ln q), q = sigma / sum sigma; 0 for a zero matrix
  double effective_rank = 0;
  double tolerance = 0;  // of sigma_1
};

/// Of a matrix [1] with finite entries. Where the largest singular value is `negligible` or less,
/// rank and effective rank are 0.
Spectrum spectrum_of(const DenseMatrix& change, double tolerance = 1e-9, double negligible = 0);

}  // namespace locus
