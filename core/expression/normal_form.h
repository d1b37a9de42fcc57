// The normal form of an expression at a synapse: a sum of products (post)(local).
//
// core/expression/local_rule.h says what it is for. Only sums that mix what the target neuron has
// with anything else are multiplied out.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "core/expression/tree.h"

namespace locus {

class NormalForm {
 public:
  /// owners: of a leaf, as bits of Owner. `tree` outlives this.
  NormalForm(Tree& tree, std::function<std::uint8_t(const Node&)> owners) : tree_(tree), owners_(std::move(owners)) {}

  /// The owners of all leaves under a node.
  std::uint8_t owners_of(std::int32_t node) const;
  /// The normal form of a node; factors of the target neuron become numbers of the payload.
  std::int32_t of(std::int32_t node);

  const std::vector<std::int32_t>& payload() const { return payload_; }
  /// False if an expression has had too many products, or the tree has become too large.
  bool is_within_bounds() const { return within_; }

 private:
  struct Factor {
    std::int32_t node;
    bool divides;
  };
  struct Term {
    bool negative = false;
    std::vector<Factor> post;
    std::vector<Factor> local;
  };

  std::vector<Term> terms_of(std::int32_t node);
  std::vector<Term> product_of(std::int32_t a, std::int32_t b);
  std::vector<Term> quotient_of(std::int32_t a, std::int32_t b);
  std::int32_t sum_of(const std::vector<Term>& terms);
  std::int32_t product_of(const std::vector<Factor>& factors, std::int32_t first);
  std::int32_t number_of(std::int32_t post);

  Tree& tree_;
  std::function<std::uint8_t(const Node&)> owners_;
  std::vector<std::int32_t> payload_;
  bool within_ = true;
};

}  // namespace locus
