// expect: no matching function for call to 'on\(locus::Synapse<double>
//
// A synapse has no handler for messages to neurons.
#include "core/actor/rate_neuron.h"
#include "core/actor/synapse.h"

namespace locus {

#ifdef MUST_NOT_COMPILE
void hear(Synapse<double> s) { on(s, Feedback<double>{1}); }
#else
void hear(RateNeuron<double> n) { on(n, Feedback<double>{1}); }
#endif

}  // namespace locus
