// Checkpoint: a file with a run between two updates and everything that its continuation needs: the
// command line, the model and the files that it names, and the state of the run (sim/run/state.h).
// proto/locus/v1/checkpoint.proto is its format, frame.h the frame around it.
//
// It contains the words of the command line, because they keep their meaning whatever options a
// later program has. A file is written whole or not at all; the previous one stays until then.
// Cost: one pass over weights, losses and counts, one part in memory at a time.
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

/// The constant part of all checkpoints of a run.
struct RunRequest {
  std::vector<std::string> arguments;        // the words after `locus run`
  std::string model;                         // path of the model file on the command line
  std::string bytes;                         // of the model file
  CarriedFiles files;                        // the files that the model names
  std::vector<SettingsChange> changes = {};  // by continuations, in order
  // of the arithmetic so far: "x86-64-v3, x86-64"; empty: this program's
  std::string level = {};
};

struct Checkpoint {
  RunRequest request;
  std::string version;  // of the program that wrote it
  std::string commit;
  std::string level;  // of its arithmetic (core/base/level.h), or several
  Provenance provenance;
  RunState state;
  std::vector<RecordingState> recordings;
  std::vector<RuleSeries> curves;  // the points so far, rule by rule; empty without curves
};

/// The parts of a checkpoint besides the run itself.
struct RunExtras {
  std::vector<RecordingState> recordings = {};
  std::vector<RuleSeries> curves = {};  // of the first rules, in the order of the run
};

/// Replaces the file at `path`. Throws FileError; the old file is then unchanged.
void write_checkpoint(const RunRequest& request, const Moment& moment, const std::filesystem::path& path,
                      const FileCalls& calls = system_calls(), const RunExtras& extras = {});

/// Throws ModelError if the file is no whole checkpoint of this format, FileError if it cannot be
/// read. misfit (sim/run/state.h) checks that the state fits the model.
Checkpoint read_checkpoint(const std::filesystem::path& path);

/// Reads the `length` bytes within the frame; `path` is the name in errors. Any bytes are safe:
/// memory stays near the size of the stream.
Checkpoint read_checkpoint_parts(std::istream& stream, std::int64_t length, const std::filesystem::path& path);

}  // namespace locus
