#include "sim/engine/bounds.h"

#include <algorithm>
#include <cmath>

namespace locus {
namespace {

Range product_of(const Range& a, const Range& b) {
  const double ends[] = {a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high};
  return {*std::ranges::min_element(ends), *std::ranges::max_element(ends), a.assumed || b.assumed};
}

Range range_of_product(const Product& product, int without, const SumForm& form, const std::map<std::string, Range>& known) {
  Range range{product.scale, product.scale, false};
  bool left_out = false;
  for (const int index : product.atoms) {
    if (!left_out && without >= 0 && form.atom(index).trace == without) {
      left_out = true;
      continue;
    }
    range = product_of(range, range_of(form.atom(index), form, known));
  }
  return range;
}

}  // namespace

Range range_of(const Atom& atom, const SumForm& form, const std::map<std::string, Range>& known) {
  if (const auto found = known.find(atom.words); found != known.end()) return found->second;
  if (atom.kind == AtomKind::kSpike || atom.kind == AtomKind::kPreSpike || atom.kind == AtomKind::kTaught ||
      atom.words == "end")
    return {0, 1, false};
  if (atom.trace >= 0) return range_of_trace(atom.trace, form, known);
  return {};
}

Range range_of(const Sum& sum, const SumForm& form, const std::map<std::string, Range>& known) {
  Range range{0, 0, false};
  for (const Product& product : sum) {
    const Range one = range_of_product(product, -1, form, known);
    range = {range.low + one.low, range.high + one.high, range.assumed || one.assumed};
  }
  return range;
}

Range range_of_trace(int trace, const SumForm& form, const std::map<std::string, Range>& known) {
  const SumTrace& kept = form.traces[static_cast<std::size_t>(trace)];
  if (const auto found = known.find(kept.name); found != known.end()) return found->second;
  // Traces that this one reads are bounded without it: no circle is followed.
  std::map<std::string, Range> others = known;
  others.insert_or_assign(kept.name, Range{});
  Range own{0, 0, false};   // factor of the trace itself
  Range rest{0, 0, false};  // all else
  for (const Product& product : kept.next) {
    const auto is_own = [&](int index) { return form.atom(index).trace == trace; };
    const bool linear = std::ranges::count_if(product.atoms, is_own) == 1;
    const Range one = range_of_product(product, linear ? trace : -1, form, others);
    Range& to = linear ? own : rest;
    to = {to.low + one.low, to.high + one.high, to.assumed || one.assumed};
  }
  const double factor = std::max(std::abs(own.low), std::abs(own.high));
  if (!(factor < 1)) return {};
  // The largest size of all else, times 1 + factor + factor^2 + ...; of one sign where both are.
  const bool keeps_sign = own.low >= 0;
  const bool assumed = own.assumed || rest.assumed;
  if (keeps_sign) return {std::min(rest.low, 0.0) / (1 - factor), std::max(rest.high, 0.0) / (1 - factor), assumed};
  const double size = std::max(std::abs(rest.low), std::abs(rest.high)) / (1 - factor);
  return {-size, size, assumed};
}

}  // namespace locus
