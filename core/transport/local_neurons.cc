#include "core/transport/local_neurons.h"

#include <algorithm>

namespace locus {

template <class R>
LocalNeurons<R>::LocalNeurons(const Network<R>& network, const Learning& learning)
    : network_(network),
      rule_(*learning.local),
      dt_(static_cast<R>(learning.dt)),
      ticks_(static_cast<R>(learning.ticks)),
      leak_(static_cast<std::size_t>(network.rate.size), R(0)),
      decay_(leak_),
      drive_(leak_) {
  const RateLayer<R>& rate = network.rate;
  for (const Neurons& population : rate.populations) {
    for (std::int32_t k = population.begin; k < population.begin + population.size; ++k) {
      const auto i = static_cast<std::size_t>(k);
      if (population.lif) {
        const Lif<R> lif = clocks_of(rate, population).of(i);
        decay_[i] = lif.decay;
        drive_[i] = lif.gain;
      } else {
        leak_[i] = rate.leak[i];
        decay_[i] = R(1) - rate.leak[i];
      }
    }
  }
  const std::size_t cells = rate.activity.size();
  for (const LocalTrace& trace : rule_.traces)
    traces_.emplace_back(trace.at == TraceAt::kTarget ? cells : std::size_t{0}, R(0));
  payload_.assign(rule_.payload.size(), Column<R>(cells, R(0)));
  known_ = payload_;
  end_payload_.assign(rule_.end_payload.size(), Column<R>(cells, R(0)));
  if (rule_.has(Symbol::kReward)) reward_.assign(cells, R(0));
  for (const Neurons& population : rate.populations) {
    if (population.lif) continue;
    const auto lanes = static_cast<std::size_t>(network.lanes);
    const std::size_t first = static_cast<std::size_t>(population.begin) * lanes;
    const std::size_t last = first + static_cast<std::size_t>(population.size) * lanes;
    for (std::size_t k = 0; k < rule_.payload.size(); ++k) {
      if (rule_.vanishes[k] != 0) continue;
      for (std::size_t cell = first; cell < last; ++cell) known_[k][cell] = known_at(rule_.payload[k], cell);
    }
  }
}

template <class R>
void LocalNeurons<R>::begin_trial() {
  for (Column<R>& trace : traces_) std::ranges::fill(trace, R(0));
  std::ranges::fill(reward_, R(0));
}

template <class R>
void LocalNeurons<R>::silence_reward(std::int32_t first, std::int32_t last) {
  const auto lanes = static_cast<std::size_t>(network_.lanes);
  for (std::size_t cell = static_cast<std::size_t>(first) * lanes; cell < static_cast<std::size_t>(last) * lanes; ++cell)
    on(RewardedNeuron<R>{reward_[cell]}, Silence{});
}

template <class R>
R LocalNeurons<R>::symbol_at(Symbol symbol, std::size_t cell, bool has_error) const {
  const RateLayer<R>& rate = network_.rate;
  switch (symbol) {
    case Symbol::kActivity:
    case Symbol::kSpike: return rate.activity[cell];
    case Symbol::kCurrent: return rate.current[cell];
    case Symbol::kGain: return rate.gain[cell];
    case Symbol::kSignal: return rate.signal[cell];
    case Symbol::kOwnWeight: return rate.own_weight[cell];
    case Symbol::kVoltage: return rate.lif.voltage[cell];
    case Symbol::kNoise: return rate.noise.empty() ? R(0) : rate.noise[cell];
    case Symbol::kReward: return reward_[cell];
    case Symbol::kTaught: return has_error ? R(1) : R(0);
    default: return constant_of(clock(cell / static_cast<std::size_t>(network_.lanes)), symbol);
  }
}

template <class R>
R LocalNeurons<R>::evaluate_at(std::int32_t root, std::size_t cell, bool has_error) const {
  return evaluate<R>(rule_.tree, root, [&](const Node& leaf) {
    const auto i = static_cast<std::size_t>(leaf.index);
    if (leaf.leaf == Leaf::kConstant) return static_cast<R>(rule_.text.constants[i].value);
    if (leaf.leaf == Leaf::kTrace) return traces_[i][cell];
    return symbol_at(static_cast<Symbol>(leaf.index), cell, has_error);
  });
}

/// Of a neuron whose gain is a constant, which is its leak; nothing else about it is known.
template <class R>
R LocalNeurons<R>::known_at(std::int32_t root, std::size_t cell) const {
  const std::size_t neuron = cell / static_cast<std::size_t>(network_.lanes);
  return evaluate<R>(rule_.tree, root, [&](const Node& leaf) {
    if (leaf.leaf == Leaf::kConstant)
      return static_cast<R>(rule_.text.constants[static_cast<std::size_t>(leaf.index)].value);
    if (leaf.leaf == Leaf::kTrace) return R(0);
    const auto symbol = static_cast<Symbol>(leaf.index);
    if (symbol == Symbol::kGain) return leak_[neuron];
    return row(symbol).owner == kEverybody ? constant_of(clock(neuron), symbol) : R(0);
  });
}

template <class R>
void LocalNeurons<R>::tick(std::int32_t first, std::int32_t last, bool has_error) {
  const auto lanes = static_cast<std::size_t>(network_.lanes);
  const std::size_t begin = static_cast<std::size_t>(first) * lanes;
  const std::size_t end = static_cast<std::size_t>(last) * lanes;
  for (std::size_t i = 0; i < traces_.size(); ++i) {
    if (traces_[i].empty()) continue;
    for (std::size_t cell = begin; cell < end; ++cell)
      traces_[i][cell] = evaluate_at(rule_.traces[i].next, cell, has_error);
  }
  for (std::size_t k = 0; k < payload_.size(); ++k) {
    const bool is_silent = rule_.vanishes[k] != 0 && !has_error;  // also where it would be 0/0
    for (std::size_t cell = begin; cell < end; ++cell)
      payload_[k][cell] = is_silent ? R(0) : evaluate_at(rule_.payload[k], cell, has_error);
  }
}

template <class R>
void LocalNeurons<R>::end(std::int32_t first, std::int32_t last, bool has_error) {
  const auto lanes = static_cast<std::size_t>(network_.lanes);
  for (std::size_t k = 0; k < end_payload_.size(); ++k) {
    for (std::size_t cell = static_cast<std::size_t>(first) * lanes; cell < static_cast<std::size_t>(last) * lanes; ++cell)
      end_payload_[k][cell] = evaluate_at(rule_.end_payload[k], cell, has_error);
  }
}

template <class R>
LocalPost<R> LocalNeurons<R>::post_of(const std::vector<Column<R>>& columns, std::size_t cell) const {
  LocalPost<R> post{};
  for (std::size_t k = 0; k < columns.size(); ++k) post.factors[k] = columns[k][cell];
  return post;
}

template <class R>
bool LocalNeurons<R>::has_news(const std::vector<Column<R>>& columns, std::size_t cell) {
  return std::ranges::any_of(columns, [&](const Column<R>& number) { return number[cell] != R(0); });
}

template <class R>
LocalClock<R> LocalNeurons<R>::clock(std::size_t neuron) const {
  return {rule_, leak_[neuron], decay_[neuron], drive_[neuron], dt_, ticks_};
}

template <class R>
const R* LocalNeurons<R>::constants(Symbol symbol) const {
  return symbol == Symbol::kLeak ? leak_.data() : symbol == Symbol::kDecay ? decay_.data() : drive_.data();
}

template <class R>
bool LocalNeurons<R>::speaks(const Population& target, bool has_error) const {
  if (target.spiking) return rule_.posts.scalars > 0;
  const Cadence cadence = target.constant_gain ? rule_.posts.constant_gain : rule_.posts.varying_gain;
  return cadence == Cadence::kTick || (cadence == Cadence::kError && has_error);
}

template class LocalNeurons<double>;
template class LocalNeurons<float>;

}  // namespace locus
