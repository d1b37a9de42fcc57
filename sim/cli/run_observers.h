// RunObservers: everything that follows a run of `locus run` while it goes on: the line of
// progress, recordings, curves for TensorBoard, checkpoints and the live page.
//
// None of them has an influence on the run. They get the same moments, in one fixed order: the
// curves come before the checkpoint, because the checkpoint contains them.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sim/cli/checkpoint_option.h"
#include "sim/cli/command.h"
#include "sim/cli/live_show.h"
#include "sim/cli/progress.h"
#include "sim/cli/run_arguments.h"
#include "sim/cli/run_jobs.h"
#include "sim/run/run.h"
#include "sim/study/course.h"

namespace locus {

class RunObservers {
 public:
  /// Starts the live page if the command has one and prints its address. All arguments must outlive
  /// the observers. Throws std::system_error if the port is not available.
  RunObservers(const RunArguments& arguments, const std::vector<Job>& jobs, const RunOrigin& origin,
               ProgressLine& progress, const Console& console);

  /// Must be called before the run of each job.
  void begin(const Job& job);
  /// Must be called at every moment of that run.
  void observe(const Moment& moment);
  /// Must be called for every sample of that run; the job has recordings.
  void record(const Sample& sample) { job_->recordings->look(sample); }
  /// Must be called after that run; `last` if no other job will run, `complete` if the run was not
  /// interrupted. Returns the curves, which are empty without --tensorboard.
  std::vector<RuleSeries> end(const RunResult& result, bool last, bool complete);

 private:
  const std::vector<Job>& jobs_;
  const RunOrigin& origin_;
  ProgressLine& progress_;
  bool with_curves_;
  std::optional<LiveShow> live_;
  std::optional<Checkpointer> checkpointer_;
  const Job* job_ = nullptr;      // the running one
  std::optional<Course> course_;  // of the running job
};

}  // namespace locus
