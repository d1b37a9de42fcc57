// FeedbackWires: what the wires of FEEDBACK make of the errors that readouts send.
//
// Both transports ask it: which value a readout says (the error itself, or its level on the grid of
// a narrow wire), what arrives in a tick (over slow wires, what was said some ticks ago), and
// whether a message is lost. R is fixed, so that a message may be multiplied where it arrives.
// What is sent is counted where it is sent, also if it is lost or on its way when the trial ends.
// Cost: nothing over ideal wires; otherwise (delay + 1) rows of readouts and lanes, a draw for each
// message where some are lost, and one for each readout and lane where rounding is stochastic.
// Invariant: draws are functions of (seed, trial, tick, readout or synapse).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/actor/network.h"
#include "core/base/column.h"
#include "core/protocol/learning.h"

namespace locus {

template <class R>
class FeedbackWires {
 public:
  /// `network` outlives this.
  FeedbackWires(const Network<R>& network, const Learning& learning);

  /// The clock: nothing is on its way.
  void begin_trial();
  /// The errors that readouts send in this tick (o x lanes), 0 in a tick without an error.
  const R* say(Tick now, bool tick_has_error);
  /// What arrives in this tick (o x lanes), said in tick sent(now); null: nothing can have.
  const R* arriving(Tick now) const;
  Tick sent(Tick now) const { return Tick{now.value - delay_}; }
  std::int32_t delay() const { return delay_; }
  bool loses() const { return drop_ > 0; }
  /// Where wires lose messages: whether one is lost, over a synapse of one of the parts of R, said
  /// in tick `sent`.
  bool is_lost(std::size_t part, std::int64_t synapse, std::int32_t lane, Tick sent) const;

 private:
  static std::uint64_t number_of(Tick tick) {
    const std::int64_t number = tick.value;
    return static_cast<std::uint64_t>(number);
  }
  std::size_t row_of(Tick tick) const {
    return number_of(tick) % static_cast<std::size_t>(delay_ + 1) * network_->readouts.epsilon.size();
  }

  const Network<R>* network_;
  bool ideal_;
  std::optional<Grid> grid_;
  double drop_ = 0;
  std::int32_t delay_ = 0;
  RandomKey rounding_;
  std::vector<RandomKey> losses_;  // of each part of R
  Column<R> said_;                 // (delay + 1, o x lanes); empty over ideal wires
};

}  // namespace locus
