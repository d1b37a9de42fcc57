// RecordingFile: one record of a model under one rule, as it grows: .npy or length-delimited
// protobuf (proto/locus/v1/recording.proto).
//
// At the border of an update all of it is in the file and, in an .npy, in the shape of its header:
// who reads then, or after a kill, finds all updates that are whole; behind them there may be a
// part of the next. Memory: one sample and what waits to be written. Errors: FileError.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/model/files.h"
#include "sim/model/spec.h"
#include "sim/run/recording.h"

namespace locus {

/// The ending of a record's file: ".npy" or ".pb".
std::string_view extension_of(const RecordSpec& record);

/// Bytes of a record's file after `updates` updates; of protobuf at most so many, where no value is
/// 0.
double bytes_of(const Spec& spec, const RecordSpec& record, std::int64_t updates);

/// The bytes of an .npy's head, which are not what was seen: its shape changes.
inline constexpr std::int64_t kNpyHead = 192;

class RecordingFile {
 public:
  /// What is there already, of a run that is gone on with; nothing of one that begins.
  struct Kept {
    std::int64_t updates = 0;
    std::int64_t length = 0;  // bytes
  };

  RecordingFile(const Spec& spec, const RecordSpec& record, const RuleSpec& rule, const std::filesystem::path& path,
                Kept kept, const FileCalls& calls);

  void add(const Sample& sample);
  /// All samples of updates below `updates` have been added: readers may see them.
  void show(std::int64_t updates);
  /// Whole updates stay, and a part of one that stands behind them goes.
  void cut();
  void sync() { file_.sync(); }
  void close() { file_.close(); }
  /// Up to the last whole update.
  std::int64_t length() const { return whole_; }

 private:
  void add_values(std::span<const double> values);
  void add_part(const Sample& sample);
  std::string npy_head(std::int64_t updates) const;
  std::string stream_head(const Spec& spec, const RuleSpec& rule) const;

  RecordSpec record_;
  std::vector<std::int64_t> shape_;  // of a sample
  GrowingFile file_;
  std::int64_t shown_ = 0;  // recorded updates
  std::int64_t whole_ = 0;  // bytes
  std::string bytes_;       // of a sample
};

}  // namespace locus
