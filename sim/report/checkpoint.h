// Checkpoint: a file that holds a run between two updates, with all that it takes to go on from
// there: what was asked, the model and the files that it names as they were read, and the state of
// the run (sim/run/state.h). proto/locus/v1/checkpoint.proto is its form, frame.h the frame around
// it.
//
// Why the words of the command line: what was asked then means the same when it is asked again,
// whatever options there are. A file is written whole or not at all; the one before it stays until
// then. Cost: one pass over weights, losses and counts, held part by part.
#pragma once

#include <cstdint>
#include <filesystem>
#include <istream>
#include <string>
#include <vector>

#include "sim/model/carried_files.h"
#include "sim/model/files.h"
#include "sim/report/recordings.h"
#include "sim/run/run.h"
#include "sim/run/series.h"

namespace locus {

/// What stays the same from checkpoint to checkpoint of a run.
struct Asked {
  std::vector<std::string> arguments;  // the words behind `locus run`
  std::string model;                   // the model file's path, as given
  std::string bytes;                   // of the model file
  CarriedFiles files;                  // that it names
};

struct Checkpoint {
  Asked asked;
  std::string version;  // of the program that wrote it
  std::string commit;
  std::string level;  // of its arithmetic (core/base/level.h)
  RunState state;
  std::vector<RecordingState> recordings;
  std::vector<RuleSeries> curves;  // seen so far, rule by rule; empty where none were asked for
};

/// What a checkpoint keeps besides the run itself.
struct Beside {
  std::vector<RecordingState> recordings = {};
  std::vector<RuleSeries> curves = {};  // of the first rules, in the order run
};

/// Replaces the file at `path`. Throws FileError; the file is then as it was.
void write_checkpoint(const Asked& asked, const Moment& moment, const std::filesystem::path& path,
                      const FileCalls& calls = system_calls(), const Beside& beside = {});

/// Throws ModelError where the file is no whole checkpoint of this format, FileError where it
/// cannot be read. Whether the state fits the model is for misfit (sim/run/state.h) to say.
Checkpoint read_checkpoint(const std::filesystem::path& path);

/// As above, of the `length` bytes within the frame; `path` names it in errors. Safe for any bytes:
/// memory stays near what the stream holds.
Checkpoint read_checkpoint_parts(std::istream& stream, std::int64_t length, const std::filesystem::path& path);

}  // namespace locus
