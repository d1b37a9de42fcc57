// locus: learning in recurrent networks as messages, every one counted by how far it reaches.
//
// Promise: what stands in this header keeps its name and its meaning from 0.N.x to 0.N.y; a change
// of N may change it, and CHANGELOG.md says how. Results are the same bits under the same version
// and level of arithmetic only. Everything else under locus/ is installed without a promise.
//
//   Model    a network, a task and rules, by name          builder.h
//   load     the same from a file                          load.h
//   check    every fault of a model, by its fields         check.h
//   Session  one rule, driven tick by tick                 session.h
//   run      every rule, and what its messages cost        run.h, result.h
//   resume   the same, from a checkpoint                   resume.h
//   sweep    many runs of one model                        sweep.h
//   save     the files of a result, its report page too    write.h
//
// Nothing here prints. Errors are exceptions: ModelError (a fault has a field, what is there, what
// is allowed), FileError, UsageError, SessionError (what may be called now), LocalityBroken, and
// CheckFailure for a defect of the library.
#pragma once

#include <filesystem>

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
