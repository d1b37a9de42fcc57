// The binding of a form to an engine (binding.h).
#include <algorithm>
#include <cmath>
#include <iterator>
#include <tuple>

#include <fmt/format.h>

#include "sim/engine/approximations.h"
#include "sim/engine/binding.h"
#include "sim/engine/bounds.h"
#include "sim/engine/grid.h"
#include "sim/engine/needed.h"

namespace locus {
namespace {

class Binder {
 public:
  Binder(SumForm form, const EngineSpec& engine, const BindingContext& context) : engine_(engine), context_(context) {
    binding_.form = std::move(form);
    binding_.reward_step = reward_step(context.ranges);
  }

  Binding bind() {
    settle_traces(form(), engine_, context_);
    keep_variables();
    needed_ = needed_products(binding_, engine_, context_);
    for (Needed& needed : needed_) bind_values(needed);
    for (Needed& needed : needed_) bind_product(needed);
    check_limits();
    binding_.approximations = approximations_of(binding_, engine_, context_);
    return std::move(binding_);
  }

 private:
  SumForm& form() { return binding_.form; }

  void lack(std::string what, const std::string& of, std::int64_t count, std::string each) {
    add_lack(binding_.lacks, std::move(what), of, count, std::move(each));
  }
  std::int64_t reads(std::int64_t ticks) const { return context_.synapses * ticks; }

  void keep_variables() {
    const auto add = [&](const EngineVariable& variable, const std::string& keeps, int trace, const Range& range) {
      BoundVariable bound{.variable = variable.name, .keeps = keeps, .trace = trace, .assumed = range.assumed};
      const StepGrid grid = step_grid_of(range, variable.bits, variable.is_signed, {});
      bound.full_scale = grid.full_scale;
      bound.step = grid.step;
      bound.least = grid.least;
      bound.largest = grid.largest;
      bound.offset = grid.offset;
      if (grid.offset != 0 && !engine_.update.offsets)
        lack("a signed variable of a synapse", keeps, context_.synapses, "a synapse");
      binding_.variables.push_back(std::move(bound));
    };
    const auto known = context_.ranges.find("weight");
    add(engine_.weight(), "weight", -1, known == context_.ranges.end() ? Range{} : known->second);
    std::vector<const EngineVariable*> free;
    for (const bool delays : {false, true}) {
      for (const EngineVariable& variable : engine_.variables) {
        if (variable.name == "weight" || variable.is_delay != delays) continue;
        if (!delays || !context_.has_delays) free.push_back(&variable);
      }
    }
    std::size_t next = 0;
    std::int64_t missing = 0;
    for (std::size_t t = 0; t < form().traces.size(); ++t) {
      if (form().traces[t].owner != kSynapseItself) continue;
      const auto index = static_cast<int>(t);
      const Range range = range_of_trace(index, form(), context_.ranges);
      if (next < free.size()) {
        binding_.gives_up_delays = binding_.gives_up_delays || free[next]->is_delay;
        add(*free[next++], form().traces[t].name, index, range);
        continue;
      }
      missing += context_.synapses;
      lack("a variable of a synapse", form().traces[t].name, missing, "a synapse");
      add({.name = "-", .bits = 8, .is_signed = true}, form().traces[t].name, index, range);
    }
  }

  /// A value that the neuron computes is scaled so that its first product counts 1; the rest of the
  /// scale is the product's.
  void bind_values(Needed& needed) {
    if (needed.value.empty()) return;
    Sum value = collected(std::move(needed.value));
    needed.value.clear();
    if (value.empty()) {
      needed.scale = 0;
      return;
    }
    needed.scale = value.front().scale;
    for (Product& product : value) product.scale /= needed.scale;
    const int bound = access(true, AccessSource::kValue, value, needed.ticks);
    if (bound >= 0) values_.emplace_back(&needed - needed_.data(), bound);
  }

  /// The bound access of a number, which is made if it is new; -1 if none is free.
  int access(bool of_target, AccessSource source, const Sum& value, std::int64_t ticks) {
    const EngineEnd& end = of_target ? engine_.target : engine_.source;
    std::vector<BoundAccess>& bound = of_target ? binding_.target : binding_.source;
    for (std::size_t k = 0; k < bound.size(); ++k) {
      if (bound[k].source == source && bound[k].value == value) return static_cast<int>(k);
    }
    const EngineAccess* chosen = nullptr;
    for (const EngineAccess& candidate : end.accesses) {
      const bool used = std::ranges::find(bound, candidate.name, &BoundAccess::access) != bound.end();
      if (used || !candidate.takes(source)) continue;
      if (chosen == nullptr || candidate.sources.size() < chosen->sources.size()) chosen = &candidate;
    }
    const std::string reads = form().words(value);
    if (chosen == nullptr) {
      const char* kind = source == AccessSource::kSpikes ? "trace of the spikes" : "value";
      const bool has_kind = takes(end, source);
      lack(fmt::format("{} {} of the {} neuron{}", has_kind ? "one more" : "a", kind, of_target ? "target" : "source",
                       has_kind || source == AccessSource::kSpikes ? "" : " that is no trace of its spikes"),
           reads, this->reads(ticks), "a synapse and tick");
      return -1;
    }
    BoundAccess made{.access = chosen->name, .reads = reads, .source = source, .value = value};
    Range range = range_of(value, form(), context_.ranges);
    if (source == AccessSource::kSpikes) set_trace(made);
    const StepGrid grid = step_grid_of(range, chosen->bits, chosen->is_signed, chosen->levels);
    made.full_scale = grid.full_scale;
    made.assumed = range.assumed;
    made.step = grid.step;
    made.least = grid.least;
    made.largest = grid.largest;
    made.offset = grid.offset;
    made.rounding = chosen->rounding;
    if (grid.offset != 0 && !engine_.update.offsets)
      lack("a signed access", reads, this->reads(ticks), "a synapse and tick");
    bound.push_back(std::move(made));
    return static_cast<int>(bound.size()) - 1;
  }

  /// Decay and impulse of a trace of spikes; of a spike itself, which is a trace without a past.
  void set_trace(BoundAccess& made) {
    const Atom& atom = form().atom(made.value.front().atoms.front());
    if (atom.trace < 0) {
      made.impulse = 1;
      return;
    }
    for (const Product& product : form().traces[static_cast<std::size_t>(atom.trace)].next) {
      const bool own = form().atom(product.atoms.front()).trace == atom.trace;
      (own ? made.decay : made.impulse) = product.scale;
    }
  }

  void bind_product(Needed& needed) {
    if (needed.scale == 0) return;
    BoundProduct product{.target = needed.target, .scale = needed.scale};
    bool whole = true;
    const auto read = [&](BoundFactor::Of of, int index) {
      whole = whole && index >= 0;
      product.factors.push_back({of, index});
    };
    product.condition = needed.source_spike        ? Condition::kSourceSpike
                        : needed.target_spikes > 0 ? Condition::kTargetSpike
                                                   : Condition::kEveryTick;
    if (needed.source_spike && needed.target_spikes > 0)
      read(BoundFactor::Of::kTarget, access(true, AccessSource::kSpikes, {{1, {atom_of(AtomKind::kSpike)}}}, needed.ticks));
    if (product.condition == Condition::kEveryTick && !engine_.update.every_tick)
      lack("a change in ticks without a spike", binding_.variables[static_cast<std::size_t>(needed.target)].keeps,
           reads(needed.ticks), "a synapse and tick");
    for (const int index : needed.source) read(BoundFactor::Of::kSource, source_access(index, needed.ticks));
    for (const int index : needed.target_own) {
      const AtomKind kind = form().atom(index).kind;
      const AccessSource source = kind == AtomKind::kGain     ? AccessSource::kGain
                                  : kind == AtomKind::kSignal ? AccessSource::kSignal
                                                              : AccessSource::kSpikes;
      read(BoundFactor::Of::kTarget, access(true, source, {{1, {index}}}, needed.ticks));
    }
    const auto value = std::ranges::find(values_, &needed - needed_.data(), &std::pair<std::ptrdiff_t, int>::first);
    if (value != values_.end()) read(BoundFactor::Of::kTarget, value->second);
    for (int k = 0; k < needed.rewards; ++k) {
      if (!engine_.reward) lack("the reward", "reward", reads(needed.ticks), "a synapse and tick");
      read(BoundFactor::Of::kReward, 0);
    }
    for (const int index : needed.variables) read(BoundFactor::Of::kVariable, index);
    if (!whole) return;
    scale(product);
    binding_.products.push_back(std::move(product));
  }

  int atom_of(AtomKind kind) const {
    const auto found = std::ranges::find(binding_.form.atoms, kind, &Atom::kind);
    return static_cast<int>(found - binding_.form.atoms.begin());
  }

  int source_access(int index, std::int64_t ticks) {
    const Atom& atom = form().atom(index);
    const bool of_spikes = atom.kind == AtomKind::kSourceTrace || (atom.kind == AtomKind::kPre && context_.spikes_arrive);
    if (atom.kind == AtomKind::kSourceValue || atom.kind == AtomKind::kPreSpike) {
      lack("a value of the source neuron beside what it sends", atom.words, reads(ticks), "a synapse and tick");
      return -1;
    }
    return access(false, of_spikes ? AccessSource::kSpikes : AccessSource::kValue, {{1, {index}}}, ticks);
  }

  /// The scale in steps, as mantissa and exponent.
  void scale(BoundProduct& product) {
    product.exact = product.scale / binding_.variables[static_cast<std::size_t>(product.target)].step;
    for (const BoundFactor& factor : product.factors) {
      const auto i = static_cast<std::size_t>(factor.index);
      switch (factor.of) {
        case BoundFactor::Of::kSource: product.exact *= binding_.source[i].step; break;
        case BoundFactor::Of::kTarget: product.exact *= binding_.target[i].step; break;
        case BoundFactor::Of::kVariable: product.exact *= binding_.variables[i].step; break;
        case BoundFactor::Of::kReward: product.exact *= binding_.reward_step; break;
      }
    }
    const EngineUpdate& update = engine_.update;
    const std::int64_t most = (std::int64_t{1} << (update.mantissa_bits - 1)) - 1;
    if (product.exact == 0) return;
    int exponent = std::max(std::ilogb(product.exact) - update.mantissa_bits, update.least_exponent);
    while (std::llround(std::abs(std::ldexp(product.exact, -exponent))) > most) ++exponent;
    product.mantissa = std::llround(std::ldexp(product.exact, -exponent));
    product.exponent = exponent;
    if (exponent > update.largest_exponent || product.mantissa == 0) {
      lack(fmt::format("scales of {} 2^{}", exponent > update.largest_exponent ? "more than" : "less than",
                       exponent > update.largest_exponent ? update.largest_exponent : update.least_exponent),
           binding_.variables[static_cast<std::size_t>(product.target)].keeps, 1, "a product");
    }
  }

  void check_limits() {
    const EngineUpdate& update = engine_.update;
    const std::int64_t products = std::ssize(binding_.products);
    if (update.products && products > *update.products)
      lack(fmt::format("more than {} product{} a synapse", *update.products, *update.products == 1 ? "" : "s"),
           fmt::format("{} of them", products), context_.synapses, "a synapse");
    for (const BoundProduct& product : binding_.products) {
      if (update.factors && std::ssize(product.factors) > *update.factors)
        lack(fmt::format("products of more than {} factors", *update.factors),
             binding_.variables[static_cast<std::size_t>(product.target)].keeps, context_.synapses, "a synapse");
    }
  }

  const EngineSpec& engine_;
  const BindingContext& context_;
  Binding binding_;
  std::vector<Needed> needed_;
  // the access of the value of a needed product
  std::vector<std::pair<std::ptrdiff_t, int>> values_;
};

}  // namespace

double BoundProduct::error() const {
  return exact == 0 ? 0 : std::abs(std::ldexp(static_cast<double>(mantissa), exponent) / exact - 1);
}

std::string Binding::name_of(const BoundFactor& factor) const {
  const auto i = static_cast<std::size_t>(factor.index);
  switch (factor.of) {
    case BoundFactor::Of::kSource: return source[i].access;
    case BoundFactor::Of::kTarget: return target[i].access;
    case BoundFactor::Of::kReward: return "reward";
    case BoundFactor::Of::kVariable: return variables[i].variable;
  }
  return "";
}

Binding bind(SumForm form, const EngineSpec& engine, const BindingContext& context) {
  return Binder(std::move(form), engine, context).bind();
}

}  // namespace locus
