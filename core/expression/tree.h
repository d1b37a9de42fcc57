// Tree: expressions as nodes of one arena, children before their parents.
//
// Equal expressions are one node, so equality is equality of indices, and a factor that two terms
// have is found by its index. Cost: a node is 32 bytes; a rule has at most kMostNodes.
// Invariants: a child's index is smaller than its parent's; nodes are never changed.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace locus {

inline constexpr std::int32_t kMostNodes = 2048;

enum class Operation : std::uint8_t {
  kNumber,
  kLeaf,
  // of one argument
  kNegate,
  kExp,
  kTanh,
  kAbs,
  kSign,
  kStep,
  kSqrt,
  // of two
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kMin,
  kMax,
  // of three: value, low, high
  kClip,
};

/// The number of arguments of an operation.
constexpr int arguments_of(Operation operation) {
  if (operation <= Operation::kLeaf) return 0;
  if (operation <= Operation::kSqrt) return 1;
  return operation == Operation::kClip ? 3 : 2;
}

/// The kinds of leaves: a symbol of the table, a constant or trace of the rule, or a number that
/// POST has brought.
enum class Leaf : std::uint8_t { kSymbol, kConstant, kTrace, kPayload };

struct Node {
  Operation operation = Operation::kNumber;
  Leaf leaf = Leaf::kSymbol;
  std::int32_t index = 0;  // of the leaf
  double number = 0;
  std::array<std::int32_t, 3> arguments{-1, -1, -1};
  friend bool operator==(const Node&, const Node&) = default;
};

class Tree {
 public:
  /// The index of an equal node, which is new if there was none.
  std::int32_t add(const Node& node);
  std::int32_t number(double value) { return add({.operation = Operation::kNumber, .number = value}); }
  std::int32_t leaf(Leaf kind, std::int32_t index) {
    return add({.operation = Operation::kLeaf, .leaf = kind, .index = index});
  }
  std::int32_t apply(Operation operation, std::int32_t a, std::int32_t b = -1, std::int32_t c = -1) {
    return add({.operation = operation, .arguments = {a, b, c}});
  }

  const Node& operator[](std::int32_t node) const { return nodes_[static_cast<std::size_t>(node)]; }
  std::int32_t size() const { return static_cast<std::int32_t>(nodes_.size()); }
  bool is_full() const { return size() >= kMostNodes; }

  /// Calls visit(node) for each leaf under a node, once for each place.
  template <class Visit>
  void each_leaf(std::int32_t root, Visit visit) const {
    const Node& node = (*this)[root];
    if (node.operation == Operation::kLeaf) visit(node);
    for (int i = 0; i < arguments_of(node.operation); ++i)
      each_leaf(node.arguments[static_cast<std::size_t>(i)], visit);
  }

 private:
  std::vector<Node> nodes_;
};

}  // namespace locus
