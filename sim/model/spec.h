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

#include "core/actor/optimizer.h"
#include "core/protocol/rule.h"
#include "core/wire/budget.h"
#include "core/wire/narrow.h"
#include "sim/model/chip_memory.h"
#include "sim/model/chip_network.h"
#include "sim/model/input_file.h"
#include "sim/model/network_spec.h"
#include "sim/model/task_spec.h"

namespace locus {

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

/// The conditions that end a rule's run early; at least one of the first two is there.
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
  std::vector<NarrowWires> wires = {};  // of channels whose wires are not ideal
  NarrowSynapses synapses = {};
  friend bool operator==(const TrainingSpec&, const TrainingSpec&) = default;
};

/// Ticks with an error: 1 (final) .. T.
std::int32_t window_of(const TrainingSpec& training);

std::string_view name(Loss loss);  // "FINAL", as model files spell it

/// Feedback that learns beside the readouts.
struct LearnSpec {
  double decay = 0;  // omega, the share of A and R that a commit takes [1], in [0, 1)
  friend bool operator==(const LearnSpec&, const LearnSpec&) = default;
};

/// R (o x n of `population`). Without weights it is drawn from N(0, 1/o) by (seed,
/// "feedback/<population>").
struct FeedbackSpec {
  std::int32_t population = 0;  // index into populations, a rate population
  WeightsSpec weights;
  std::optional<LearnSpec> learn = {};  // absent: it is fixed
  bool concordant = false;              // at the start it has the signs of the readout's weights
  friend bool operator==(const FeedbackSpec&, const FeedbackSpec&) = default;
};

/// The firing rates that e-prop aims at.
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
  std::int32_t reach = 0;             // rtrl of limited reach only; at least 1
  std::int32_t paths = 0;             // rtrl over few paths only; drawn synapses onto each neuron
  // ms, kappa = exp(-dt / tau); 0: none; e-prop onto spiking neurons only
  double filter_tau = 0;
  std::optional<FiringRateSpec> firing_rate;  // e-prop onto spiking neurons only
  // one for each rate population that needs one; drawn ones are GaussianWeights
  std::vector<FeedbackSpec> feedback;
  // the rule's own pace; absent: the training's
  std::optional<double> learning_rate = {};  // eta
  std::optional<Optimizer> optimizer = {};   // whole, with the bounds of changes
  std::optional<ScheduleSpec> schedule = {};
  LocalText local = {};  // local kinds only: the text of the rule
  friend bool operator==(const RuleSpec&, const RuleSpec&) = default;
};

/// True if some of a rule's feedback learns.
bool feedback_learns(const RuleSpec& rule);

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

/// The charges of a chip, each in pJ of energy and ns of time. An estimate's terms, always apart
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
  kKeptByte,        // a byte of history or traces, for each tick that it is kept
};
inline constexpr int kCharges = 9;

struct CostSpec {
  std::string name;                       // of the chip, as the file says
  std::array<double, kCharges> energy{};  // [pJ], by Charge
  std::array<double, kCharges> time{};    // [ns], by Charge
  // the least and the most that published figures leave [pJ]; empty: `energy`
  std::array<std::optional<double>, kCharges> low{};
  std::array<std::optional<double>, kCharges> high{};
  std::string source = {};       // of the energies
  std::string measured_on = {};  // their conditions

  /// True if a charge has an energy.
  bool charges(Charge charge) const { return energy[static_cast<std::size_t>(charge)] > 0; }
  /// True if some energy has a range.
  bool has_range() const {
    for (std::size_t c = 0; c < kCharges; ++c) {
      if (low[c] || high[c]) return true;
    }
    return false;
  }
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
  std::optional<ChipNetworkSpec> network = {};  // absent: packets are counted and not replayed
  ChipMemorySpec memory = {};
  // Of `locus place`, not of a model file:
  bool spread_agent = false;  // each core has the part of the backward agent for its own neurons
  bool partial_sums = false;  // a core adds up its TRANSPORT to one neuron before it sends it
  friend bool operator==(const ChipSpec&, const ChipSpec&) = default;
};

/// Quantities of a population or a projection that can be recorded (proto/locus/v1/record.proto).
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
// evaluation trials have it, which learn nothing
bool is_of_evaluation(Quantity quantity);

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
  std::optional<std::int32_t> trial;  // of the batch, or of the evaluation; absent: all
  bool evaluation = false;            // of the evaluation trials, at each evaluation
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
