// Task: what the network is shown, update by update. It belongs to the environment: no actor, no
// message.
//
// A pure function of (spec, update): the same inputs and targets for every rule of a run, whatever
// transport, threads or order of work. Cost: filling a batch allocates nothing of its own (Eigen
// takes scratch space for products of large blocks). Thread safety: none; one Task a thread.
#pragma once

#include <cstdint>
#include <variant>

#include "sim/model/spec.h"
#include "sim/task/batch.h"
#include "sim/task/drawn.h"
#include "sim/task/recorded.h"
#include "sim/task/student_teacher.h"

namespace locus {

/// The trials that are learnt from, or those held out.
enum class Shown { kLearning, kEvaluation };

class Task {
 public:
  /// Reads recorded trials and target matrices where they stand: the spec must outlive this.
  /// `lanes`: trials of a batch.
  Task(const Spec& spec, std::int32_t lanes, Shown shown = Shown::kLearning);
  explicit Task(const Spec& spec) : Task(spec, spec.training.batch) {}

  /// Writes the trials of update `update` (from 0): trial update * lanes + lane into each lane,
  /// trials counted over the whole run from 0. The batch is make_batch's for the spec and these
  /// lanes: T x m x lanes, T x o x lanes.
  template <class R>
  void fill(std::int64_t update, Batch<R>& batch);

 private:
  // number of the first trial: those held out are drawn where no run of the spec comes
  std::int64_t begin_;
  std::int32_t lanes_;
  std::variant<RecordedSource, DrawnSource, StudentTeacherSource<double>, StudentTeacherSource<float>> source_;
};

}  // namespace locus
