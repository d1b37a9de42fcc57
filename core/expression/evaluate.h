// The evaluator of expressions, one value at a time: the definition of a rule's numbers.
//
// Cost: one visit a node and place. R: float or double; numbers and constants are rounded to R, and
// every operation is one of R.
#pragma once

#include <algorithm>
#include <cmath>

#include "core/expression/tree.h"

namespace locus {

template <class R>
R sign_of(R x) {
  return x > R(0) ? R(1) : x < R(0) ? R(-1) : R(0);
}

/// One operation on its arguments; those that it does not have are ignored.
template <class R>
R apply_operation(Operation operation, R a, R b, R c) {
  switch (operation) {
    case Operation::kNumber:
    case Operation::kLeaf: return a;
    case Operation::kNegate: return -a;
    case Operation::kExp: return std::exp(a);
    case Operation::kTanh: return std::tanh(a);
    case Operation::kAbs: return std::abs(a);
    case Operation::kSign: return sign_of(a);
    case Operation::kStep: return a > R(0) ? R(1) : R(0);
    case Operation::kSqrt: return std::sqrt(a);
    case Operation::kAdd: return a + b;
    case Operation::kSubtract: return a - b;
    case Operation::kMultiply: return a * b;
    case Operation::kDivide: return a / b;
    case Operation::kMin: return std::min(a, b);
    case Operation::kMax: return std::max(a, b);
    case Operation::kClip: return std::min(std::max(a, b), c);
  }
  return a;
}

/// The value of a node; leaf(node) is the value of a leaf.
template <class R, class LeafValue>
R evaluate(const Tree& tree, std::int32_t root, const LeafValue& leaf) {
  const Node& node = tree[root];
  if (node.operation == Operation::kNumber) return static_cast<R>(node.number);
  if (node.operation == Operation::kLeaf) return leaf(node);
  R values[3] = {R(0), R(0), R(0)};
  for (int i = 0; i < arguments_of(node.operation); ++i)
    values[i] = evaluate<R>(tree, node.arguments[static_cast<std::size_t>(i)], leaf);
  return apply_operation(node.operation, values[0], values[1], values[2]);
}

}  // namespace locus
