#include "core/expression/inference.h"

#include <algorithm>

namespace locus {
namespace {

class Inference {
 public:
  Inference(LocalRule& rule, const NormalForm& form) : rule_(rule), form_(form) {}

  void infer_traces() {
    const auto reads = [&](std::int32_t root, std::size_t trace) {
      bool found = false;
      rule_.tree.each_leaf(root, [&](const Node& leaf) {
        found = found || (leaf.leaf == Leaf::kTrace && leaf.index == static_cast<std::int32_t>(trace));
      });
      return found;
    };
    for (std::size_t i = 0; i < rule_.traces.size(); ++i) {
      rule_.traces[i].is_state = false;
      for (std::size_t j = 0; j <= i; ++j)
        rule_.traces[i].is_state = rule_.traces[i].is_state || reads(rule_.traces[j].next, i);
      rule_.traces[i].is_lazy = is_lazy(rule_.traces[i].next, i);
      rule_.traces[i].is_shared = rule_.traces[i].of_source;
    }
    // each round finds one more that is not, or none
    for (std::size_t round = 0; round < rule_.traces.size(); ++round) {
      for (std::size_t i = 0; i < rule_.traces.size(); ++i) rule_.traces[i].is_shared = is_shared(i);
    }
  }

  void infer_posts() {
    for (const std::int32_t node : rule_.payload) rule_.vanishes.push_back(vanishes(node) ? 1 : 0);
    rule_.posts.scalars = static_cast<int>(rule_.payload.size());
    rule_.posts.end_scalars = static_cast<int>(rule_.end_payload.size());
    rule_.posts.constant_gain = cadence(true);
    rule_.posts.varying_gain = cadence(false);
    rule_.posts.own_weight = rule_.has(Symbol::kOwnWeight);
    if (rule_.text.signal != LocalSignal::kReward) return;
    switch (rule_.text.reward) {
      case RewardFrom::kTrials: rule_.posts.reward = Cadence::kTick; break;
      case RewardFrom::kTickLoss: rule_.posts.reward = Cadence::kError; break;
      case RewardFrom::kTrialLoss: rule_.posts.reward = Cadence::kEnd; break;
    }
  }

 private:
  /// True if a trace uses nothing that differs between the targets of a source, as far as is known.
  bool is_shared(std::size_t i) const {
    bool shared = rule_.traces[i].is_shared;
    rule_.tree.each_leaf(rule_.traces[i].next, [&](const Node& leaf) {
      if (leaf.leaf == Leaf::kTrace) shared = shared && rule_.traces[static_cast<std::size_t>(leaf.index)].is_shared;
      if (leaf.leaf == Leaf::kPayload) shared = false;
      if (leaf.leaf != Leaf::kSymbol) return;
      const auto symbol = static_cast<Symbol>(leaf.index);
      shared = shared && (symbol == Symbol::kPre || symbol == Symbol::kDt || symbol == Symbol::kTicks);
    });
    return shared;
  }

  /// True if each product of a trace's next value is a constant times the trace, or has a factor
  /// that comes by message.
  bool is_lazy(std::int32_t node, std::size_t trace) const {
    const Node& of = rule_.tree[node];
    const auto [a, b, c] = of.arguments;
    switch (of.operation) {
      case Operation::kAdd:
      case Operation::kSubtract: return is_lazy(a, trace) && is_lazy(b, trace);
      case Operation::kNegate: return is_lazy(a, trace);
      case Operation::kDivide: return is_lazy(a, trace) && is_factor(b);
      case Operation::kMultiply:
        if (is_silent(a) || is_silent(b)) return true;
        return (is_lazy(a, trace) && is_factor(b)) || (is_lazy(b, trace) && is_factor(a));
      case Operation::kLeaf:
        return is_silent(node) || (of.leaf == Leaf::kTrace && of.index == static_cast<std::int32_t>(trace));
      case Operation::kNumber: return of.number == 0;
      default: return false;
    }
  }
  /// True if a factor has nothing of the synapse or its source.
  bool is_factor(std::int32_t node) const { return (form_.owners_of(node) & (kSynapseItself | kSourceNeuron)) == 0; }
  /// True if a factor is 0 at a synapse that hears nothing.
  bool is_silent(std::int32_t node) const {
    const Node& of = rule_.tree[node];
    if (of.operation != Operation::kLeaf) return false;
    if (of.leaf == Leaf::kPayload) return vanishes(rule_.payload[static_cast<std::size_t>(of.index)]);
    return of.leaf == Leaf::kSymbol && static_cast<Symbol>(of.index) == Symbol::kPre;
  }

  /// True if a symbol is 0 in ticks without an error.
  bool is_of_error(Symbol symbol) const {
    return symbol == Symbol::kSignal || symbol == Symbol::kTaught ||
           (symbol == Symbol::kReward && rule_.text.reward != RewardFrom::kTrials);
  }
  /// True if a number of the payload is 0 in ticks without an error: the learning signal, or that
  /// an error has come, is a factor of it.
  bool vanishes(std::int32_t node) const {
    const Node& of = rule_.tree[node];
    const auto [a, b, c] = of.arguments;
    switch (of.operation) {
      case Operation::kLeaf: return of.leaf == Leaf::kSymbol && is_of_error(static_cast<Symbol>(of.index));
      case Operation::kNegate:
      case Operation::kAbs:
      case Operation::kSign:
      case Operation::kStep:
      case Operation::kSqrt:
      case Operation::kTanh: return vanishes(a);
      case Operation::kMultiply: return vanishes(a) || vanishes(b);
      case Operation::kDivide: return vanishes(a);
      case Operation::kAdd:
      case Operation::kSubtract: return vanishes(a) && vanishes(b);
      default: return false;
    }
  }
  /// True if synapses know a number of the payload in ticks without an error.
  bool is_known(std::int32_t node, bool constant_gain) const {
    if (vanishes(node)) return true;
    bool known = true;
    rule_.tree.each_leaf(node, [&](const Node& leaf) {
      if (leaf.leaf == Leaf::kConstant) return;
      const auto symbol = static_cast<Symbol>(leaf.index);
      known = known && leaf.leaf == Leaf::kSymbol &&
              (row(symbol).owner == kEverybody || is_of_error(symbol) || (constant_gain && symbol == Symbol::kGain));
    });
    return known;
  }

  Cadence cadence(bool constant_gain) const {
    if (rule_.payload.empty()) return Cadence::kNever;
    const auto known = [&](std::int32_t node) { return is_known(node, constant_gain); };
    if (!std::ranges::all_of(rule_.payload, known)) return Cadence::kTick;
    return rule_.has_errors() ? Cadence::kError : Cadence::kNever;
  }

  LocalRule& rule_;
  const NormalForm& form_;
};

}  // namespace

void infer(LocalRule& rule, const NormalForm& form) {
  Inference inference(rule, form);
  inference.infer_traces();
  inference.infer_posts();
}

}  // namespace locus
