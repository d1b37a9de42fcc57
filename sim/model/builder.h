// Model: a Spec from code, population by population and projection by projection, by name.
//
// Why: a Spec has indices, sizes that must agree and numbers that a model file computes (a gain
// becomes a standard deviation). The builder takes what a file's author writes, in any order, and
// finish() makes of it the Spec that the file would have become: the same defaults, the same
// checks, the same faults. A builder is a value; finish() may be called again after more was added.
// Cost: a copy of what was given. Thread safety: none.
//
//   Model model("mine", /*seed=*/1);
//   model.input("in", 1);
//   model.rate("rec", 256, {.activation = Activation::kTanh, .leak = 0.2});
//   model.readout("out", 1);
//   model.connect("in", "rec", gaussian(1.0));
//   model.connect("rec", "rec", gaussian(1.5));
//   model.connect("rec", "out", gaussian(1.0), {.name = "A", .plastic = false});
//   model.recorded({trial(DenseMatrix{100, 1, x}, {100, 1, y})});
//   model.training({.loss = Loss::kSequence, .updates = 500, .learning_rate = 1e-3});
//   model.rule(rflo());
//   const Spec spec = model.finish();
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/model/check.h"
#include "sim/model/fault_list.h"
#include "sim/model/spec.h"

namespace locus {

/// The initial weights of a projection or a feedback, in the forms of a model file.
struct InitialWeights {
  /// stddev = gain / sqrt(fan-in); the fan-in of a projection is its source's size, of a sparse
  /// random one the entries of a row, of a feedback the number of readouts.
  std::optional<double> gain;
  // GaussianWeights or SparseRandomWeights with a gain; their stddev is then not used
  WeightsSpec weights;
};

/// N(0, (gain / sqrt(fan-in))^2).
InitialWeights gaussian(double gain);
/// N(0, stddev^2).
InitialWeights normal(double stddev);
/// The same weight for all synapses.
InitialWeights constant(double value);
/// (rows x cols), row-major: rows = target's size, cols = source's size.
InitialWeights dense(std::int64_t rows, std::int64_t cols, std::vector<double> values);
/// Entry k is (row[k], col[k]) = values[k]; no entry is repeated.
InitialWeights sparse(std::int64_t rows, std::int64_t cols, std::vector<std::int32_t> row,
                      std::vector<std::int32_t> col, std::vector<double> values);
/// One value for each mode, in the model's bases.
InitialWeights aligned(std::vector<double> values);
/// Each pair with this probability, or `in_degree` entries in each row; `values` is gaussian(),
/// normal() or constant().
InitialWeights sparse_random(double probability, const InitialWeights& values);
InitialWeights sparse_in_degree(std::int32_t in_degree, const InitialWeights& values);

/// Rate neurons (core/actor/activation.h).
struct RateOptions {
  Activation activation = PopulationSpec().activation;
  PerNeuron leak = PopulationSpec().leak;  // alpha [1/tick], in (0, 1]
  // h_0: empty (0), one for all neurons, or one for each [1]
  std::vector<double> initial = {};
  std::optional<BiasSpec> bias = std::nullopt;
  std::optional<NoiseSpec> noise = std::nullopt;
};

/// Optional properties of spiking neurons.
struct LifOptions {
  std::optional<BiasSpec> bias = std::nullopt;
  std::optional<NoiseSpec> noise = std::nullopt;
};

struct ConnectOptions {
  std::string name = {};  // default: "<source>-<target>"
  bool plastic = ProjectionSpec().plastic;
  std::optional<double> learning_rate = std::nullopt;  // default: the training's
  bool autapses = ProjectionSpec().autapses;
  std::optional<std::int32_t> delay = std::nullopt;  // [ticks]; default: the least
  WeightLimits limits = {};                          // sign (1, -1, 0: any), bounds, weight decay
};

/// Synapses from the readouts to one rate population, fixed unless they learn.
struct FeedbackOptions {
  std::string population = {};  // default: the only one
  // (readouts x neurons of the population) [1]; default: random from N(0, 1 / readouts)
  std::optional<InitialWeights> weights = std::nullopt;
  std::optional<LearnSpec> learn = std::nullopt;  // beside the readouts
  bool concordant = false;                        // begins with the signs of the readout's weights
};

/// A rule as in a model file: a RuleSpec whose feedback names its population.
struct RuleOptions {
  RuleSpec rule;  // without feedback
  // empty: random for every rate population, if the rule needs it
  std::vector<FeedbackOptions> feedback = {};
  /// The same rule under another name.
  RuleOptions named(std::string name) const;
  /// The same rule with a learning rate of its own, and with an optimizer of its own.
  RuleOptions with_rate(double learning_rate) const;
  RuleOptions with_optimizer(Optimizer optimizer) const;
};

/// Backpropagation through time, whole and truncated.
RuleOptions bptt();
RuleOptions tbptt(std::int32_t depth, std::int32_t stride = RuleSpec().stride);
/// Random feedback local online learning; without a decay, 1 - leak of each neuron.
RuleOptions rflo(std::optional<double> trace_decay = std::nullopt, std::vector<FeedbackOptions> feedback = {});
struct EpropOptions {
  double filter_tau = RuleSpec().filter_tau;                 // [ms]; only for spiking neurons
  std::optional<FiringRateSpec> firing_rate = std::nullopt;  // only for spiking neurons
};
/// e-prop with the readout's own weights as feedback, and with random feedback.
RuleOptions eprop(const EpropOptions& options = {});
RuleOptions eprop_random(std::vector<FeedbackOptions> feedback = {}, const EpropOptions& options = {});
RuleOptions rtrl();
/// RTRL that keeps and sends only some sensitivities: of limited reach (SnAp-n), over drawn paths,
/// and within the cores of the model's chip.
RuleOptions rtrl_reach(std::int32_t reach);
RuleOptions rtrl_paths(std::int32_t paths);
RuleOptions rtrl_core();
/// Unbiased online recurrent optimization: RTRL in the mean.
RuleOptions uoro();
/// Forward only, without learning.
RuleOptions none();
/// A rule that the program writes itself. feedback: as for RFLO, with the signal kFeedback.
RuleOptions local(LocalText text, std::vector<FeedbackOptions> feedback = {});

/// The inputs of an input population with drawn inputs.
struct DrawnInputOptions {
  std::string population = {};  // default: the only one
  std::variant<PoissonSpec, WhiteNoiseSpec> kind = WhiteNoiseSpec();
};

/// A trial with inputs (ticks x inputs), dense or sparse, and targets (ticks x readouts), which are
/// empty if no rule learns.
RecordedTrial trial(std::variant<DenseMatrix, SparseMatrix> input, DenseMatrix target = {});
/// The same with a class, 0 .. readouts - 1, in place of targets.
RecordedTrial trial_of_class(std::variant<DenseMatrix, SparseMatrix> input, std::int32_t label);

/// A comparison of the changes of rules, as in a model file.
struct CompareOptions {
  std::int64_t every = CompareSpec().every;  // updates
  // names of the model's rules, or short forms ("tbptt:5"); empty: all that learn
  std::vector<std::string> rules = {};
  std::int64_t batches = CompareSpec().batches;
  bool curvature = CompareSpec().curvature;
};

class Model {
 public:
  explicit Model(std::string name, std::uint64_t seed = Spec().seed);

  /// Populations in the order of the calls; those of one kind form one layer. Names are unique.
  /// Inputs with a constant show it at every tick, and the task has no column for them.
  void input(std::string name, std::int32_t size, std::optional<double> constant = std::nullopt);
  void rate(std::string name, std::int32_t size, RateOptions options = {});
  void lif(std::string name, std::int32_t size, LifSpec options, LifOptions more = {});
  void readout(std::string name, std::int32_t size, std::optional<LeakSpec> memory = std::nullopt,
               std::optional<BiasSpec> bias = std::nullopt);

  /// Adds a projection from one population to another.
  void connect(std::string source, std::string target, InitialWeights weights, ConnectOptions options = {});

  /// The task, exactly one of these. Without training().ticks, the ticks of a recorded task are the
  /// rows of its first trial.
  void recorded(std::vector<RecordedTrial> trials, std::vector<RecordedTrial> evaluation_trials = {});
  /// The readouts of the network in `teacher` are the targets; its other parts are not used.
  /// Without inputs: white noise.
  void student_teacher(const Model& teacher, std::vector<DrawnInputOptions> inputs = {});
  void drawn(std::vector<DrawnInputOptions> inputs, std::vector<DrawnTargetSpec> targets = {},
             std::int32_t patterns = DrawnTask().patterns);
  /// A task of the literature (synthetic.h), as model.synthetic(FlipFlopTask{.bits = 2}). What the
  /// training does not say follows from it: the ticks, and those before its answer.
  void synthetic(SyntheticKind kind, std::int32_t patterns = SyntheticTask().patterns);
  void mimic(const MimicTask& task = {});

  /// Replaces all earlier settings of the training. An evaluation of 0 trials means all held-out
  /// trials.
  void training(TrainingSpec training);
  /// Adds a rule with a unique name.
  void rule(RuleOptions rule);
  void bases(BasesSpec bases);
  void chip(ChipSpec chip);
  void precision(Precision precision);

  /// Records one quantity of a population or projection, by name. Name, first and last tick have
  /// the defaults of a model file.
  void record(Quantity quantity, std::string of, RecordSpec options = {});

  /// Compares the changes of rules along each run.
  void compare(CompareOptions options);

  /// The complete and checked Spec. Throws ModelError with all faults, whose fields are those of a
  /// model file. A session needs no task.
  Spec finish(Purpose purpose = Purpose::kRun) const;
  /// The same after `change` has changed the Spec. No task is needed, but one that exists is
  /// checked.
  Spec finish(const std::function<void(Spec&)>& change) const;
  /// The same model with this rule alone.
  Model under(RuleOptions rule) const;

 private:
  struct Connection {
    std::string source;
    std::string target;
    InitialWeights weights;
    ConnectOptions options;
  };
  struct Recorded {
    std::string of;
    RecordSpec record;
  };

  struct Biases {
    std::int32_t population = 0;  // index
    BiasSpec bias;
  };

  void add_biases_to_last(std::optional<BiasSpec> bias);
  static void connect_all(const std::vector<Connection>& connections, const std::vector<Biases>& biases,
                          const FieldPath& where, NetworkSpec& network, FaultList& faults);
  Spec assemble(FaultList& faults) const;
  static Spec checked(Spec spec, Purpose purpose, FaultList& faults);
  void add_task(Spec& spec, FaultList& faults) const;
  void add_rules(Spec& spec, FaultList& faults) const;
  void add_records(Spec& spec, FaultList& faults) const;
  void add_compared(Spec& spec, FaultList& faults) const;

  Spec spec_;  // without the parts that the members below contain
  std::vector<Connection> connections_;
  std::vector<Biases> biases_;  // by population
  std::vector<Connection> teacher_connections_;
  std::vector<Biases> teacher_biases_;
  std::vector<DrawnInputOptions> inputs_;
  std::vector<RuleOptions> rules_;
  std::vector<Recorded> records_;
  std::optional<CompareOptions> compared_;
};

}  // namespace locus
