// Recordings: the files of all that a model's records ask for, rule by rule:
// record/<rule>/<name>.npy or .pb in the folder of the results.
//
// They grow while the run goes on, and are whole at the border of each update (recording_file.h). A
// checkpoint keeps how far each had come, and a resumed run goes on exactly there: its files end as
// those of a run without a break, byte by byte. Errors: FileError, with the path and the system's
// reason.
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

/// A record's file as far as it had come.
struct RecordingState {
  std::string file;         // below the folder of the results
  std::int64_t length = 0;  // bytes
  // SHA-256 of the last of them, hexadecimal: whether it is still the file that it was
  std::string tail;
};

class Recordings {
 public:
  /// Makes all files anew, so that what cannot be written is known before the run; those of
  /// `states` are gone on with, and must be as they were (ModelError where one is shorter or
  /// another). `spec` outlives this.
  Recordings(const Spec& spec, std::filesystem::path folder, const std::vector<RecordingState>& states = {},
             FileCalls calls = system_calls());

  /// To be called with every sample and at every moment of the run, and once when it has ended.
  void look(const Sample& sample);
  void observe(const Moment& moment);
  void end(const RunResult& result);

  /// How far the files of the rules that have begun have come; all of that has reached the disk.
  std::vector<RecordingState> states();

 private:
  std::string name_of(const RuleSpec& rule, const RecordSpec& record) const;
  void begin_rule(std::size_t rule, std::int64_t updates);
  void end_rule(std::int64_t updates);
  void note(std::size_t record);

  const Spec& spec_;
  std::filesystem::path folder_;
  FileCalls calls_;
  // by file: of rules that have begun, as last noted
  std::map<std::string, RecordingState> states_;
  std::size_t rule_ = 0;      // that runs, or ran last
  std::int64_t updates_ = 0;  // of it that are shown
  // of it, by record; null: it has no such quantity. Empty between rules
  std::vector<std::unique_ptr<RecordingFile>> files_;
};

}  // namespace locus
