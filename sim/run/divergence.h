// The place at which a run stopped being finite, for the message of a rule that diverged.
//
// Why: "the loss is not finite" says neither whether a neuron, a readout or a weight overflowed nor
// when. A trial notes the first tick with a loss that is not finite, while the network is still in
// the state of that tick; weights are looked through once the run has ended.
// Cost: nothing before the first such tick, then one pass over the columns of neurons or weights.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/actor/network.h"
#include "core/wire/door.h"

namespace locus {

/// A number that is not finite, or the largest term of a loss whose sum is not.
struct NonFinite {
  std::string_view quantity;  // "activity", "output", "squared error", "cross-entropy"
  Endpoint of;
  std::int32_t tick = 0;
  std::int32_t lane = 0;
  double value = 0;  // [1]
};

/// The numbers of which a loss of one tick is made.
template <class R>
struct LossTerms {
  const R* error = nullptr;   // e_t (o x lanes)
  const R* target = nullptr;  // y*_t (o x lanes), under the cross-entropy; null otherwise
  bool of_state = true;       // the network's activities are those of the tick
};

/// The origin of a loss of `lane` that is not finite since tick `now`: the first rate neuron with
/// such an activity; otherwise the first readout with such an output; otherwise the readout with
/// the largest term.
template <class R>
NonFinite origin_of_loss(const Network<R>& network, const LossTerms<R>& terms, Tick now, std::int32_t lane);

/// Of a loss: "the loss is not finite: the output of out[1] is inf at tick 4"; with several lanes
/// ", trial 2 of the batch" follows. Without an origin the losses of the trials are finite, and
/// their sum is not. Of a finite loss: "a weight is not finite: synapse W[0,2] is nan" (target,
/// source), the first plastic one.
template <class R>
std::string describe_divergence(const Network<R>& network, double loss, const std::optional<NonFinite>& origin);

}  // namespace locus
