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

/// Initial weights of a projection or a feedback, as a model file gives them.
struct InitialWeights {
  /// stddev = gain / sqrt(fan-in); the fan-in of a projection is its source's size, of a sparse
  /// random one the entries of a row, of a feedback the number of readouts.
  std::optional<double> gain;
  // GaussianWeights or SparseRandomWeights where there is a gain, whose stddev is then unused
  WeightsSpec weights;
};

/// N(0, (gain / sqrt(fan-in))^2).
InitialWeights gaussian(double gain);
/// N(0, stddev^2).
InitialWeights normal(double stddev);
/// The same weight for all.
InitialWeights constant(double value);
/// (rows x cols), row-major: rows = target's size, cols = source's size.
InitialWeights dense(std::int64_t rows, std::int64_t cols, std::vector<double> values);
/// Entry k is (row[k], col[k]) = values[k]; no entry twice.
InitialWeights sparse(std::int64_t rows, std::int64_t cols, std::vector<std::int32_t> row,
                      std::vector<std::int32_t> col, std::vector<double> values);
/// One value a mode, in the model's bases.
InitialWeights aligned(std::vector<double> values);
/// Each pair with this probability, or `in_degree` entries in each row; values as `values` says,
/// which is gaussian(), normal() or constant().
InitialWeights sparse_random(double probability, const InitialWeights& values);
InitialWeights sparse_in_degree(std::int32_t in_degree, const InitialWeights& values);

/// Rate neurons (core/actor/activation.h).
struct RateOptions {
  Activation activation = PopulationSpec().activation;
  double leak = PopulationSpec().leak;  // alpha [1/tick], in (0, 1]
  std::vector<double> initial = {};     // h_0: none (0), one for all neurons, or one for each
};

struct ConnectOptions {
  std::string name = {};  // default: "<source>-<target>"
  bool plastic = ProjectionSpec().plastic;
  std::optional<double> learning_rate = std::nullopt;  // default: the training's
  bool autapses = ProjectionSpec().autapses;
  std::optional<std::int32_t> delay = std::nullopt;  // [ticks]; default: the least
};

/// Fixed synapses from the readouts to one rate population.
struct FeedbackOptions {
  std::string population = {};  // default: the only one
  // (readouts x neurons of the population); default: drawn from N(0, 1 / readouts)
  std::optional<InitialWeights> weights = std::nullopt;
};

/// A rule as a model file gives it: RuleSpec, but feedback names its population.
struct RuleOptions {
  RuleSpec rule;  // without feedback
  // none: drawn for every rate population, where the rule needs it
  std::vector<FeedbackOptions> feedback = {};
  /// The same rule under another name.
  RuleOptions named(std::string name) const;
};

/// Backpropagation through time, whole and truncated.
RuleOptions bptt();
RuleOptions tbptt(std::int32_t depth, std::int32_t stride = RuleSpec().stride);
/// Random feedback local online learning; without a decay, 1 - leak of each neuron.
RuleOptions rflo(std::optional<double> trace_decay = std::nullopt, std::vector<FeedbackOptions> feedback = {});
struct EpropOptions {
  double filter_tau = RuleSpec().filter_tau;  // [ms]; spiking neurons only
  bool average_over_window = RuleSpec().average_over_window;
  std::optional<FiringRateSpec> firing_rate = std::nullopt;  // spiking neurons only
};
/// e-prop over the readout's own weights, and over random feedback.
RuleOptions eprop(const EpropOptions& options = {});
RuleOptions eprop_random(std::vector<FeedbackOptions> feedback = {}, const EpropOptions& options = {});
RuleOptions rtrl();
/// Runs forward and learns nothing.
RuleOptions none();

/// What an input population shows where inputs are drawn.
struct DrawnInputOptions {
  std::string population = {};  // default: the only one
  std::variant<PoissonSpec, WhiteNoiseSpec> kind = WhiteNoiseSpec();
};

/// (ticks x inputs), dense or sparse, and (ticks x readouts); no target where no rule learns.
RecordedTrial trial(std::variant<DenseMatrix, SparseMatrix> input, DenseMatrix target = {});

class Model {
 public:
  explicit Model(std::string name, std::uint64_t seed = Spec().seed);

  /// Populations, in the order of the calls; those of a kind form one layer. Names are unique.
  void input(std::string name, std::int32_t size);
  void rate(std::string name, std::int32_t size, RateOptions options = {});
  void lif(std::string name, std::int32_t size, LifSpec options);
  void readout(std::string name, std::int32_t size, std::optional<LeakSpec> memory = std::nullopt);

  /// A projection, from a population to a population.
  void connect(std::string source, std::string target, InitialWeights weights, ConnectOptions options = {});

  /// The task: one of these. Without training().ticks, a recorded task's are the rows of its first
  /// trial.
  void recorded(std::vector<RecordedTrial> trials, std::vector<RecordedTrial> evaluation_trials = {});
  /// The network of `teacher` answers; its other parts are of no use. No inputs: white noise.
  void student_teacher(const Model& teacher, std::vector<DrawnInputOptions> inputs = {});
  void drawn(std::vector<DrawnInputOptions> inputs, std::vector<DrawnTargetSpec> targets = {},
             std::int32_t patterns = DrawnTask().patterns);

  /// Replaces all that was said of the training. An evaluation of 0 trials shows all that are held
  /// out.
  void training(TrainingSpec training);
  /// One more rule; its name is unique.
  void rule(RuleOptions rule);
  void bases(BasesSpec bases);
  void chip(ChipSpec chip);
  void precision(Precision precision);

  /// One quantity of a population or projection, by name. Without a name, first or last tick it has
  /// a model file's.
  void record(Quantity quantity, std::string of, RecordSpec options = {});

  /// The Spec, complete and checked. Throws ModelError with every fault; its fields are those of a
  /// model file. For a session it needs no task.
  Spec finish(Purpose purpose = Purpose::kRun) const;
  /// As above, of what `change` makes of the Spec; a task is needed for nothing, and checked.
  Spec finish(const std::function<void(Spec&)>& change) const;
  /// The same model with this rule and no other.
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

  static void connect_all(const std::vector<Connection>& connections, const FieldPath& where, NetworkSpec& network,
                          FaultList& faults);
  Spec assemble(FaultList& faults) const;
  static Spec checked(Spec spec, Purpose purpose, FaultList& faults);
  void add_task(Spec& spec, FaultList& faults) const;
  void add_rules(Spec& spec, FaultList& faults) const;
  void add_records(Spec& spec, FaultList& faults) const;

  Spec spec_;  // without what the members below become
  std::vector<Connection> connections_;
  std::vector<Connection> teacher_connections_;
  std::vector<DrawnInputOptions> inputs_;
  std::vector<RuleOptions> rules_;
  std::vector<Recorded> records_;
};

}  // namespace locus
