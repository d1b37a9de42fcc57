// realise: turns the weights of a model into numbers.
//
// A random number is a pure function of (seed, purpose, entry): the entry (i, j) of projection "W"
// is number i * cols + j of the stream "weights/W", a teacher's of "teacher/W", a feedback's of
// "feedback/<population>", that of a basis of "basis/U", "basis/P" or "basis/V". It therefore does
// not depend on the rest of the model, the order of storage or the order of calls.
// Cost: one matrix; for aligned weights an orthogonal basis for each, a QR decomposition of its
// side (at most 4096), shared by the weights of one call.
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "sim/model/spec.h"

namespace locus {

/// W_ij: rows = target, cols = source; for a feedback rows = readouts, cols = rate neurons of its
/// population.
using Weights = std::variant<DenseMatrix, SparseMatrix>;

/// The initial weights of each projection of the network, in the order of the file.
std::vector<Weights> network_weights(const Spec& spec);

/// The weights of the teacher; the task must be student and teacher.
std::vector<Weights> teacher_weights(const Spec& spec);

/// R of each feedback of a rule, in the rule's order.
std::vector<Weights> feedback_weights(const Spec& spec, const RuleSpec& rule);

/// Like network_weights, but one projection after the other: visit(k, matrix) with a DenseMatrix or
/// SparseMatrix that exists only during the call. Matrices of the model are not copied. Random
/// sparse matrices are left out, because the topology has their entries already and only the values
/// are missing (draw_sparse.h).
using VisitWeights = std::function<void(std::size_t, const std::variant<const DenseMatrix*, const SparseMatrix*>&)>;
void visit_network_weights(const Spec& spec, const VisitWeights& visit);

/// The orthogonal matrix (side x side) of a stream, uniform over the orthogonal group (Haar): the
/// orthogonal factor of a Gaussian matrix.
DenseMatrix random_orthogonal(std::uint64_t seed, const std::string& purpose, std::int64_t side);

}  // namespace locus
