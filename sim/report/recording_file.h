// RecordingFile: the growing file of one record under one rule: .npy or length-delimited protobuf
// (proto/locus/v1/recording.proto).
//
// At the end of each update the file contains all its samples, and the header of an .npy has the
// corresponding shape. A reader at any time, also after a kill, therefore finds all whole updates;
// a part of the next update may follow them.
// Memory: one sample and the bytes that are not written yet.
// Errors: FileError.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sim/model/files.h"
#include "sim/model/spec.h"
#include "sim/run/recording.h"

namespace locus {

/// The extension of a record's file: ".npy" or ".pb".
std::string_view extension_of(const RecordSpec& record);

/// The bytes of a record's file after `updates` updates. For protobuf it is an upper bound, which
/// holds with equality if no value is 0.
double bytes_of(const Spec& spec, const RecordSpec& record, std::int64_t updates);

/// The bytes of an .npy's head. They are no samples: its shape changes.
inline constexpr std::int64_t kNpyHead = 192;

class RecordingFile {
 public:
  /// The file of an earlier part of the run; empty at the beginning of a run.
  struct Kept {
    std::int64_t updates = 0;
    std::int64_t length = 0;  // bytes
    // an evaluation at its end that is no part of the longer run (ended_evaluation)
    std::optional<std::int64_t> ended = {};
  };

  RecordingFile(const Spec& spec, const RecordSpec& record, const RuleSpec& rule, const std::filesystem::path& path,
                Kept kept, const FileCalls& calls);

  void add(const Sample& sample);
  /// Makes all samples of updates below `updates`, and of an evaluation after them, visible to
  /// readers; they must have been added.
  void show(std::int64_t updates);
  /// Removes the part of an update after the last whole one.
  void cut();
  void sync() { file_.sync(); }
  void close() { file_.close(); }
  /// The length up to the last whole update, bytes.
  std::int64_t length() const { return length_; }

 private:
  void add_values(std::span<const double> values);
  void add_part(const Sample& sample);
  /// Updates or evaluations that are whole after so many updates.
  std::int64_t rows_after(std::int64_t updates) const;
  std::string npy_head(std::int64_t rows) const;
  std::string stream_head(const Spec& spec, const RuleSpec& rule) const;

  RecordSpec record_;
  std::vector<std::int64_t> shape_;  // of one sample
  GrowingFile file_;
  std::int64_t rows_ = 0;    // updates or evaluations in the file
  std::int64_t added_ = 0;   // samples since then
  std::int64_t length_ = 0;  // length of the whole updates, bytes
  std::string bytes_;        // of one sample
};

}  // namespace locus
