// locus: learning in recurrent networks as messages, every one counted by how far it reaches.
//
// Promise: the names that are listed here keep their meaning from 0.N.x to 0.N.y, with the types of
// their members and arguments; a change of N may change them, and CHANGELOG.md says how. Results
// are the same bits under the same version and level of arithmetic only. Everything else under
// locus/ is installed without a promise.
//
//   a network, a task and rules, by name (builder.h):
//     Model, RateOptions, ConnectOptions, FeedbackOptions, DrawnInputOptions, InitialWeights,
//     gaussian, normal, constant, dense, sparse, aligned, sparse_random, sparse_in_degree, trial,
//     RuleOptions, EpropOptions, bptt, tbptt, rflo, eprop, eprop_random, rtrl, uoro, none,
//     CompareOptions
//   the same from a file (load.h), and as plain values (spec.h):
//     load, Spec
//   every fault of a model, by its fields (check.h, errors.h):
//     check, require_valid, Purpose, Fault, Severity, describe, ModelError, FileError, UsageError
//   one rule, driven tick by tick (session.h):
//     Session, SessionOptions, SessionError, OrderError, ArgumentError, LocalityBroken
//   every rule, and the costs of its messages (run.h, result.h, ledger.h):
//     run, RunOptions, TransportKind, Moment, Result, Outcome, Status, Evaluation,
//     Comparisons, Alignment, Scatter, Curvature, ProjectionWeights, RankReport, Ledger,
//     LedgerEntry, Tally, Channel
//   the same, from a checkpoint (resume.h):
//     resume, keep_checkpoint
//   many runs of one model (sweep.h):
//     sweep, SweepPlan, SweepAxis, SweepOptions, SweepResult, axis_of
//   the files of a result, its report page too (write.h):
//     save
//   a defect of the library (core/base/check.h):
//     CheckFailure
//
// Nothing here prints. Errors are exceptions: ModelError (a fault has a field, what is there, what
// is allowed), FileError, UsageError, SessionError (what may be called now), LocalityBroken, and
// CheckFailure for a defect of the library.
#pragma once

#include <filesystem>

#include "core/base/check.h"
#include "core/wire/door.h"
#include "core/wire/ledger.h"
#include "sim/model/builder.h"
#include "sim/model/check.h"
#include "sim/model/errors.h"
#include "sim/model/load.h"
#include "sim/report/resume.h"
#include "sim/report/write.h"
#include "sim/run/run.h"
#include "sim/run/session.h"
#include "sim/sweep/sweep.h"

namespace locus {

using Result = RunResult;

/// Every rule of the model, in order (run.h).
inline Result run(const Model& model, const RunOptions& options = {}) { return run(model.finish(), options); }

/// Writes what `locus run --out` writes (write.h), report.html among it. Throws FileError.
inline void save(const Result& result, const std::filesystem::path& folder) {
  prepare_folder(folder);
  write_result(result, folder);
}

}  // namespace locus
