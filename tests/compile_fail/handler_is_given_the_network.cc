// expect: no matching function for call to 'on\(locus::RateLayer<double>&
//
// A view consists of references to one actor's state; a layer or a network is no view.
#include "core/actor/network.h"
#include "core/actor/rate_neuron.h"

namespace locus {

#ifdef MUST_NOT_COMPILE
void hear(Network<double>& network) { on(network.rate, Dendrite<double>{1, 0}); }
#else
void hear(RateNeuron<double> neuron) { on(neuron, Dendrite<double>{1, 0}); }
#endif

}  // namespace locus
