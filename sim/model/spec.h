// Spec: a model as plain values, checked and complete; what a model file means once defaults are
// filled in.
//
// Why: nothing outside sim/model and sim/report sees generated protobuf code. `load` makes a Spec
// from a file, Model (builder.h) from code, and anyone may fill one in by hand; `build`
// makes actors from it. Invariants (held by check.h whoever made it, relied upon by all that
// follow): names are unique and resolved to indices, sizes agree, values are finite and in range,
// every rule has what it needs. Indices count from 0; ticks from 1. Matrices are row-major; rows =
// target, cols = source.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/actor/activation.h"
#include "core/actor/lif_neuron.h"
#include "core/actor/optimizer.h"
#include "core/base/random.h"
#include "core/protocol/rule.h"
#include "core/wire/budget.h"
#include "sim/model/input_file.h"
#include "sim/model/per_neuron.h"
#include "sim/model/synthetic.h"

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
  bool cuts_reset_gradient = false;  // sweeps take no path through the reset
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

inline constexpr std::int32_t kNoClass = -1;

/// One trial as recorded. Sparse input has the entries that are not 0. A trial of fewer rows than
/// ticks begins late: its last row is the last tick. The columns of an input are those inputs that
/// are not constant (input_columns in network_size.h).
struct RecordedTrial {
  std::variant<DenseMatrix, SparseMatrix> input;  // (rows x columns), rows <= ticks
  // (rows x o); empty where the trial has a class, and where no rule of the run needs a target
  DenseMatrix target = {};
  // The class: the target of this readout is 1, that of all others 0, at every tick. kNoClass:
  // the target is a matrix, or there is none.
  std::int32_t label = kNoClass;
  // Weights of errors in the loss [1], >= 0 (rows x o, or rows x 1 for all alike); empty: 1.
  DenseMatrix mask = {};
  friend bool operator==(const RecordedTrial&, const RecordedTrial&) = default;
};
std::int64_t rows_of(const RecordedTrial& trial);
bool has_target(const RecordedTrial& trial);  // a matrix or a class

struct RecordedTask {
  std::vector<RecordedTrial> trials;
  std::vector<RecordedTrial> evaluation_trials = {};  // held out
  bool shuffle = false;                               // every epoch in an order of its own
  friend bool operator==(const RecordedTask&, const RecordedTask&) = default;
};

/// Spikes of independent neurons: in each tick with probability rate * dt / 1000, which is at most
/// 1.
struct PoissonSpec {
  std::vector<double> rate_hz;  // one for all neurons of the population, or one for each
  friend bool operator==(const PoissonSpec&, const PoissonSpec&) = default;
};
struct WhiteNoiseSpec {
  double mean = 0;    // [1]
  double stddev = 1;  // [1]
  friend bool operator==(const WhiteNoiseSpec&, const WhiteNoiseSpec&) = default;
};
struct DrawnInputSpec {
  std::int32_t population = 0;  // index into populations, an input population
  std::variant<PoissonSpec, WhiteNoiseSpec> kind;
  friend bool operator==(const DrawnInputSpec&, const DrawnInputSpec&) = default;
};
/// For each readout and pattern a sum of sines with drawn amplitudes and phases.
struct SinesSpec {
  std::vector<double> period_ms;
  friend bool operator==(const SinesSpec&, const SinesSpec&) = default;
};
/// y* of a class, as RecordedTrial::label.
struct ClassSpec {
  std::int32_t label = 0;
  friend bool operator==(const ClassSpec&, const ClassSpec&) = default;
};
using DrawnTargetSpec = std::variant<DenseMatrix, SinesSpec, ClassSpec>;  // (ticks x o)

/// y* of a class: that readout is 1 and all others 0, at every tick (ticks x readouts).
DenseMatrix target_of_class(std::int32_t chosen, std::int64_t ticks, std::int64_t readouts);

struct StudentTeacherTask {
  NetworkSpec teacher;  // same m and o as the student
  // one for each input population of the student that is not constant; empty: white noise
  std::vector<DrawnInputSpec> inputs = {};
  std::optional<MimicTask> mimic = {};  // the task that drew teacher and inputs, if any
  friend bool operator==(const StudentTeacherTask&, const StudentTeacherTask&) = default;
};
struct DrawnTask {
  std::vector<DrawnInputSpec> inputs;  // one for each input population that is not constant
  // trial k is trial k modulo patterns; 0: each is drawn anew
  std::int32_t patterns = 0;
  std::vector<DrawnTargetSpec> targets;  // none, one for all trials, or one for each pattern
  friend bool operator==(const DrawnTask&, const DrawnTask&) = default;
};
using TaskSpec = std::variant<RecordedTask, StudentTeacherTask, DrawnTask, SyntheticTask>;

/// Orthogonal bases of AlignedWeights; an absent one is drawn (Haar: QR of a Gaussian matrix) by
/// (seed, "basis/U" and so on).
struct BasesSpec {
  std::optional<DenseMatrix> u;  // (o x o)
  std::optional<DenseMatrix> p;  // (n x n)
  std::optional<DenseMatrix> v;  // (m x m)
  friend bool operator==(const BasesSpec&, const BasesSpec&) = default;
};

enum class Loss { kFinal, kSequence, kSum, kCrossEntropy };
enum class CommitWhen { kEndOfBatch, kEveryTick };

/// A factor of all learning rates, update by update (sim/run/pace.h).
struct ScheduleSpec {
  enum class Decay { kNone, kStep, kExponential, kCosine, kLinear };
  std::int64_t warmup = 0;  // updates over which the factor rises to 1
  Decay decay = Decay::kNone;
  std::int64_t every = 1;  // step: updates from drop to drop
  double factor = 1;       // step, exponential
  double last = 0;         // cosine, linear: at the last update
  friend bool operator==(const ScheduleSpec&, const ScheduleSpec&) = default;
};

/// What ends a rule's run early; at least one of the first two is there.
struct StopSpec {
  std::optional<double> loss_below;
  std::optional<std::int64_t> patience;  // updates
  double improvement = 0;                // by which a loss must be lower to count
  std::int64_t mean_of = 1;              // updates whose losses are averaged
  friend bool operator==(const StopSpec&, const StopSpec&) = default;
};

/// Trials that are shown between updates, and not learnt from.
struct EvaluationSpec {
  std::int64_t every = 1;   // updates
  std::int64_t trials = 1;  // the same each time
  friend bool operator==(const EvaluationSpec&, const EvaluationSpec&) = default;
};

struct TrainingSpec {
  Loss loss = Loss::kFinal;
  std::int32_t ticks = 0;  // T of a trial
  std::int32_t batch = 1;  // trials an update
  std::int64_t updates = 1;
  std::optional<double> learning_rate;  // eta; absent: every plastic projection has its own
  CommitWhen commit = CommitWhen::kEndOfBatch;
  Locality locality = Locality::kAny;
  double dt = 1;  // ms of a tick
  // ticks with an error under kSum and kCrossEntropy, the last of the trial; 0: all
  std::int32_t window = 0;
  Optimizer optimizer = {};
  std::optional<ScheduleSpec> schedule;
  std::optional<StopSpec> stop;
  // ticks at a trial's begin without an error; not under kFinal, not with `window`
  std::int32_t warmup = 0;
  bool carry_state = false;  // neurons begin a trial where the last one of their lane ended
  std::optional<EvaluationSpec> evaluation;
  // the loss and firing-rate errors are means over the ticks with an error, under every rule
  bool average_over_window = false;
  friend bool operator==(const TrainingSpec&, const TrainingSpec&) = default;
};

/// True if a trial of the task may have a class, so that the network's choice is compared with it.
bool has_classes(const TaskSpec& task);
/// True if trials that are learnt from weigh errors: one has a mask, or fewer rows than ticks.
bool weighs_errors(const TaskSpec& task, std::int32_t ticks);
bool weighs_errors(const RecordedTrial& trial, std::int32_t ticks);

/// Ticks with an error: 1 (final) .. T.
std::int32_t window_of(const TrainingSpec& training);

/// exp(-dt / tau), 0 for tau = 0; both in ms.
double decay_of(double tau, double dt);

/// The constants of a neuron of the population, in ticks of dt ms.
LifParameters lif_parameters(const LifSpec& lif, double dt, std::size_t neuron = 0);

/// True if some neurons of the population have other constants of their clock than others.
bool neurons_differ(const PopulationSpec& population);

std::string_view name(Loss loss);  // "FINAL", as model files spell it

/// R (o x n of `population`). Without weights it is drawn from N(0, 1/o) by (seed,
/// "feedback/<population>").
struct FeedbackSpec {
  std::int32_t population = 0;  // index into populations, a rate population
  WeightsSpec weights;
  friend bool operator==(const FeedbackSpec&, const FeedbackSpec&) = default;
};

/// What e-prop asks of the rates of spiking neurons.
struct FiringRateSpec {
  double target_hz = 0;
  double strength = 0;  // [1]
  friend bool operator==(const FiringRateSpec&, const FiringRateSpec&) = default;
};

struct RuleSpec {
  std::string name;  // as the model names it, or the short form as typed
  RuleKind kind = RuleKind::kNone;
  std::int32_t depth = 0;             // tau, ticks; tbptt only; 0 = T
  std::int32_t stride = 1;            // k, ticks; tbptt only
  std::optional<double> trace_decay;  // lambda; rflo only; absent: 1 - alpha of each neuron
  // ms, kappa = exp(-dt / tau); 0: none; e-prop onto spiking neurons only
  double filter_tau = 0;
  std::optional<FiringRateSpec> firing_rate;  // e-prop onto spiking neurons only
  // one for each rate population that needs one; drawn ones are GaussianWeights
  std::vector<FeedbackSpec> feedback;
  // the rule's own pace; absent: the training's
  std::optional<double> learning_rate = {};  // eta
  std::optional<Optimizer> optimizer = {};   // whole, with the bounds of changes
  std::optional<ScheduleSpec> schedule = {};
  friend bool operator==(const RuleSpec&, const RuleSpec&) = default;
};

/// The changes of rules beside each other, measured along each rule's run (sim/run/comparator.h).
struct CompareSpec {
  std::int64_t every = 1;            // updates
  std::vector<RuleSpec> rules = {};  // complete as those of a run; empty: all of the run that learn
  std::int64_t batches = 1;          // of one comparison
  bool curvature = false;            // true: the largest eigenvalue of the Hessian as well
  friend bool operator==(const CompareSpec&, const CompareSpec&) = default;
};

/// The numbers that actors (and a teacher) hold and send. Losses and all that is reported are
/// float64 whatever it is.
enum class Precision { kFloat64, kFloat32 };

std::string_view name(Precision precision);  // "FLOAT64", as model files spell it
int scalar_bytes(Precision precision);       // 8 or 4

/// What a chip charges for; each in pJ of energy and ns of time. An estimate's terms, always apart
/// from the counts.
enum class Charge {
  kPacket,         // a scalar that enters the network on chip
  kHopEastWest,    // a scalar over a link of a row
  kHopNorthSouth,  // a scalar over a link of a column
  kHopHost,        // a scalar over the host's link
  // a weight times something that arrives (AXON, FEEDBACK, TRANSPORT; INFLUENCE: each scalar)
  kSynapticOperation,
  kSynapticUpdate,  // a synapse that learns from a message (POST, GATHER)
  kNeuronUpdate,    // a neuron's tick
  kBarrier,         // a step of the whole mesh
};
inline constexpr int kCharges = 8;

struct CostSpec {
  std::string name;                       // of the chip, as the file says
  std::array<double, kCharges> energy{};  // [pJ], by Charge
  std::array<double, kCharges> time{};    // [ns], by Charge
  friend bool operator==(const CostSpec&, const CostSpec&) = default;
};

enum class PlacementPolicy { kBlock, kRoundRobin, kGreedy, kExplicit };

/// Cores are numbered row by row from 0.
struct ChipSpec {
  std::int32_t width = 1;             // cores in a row
  std::int32_t height = 1;            // rows
  std::int32_t neurons_per_core = 1;  // room
  PlacementPolicy policy = PlacementPolicy::kBlock;
  std::vector<std::int32_t> cores;                // explicit only: of rate neurons, then readouts
  std::optional<std::int64_t> synapses_per_core;  // room; absent: as many as come
  std::optional<std::int32_t> agent_core;         // absent: the host
  std::optional<CostSpec> cost;
  // Of `locus place`, not of a model file:
  bool spread_agent = false;  // each core has the part of the backward agent for its own neurons
  bool partial_sums = false;  // a core adds up its TRANSPORT to one neuron before it sends it
  friend bool operator==(const ChipSpec&, const ChipSpec&) = default;
};

/// What can be recorded of a population or a projection (proto/locus/v1/record.proto).
enum class Quantity {
  kActivity,
  kOutput,
  kError,
  kLearningSignal,
  kTrace,
  kWeights,
  kSingularValues,
  kVoltage,
  kCurrent
};

std::string_view name(Quantity quantity);  // "ACTIVITY", as model files spell it
bool is_of_projection(Quantity quantity);  // otherwise of a population
// seen at ticks; otherwise once an update, after its commit
bool is_of_ticks(Quantity quantity);

/// One quantity of one population or projection, recorded while a rule runs.
struct RecordSpec {
  std::string name;  // of its file; unique
  Quantity quantity = Quantity::kActivity;
  std::int32_t of = 0;  // index into populations or projections
  std::int64_t every_updates = 1;
  std::int64_t first_update = 0;  // from 0
  std::int64_t last_update = INT32_MAX;
  std::int32_t every_ticks = 1;  // this and the three below: of quantities of ticks
  std::int32_t first_tick = 1;
  std::int32_t last_tick = 0;
  std::optional<std::int32_t> trial;  // of the batch; absent: all
  bool protobuf = false;              // otherwise .npy
  Precision numbers = Precision::kFloat64;

  bool takes_update(std::int64_t update) const {
    return update >= first_update && update <= last_update && (update - first_update) % every_updates == 0;
  }
  bool takes_tick(std::int32_t tick) const {
    return tick >= first_tick && tick <= last_tick && (tick - first_tick) % every_ticks == 0;
  }
  friend bool operator==(const RecordSpec&, const RecordSpec&) = default;
};

struct Spec {
  std::string name;
  std::uint64_t seed = 0;
  Precision precision = Precision::kFloat64;
  std::string sha256;                 // of its files, 64 hex digits; empty for a model made in code
  std::vector<InputFile> inputs;      // those files, the model file first
  std::string path;                   // as given, for messages
  std::vector<std::string> settings;  // "path=value": set over the file's, in their order
  NetworkSpec network;
  BasesSpec bases;
  TaskSpec task;
  TrainingSpec training;
  std::vector<RuleSpec> rules;
  std::optional<ChipSpec> chip;
  std::vector<RecordSpec> records;  // file order
  std::optional<CompareSpec> compare;
  friend bool operator==(const Spec&, const Spec&) = default;
};

}  // namespace locus
