#include "sim/engine/form.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "core/expression/evaluate.h"

namespace locus {
namespace {

/// Makes the form of one rule; the form gets the rule's tree with a few nodes more.
class SumBuilder {
 public:
  SumBuilder(const LocalRule& rule, const SumContext& context) : rule_(rule), context_(context) { form_.rule = rule; }

  SumForm build() {
    for (std::size_t i = 0; i < rule_.traces.size(); ++i) {
      const LocalTrace& trace = rule_.traces[i];
      if (!trace.is_state) {
        replaced_.emplace(static_cast<int>(i), expand(trace.next));
        continue;
      }
      const int index = static_cast<int>(form_.traces.size());
      kept_.emplace(static_cast<int>(i), index);
      form_.traces.push_back({trace.name, kSynapseItself, {}});
      // Its own leaf first, with the owner that a synapse's trace has until its sum says more.
      form_.traces.back().next = expand(trace.next);
      form_.traces.back().owner = owner_of(trace, index);
      for (Atom& atom : form_.atoms) {
        if (atom.trace == index) atom.kind = kind_of(form_.traces.back().owner);
      }
    }
    for (const std::int32_t change : rule_.changes) append(form_.change, expand(change));
    form_.change = collected(std::move(form_.change));
    payload_ = &rule_.end_payload;
    for (const std::int32_t end : rule_.ends) append(form_.at_the_end, expand(end));
    form_.at_the_end = collected(std::move(form_.at_the_end));
    return std::move(form_);
  }

 private:
  static AtomKind kind_of(Owner owner) {
    return owner == kSourceNeuron   ? AtomKind::kSourceTrace
           : owner == kTargetNeuron ? AtomKind::kTargetTrace
                                    : AtomKind::kState;
  }

  Owner owner_of(const LocalTrace& trace, int index) const {
    if (trace.at == TraceAt::kSource) return kSourceNeuron;
    if (trace.at == TraceAt::kTarget) return kTargetNeuron;
    for (const Product& product : form_.traces[static_cast<std::size_t>(index)].next) {
      for (const int a : product.atoms) {
        const Atom& atom = form_.atom(a);
        if (atom.trace != index && !is_of_source(atom.kind)) return kSynapseItself;
      }
    }
    return kSourceNeuron;
  }

  static void append(Sum& to, const Sum& from) { to.insert(to.end(), from.begin(), from.end()); }

  int atom_of(Atom atom) {
    const auto found = std::ranges::find(form_.atoms, atom);
    if (found != form_.atoms.end()) return static_cast<int>(found - form_.atoms.begin());
    form_.atoms.push_back(std::move(atom));
    return static_cast<int>(form_.atoms.size()) - 1;
  }
  Sum single(Atom atom) { return {{1, {atom_of(std::move(atom))}}}; }

  /// True if an atom is 0 or 1, so that its powers are itself.
  bool is_binary(int index) const {
    const AtomKind kind = form_.atom(index).kind;
    return kind == AtomKind::kPreSpike || kind == AtomKind::kSpike || kind == AtomKind::kTaught ||
           (kind == AtomKind::kPre && context_.spikes_arrive);
  }

  Sum times(const Sum& a, const Sum& b) {
    Sum sum;
    for (const Product& one : a) {
      for (const Product& other : b) {
        Product product{one.scale * other.scale, one.atoms};
        product.atoms.insert(product.atoms.end(), other.atoms.begin(), other.atoms.end());
        std::ranges::sort(product.atoms);
        const auto same =
            std::unique(product.atoms.begin(), product.atoms.end(), [&](int x, int y) { return x == y && is_binary(x); });
        product.atoms.erase(same, product.atoms.end());
        sum.push_back(std::move(product));
      }
    }
    return collected(std::move(sum));
  }

  static std::optional<double> number_of(const Sum& sum) {
    if (sum.empty()) return 0.0;
    if (sum.size() == 1 && sum.front().atoms.empty()) return sum.front().scale;
    return std::nullopt;
  }

  Sum expand(std::int32_t node) {
    const Tree& tree = rule_.tree;
    const Node of = tree[node];
    const auto [a, b, c] = of.arguments;
    switch (of.operation) {
      case Operation::kNumber: return collected({{of.number, {}}});
      case Operation::kLeaf: return leaf(of);
      case Operation::kNegate: return times({{-1, {}}}, expand(a));
      case Operation::kAdd:
      case Operation::kSubtract: {
        Sum sum = expand(a);
        append(sum, times({{of.operation == Operation::kAdd ? 1.0 : -1.0, {}}}, expand(b)));
        sum = collected(std::move(sum));
        return sum.size() > kMostProducts ? opaque(node) : sum;
      }
      case Operation::kMultiply: {
        const Sum left = expand(a);
        const Sum right = expand(b);
        return left.size() * right.size() > kMostProducts ? opaque(node) : times(left, right);
      }
      case Operation::kDivide: {
        const auto divisor = number_of(expand(b));
        return divisor && *divisor != 0 ? times({{1 / *divisor, {}}}, expand(a)) : opaque(node);
      }
      default: return function(of, node);
    }
  }

  /// A function: a number of constants, the event of a change on a source's spike, or an atom.
  Sum function(const Node& of, std::int32_t node) {
    double values[3] = {0, 0, 0};
    bool constant = true;
    for (int i = 0; i < arguments_of(of.operation) && constant; ++i) {
      const auto number = number_of(expand(of.arguments[static_cast<std::size_t>(i)]));
      constant = number.has_value();
      values[i] = number.value_or(0);
    }
    if (constant) return collected({{apply_operation(of.operation, values[0], values[1], values[2]), {}}});
    if (of.operation == Operation::kAbs) {
      const Node& inner = rule_.tree[of.arguments[0]];
      if (inner.operation == Operation::kSign) {
        const Node& sent = rule_.tree[inner.arguments[0]];
        if (sent.operation == Operation::kLeaf && sent.leaf == Leaf::kSymbol &&
            static_cast<Symbol>(sent.index) == Symbol::kPre)
          return single(context_.spikes_arrive ? Atom{AtomKind::kPre, "pre"} : Atom{AtomKind::kPreSpike, "pre spike"});
      }
    }
    return opaque(node);
  }

  /// An expression that is not taken apart: a value of its one owner, or nobody's.
  Sum opaque(std::int32_t node) {
    unsigned owners = kEverybody;
    rule_.tree.each_leaf(node, [&](const Node& leaf) {
      for (const Product& product : this->leaf(leaf)) {
        for (const int a : product.atoms) {
          const AtomKind kind = form_.atom(a).kind;
          owners |= static_cast<unsigned>(is_of_source(kind)   ? kSourceNeuron
                                          : is_of_target(kind) ? kTargetNeuron
                                                               : kSynapseItself);
        }
      }
    });
    const AtomKind kind = owners == kTargetNeuron   ? AtomKind::kTargetValue
                          : owners == kSourceNeuron ? AtomKind::kSourceValue
                                                    : AtomKind::kUnreadable;
    return single({kind, rule_.words(node), -1, false, {}, node});
  }

  Sum leaf(const Node& of) {
    const auto number = [](double value) { return collected({{value, {}}}); };
    switch (of.leaf) {
      case Leaf::kConstant: return number(rule_.text.constants[static_cast<std::size_t>(of.index)].value);
      case Leaf::kPayload: return expand((*payload_)[static_cast<std::size_t>(of.index)]);
      case Leaf::kTrace: return trace(of.index);
      case Leaf::kSymbol: break;
    }
    const auto symbol = static_cast<Symbol>(of.index);
    const SymbolRow& row = locus::row(symbol);
    const auto value = [&](AtomKind kind) { return single({kind, std::string(row.name), -1, false, symbol}); };
    const auto known = [&](const std::optional<double>& constant) {
      return constant ? number(*constant) : value(AtomKind::kTargetValue);
    };
    switch (symbol) {
      case Symbol::kPre: return single({AtomKind::kPre, "pre"});
      case Symbol::kGain: return single({AtomKind::kGain, "gain", -1, false, symbol});
      case Symbol::kSignal: return single({AtomKind::kSignal, "signal", -1, false, symbol});
      case Symbol::kTaught: return single({AtomKind::kTaught, "taught", -1, false, symbol});
      case Symbol::kSpike: return single({AtomKind::kSpike, "spike", -1, false, symbol});
      case Symbol::kWeight: return single({AtomKind::kWeight, "weight"});
      case Symbol::kReward: return single({AtomKind::kReward, "reward"});
      case Symbol::kLeak: return known(context_.leak);
      case Symbol::kDecay: return known(context_.decay);
      case Symbol::kDrive: return known(context_.drive);
      case Symbol::kDt: return number(context_.dt);
      case Symbol::kTicks: return number(context_.ticks);
      default: break;
    }
    return value(AtomKind::kTargetValue);
  }

  Sum trace(int index) {
    if (const auto found = replaced_.find(index); found != replaced_.end()) return found->second;
    const auto found = kept_.find(index);
    const LocalTrace& trace = rule_.traces[static_cast<std::size_t>(index)];
    if (found == kept_.end()) {
      // one that is met before it is kept: of the same or a later update, which is of a synapse
      // until its own turn
      return single({trace.at == TraceAt::kSource   ? AtomKind::kSourceTrace
                     : trace.at == TraceAt::kTarget ? AtomKind::kTargetTrace
                                                    : AtomKind::kState,
                     trace.name, index_to_come(index), true});
    }
    const SumTrace& kept = form_.traces[static_cast<std::size_t>(found->second)];
    AtomKind kind = kind_of(kept.owner);
    if (kept.next.empty())
      kind = trace.at == TraceAt::kSource   ? AtomKind::kSourceTrace
             : trace.at == TraceAt::kTarget ? AtomKind::kTargetTrace
                                            : AtomKind::kState;
    return single({kind, trace.name, found->second, kept.next.empty()});
  }

  /// The index that a trace will have among the kept ones.
  int index_to_come(int index) const {
    int before = 0;
    for (int i = 0; i < index; ++i) {
      const LocalTrace& trace = rule_.traces[static_cast<std::size_t>(i)];
      before += trace.is_state ? 1 : 0;
    }
    return before;
  }

  const LocalRule& rule_;
  const SumContext& context_;
  SumForm form_;
  const std::vector<std::int32_t>* payload_ = &rule_.payload;  // of ticks, then of the end
  std::map<int, Sum> replaced_;                                // by the rule's trace: what it is
  // by the rule's trace: its index in the form
  std::map<int, int> kept_;
};

}  // namespace

Sum collected(Sum sum) {
  std::ranges::sort(sum, {}, &Product::atoms);
  Sum once;
  for (Product& product : sum) {
    if (!once.empty() && once.back().atoms == product.atoms) {
      once.back().scale += product.scale;
    } else {
      once.push_back(std::move(product));
    }
  }
  std::erase_if(once, [](const Product& product) { return product.scale == 0; });
  return once;
}

std::string SumForm::words(const std::vector<int>& of) const {
  std::string text;
  for (const int index : of) text += (text.empty() ? "" : "*") + atom(index).words;
  return text;
}

std::string SumForm::words(const Sum& sum) const {
  std::string text;
  for (const Product& product : sum) {
    const double size = std::abs(product.scale);
    if (!text.empty() || product.scale < 0) text += text.empty() ? "-" : product.scale < 0 ? " - " : " + ";
    const std::string factors = words(product.atoms);
    if (size != 1 || factors.empty()) text += fmt::format("{:.4g}{}", size, factors.empty() ? "" : "*");
    text += factors;
  }
  return text.empty() ? "0" : text;
}

SumForm sum_form(const LocalRule& rule, const SumContext& context) { return SumBuilder(rule, context).build(); }

}  // namespace locus
