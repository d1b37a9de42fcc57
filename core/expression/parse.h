// The parser of expressions: text becomes nodes of a tree.
//
//     sum     = product { ("+" | "-") product }
//     product = factor { ("*" | "/") factor }
//     factor  = "-" factor | number | name | function "(" sum { "," sum } ")" | "(" sum ")"
//
// Functions: exp tanh abs sign step sqrt (one argument), min max (two), clip (value, low, high).
// Cost: linear in the text, times the nodes of the tree. Bounds: kMostCharacters, kMostDepth and
// kMostNodes, so that no text takes unbounded time or stack.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "core/expression/tree.h"

namespace locus {

inline constexpr std::size_t kMostCharacters = 2000;
inline constexpr int kMostDepth = 40;

/// A fault of an expression and its place: line and column count from 1.
struct ExpressionFault {
  int line = 1;
  int column = 1;
  std::string found;    // "pri is no name"
  std::string allowed;  // "did you mean ..."; may be empty
  friend bool operator==(const ExpressionFault&, const ExpressionFault&) = default;
};

/// A part of a text, for a fault.
inline std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

/// The node of a name, or why there is none.
using NameResolver = std::function<std::variant<std::int32_t, ExpressionFault>(std::string_view name)>;

/// The root of an expression in `tree`, or its first fault.
std::variant<std::int32_t, ExpressionFault> parse_expression(std::string_view text, const NameResolver& resolve,
                                                             Tree& tree);

/// True if the text is a name: letters, digits and "_", of which the first is no digit.
bool is_name(std::string_view text);
/// True if a function of expressions has this name.
bool is_function(std::string_view name);

}  // namespace locus
