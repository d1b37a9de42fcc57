// Task: the inputs and targets of the network, update by update. It is part of the environment and
// has no actors and no messages.
//
// Inputs and targets are a pure function of (spec, update): they are the same for every rule of a
// run and do not depend on the transport, the threads or the order of work. (Supplied trials are
// what a program's function makes of the number of the update.)
// Cost: filling a batch allocates nothing itself (Eigen takes scratch space for products of large
// blocks).
// Thread safety: none; each thread needs its own Task.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "sim/model/spec.h"
#include "sim/task/batch.h"
#include "sim/task/drawn.h"
#include "sim/task/recorded.h"
#include "sim/task/student_teacher.h"
#include "sim/task/supplied.h"
#include "sim/task/synthetic.h"

namespace locus {

/// Trials for learning, or held-out trials for evaluation.
enum class Shown { kLearning, kEvaluation };

using TaskSource = std::variant<RecordedSource, DrawnSource, SyntheticSource, SuppliedSource,
                                StudentTeacherSource<double>, StudentTeacherSource<float>>;

/// True if the inputs of such a batch do not stand in memory: they would take more than 64 MB, and
/// the task has them tick by tick (recorded and drawn trials have).
/// Results are the same bits either way.
bool shows_tick_by_tick(const Spec& spec, std::int32_t lanes);

class Task {
 public:
  /// The task reads recorded trials and target matrices in `spec`, which must outlive it. `lanes`:
  /// trials of a batch.
  Task(const Spec& spec, std::int32_t lanes, Shown shown = Shown::kLearning);
  explicit Task(const Spec& spec) : Task(spec, spec.training.batch) {}

  /// Writes the trials of update `update` (from 0): lane `lane` gets trial update * lanes + lane,
  /// numbered over the whole run from 0. The batch must come from make_batch with the sizes of the
  /// spec and these lanes: T x m x lanes, T x o x lanes.
  /// A batch whose source is this task gets its targets; inputs follow with show().
  template <class R>
  void fill(std::int64_t update, Batch<R>& batch);

  /// Gives the batch the columns that it needs only for some tasks: classes, weights of errors, and
  /// when trials begin.
  template <class R>
  void prepare(Batch<R>& batch) const;

  /// Writes x_t of the batch that was filled last [1] (m x lanes), for t = 1 .. T in order. The
  /// values are those that show() wrote last; cost: those that are not 0, but for noise.
  template <class R>
  void show(std::int32_t tick, R* values);

 private:
  // number of the first trial; held-out trials have numbers that no run of the spec reaches
  std::int64_t begin_;
  // the same for the noise of the network, where recorded trials have these numbers too
  std::int64_t noise_begin_;
  std::vector<ConstantInput> constants_;  // of the network
  std::int32_t ticks_;                    // T; this and the next three are what a batch must have
  std::int32_t inputs_;                   // m
  std::int32_t readouts_;                 // o
  std::int32_t lanes_;
  bool has_classes_;
  TaskSource source_;
};

}  // namespace locus
