// Random sparse matrices: their entries and values, row by row; each row is a pure function of
// (seed, projection, row).
//
// The model contains only the parameters, and an entry takes about 30 ns, so that a network of 10^7
// and more synapses needs no file. The entries are drawn once for a run, for its topology (wire.h).
// The values are drawn for each network, which stores them at the places of the topology.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/model/spec.h"

namespace locus {

/// The entries of a matrix row by row, with ascending columns within a row. This and the functions
/// below need settled weights.
struct DrawnWires {
  std::vector<std::int32_t> source;  // column of each entry
  std::vector<std::int32_t> target;  // row of each entry
};
DrawnWires draw_wires(const SparseRandomWeights& weights);

/// The values of the entries; entries[i] is the number of entries in row i.
std::vector<double> draw_values(const SparseRandomWeights& weights, const std::vector<std::int64_t>& entries);

/// Entries and values (16 bytes for each entry).
SparseMatrix draw_sparse(const SparseRandomWeights& weights);

/// Sets for each random matrix of the network and of a teacher its size, its keys
/// ("weights/<projection>" or "teacher/<projection>") and its number of entries, which for a
/// probability is counted by drawing. Called when a model is loaded, and again when its seed
/// changes.
void settle_sparse(Spec& spec);

/// True if these values are set for this projection of a network and this seed; `purpose` is
/// "weights/" or "teacher/". The entries are not counted again.
bool is_settled(const SparseRandomWeights& weights, const NetworkSpec& network, const ProjectionSpec& projection,
                std::uint64_t seed, const std::string& purpose);

}  // namespace locus
