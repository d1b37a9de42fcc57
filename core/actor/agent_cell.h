// The backward agent's cells: what it sums of what it is told, and its clock.
//
// One a rate neuron and lane (delta), or one a lane (CLIP). The agent itself is
// core/nonlocal/backward_agent.h; these are its handlers, which every transport and kernel shares.
// R: a scalar.
#pragma once

#include "core/wire/payload.h"

namespace locus {

template <class R>
struct AgentCell {
  R& sum;
};

template <class R>
void on(AgentCell<R> agent, Transport<R> m) {
  agent.sum += m.value;
}

template <class R>
void on(AgentCell<R> agent, Square<R> m) {
  agent.sum += m.value;
}

/// The backward agent's clock: delta = (1 - alpha) delta + what it was told in the last stage.
/// kept: 1 - alpha.
template <class R>
void step(AgentCell<R> agent, R kept, R told) {
  agent.sum = kept * agent.sum + told;
}

}  // namespace locus
