// A synapse under a rule that the model writes itself: its traces follow the text, and so does its
// change.
//
//     trace_1 = next_1(...), trace_2 = next_2(...), ...;  delta += change_1 + ...
//
// An expression uses the synapse's own state, what its source sent, the numbers that its neuron
// told it (LocalPost) and constants of the neuron. In a tick without POST the synapse knows these
// numbers (LocalNeurons says which they are). core/expression/local_rule.h has the normal form.
// Cost: one visit a node of the expressions.
#pragma once

#include "core/expression/evaluate.h"
#include "core/expression/local_rule.h"
#include "core/wire/payload.h"

namespace locus {

template <class R>
struct LocalSynapse {
  const R& weight;  // W_ij [1]
  const R& pre;     // activity of the source in this tick [1]; 0 if there is none
  R* traces;        // in the order of the text
  R& delta;         // Delta_ij, the sum of changes since the last commit [1]
};

/// The clock of such a synapse: the rule, and constants of its target neuron.
template <class R>
struct LocalClock {
  const LocalRule& rule;
  R leak;   // alpha [1]; of a rate neuron
  R decay;  // [1]
  R drive;  // zeta [1]; of a spiking neuron
  R dt;     // ms
  R ticks;
};

template <class R>
R constant_of(const LocalClock<R>& c, Symbol symbol) {
  switch (symbol) {
    case Symbol::kLeak: return c.leak;
    case Symbol::kDecay: return c.decay;
    case Symbol::kDrive: return c.drive;
    case Symbol::kDt: return c.dt;
    default: return c.ticks;
  }
}

template <class R>
R value_at(const LocalSynapse<R>& s, const LocalPost<R>& m, const LocalClock<R>& c, std::int32_t root) {
  return evaluate<R>(c.rule.tree, root, [&](const Node& leaf) {
    const auto i = static_cast<std::size_t>(leaf.index);
    switch (leaf.leaf) {
      case Leaf::kConstant: return static_cast<R>(c.rule.text.constants[i].value);
      case Leaf::kTrace: return s.traces[i];
      case Leaf::kPayload: return m.factors[i];
      case Leaf::kSymbol: break;
    }
    const auto symbol = static_cast<Symbol>(leaf.index);
    return symbol == Symbol::kPre ? s.pre : symbol == Symbol::kWeight ? s.weight : constant_of(c, symbol);
  });
}

template <class R>
void on(LocalSynapse<R> s, const LocalPost<R>& m, const LocalClock<R>& c) {
  for (std::size_t i = 0; i < c.rule.traces.size(); ++i) {
    if (c.rule.traces[i].at != TraceAt::kTarget) s.traces[i] = value_at(s, m, c, c.rule.traces[i].next);
  }
  for (const std::int32_t change : c.rule.changes) s.delta += value_at(s, m, c, change);
}

/// The end of a trial, after its last tick: m is the payload of the end.
template <class R>
void on_end(LocalSynapse<R> s, const LocalPost<R>& m, const LocalClock<R>& c) {
  for (const std::int32_t end : c.rule.ends) s.delta += value_at(s, m, c, end);
}

/// The reward that a neuron keeps, for one tick.
template <class R>
struct RewardedNeuron {
  R& reward;  // r_t [1]; 0 where none has come
};

template <class R>
void on(RewardedNeuron<R> n, Silence) {
  n.reward = R(0);
}

template <class R>
void on(RewardedNeuron<R> n, Reward<R> m) {
  n.reward = m.value;
}

}  // namespace locus
