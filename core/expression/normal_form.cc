#include "core/expression/normal_form.h"

#include <algorithm>
#include <iterator>

#include "core/expression/local_rule.h"
#include "core/expression/symbol.h"

namespace locus {

std::uint8_t NormalForm::owners_of(std::int32_t node) const {
  std::uint8_t owners = kEverybody;
  tree_.each_leaf(node, [&](const Node& leaf) { owners |= owners_(leaf); });
  return owners;
}

std::int32_t NormalForm::of(std::int32_t node) { return sum_of(terms_of(node)); }

std::vector<NormalForm::Term> NormalForm::terms_of(std::int32_t node) {
  const std::uint8_t owners = owners_of(node);
  if ((owners & kTargetNeuron) == 0) return {Term{false, {}, {{node, false}}}};
  if (owners == kTargetNeuron) return {Term{false, {{node, false}}, {}}};
  if (tree_.is_full()) within_ = false;
  if (!within_) return {};
  const Node of = tree_[node];
  const auto [a, b, c] = of.arguments;
  switch (of.operation) {
    case Operation::kNegate: {
      std::vector<Term> terms = terms_of(a);
      for (Term& term : terms) term.negative = !term.negative;
      return terms;
    }
    case Operation::kAdd:
    case Operation::kSubtract: {
      std::vector<Term> terms = terms_of(a);
      std::vector<Term> more = terms_of(b);
      if (of.operation == Operation::kSubtract) {
        for (Term& term : more) term.negative = !term.negative;
      }
      std::ranges::move(more, std::back_inserter(terms));
      if (std::ssize(terms) > kMostTerms) within_ = false;
      return terms;
    }
    case Operation::kMultiply: return product_of(a, b);
    case Operation::kDivide: return quotient_of(a, b);
    default: {  // a function of both
      Node function = of;
      for (std::int32_t& argument : function.arguments) {
        if (argument >= 0) argument = this->of(argument);
      }
      if (!within_) return {};
      return {Term{false, {}, {{tree_.add(function), false}}}};
    }
  }
}

std::vector<NormalForm::Term> NormalForm::product_of(std::int32_t a, std::int32_t b) {
  const std::vector<Term> left = terms_of(a);
  const std::vector<Term> right = terms_of(b);
  std::vector<Term> terms;
  if (std::ssize(left) * std::ssize(right) > kMostTerms) within_ = false;
  if (!within_) return terms;
  for (const Term& one : left) {
    for (const Term& other : right) {
      Term term = one;
      term.negative = one.negative != other.negative;
      std::ranges::copy(other.post, std::back_inserter(term.post));
      std::ranges::copy(other.local, std::back_inserter(term.local));
      terms.push_back(std::move(term));
    }
  }
  return terms;
}

std::vector<NormalForm::Term> NormalForm::quotient_of(std::int32_t a, std::int32_t b) {
  std::vector<Term> terms = terms_of(a);
  const std::uint8_t owners = owners_of(b);
  const bool post = owners == kTargetNeuron;
  const bool mixed = !post && (owners & kTargetNeuron) != 0;
  const std::int32_t divisor = mixed ? of(b) : b;
  for (Term& term : terms) (post ? term.post : term.local).push_back({divisor, true});
  return terms;
}

/// first: a factor in front, or -1.
std::int32_t NormalForm::product_of(const std::vector<Factor>& factors, std::int32_t first) {
  std::int32_t product = first;
  for (const bool divides : {false, true}) {
    for (const Factor& factor : factors) {
      if (factor.divides != divides) continue;
      if (product < 0) {
        product = divides ? tree_.apply(Operation::kDivide, tree_.number(1), factor.node) : factor.node;
      } else {
        product = tree_.apply(divides ? Operation::kDivide : Operation::kMultiply, product, factor.node);
      }
    }
  }
  return product;
}

/// The leaf of a factor of the target neuron in the payload, where equal ones stand once.
std::int32_t NormalForm::number_of(std::int32_t post) {
  auto found = std::ranges::find(payload_, post);
  if (found == payload_.end()) found = payload_.insert(found, post);
  return tree_.leaf(Leaf::kPayload, static_cast<std::int32_t>(found - payload_.begin()));
}

std::int32_t NormalForm::sum_of(const std::vector<Term>& terms) {
  if (!within_ || terms.empty()) return tree_.number(0);
  std::int32_t sum = -1;
  for (const Term& term : terms) {
    if (tree_.is_full()) within_ = false;
    const std::int32_t post = term.post.empty() ? -1 : number_of(product_of(term.post, -1));
    const std::int32_t product = product_of(term.local, post);
    if (sum < 0) {
      sum = term.negative ? tree_.apply(Operation::kNegate, product) : product;
    } else {
      sum = tree_.apply(term.negative ? Operation::kSubtract : Operation::kAdd, sum, product);
    }
  }
  return sum;
}

}  // namespace locus
