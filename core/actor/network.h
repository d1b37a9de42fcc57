// Network: the columns of every actor's state, one kind after the other. `build` fills them, and
// the transports deliver messages to them.
//
// core/base/column.h explains why columns. The wires stand in the topology (core/wire/topology.h),
// to which all networks of a run refer; neurons and synapses have its numbers. Lanes, the trials of
// a batch, are contiguous for each neuron: field[neuron * lanes + lane]. All lanes share the
// weights (a batch consists of replicas of the same chip). Traces and accumulators belong to the
// transports, which may share one between synapses that provably have the same value.
// Invariants: the topology outlives the network; build sets all sizes once; nothing here grows
// during a run.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/actor/activation.h"
#include "core/actor/integer_state.h"
#include "core/actor/lif_neuron.h"
#include "core/actor/noise.h"
#include "core/actor/optimizer.h"
#include "core/base/column.h"
#include "core/base/id.h"
#include "core/wire/payload.h"
#include "core/wire/topology.h"

namespace locus {

/// The constants of the clock of one population's neurons, with their range of the layer's columns.
/// All else about the population stands in the topology.
struct Neurons {
  PopulationId population{-1};
  std::int32_t begin = 0;                         // first neuron, within the layer
  std::int32_t size = 0;                          // neurons
  Activation activation = Activation::kIdentity;  // only for rate neurons
  // alpha in (0, 1]; only for rate neurons. Of neurons that differ it is the first one's, and
  // `leaks` has all (size); otherwise that is empty
  double leak = 1;
  std::vector<double> leaks = {};
  std::vector<double> initial = {};  // h_0 (size) [1]; empty: 0; only for rate neurons
  // only for a spiking population, which is part of the rate layer; of neurons that differ it is
  // the first one's, and `each` has all (size)
  std::optional<LifParameters> lif;
  std::vector<Lif<double>> each = {};
  // all are plain (lif_neuron.h); only for spiking neurons
  bool is_plain = true;
  std::optional<IntegerLeaks> integer = {};  // of spiking neurons whose voltages are whole numbers
  double decay = 0;                          // alpha of a leaky readout; 0: no memory
  double gain = 1;                           // zeta of a readout
  // x_t of all neurons at every tick [1]; only for inputs that no task shows
  std::optional<double> constant = {};
  std::optional<NoiseParameters> noise = {};  // only for rate and spiking neurons

  /// True if its neurons have constants of their own, which stand in columns.
  bool differ() const { return !leaks.empty() || !each.empty(); }
};

template <class R>
struct InputLayer {
  std::vector<Neurons> populations;  // in the order of the file
  std::int32_t size = 0;             // m
  Column<R> activity;                // x_t [1] (m x lanes)
};

/// The additional state of spiking neurons (lif_neuron.h); empty if no population spikes.
template <class R>
struct LifColumns {
  Column<R> voltage;     // v [1] (n x lanes)
  Column<R> adaptation;  // a [1] (n x lanes)
  Column<R> refractory;  // r, ticks (n x lanes)
  Column<R> count;       // spikes of the trial (n x lanes)
  Column<R> delta;       // dL/dv, under a sweep (n x lanes)
  Column<R> omega;       // dL/da, under a sweep (n x lanes)
  // i [1] (n x lanes), and under a sweep the adjoint of what arrives; both are empty if no
  // population has a synaptic current
  Column<R> synaptic;
  Column<R> upsilon;
  // kOwnConstants, neuron by neuron (n each); empty if the neurons of each population have the same
  std::array<Column<R>, kOwnConstants<R>.size()> constants;
};

/// The layer between inputs and readouts: rate populations and spiking ones.
template <class R>
struct RateLayer {
  std::vector<Neurons> populations;  // in the order of the file
  std::int32_t size = 0;             // n
  // u_t [1] (n x lanes); the sum of arrivals in this tick
  Column<R> current;
  // h [1] (n x lanes); h_{t-1} until the neuron's step, then h_t
  Column<R> activity;
  Column<R> gain;    // alpha phi'(u_t) [1] (n x lanes)
  Column<R> signal;  // learning signal of the tick [1] (n x lanes)
  // W_ii from its autapse, 0 without one (n x lanes); only under e-prop
  Column<R> own_weight;
  Column<R> leak;     // alpha (n)
  Column<R> initial;  // h_0 [1] (n); empty if all are 0
  // noise of this tick [1] (n x lanes); empty if no population is noisy, and so is the next
  Column<R> noise;
  Column<double> drawn_noise;  // of one lane, before it is rounded (largest noisy population)
  LifColumns<R> lif;
};

template <class R>
struct ReadoutLayer {
  std::vector<Neurons> populations;  // in the order of the file
  std::int32_t size = 0;             // o
  // A h_t [1] (o x lanes); the sum of arrivals in this tick
  Column<R> current;
  Column<R> output;   // y_t [1] (o x lanes)
  Column<R> error;    // e_t = y_t - y*_t [1] (o x lanes)
  Column<R> epsilon;  // eps_t = dL/dy_t [1] (o x lanes)
  Column<R> peak;     // largest y_t, under the cross-entropy [1] (o x lanes)
  Column<R> norm;     // sum of exp(y_t - peak) [1] (o x lanes)
};

/// The state of the synapses of one projection: W_ij, target i, source j, numbered by the topology.
template <class R>
struct Synapses {
  double learning_rate = 0;  // eta [1]; not used for a static projection
  // [1] (synapses), source by source; dense: weight[j * target_size + i]
  Column<R> weight;
  // m of Adam or of momentum (synapses), and v of Adam below; empty where the optimizer keeps none
  // (keep_moments)
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
  std::vector<Synapses<R>> feedback_synapses;  // of each of these
  // number of commits, with which Adam corrects its means (the clock)
  std::int64_t commits = 0;
  std::int64_t first_trial = 0;  // number of the trial of lane 0, for what is drawn
  // true: the next trial begins with the present state; false: at h_0
  bool carries = false;
  // by lane: the ticks before the first of its trial (lanes); of the largest, 0 where neurons that
  // nothing reaches are as before a trial anyway (set_late)
  std::vector<std::int32_t> late;
  std::int32_t latest = 0;

  /// True if some trial has not begun at this tick, and its neurons wait.
  bool has_waiting(Tick now) const { return now.value <= latest; }

  /// The draws of this tick for a population of whole numbers.
  LeakTick leak_tick(const Neurons& population, Tick now) const {
    return {&*population.integer, population.begin, static_cast<std::uint64_t>(first_trial), now.value, late.data()};
  }

  const Indexed<Projection>& projections() const { return topology->projections; }
  /// The number by which messages name the wires feedback[r]: behind those of the topology.
  ProjectionId feedback_id(std::size_t r) const {
    return ProjectionId{static_cast<std::int32_t>(projections().size() + r)};
  }
  /// The wires of this number: a projection, or feedback.
  const Projection& wires(ProjectionId id) const {
    const std::int64_t beyond = id.value - std::ssize(projections());
    return beyond < 0 ? projections()[id] : feedback[static_cast<std::size_t>(beyond)];
  }
  const std::vector<Neurons>& populations(Layer layer) const {
    return layer == Layer::kInput  ? inputs.populations
           : layer == Layer::kRate ? rate.populations
                                   : readouts.populations;
  }
  /// The neurons on which a projection ends.
  const Neurons& target_of(const Projection& projection) const {
    const Population& target = topology->target_of(projection);
    return populations(target.layer)[static_cast<std::size_t>(target.ordinal)];
  }
};

/// True if the weights of every plastic projection are finite. Cost: one pass over them, which
/// vectorises.
template <class R>
bool plastic_weights_finite(const Network<R>& network);

/// The constants by which neurons beside learned feedback filter their activity: those of the
/// readouts, which are the same for all of them.
template <class R>
Mirror<R> mirror_of(const Network<R>& network) {
  if (network.readouts.populations.empty()) return {R(0), R(1)};
  const Neurons& first = network.readouts.populations.front();
  return {static_cast<R>(first.decay), static_cast<R>(first.gain)};
}
/// True if some feedback learns beside readouts with memory.
template <class R>
bool filters_for_feedback(const Network<R>& network) {
  return network.topology->has_leaky_readouts() && std::ranges::any_of(network.feedback, &Projection::plastic);
}

/// The clocks of the neurons of a spiking population.
template <class R>
LifClocks<R> clocks_of(const RateLayer<R>& rate, const Neurons& population) {
  LifClocks<R> clocks{Lif<R>(*population.lif)};
  if (population.each.empty()) return clocks;
  for (std::size_t k = 0; k < clocks.columns.size(); ++k) clocks.columns[k] = rate.lif.constants[k].data();
  return clocks;
}

/// Makes room for the moments of plastic synapses that the optimizer keeps; existing ones stay.
template <class R>
void keep_moments(const Optimizer& optimizer, Network<R>& network);

/// The present trials begin so many ticks after the first (lanes); empty: all begin with it. Before
/// its begin a trial's neurons wait (Wait): they are as before a trial, and send nothing.
template <class R>
void set_late(std::span<const std::int32_t> late, Network<R>& network);

/// Sets the sizes of all columns of neurons for `lanes`. It is the last step of build.
template <class R>
void allocate(Network<R>& network, std::int32_t lanes);

}  // namespace locus
