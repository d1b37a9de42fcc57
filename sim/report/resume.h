// Checkpoints of a run that a program makes, and how it goes on from one.
//
//   run(spec, {.watch = keep_checkpoint("run.ckpt", 100)});      // killed, or interrupted
//   resume(spec, "run.ckpt");                                    // ends with the same bits
//
// The file is one of checkpoint.h. It holds the state, and not the model: that is the program's own
// (a checkpoint of `locus run` holds both, and `locus resume` asks for nothing else). Cost: that of
// write_checkpoint, at every call that is due.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "sim/run/run.h"

namespace locus {

struct RunRequest;  // sim/report/checkpoint.h

/// For RunOptions::watch: replaces the file after every `every` updates of a rule, at the end of
/// each rule and where the run is interrupted. It throws FileError, which ends the run, and
/// UsageError before a run of supplied trials (SuppliedTask), which no file holds.
std::function<void(const Moment&)> keep_checkpoint(std::filesystem::path file, std::int64_t every);
/// The same; the file holds the model as well, and what `locus run` would be asked for, so that
/// `locus resume` goes on from it.
std::function<void(const Moment&)> keep_checkpoint(std::filesystem::path file, std::int64_t every, RunRequest request);

/// The run of this model whose state the file holds, from there to its end: results are those of a
/// run without a break, bit by bit. A spec with more updates goes on to them, also under rules that
/// had ended (with Adam or carried states only if the run had `may_go_on`). `options.from` is set
/// here. Throws FileError, ModelError where the file is no checkpoint or one of another model, and
/// UsageError where trials are supplied.
RunResult resume(const Spec& spec, const std::filesystem::path& file, RunOptions options = {});

}  // namespace locus
