// Sparse matrices that are drawn: which entries there are and their values, row by row, each row a
// pure function of (seed, projection, row).
//
// Nothing holds such a matrix but who uses it: a model says how it is drawn, and it is drawn again
// where it is needed, at some 30 ns an entry. So a network of 10^7 and more synapses needs no file.
#pragma once

#include <cstdint>
#include <string>

#include "sim/model/spec.h"

namespace locus {

/// The matrix, row by row, columns ascending within a row (16 bytes an entry). The weights must be
/// settled.
SparseMatrix draw_sparse(const SparseRandomWeights& weights);

/// Tells each drawn matrix of the network and of a teacher its size, its keys
/// ("weights/<projection>" or "teacher/<projection>") and how many entries it has, which is counted
/// by drawing where each pair has a probability. Called when a model is loaded, and again when its
/// seed changes.
void settle_sparse(Spec& spec);

/// Whether it knows them: those of this projection of a network, by this seed; `purpose` is
/// "weights/" or "teacher/". The entries are not counted again.
bool is_settled(const SparseRandomWeights& weights, const NetworkSpec& network, const ProjectionSpec& projection,
                std::uint64_t seed, const std::string& purpose);

}  // namespace locus
