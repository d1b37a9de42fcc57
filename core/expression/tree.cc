#include "core/expression/tree.h"

#include <algorithm>
#include <bit>

namespace locus {

std::int32_t Tree::add(const Node& node) {
  // numbers are equal if their bits are: 0 and -0 are two
  const auto equal = [&](const Node& other) {
    return other == node && std::bit_cast<std::uint64_t>(other.number) == std::bit_cast<std::uint64_t>(node.number);
  };
  const auto found = std::find_if(nodes_.begin(), nodes_.end(), equal);
  if (found != nodes_.end()) return static_cast<std::int32_t>(found - nodes_.begin());
  nodes_.push_back(node);
  return size() - 1;
}

}  // namespace locus
