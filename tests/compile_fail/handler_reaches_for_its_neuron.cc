// expect: has no member named 'activity'
//
// The handler of a synapse sees the synapse and one message. The activity of its postsynaptic
// neuron is not among them.
#include "core/actor/synapse.h"

namespace locus {

#ifdef MUST_NOT_COMPILE
double learn(Synapse<double> s, Post<double> m) { return m.signal * s.activity; }
#else
double learn(Synapse<double> s, Post<double> m) { return m.signal * s.trace; }
#endif

}  // namespace locus
