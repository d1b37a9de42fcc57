// LocalNeurons: what rate neurons and spiking ones keep and tell under a rule that the model writes
// itself.
//
// A neuron keeps the traces that the text places at the TARGET. Every tick it brings them up to
// date and computes the payload of its POST: the factors of the text that are its own. Both
// transports have one of these; they differ in how the numbers reach the synapses.
// Cost: (traces + 2 x payload + payload of the end + 1 for rewards) columns of the rate layer, and
// one visit a node and neuron in every tick. Thread safety: tick(first, last) touches these neurons
// only.
#pragma once

#include <vector>

#include "core/actor/local_synapse.h"
#include "core/actor/network.h"
#include "core/base/column.h"
#include "core/protocol/learning.h"

namespace locus {

template <class R>
class LocalNeurons {
 public:
  /// The rule is learning.local, which outlives this, and so does the network.
  LocalNeurons(const Network<R>& network, const Learning& learning);

  /// The traces of neurons are 0.
  void begin_trial();
  /// The clock, after the step of the neurons [first, last) of the rate layer, and after their
  /// learning signals.
  void tick(std::int32_t first, std::int32_t last, bool has_error);

  /// The begin of a tick's rewards, of the neurons [first, last): none has come.
  void silence_reward(std::int32_t first, std::int32_t last);
  /// REWARD.
  void hear(std::size_t cell, Reward<R> m) { on(RewardedNeuron<R>{reward_[cell]}, m); }
  /// The end of the trial, after the last tick(): the numbers that these neurons tell then.
  void end(std::int32_t first, std::int32_t last, bool has_error);

  /// A number of the payload, of each neuron and lane (n x lanes).
  const R* payload(int number) const { return payload_[static_cast<std::size_t>(number)].data(); }
  LocalPost<R> post(std::size_t cell) const { return post_of(payload_, cell); }
  /// The payload that the synapses of a neuron know in a tick without POST.
  LocalPost<R> known(std::size_t cell) const { return post_of(known_, cell); }
  bool has_news(std::size_t cell) const { return has_news(payload_, cell); }

  /// The same at the end of a trial.
  const R* end_payload(int number) const { return end_payload_[static_cast<std::size_t>(number)].data(); }
  LocalPost<R> end_post(std::size_t cell) const { return post_of(end_payload_, cell); }
  bool has_end_news(std::size_t cell) const { return has_news(end_payload_, cell); }

  /// Constants of a neuron, and their columns (n).
  LocalClock<R> clock(std::size_t neuron) const;
  const R* constants(Symbol symbol) const;
  const LocalRule& rule() const { return rule_; }

  /// True if neurons of the population on which a projection ends tell their synapses something in
  /// this tick; of spiking ones each is asked, has_news().
  bool speaks(const Population& target, bool has_error) const;

 private:
  LocalPost<R> post_of(const std::vector<Column<R>>& columns, std::size_t cell) const;
  static bool has_news(const std::vector<Column<R>>& columns, std::size_t cell);
  R symbol_at(Symbol symbol, std::size_t cell, bool has_error) const;
  R evaluate_at(std::int32_t root, std::size_t cell, bool has_error) const;
  R known_at(std::int32_t root, std::size_t cell) const;

  const Network<R>& network_;
  const LocalRule& rule_;
  R dt_;
  R ticks_;
  Column<R> leak_;  // (n), as the two below
  Column<R> decay_;
  Column<R> drive_;
  std::vector<Column<R>> traces_;       // by trace (n x lanes); empty where it is not at the target
  std::vector<Column<R>> payload_;      // (n x lanes) each
  std::vector<Column<R>> known_;        // (n x lanes) each
  std::vector<Column<R>> end_payload_;  // (n x lanes) each
  Column<R> reward_;                    // r_t [1] (n x lanes); empty where the text has none
};

}  // namespace locus
