// The task of a Spec as plain values: recorded trials, drawn inputs and targets, a teacher, tasks
// of the literature, trials that a program supplies (spec.h says what holds of them).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "sim/model/network_spec.h"
#include "sim/model/synthetic.h"

namespace locus {

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
  // Rewards of its ticks [1] (rows x 1); empty: none.
  DenseMatrix reward = {};
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
/// The trials of one update, to be written by a program. The spans are 0 at first, but for mask (1)
/// and lengths (T).
struct SuppliedBatch {
  std::int64_t update = 0;  // from 0
  std::int32_t trials = 0;
  std::int32_t ticks = 0;           // T
  std::int32_t inputs = 0;          // m, without the constant ones
  std::int32_t readouts = 0;        // o
  std::span<double> input;          // x [1] (trials x T x m)
  std::span<double> target;         // y* [1] (trials x T x o); empty where trials have classes
  std::span<std::int32_t> classes;  // as RecordedTrial::label (trials); empty where they have none
  // weights of errors, as RecordedTrial::mask (trials x T x o); empty where they have none
  std::span<double> mask = {};
  // Ticks of each trial, 1 .. T, whose rows are the first so many (trials). A shorter one begins
  // late, as RecordedTrial says. Empty where all have T.
  std::span<std::int32_t> lengths = {};
  // rewards of ticks [1], as RecordedTrial::reward (trials x T); empty where they have none
  std::span<double> reward = {};
};
using Supply = std::function<void(const SuppliedBatch&)>;

/// Trials that a program makes as the run goes. Every rule asks for the trials of update 0, 1, ...,
/// and a comparison for some of them again: the trials should depend on the number of the update
/// alone. An exception of a function ends the run and reaches its caller.
struct SuppliedTask {
  Supply fill;
  // of evaluations, in which `update` counts batches of at most 32 trials; empty: none are held out
  Supply fill_held_out = {};
  bool has_classes = false;
  bool has_mask = false;
  bool has_lengths = false;
  bool has_rewards = false;
  /// Functions cannot be compared, so no task with one equals another.
  friend bool operator==(const SuppliedTask& a, const SuppliedTask& b) {
    return !a.fill && !b.fill && !a.fill_held_out && !b.fill_held_out && a.has_classes == b.has_classes &&
           a.has_mask == b.has_mask && a.has_lengths == b.has_lengths && a.has_rewards == b.has_rewards;
  }
};
using TaskSpec = std::variant<RecordedTask, StudentTeacherTask, DrawnTask, SyntheticTask, SuppliedTask>;

/// True if a trial of the task may have a class, so that the choice of a network with so many
/// readouts is compared with it. One readout with +1 and -1 chooses no class.
bool has_classes(const TaskSpec& task, std::int64_t readouts);
/// True if trials that are learnt from weigh errors: one has a mask, or fewer rows than ticks. (Of
/// supplied trials: may have.)
bool weighs_errors(const TaskSpec& task, std::int32_t ticks);
bool weighs_errors(const RecordedTrial& trial, std::int32_t ticks);

}  // namespace locus
