// Network: the columns of every actor's state, kind by kind; what the transports deliver to and
// what `build` fills.
//
// Why columns: see core/base/column.h. Who is wired to whom stands in the topology
// (core/wire/topology.h), which all networks of a run refer to: neurons and synapses are numbered
// as there. Lanes, the trials of a batch, are contiguous under each neuron: field[neuron * lanes +
// lane]. Weights are shared by the lanes (a batch is replicas of the same chip); traces and
// accumulators belong to the transports, which may share those that several synapses provably have
// in common. Invariants: the topology outlives the network; sized once by build; nothing here grows
// during a run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/actor/activation.h"
#include "core/actor/lif_neuron.h"
#include "core/base/column.h"
#include "core/base/id.h"
#include "core/wire/topology.h"

namespace locus {

/// The neurons of one population: their range of the layer, and the constants of their clock.
struct Neurons {
  std::string name;
  std::int32_t begin = 0;                         // first neuron, within the layer
  std::int32_t size = 0;                          // neurons
  Activation activation = Activation::kIdentity;  // rate only
  double leak = 1;                                // alpha in (0, 1]; rate only
  std::vector<double> initial = {};               // h_0 of each neuron; empty: 0; rate only
  // of a spiking population, which is one of the rate layer
  std::optional<LifParameters> lif;
  double decay = 0;  // alpha of a leaky readout; 0: without memory
  double gain = 1;   // zeta of a readout

  bool leaky() const { return decay != 0 || gain != 1; }  // of a readout
};

template <class R>
struct InputLayer {
  std::vector<Neurons> populations;  // file order
  std::int32_t size = 0;             // m
  Column<R> activity;                // x_t [1] (m x lanes)
};

/// What spiking neurons keep besides (lif_neuron.h); empty where no population spikes.
template <class R>
struct LifColumns {
  Column<R> voltage;     // v [1] (n x lanes)
  Column<R> adaptation;  // a [1] (n x lanes)
  Column<R> refractory;  // r, ticks (n x lanes)
  Column<R> count;       // spikes of the trial (n x lanes)
  Column<R> delta;       // dL/dv, under a sweep (n x lanes)
  Column<R> omega;       // dL/da, under a sweep (n x lanes)
};

/// All that is between inputs and readouts: rate populations and spiking ones.
template <class R>
struct RateLayer {
  std::vector<Neurons> populations;  // file order
  std::int32_t size = 0;             // n
  // u_t [1] (n x lanes); what has arrived since the tick began
  Column<R> current;
  // h [1] (n x lanes); h_{t-1} until the neuron's step, then h_t
  Column<R> activity;
  Column<R> gain;    // alpha phi'(u_t) [1] (n x lanes)
  Column<R> signal;  // learning signal of the tick [1] (n x lanes)
  // W_ii as its autapse told it, 0 without one (n x lanes); heard under e-prop only
  Column<R> own_weight;
  Column<R> leak;     // alpha (n)
  Column<R> initial;  // h_0 [1] (n); empty where all are 0
  LifColumns<R> lif;
};

template <class R>
struct ReadoutLayer {
  std::vector<Neurons> populations;  // file order
  std::int32_t size = 0;             // o
  // A h_t [1] (o x lanes); what has arrived since the tick began
  Column<R> current;
  Column<R> output;   // y_t [1] (o x lanes)
  Column<R> error;    // e_t = y_t - y*_t [1] (o x lanes)
  Column<R> epsilon;  // eps_t = dL/dy_t [1] (o x lanes)
  Column<R> norm;     // sum of exp(y_t) [1] (o x lanes)
};

/// What the synapses of one projection own: W_ij, target i, source j, numbered as in the topology.
template <class R>
struct Synapses {
  double learning_rate = 0;  // eta; unused where not plastic
  // [1] (synapses), source by source; dense: weight[j * target_size + i]
  Column<R> weight;
  // m of Adam, as v below (synapses); empty where nothing is kept (keep_moments)
  Column<R> first;
  Column<R> second;
};

template <class R>
struct Network {
  const Topology* topology = nullptr;
  std::int32_t lanes = 1;
  InputLayer<R> inputs;
  RateLayer<R> rate;
  ReadoutLayer<R> readouts;
  Indexed<Synapses<R>> synapses;  // of each projection of the topology
  // R, a rule's own wires: one a rate population, by its first neuron; empty without FEEDBACK
  std::vector<Projection> feedback;
  std::vector<Column<R>> feedback_weights;  // of each of them, fixed [1] (synapses)
  // made so far: the clock's number, which Adam corrects its means by
  std::int64_t commits = 0;
  bool carries = false;  // the next trial begins where neurons stand now; otherwise at h_0

  const Indexed<Projection>& projections() const { return topology->projections; }
};

/// Whether the weights of every plastic projection are finite. Cost: one pass over them that
/// vectorises.
template <class R>
bool plastic_weights_finite(const Network<R>& network);

/// Room for the moments that plastic synapses keep under Adam; those that are there stay.
template <class R>
void keep_moments(Network<R>& network);

/// The population of a layer that begins at this neuron; there must be one.
const Neurons& population_at(const std::vector<Neurons>& populations, std::int32_t begin);

/// Sizes every neuron column for `lanes`; build calls it last.
template <class R>
void allocate(Network<R>& network, std::int32_t lanes);

}  // namespace locus
