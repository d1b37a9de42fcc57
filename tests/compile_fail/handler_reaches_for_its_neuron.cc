// expect: has no member named 'activity'
//
// A synapse's handler sees the synapse and one message: the activity of its postsynaptic neuron is
// not there to be read.
#include "core/actor/synapse.h"

namespace locus {

#ifdef MUST_NOT_COMPILE
double learn(Synapse<double> s, Post<double> m) { return m.signal * s.activity; }
#else
double learn(Synapse<double> s, Post<double> m) { return m.signal * s.trace; }
#endif

}  // namespace locus
