// MirroredActivity: what rate neurons tell the synapses of R where feedback learns: their activity,
// or beside readouts with memory a filter of it, as the synapses onto the readouts keep.
//
// Both transports have one of these.
// Cost: beside readouts with memory a number and a multiply-add a neuron, lane and tick; otherwise
// nothing.
#pragma once

#include <algorithm>

#include "core/actor/network.h"
#include "core/base/column.h"

namespace locus {

template <class R>
class MirroredActivity {
 public:
  /// `network` outlives this.
  explicit MirroredActivity(const Network<R>& network) : network_(&network), mirror_(mirror_of(network)) {
    if (filters_for_feedback(network)) filtered_.assign(network.rate.activity.size(), R(0));
  }

  void begin_trial() { std::ranges::fill(filtered_, R(0)); }
  /// The clock, after the neurons' step.
  void tick() {
    const R* const activity = network_->rate.activity.data();
    for (std::size_t cell = 0; cell < filtered_.size(); ++cell) mirror(filtered_[cell], activity[cell], mirror_);
  }
  /// Of the rate layer (n x lanes).
  const R* values() const { return (filtered_.empty() ? network_->rate.activity : filtered_).data(); }

 private:
  const Network<R>* network_;
  Mirror<R> mirror_;    // of the readouts
  Column<R> filtered_;  // h filtered (n x lanes); empty where nothing filters
};

}  // namespace locus
