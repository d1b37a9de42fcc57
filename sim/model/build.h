// build: a Spec and one of its rules become a network of actors.
//
// Layers are the populations of a kind, concatenated in file order. Synapses are stored source by
// source, targets ascending (core/actor/network.h); a sparse projection remembers the file's order.
// Weights are drawn here (realise.h), so two rules of a run start from the same ones. Cost: one
// pass over the synapses, a second copy of the matrix while a projection is made. Nothing of the
// network grows afterwards.
#pragma once

#include <cstdint>

#include "core/actor/network.h"
#include "sim/model/spec.h"

namespace locus {

/// `rule` is one of the spec's, or a short form made for it: R is there only if its learning signal
/// comes over it. `lanes` is the trials of a batch.
template <class R>
Network<R> build(const Spec& spec, const RuleSpec& rule, std::int32_t lanes);

}  // namespace locus
