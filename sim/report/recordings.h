// Recordings: the files of all records of a model, rule by rule: record/<rule>/<name>.npy or .pb in
// the folder of the results.
//
// The files grow during the run and are whole at the end of each update (recording_file.h). A
// checkpoint contains their lengths, and a resumed run continues exactly there: its files are the
// same as those of an uninterrupted run, byte by byte.
// Errors: FileError, with the path and the system's reason.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/model/files.h"
#include "sim/model/spec.h"
#include "sim/report/recording_file.h"
#include "sim/run/run.h"

namespace locus {

/// The file of a record and its length at a checkpoint.
struct RecordingState {
  std::string file;         // below the folder of the results
  std::int64_t length = 0;  // bytes
  // SHA-256 of the last bytes, hexadecimal; it shows that the file is still the same
  std::string tail;
};

/// The files of all recordings of a model, below the folder of the results.
std::vector<std::string> recording_files(const Spec& spec);

class Recordings {
 public:
  /// Makes all files anew, so that a file that cannot be written is found before the run. The files
  /// of `states` are continued and must be unchanged (ModelError if one is shorter or differs).
  /// `spec` must outlive the Recordings.
  Recordings(const Spec& spec, std::filesystem::path folder, const std::vector<RecordingState>& states = {},
             FileCalls calls = system_calls());

  /// The three functions must be called with every sample, at every moment of the run, and once at
  /// its end.
  void look(const Sample& sample);
  void observe(const Moment& moment);
  void end(const RunResult& result);

  /// The lengths of the files of all rules that have begun; their bytes have reached the disk.
  std::vector<RecordingState> states();

 private:
  /// `from`: the state that the rule goes on from, or null.
  void begin_rule(std::size_t rule, const RuleState* from);
  void end_rule(std::int64_t updates);
  void note(std::size_t record);

  const Spec& spec_;
  std::filesystem::path folder_;
  FileCalls calls_;
  // by file, for the rules that have begun
  std::map<std::string, RecordingState> states_;
  // by file, for the files that were made anew: their length without samples, bytes
  std::map<std::string, std::int64_t> heads_;
  std::size_t rule_ = 0;      // index of the running rule, or of the last one
  std::int64_t updates_ = 0;  // updates of the rule that are visible in the files
  // of the rule, by record; null if the rule has no such quantity; empty between rules
  std::vector<std::unique_ptr<RecordingFile>> files_;
};

}  // namespace locus
