// Topology: the wires of a network: populations, projections and their ends, without any weight.
//
// Placement, reach, closed forms, memory, transports and files all need the same facts about a
// network. Build computes them once for a run (sim/model/wire.h), and the networks of all rules
// refer to the same topology, so that a random sparse network is drawn once. All rate populations
// form one layer, concatenated in the order of the file; so do inputs and readouts. The synapses of
// a projection are numbered source by source, with ascending targets for each source, so that one
// event touches one run of memory.
// Cost: for a dense projection nothing; with a list of targets 4 bytes a synapse and 8 bytes a
// source, and 8 bytes a synapse more if the file has its own order of entries.
// Invariants: it is made once and never changed, and it outlives every network that refers to it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/column.h"
#include "core/base/id.h"
#include "core/base/tree.h"
#include "core/wire/channel.h"

namespace locus {

enum class Layer : std::uint8_t { kInput, kRate, kReadout };

/// The least number of ticks from an activity to the arrival of its AXON: 1 between rate neurons,
/// whose activity of the last tick arrives, 0 from inputs and to readouts.
constexpr std::int32_t least_delay(Layer source, Layer target) {
  return source == Layer::kRate && target == Layer::kRate ? 1 : 0;
}

/// Neurons of each layer.
struct LayerSizes {
  std::int32_t inputs = 0;        // m
  std::int32_t rate_neurons = 0;  // n
  std::int32_t readouts = 0;      // o
  std::int32_t of(Layer layer) const {
    return layer == Layer::kInput ? inputs : layer == Layer::kRate ? rate_neurons : readouts;
  }
  /// The number of inputs, rate neurons or readouts.
  std::int32_t of(Party party) const {
    return party == Party::kInput ? inputs : party == Party::kRate ? rate_neurons : readouts;
  }
};

/// A population: a range of its layer, and the properties of its neurons that decide about their
/// messages.
struct Population {
  std::string name;
  Layer layer = Layer::kInput;
  std::int32_t begin = 0;    // first neuron, within the layer
  std::int32_t size = 0;     // neurons
  std::int32_t ordinal = 0;  // populations of the layer before it
  // true: alpha phi'(u_t) is the same at every tick, because phi is the identity and nothing spikes
  bool constant_gain = true;
  bool spiking = false;
  bool adapting = false;  // true: spiking, with an adaptive threshold
  bool leaky = false;     // true: readouts with memory
  // true: spiking, with a synaptic current, of which each synapse keeps its part
  bool has_current = false;
  // true: spiking, and a sweep needs the voltage of each tick, because a spike resets it
  bool recalls_voltage = false;
  // true: its neurons have leaks, or other constants of their clock, of their own
  bool neurons_differ = false;
  bool noisy = false;    // true: the neurons draw noise in every tick
  bool integer = false;  // true: spiking, with voltages of whole numbers
  // true: the 1 that biases multiply, one cell at the end of the input layer; it is no actor
  bool is_unit = false;
  // by neuron: 1 if its h_0 is not 0, so that it sends in the first tick (size); empty: all are 0
  std::vector<std::uint8_t> awake = {};

  bool is_awake(std::int32_t neuron) const { return !awake.empty() && awake[static_cast<std::size_t>(neuron)] != 0; }
};

/// The limits that a projection sets to its weights after every commit. Commits and plans read them
/// of every projection, as they read whether it is plastic (core/actor/optimizer.h, optimizer_of).
struct WeightLimits {
  int sign = 0;                      // 1: no weight is below 0; -1: none is above 0; 0: any
  std::optional<double> min = {};    // [1]; empty: the optimizer's
  std::optional<double> max = {};    // [1]; empty: the optimizer's
  std::optional<double> decay = {};  // L2 [1]; empty: the optimizer's
  friend bool operator==(const WeightLimits&, const WeightLimits&) = default;
};

/// The wires of one projection. Its synapses, sources and targets are numbered from 0.
struct Projection {
  std::string name;
  Layer source_layer = Layer::kInput;
  Layer target_layer = Layer::kRate;
  PopulationId source_population{-1};  // -1: all readouts (feedback)
  PopulationId target_population{-1};
  std::int32_t source_begin = 0;  // first source neuron, within its layer
  std::int32_t source_size = 0;
  std::int32_t target_begin = 0;  // first target neuron, within its layer
  std::int32_t target_size = 0;
  bool dense = true;
  bool plastic = true;
  bool hollow = false;  // true: dense except for its diagonal, which has no synapses
  // true: the biases of the targets, from the unit. They are the neurons' own state: a bias hears
  // its neuron and is heard by it without a message, and learns as a synapse whose source is 1.
  bool is_bias = false;
  // ticks of an AXON on its way beyond least_delay
  std::int32_t wait = 0;
  WeightLimits limits = {};
  std::int64_t entries = 0;  // number of synapses, only for a sparse projection
  // For a sparse or hollow projection with a list of targets (source_size + 1): source j has the
  // synapses offset[j] .. offset[j + 1] - 1; empty without a list
  Column<std::int64_t> offset = {};
  // The list (synapses): target within the projection, ascending for each source; empty without a
  // list
  Column<std::int32_t> target = {};
  // sparse only (synapses): entry k of the file is synapse listed[k]; empty: the file lists the
  // synapses target by target with ascending sources (row by row)
  std::vector<std::int64_t> listed = {};
  // Of a rank's part of a projection (core/wire/part.h), by which kernels and ways are chosen; 0 of
  // a whole projection: neurons before the first own source or target, and the whole's sizes.
  std::int32_t sources_before = 0;
  std::int32_t targets_before = 0;
  std::int32_t whole_sources = 0;
  std::int32_t whole_targets = 0;
  std::int64_t whole_entries = 0;  // only for a sparse projection

  /// The sizes of the whole projection.
  std::int32_t all_sources() const { return whole_sources > 0 ? whole_sources : source_size; }
  std::int32_t all_targets() const { return whole_targets > 0 ? whole_targets : target_size; }
  std::int64_t whole_size() const {
    if (whole_targets == 0) return size();
    return dense ? std::int64_t{whole_sources} * whole_targets : whole_entries;
  }

  /// The number of synapses.
  std::int64_t size() const {
    if (dense) return std::int64_t{source_size} * target_size;
    return hollow ? std::int64_t{source_size} * (target_size - 1) : entries;
  }
  /// The first synapse of a source; for source_size it is size(). A sparse projection needs its
  /// list.
  std::int64_t begin_of(std::int32_t source) const {
    if (dense) return std::int64_t{source} * target_size;
    if (offset.empty()) return hollow ? std::int64_t{source} * (target_size - 1) : 0;
    return offset[static_cast<std::size_t>(source)];
  }
  std::int64_t fan_out(std::int32_t source) const { return begin_of(source + 1) - begin_of(source); }
  /// The number of synapses of each target (target_size). Cost: one pass over the list of targets.
  std::vector<std::int64_t> fan_in() const;
  /// Ticks from a source's activity to the arrival of its AXON.
  std::int32_t delay() const { return wait + least_delay(source_layer, target_layer); }
  /// The target of a synapse, within the projection, which must be dense or have its list.
  std::int32_t target_of(std::int64_t synapse) const {
    return dense ? static_cast<std::int32_t>(synapse % target_size) : target[SynapseId{synapse}];
  }
  /// The source of a synapse, within the projection, which must be dense or have its list. Cost: a
  /// division, or a binary search if sparse.
  std::int32_t source_of(std::int64_t synapse) const;
  /// The synapse from a source to a target, or -1, in a projection that is dense or has its list.
  /// Cost: a binary search if sparse.
  std::int64_t synapse_between(std::int32_t source, std::int32_t target) const;

  /// The number of values that a file has for the projection: one for each synapse, and in a hollow
  /// matrix one for each entry of the diagonal.
  std::int64_t places() const { return size() + (hollow ? source_size : 0); }
  /// Calls visit(place in the file, synapse, target, source) for each synapse in its order. A dense
  /// or hollow projection has the places of its matrix (targets x sources, row by row). A
  /// projection that is not dense needs its list.
  template <class Visit>
  void each_place(Visit visit) const {
    const bool matrix = dense || hollow;
    const std::vector<std::int64_t> found = matrix ? std::vector<std::int64_t>() : listed_places();
    for (std::int32_t j = 0; j < source_size; ++j) {
      const std::int64_t begin = begin_of(j);
      const std::int64_t end = begin_of(j + 1);
      for (std::int64_t k = begin; k < end; ++k) {
        const std::int32_t i = dense ? static_cast<std::int32_t>(k - begin) : target[SynapseId{k}];
        visit(matrix ? std::int64_t{i} * source_size + j : found[static_cast<std::size_t>(k)], k, i, j);
      }
    }
  }

  /// Calls visit(source, target), both within their layers, for each synapse in its order. A sparse
  /// projection needs its list.
  template <class Visit>
  void each(Visit visit) const {
    for (std::int32_t j = 0; j < source_size; ++j) {
      const std::int32_t source = source_begin + j;
      if (!dense && !target.empty()) {
        const std::int64_t end = begin_of(j + 1);
        for (std::int64_t k = begin_of(j); k < end; ++k) visit(source, target_begin + target[SynapseId{k}]);
        continue;
      }
      for (std::int32_t i = 0; (dense || hollow) && i < target_size; ++i) {
        if (dense || i != j) visit(source, target_begin + i);
      }
    }
  }

 private:
  std::vector<std::int64_t> listed_places() const;
};

/// A rate neuron's autapse of delay 1 (a spiking neuron does not need its own weight). A neuron has
/// one for each projection from its population to itself, and its own weight is their sum.
struct Autapse {
  NeuronId neuron;  // within the rate layer
  ProjectionId projection;
  SynapseId synapse;  // within the projection
};

/// The rate neurons [begin, end) of a rank (core/wire/part.h).
struct Share {
  std::int32_t begin = 0;
  std::int32_t end = 0;

  std::int32_t size() const { return end - begin; }
  friend bool operator==(const Share&, const Share&) = default;
};

struct Topology {
  Indexed<Population> populations;  // in the order of the file
  Indexed<Projection> projections;  // B, W, A and D, in the order of the file; then biases
  std::vector<Autapse> autapses;    // by neuron, then by projection
  LayerSizes sizes;
  std::int32_t grain = kGrain;  // neurons of a grain (core/base/tree.h); another one only in tests
  // of all ranks, where this is the part of one; empty: one process has all
  std::vector<Share> shares = {};
  std::int32_t rank = 0;

  bool is_part() const { return !shares.empty(); }
  /// The rate neurons that this process steps.
  Share own() const { return is_part() ? shares[static_cast<std::size_t>(rank)] : Share{0, sizes.rate_neurons}; }

  /// The number of weights of all projections, biases included.
  std::int64_t synapses() const;
  /// The number of input neurons: the cells of the input layer without the unit.
  std::int32_t input_neurons() const;
  const Population& target_of(const Projection& projection) const { return populations[projection.target_population]; }
  const Population& source_of(const Projection& projection) const { return populations[projection.source_population]; }
  /// True if some population spikes; true if some readout has memory; true if some population is
  /// noisy.
  bool has_spikes() const;
  bool has_leaky_readouts() const;
  /// True if some population has a synaptic current.
  bool has_currents() const;
  bool has_noise() const;
  /// True if some population has voltages of whole numbers.
  bool has_integers() const;
};

/// True if the sources of a projection are spiking neurons, whose activity has one bit.
inline bool sends_spikes(const Topology& topology, const Projection& projection) {
  return projection.source_layer == Layer::kRate && topology.source_of(projection).spiking;
}

/// The projections of kind B (input to rate), W (rate to rate), A (rate to readout) or D (input to
/// readout), in the order of the file, and biases.
std::vector<ProjectionId> projections_between(const Topology& topology, Layer source, Layer target);

/// Adds a population after the others of its layer: sets its begin and ordinal, and increases the
/// size of the layer.
PopulationId add_population(Topology& topology, Population population);

/// A dense projection between two populations of a topology. It must still be added.
Projection projection_between(const Topology& topology, PopulationId source, PopulationId target);

/// R of one population: from all readouts, static. All populations must have been added before.
Projection feedback_onto(const Topology& topology, PopulationId target);

/// Makes a dense projection from a population to itself hollow, without a list of targets.
void make_hollow(Projection& projection);
/// Makes the list of targets of a hollow projection, which networks need.
void list_targets(Projection& hollow);

/// Makes a projection sparse: entry k, in the order of the file, is a synapse from source[k] to
/// target[k], both within the projection, without repeated pairs.
/// Cost: O(entries + sources + targets).
void make_sparse(Projection& projection, const std::vector<std::int32_t>& source, const std::vector<std::int32_t>& target);

/// Finds the autapses. This must be the last step in making a topology.
void find_autapses(Topology& topology);

}  // namespace locus
