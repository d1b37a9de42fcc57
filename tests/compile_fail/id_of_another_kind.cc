// expect: could not convert .*NeuronId.* to .*SynapseTag
//
// An index of a neuron is not an index of a synapse.
#include "core/base/id.h"

namespace locus {

std::int64_t weight_at(SynapseId synapse) { return synapse.value; }

#ifdef MUST_NOT_COMPILE
std::int64_t weight = weight_at(NeuronId{3});
#else
std::int64_t weight = weight_at(SynapseId{3});
#endif

}  // namespace locus
