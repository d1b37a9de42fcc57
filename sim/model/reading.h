// The common data of the readers of one model, from message to Spec.
//
// A reader converts one message and reports the faults that only a file can have: missing fields,
// unknown names, open choices, files beside it, forms that a Spec does not have. The checks of the
// Spec (checks.h) find all others, and drop those that follow from a reader's fault: a reader
// therefore refuses a field (FaultList) and continues with any value. Readers take their message by
// reference to change it: converted parts are freed at once, so that a large model is not in memory
// twice. Internal to sim/model.
#pragma once

#include <cstdint>
#include <filesystem>
#include <istream>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "sim/model/carried_files.h"
#include "sim/model/check_basics.h"
#include "sim/model/fault_list.h"
#include "sim/model/input_files.h"
#include "sim/model/settings.h"
#include "sim/model/spec.h"
#include "sim/model/wire_arrays.h"

namespace locus {

struct Reading {
  // of the model file; it contains the files of weights, but for those that a setting names
  std::filesystem::path folder;
  FaultList& faults;
  // keeps or supplies the files; null: they come from the folder and are not kept
  CarriedFiles* carried = nullptr;
  // large arrays that are not in the message; null without them
  WireArrays* arrays = nullptr;
  // gets the files beside the model that are read; null: nobody needs them
  std::vector<OpenedFile>* opened = nullptr;
  // of the command line
  std::span<const Setting> settings = {};
  // for matrices that come from a few bytes of the file or from a file beside it
  SynapseBudget budget = {};

  /// Returns false with a fault at `where` if a matrix of this size passes the limit.
  bool may_take(std::int64_t rows, std::int64_t cols, const FieldPath& where) {
    return budget.take(rows, cols, where, faults);
  }
};

/// A file beside a model, open at its beginning.
struct FileBeside {
  std::unique_ptr<std::istream> stream;
  std::int64_t length = 0;  // bytes
};

/// The file with these bytes, which must outlive it.
FileBeside file_of(std::string& bytes);

/// The file at a path, if it is a regular file inside the model's folder that can be opened, or the
/// carried file; otherwise a fault at `where`. A path that is the value of a setting may lead
/// anywhere: the user has typed it.
std::optional<FileBeside> file_beside(const std::string& name, const FieldPath& where, const Reading& reading);

}  // namespace locus
