// The models of `locus run`: loaded, checked and with their folders, before the first one runs.
//
// All faults that can be found early are found here, so that no computing time is lost to them.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/function_ref.h"
#include "core/wire/topology.h"
#include "sim/cli/command.h"
#include "sim/cli/progress.h"
#include "sim/cli/run_arguments.h"
#include "sim/model/spec.h"
#include "sim/report/checkpoint.h"
#include "sim/report/learnt_weights.h"
#include "sim/report/recordings.h"
#include "sim/report/result_folder.h"

namespace locus {

/// One model of the command and the place of its results.
struct Job {
  Spec spec;
  // with a chip or a checkpoint, until its run begins; otherwise empty
  std::optional<Topology> topology;
  std::optional<std::filesystem::path> folder;  // empty without --out
  std::unique_ptr<ResultFolder> results;        // that folder, locked; null without --out
  std::unique_ptr<Recordings> recordings;       // null if the model has no records
};

/// The start of a run: its beginning, or a checkpoint.
struct RunOrigin {
  RunRequest request;                      // the constant part of the run's own checkpoints
  Provenance provenance;                   // of the checkpoint
  std::optional<RunState> state;           // of the checkpoint; empty at a beginning
  std::vector<RecordingState> recordings;  // of the checkpoint
  std::vector<RuleSeries> curves;          // of the checkpoint
  // true: the request has one more change than the checkpoint
  bool is_changed = false;
  std::unique_ptr<FileLock> lock;  // of the run's checkpoint file; null without one
};

/// Adds the changes of a continued run to what its result depends on.
void add_changes(const std::vector<SettingsChange>& changes, Provenance& provenance);

/// Throws UsageError unless a continued run may have another value of the field: what shapes the
/// network, the task or the sums so far must stay. `setting` is "path=value".
void check_may_change(const std::string& setting);

/// The weights of a rule of a checkpoint of `locus run`. Throws FileError and ModelError.
WeightFiles weights_of_checkpoint(const LearntSource& source);

/// Loads and checks every model, prepares every folder and file, and opens the recordings. Fills
/// origin.request if the command has a checkpoint. `accept` sees each model before a file is
/// touched, and throws if it must not run. Throws UsageError, ModelError or FileError with the
/// reason for a refusal.
std::vector<Job> load_jobs(const RunArguments& arguments, RunOrigin& origin, ProgressLine& progress,
                           const Console& console, FunctionRef<void(const Spec&)> accept);

}  // namespace locus
