// Sparse matrices that are drawn: which entries there are and their values, row by row, each row a
// pure function of (seed, projection, row).
//
// A model says how such a matrix is drawn, at some 30 ns an entry, so a network of 10^7 and more
// synapses needs no file. Which entries there are is drawn once for a run, for its topology
// (wire.h); values are drawn for each network, which puts them where the topology says.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/model/spec.h"

namespace locus {

/// The weights must be settled, here and below. Entries stand row by row, columns ascending within
/// a row.
struct DrawnWires {
  std::vector<std::int32_t> source;  // column of each entry
  std::vector<std::int32_t> target;  // row of each entry
};
DrawnWires draw_wires(const SparseRandomWeights& weights);

/// Their values; entries[i]: how many row i has.
std::vector<double> draw_values(const SparseRandomWeights& weights, const std::vector<std::int64_t>& entries);

/// Both (16 bytes an entry).
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
