#include "sim/engine/approximations.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/engine/bounds.h"

namespace locus {
namespace {

std::string_view words(EngineRounding rounding) {
  switch (rounding) {
    case EngineRounding::kNearest: return "to the nearest";
    case EngineRounding::kStochastic: return "at random";
    case EngineRounding::kDown: return "down";
  }
  return "";
}

/// The largest error of one rounding, in steps.
double steps_of(EngineRounding rounding) { return rounding == EngineRounding::kNearest ? 0.5 : 1; }

double largest(const Range& range) { return std::max(std::abs(range.low), std::abs(range.high)); }

class Differences {
 public:
  Differences(const Binding& binding, const EngineSpec& engine, const BindingContext& context)
      : binding_(binding), form_(binding.form), engine_(engine), context_(context) {}

  std::vector<Approximation> find() {
    for (const std::vector<BoundAccess>* end : {&binding_.source, &binding_.target}) {
      for (const BoundAccess& access : *end) add_access(access);
    }
    for (const BoundVariable& variable : binding_.variables) add_variable(variable);
    for (std::size_t k = 0; k < binding_.products.size(); ++k) add_scale(binding_.products[k], static_cast<int>(k));
    for (std::size_t a = 0; a < form_.atoms.size(); ++a) add_late(static_cast<int>(a));
    add_commit();
    return std::move(found_);
  }

 private:
  static std::string span(double full_scale, bool negative, bool assumed) {
    return fmt::format("{}{:.3g}{}", negative ? "+-" : "0 .. ", full_scale, assumed ? ", assumed" : "");
  }

  void add_access(const BoundAccess& access) {
    const std::int64_t values = access.largest - access.least + 1;
    found_.push_back({fmt::format("{} in {}", access.reads, access.access),
                      fmt::format("{} values over {}, rounded {}", values,
                                  span(access.full_scale, access.least < 0, access.assumed), words(access.rounding)),
                      access.step * steps_of(access.rounding), "a tick"});
  }

  void add_variable(const BoundVariable& variable) {
    if (variable.variable == "-") return;
    found_.push_back(
        {fmt::format("{} in {}", variable.keeps, variable.variable),
         fmt::format("{} values over {}, rounded {}", variable.largest - variable.least + 1,
                     span(variable.full_scale, variable.least < 0, variable.assumed), words(engine_.update.rounding)),
         variable.step * steps_of(engine_.update.rounding), "a tick"});
  }

  void add_scale(const BoundProduct& product, int index) {
    if (product.error() == 0) return;
    found_.push_back({fmt::format("scale of product {}", index + 1),
                      fmt::format("{}*2^{} for {:.4g}", product.mantissa, product.exponent, product.exact),
                      product.error(), "relative"});
  }

  /// What the engine reads in another state than the rule: its products see the synapse as it was
  /// before the tick, and traces of neurons as they are in the tick.
  void add_late(int index) {
    const Atom& atom = form_.atom(index);
    if (!is_read(index)) return;
    const auto trace = static_cast<std::size_t>(atom.trace);
    if (atom.kind == AtomKind::kState && !atom.is_old) {
      Sum moved = form_.traces[trace].next;
      for (Product& product : moved) {
        for (int& factor : product.atoms) {
          if (form_.atom(factor).trace == atom.trace) factor = index;
        }
      }
      moved.push_back({-1, {index}});
      found_.push_back({atom.words, "read as it was before the tick",
                        largest(range_of(collected(std::move(moved)), form_, context_.ranges)), "a tick"});
    }
    if (!atom.is_old || (atom.kind != AtomKind::kSourceTrace && atom.kind != AtomKind::kTargetTrace)) return;
    for (const Product& product : form_.traces[trace].next) {
      if (product.atoms.size() == 1 && form_.atom(product.atoms.front()).trace != atom.trace)
        found_.push_back({atom.words, "read with the spike of its own tick", std::abs(product.scale), "a spike"});
    }
  }

  /// True if an atom stands elsewhere than in the next value of its own trace.
  bool is_read(int index) const {
    const auto in = [&](const Sum& sum) {
      return std::ranges::any_of(
          sum, [&](const Product& product) { return std::ranges::find(product.atoms, index) != product.atoms.end(); });
    };
    if (in(form_.change) || in(form_.at_the_end)) return true;
    for (std::size_t t = 0; t < form_.traces.size(); ++t) {
      if (form_.atom(index).trace != static_cast<int>(t) && in(form_.traces[t].next)) return true;
    }
    return false;
  }

  /// An engine changes the weight in the tick; the rule of a model may wait for the end of a batch.
  void add_commit() {
    if (context_.commits_every_tick) return;
    const double change = context_.rate * largest(range_of(form_.change, form_, context_.ranges));
    found_.push_back({"weight", "changed in every tick, and not at the end of a batch",
                      change * static_cast<double>(context_.ticks), "a trial"});
  }

  const Binding& binding_;
  const SumForm& form_;
  const EngineSpec& engine_;
  const BindingContext& context_;
  std::vector<Approximation> found_;
};

}  // namespace

std::vector<Approximation> approximations_of(const Binding& binding, const EngineSpec& engine,
                                             const BindingContext& context) {
  return Differences(binding, engine, context).find();
}

}  // namespace locus
