// realise: weights as a model asks for them become numbers.
//
// Drawn ones are a pure function of (seed, what they are for, entry): the entry (i, j) of
// projection "W" is number i * cols + j of the stream "weights/W", a teacher's of "teacher/W", a
// feedback's of "feedback/<population>", a basis' of "basis/U", "basis/P" or "basis/V". So no drawn
// number depends on the rest of the model, on storage order or on the order of calls. Cost: a
// matrix; for aligned weights an orthogonal basis each, a QR decomposition of its side (at most
// 4096), shared by the weights of one call.
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "sim/model/spec.h"

namespace locus {

/// W_ij: rows = target, cols = source; a feedback's rows = readouts, cols = rate neurons of its
/// population.
using Weights = std::variant<DenseMatrix, SparseMatrix>;

/// The initial weights of each projection of the network, in file order.
std::vector<Weights> network_weights(const Spec& spec);

/// Those of the teacher; the spec's task must be student and teacher.
std::vector<Weights> teacher_weights(const Spec& spec);

/// R of each feedback of a rule, in the rule's order.
std::vector<Weights> feedback_weights(const Spec& spec, const RuleSpec& rule);

/// As network_weights, one projection after the other: visit(k, matrix) with a DenseMatrix or
/// SparseMatrix that is gone afterwards. One that the model spells out is not copied. Drawn sparse
/// matrices are left out: a topology has their entries already, and only values are missing
/// (draw_sparse.h).
using VisitWeights = std::function<void(std::size_t, const std::variant<const DenseMatrix*, const SparseMatrix*>&)>;
void visit_network_weights(const Spec& spec, const VisitWeights& visit);

/// The orthogonal matrix (side x side) of a stream, uniform over the orthogonal group (Haar): the
/// orthogonal factor of a Gaussian matrix.
DenseMatrix random_orthogonal(std::uint64_t seed, const std::string& purpose, std::int64_t side);

}  // namespace locus
