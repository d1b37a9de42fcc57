// Network: the columns of every actor's state, kind by kind; what the transports deliver to and
// what `build` fills.
//
// Why columns: see core/base/column.h. All rate populations form one layer, concatenated in file
// order (so do inputs and readouts); lanes, the trials of a batch, are contiguous under each
// neuron: field[neuron * lanes + lane]. Synapses of a projection are stored source by source: one
// event touches one run of memory, and every neuron's currents are summed in source order. Weights
// are shared by the lanes (a batch is replicas of the same chip); traces and accumulators belong to
// the transports, which may share those that several synapses provably have in common.
// Invariant: sized once by build; nothing here grows during a run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/actor/activation.h"
#include "core/actor/lif_neuron.h"
#include "core/base/column.h"
#include "core/base/id.h"

namespace locus {

enum class Layer : std::uint8_t { kInput, kRate, kReadout };

/// A population: a range of its layer.
struct Population {
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
  std::vector<Population> populations;  // file order
  std::int32_t size = 0;                // m
  Column<R> activity;                   // x_t [1] (m x lanes)
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
  std::vector<Population> populations;  // file order
  std::int32_t size = 0;                // n
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
  std::vector<Population> populations;  // file order
  std::int32_t size = 0;                // o
  // A h_t [1] (o x lanes); what has arrived since the tick began
  Column<R> current;
  Column<R> output;   // y_t [1] (o x lanes)
  Column<R> error;    // e_t = y_t - y*_t [1] (o x lanes)
  Column<R> epsilon;  // eps_t = dL/dy_t [1] (o x lanes)
  Column<R> norm;     // sum of exp(y_t) [1] (o x lanes)
};

/// The synapses of one projection: W_ij, target i, source j.
template <class R>
struct Projection {
  std::string name;
  Layer source_layer = Layer::kInput;
  Layer target_layer = Layer::kRate;
  std::int32_t source_begin = 0;  // first source neuron, within its layer
  std::int32_t source_size = 0;
  std::int32_t target_begin = 0;  // first target neuron, within its layer
  std::int32_t target_size = 0;
  bool dense = true;
  bool plastic = true;
  bool hollow = false;  // dense but for its diagonal, which is no synapse; stored as sparse
  // ticks that an AXON is under way beyond those it always takes (W: 1, B and A: 0)
  std::int32_t wait = 0;
  double learning_rate = 0;  // eta; unused where not plastic
  // sparse only (source_size + 1): synapses of source j are offset[j] .. offset[j + 1] - 1
  Column<std::int64_t> offset;
  // sparse only (synapses): target within the projection, ascending under each source
  Column<std::int32_t> target;
  // [1] (synapses), source by source; dense: weight[j * target_size + i]
  Column<R> weight;
  // sparse only (synapses): the file's k-th entry is synapse listed[k]; empty: row by row
  std::vector<std::int64_t> listed;
  // m of Adam, as v below (synapses); empty where nothing is kept (keep_moments)
  Column<R> first;
  Column<R> second;

  std::int64_t size() const { return static_cast<std::int64_t>(weight.size()); }
  std::int64_t begin_of(std::int32_t source) const {
    return dense ? static_cast<std::int64_t>(source) * target_size : offset[static_cast<std::size_t>(source)];
  }
  std::int64_t fan_out(std::int32_t source) const { return begin_of(source + 1) - begin_of(source); }
  /// Ticks from a source's activity to the tick in which its AXON arrives.
  std::int32_t delay() const { return wait + (source_layer == Layer::kRate && target_layer == Layer::kRate ? 1 : 0); }
  /// Target of a synapse, within the projection.
  std::int32_t target_of(std::int64_t synapse) const {
    return dense ? static_cast<std::int32_t>(synapse % target_size) : target[static_cast<std::size_t>(synapse)];
  }
  /// Source of a synapse, within the projection. Cost: a division, or a binary search where sparse.
  std::int32_t source_of(std::int64_t synapse) const;
};

/// A rate neuron's autapse (a spiking one asks nothing of its own): where its weight W_ii stands.
struct Autapse {
  NeuronId neuron;          // within the rate layer
  ProjectionId projection;  // within Network::projections
  SynapseId synapse;        // within the projection
};

template <class R>
struct Network {
  std::int32_t lanes = 1;
  InputLayer<R> inputs;
  RateLayer<R> rate;
  ReadoutLayer<R> readouts;
  std::vector<Projection<R>> projections;  // file order
  // R: from readouts to rate neurons, fixed, one a rate population; empty without FEEDBACK
  std::vector<Projection<R>> feedback;
  std::vector<Autapse> autapses;  // of every rate neuron that has one of delay 1, by neuron
  // made so far: the clock's number, which Adam corrects its means by
  std::int64_t commits = 0;
  bool carries = false;  // the next trial begins where neurons stand now; otherwise at h_0
};

/// Indices of the projections that are B (input to rate), W (rate to rate) or A (rate to readout),
/// in file order.
template <class R>
std::vector<std::int32_t> projections_between(const Network<R>& network, Layer source, Layer target);

/// Whether the weights of every plastic projection are finite. Cost: one pass over them that
/// vectorises.
template <class R>
bool plastic_weights_finite(const Network<R>& network);

/// Room for the moments that plastic synapses keep under Adam; those that are there stay.
template <class R>
void keep_moments(Network<R>& network);

/// The population of a layer that begins at this neuron; there must be one.
const Population& population_at(const std::vector<Population>& populations, std::int32_t begin);

/// Whether some population spikes; whether some readout has memory.
template <class R>
bool has_spikes(const Network<R>& network);
template <class R>
bool has_leaky_readouts(const Network<R>& network);

/// Sizes every neuron column for `lanes` and finds the autapses; build calls it last.
template <class R>
void allocate(Network<R>& network, std::int32_t lanes);

}  // namespace locus
