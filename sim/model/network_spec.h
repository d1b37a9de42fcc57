// The network of a Spec as plain values: populations, projections, weights (spec.h says what holds
// of them).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/actor/activation.h"
#include "core/actor/integer_state.h"
#include "core/actor/lif_neuron.h"
#include "core/actor/optimizer.h"
#include "core/base/random.h"
#include "sim/model/per_neuron.h"

namespace locus {

/// W_ij at values[i * cols + j].
struct DenseMatrix {
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  std::vector<double> values;  // (rows x cols), row-major
  friend bool operator==(const DenseMatrix&, const DenseMatrix&) = default;
};

/// Entry k is (row[k], col[k]) = values[k]; no entry twice; any order, which is kept ("file order")
/// when the matrix is written back.
struct SparseMatrix {
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  std::vector<std::int32_t> row;  // (nnz)
  std::vector<std::int32_t> col;  // (nnz)
  std::vector<double> values;     // (nnz)
  friend bool operator==(const SparseMatrix&, const SparseMatrix&) = default;
};

struct GaussianWeights {
  double stddev = 0;  // [1]; the file's `gain` has become gain / sqrt(fan-in)
  friend bool operator==(const GaussianWeights&, const GaussianWeights&) = default;
};
struct ConstantWeights {
  double value = 0;
  friend bool operator==(const ConstantWeights&, const ConstantWeights&) = default;
};
/// Data-aligned weights in the model's bases U (o x o), P (n x n), V (m x m): input->rate is P
/// diag(values) V^T, rate->rate P diag(values) P^T, rate->readout and feedback U diag(values) P^T.
/// Modes beyond values.size() are 0.
struct AlignedWeights {
  std::vector<double> values;  // one a mode
  friend bool operator==(const AlignedWeights&, const AlignedWeights&) = default;
};

/// A sparse matrix that is drawn (sim/model/draw_sparse.h): all that the drawing needs, so that
/// nothing has to hold the matrix.
struct SparseRandomWeights {
  // of each pair, independently; otherwise each row has in_degree entries
  std::optional<double> probability;
  std::int32_t in_degree = 0;
  double mean = 0;       // of the values [1]
  double stddev = 0;     // of the values [1]; 0: they are constant
  bool autapses = true;  // false: no entry on the diagonal
  // Set by settle_sparse, again when the seed changes.
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  RandomKey synapse_key;
  RandomKey value_key;
  std::int64_t synapses = 0;
  std::optional<double> counted_probability = {};  // what they were counted for
  bool counted_autapses = true;
  friend bool operator==(const SparseRandomWeights&, const SparseRandomWeights&) = default;
};

/// A file's weights (.npy, blocks, csr) are read when the model is loaded and stand here as
/// DenseMatrix or SparseMatrix.
using WeightsSpec =
    std::variant<DenseMatrix, SparseMatrix, GaussianWeights, ConstantWeights, AlignedWeights, SparseRandomWeights>;

enum class PopulationKind { kInput, kRate, kReadout };

/// Leaky integration: what is there decays with tau_m.
struct LeakSpec {
  double tau_m = 0;              // ms, > 0; infinity: without leak
  bool normalise_input = false;  // what arrives counts 1 - exp(-dt / tau_m), otherwise 1
  friend bool operator==(const LeakSpec&, const LeakSpec&) = default;
};

/// The leak of a spiking population.
struct MembraneSpec {
  PerNeuron tau_m = 0;           // ms, > 0; infinity: without leak
  bool normalise_input = false;  // what arrives counts 1 - decay, otherwise 1
  friend bool operator==(const MembraneSpec&, const MembraneSpec&) = default;
};

/// From a time constant to the decay of a tick: exp(-dt / tau), or 1 - dt / tau.
enum class Integration { kExact, kEuler };

/// A spiking population as the model file has it, times in ms (core/actor/lif_neuron.h). A
/// PerNeuron has one number for all neurons or one for each.
struct LifSpec {
  MembraneSpec leak;
  PerNeuron threshold = 0;  // [1], > 0
  double refractory = 0;    // ms; spikes are at least so far apart
  // ms; one 0: the threshold does not adapt; infinity: a rise stays
  PerNeuron adaptation_tau = 0;
  PerNeuron adaptation = 0;  // beta [1]
  Surrogate surrogate = Surrogate::kPiecewiseLinear;
  double height = 0.3;                     // [1]
  double width = 1;                        // [1], > 0
  std::optional<PerNeuron> current_tau{};  // ms, > 0; absent: no synaptic current
  Reset reset = Reset::kSubtractNextTick;
  PerNeuron reset_to = 0;  // [1]; with kZero only
  PerNeuron rest = 0;      // [1]
  bool above = false;      // a spike needs more than the threshold
  Integration integration = Integration::kExact;
  bool cuts_reset_gradient = false;       // sweeps take no path through the reset
  std::optional<IntegerState> integer{};  // voltages of whole numbers; absent: real ones
  bool adapts() const { return adaptation.any_positive(); }
  friend bool operator==(const LifSpec&, const LifSpec&) = default;
};

/// The biases of a population as a model gives them: each neuron's own constant current.
struct BiasSpec {
  // [1]: one for all neurons, or one for each; empty: 0. A network has them spread (bias.h).
  std::vector<double> value = {};
  bool plastic = true;
  std::optional<double> learning_rate = {};  // eta; absent: the training's
  friend bool operator==(const BiasSpec&, const BiasSpec&) = default;
};

/// Gaussian noise of rate and spiking neurons (core/actor/noise.h).
struct NoiseSpec {
  double stddev = 0;         // [1], >= 0
  bool on_activity = false;  // rate populations only; false: on the currents
  friend bool operator==(const NoiseSpec&, const NoiseSpec&) = default;
};

struct PopulationSpec {
  std::string name;
  PopulationKind kind = PopulationKind::kInput;
  std::int32_t size = 0;                          // neurons, >= 1
  Activation activation = Activation::kIdentity;  // rate only
  PerNeuron leak = 1;                             // alpha, in (0, 1]; rate only
  // of a spiking population, whose kind is kRate: they are one layer
  std::optional<LifSpec> lif;
  std::optional<LeakSpec> memory;    // of a readout; absent: without memory
  std::vector<double> initial = {};  // h_0 of each neuron; empty: 0; rate only
  // inputs that no task shows: x_t at every tick [1]; absent: the task has a column for each neuron
  std::optional<double> constant = {};
  std::optional<NoiseSpec> noise = {};  // rate and spiking only
  // the 1 that biases multiply, the last population of a network that has biases (bias.h)
  bool is_unit = false;
  friend bool operator==(const PopulationSpec&, const PopulationSpec&) = default;
};

struct ProjectionSpec {
  std::string name;
  std::int32_t source = 0;  // index into populations
  std::int32_t target = 0;  // index into populations
  WeightsSpec weights;
  bool plastic = true;
  std::optional<double> learning_rate;  // eta of this projection; absent: the training's
  // false: dense but for its diagonal, or drawn without; of a population with itself only
  bool autapses = true;
  std::optional<std::int32_t> delay;  // ticks; absent: 1 from rate to rate populations, otherwise 0
  WeightLimits limits = {};           // sign, bounds and decay of its own
  // the biases of the target, from the unit: a dense matrix (neurons x 1), named TARGET.bias; these
  // follow all other projections (bias.h)
  bool is_bias = false;
  friend bool operator==(const ProjectionSpec&, const ProjectionSpec&) = default;
};

struct NetworkSpec {
  std::vector<PopulationSpec> populations;  // file order, then the unit
  std::vector<ProjectionSpec> projections;  // file order, then biases
  friend bool operator==(const NetworkSpec&, const NetworkSpec&) = default;
};

/// exp(-dt / tau), 0 for tau = 0; both in ms.
double decay_of(double tau, double dt);

/// The constants of a neuron of the population, in ticks of dt ms.
LifParameters lif_parameters(const LifSpec& lif, double dt, std::size_t neuron = 0);

/// True if some neurons of the population have other constants of their clock than others.
bool neurons_differ(const PopulationSpec& population);

}  // namespace locus
