// What the readers of one model share, from message to Spec.
//
// A reader converts one message, and tells what only a file can have wrong: what is missing, names
// of nothing, choices not made, files beside it, forms that a Spec does not know. All else is found
// by the checks of the Spec (checks.h), which drop what follows from a reader's fault: so a reader
// refuses a field (FaultList) and goes on with any value. Readers take their message by reference
// to change it: what has been converted is let go at once, so that a large model is not held twice.
// Internal to sim/model.
#pragma once

#include <cstdint>
#include <filesystem>
#include <istream>
#include <memory>
#include <optional>
#include <string>

#include "sim/model/carried_files.h"
#include "sim/model/check_basics.h"
#include "sim/model/fault_list.h"
#include "sim/model/spec.h"
#include "sim/model/wire_arrays.h"

namespace locus {

struct Reading {
  std::filesystem::path folder;  // the model file's: weights files lie in it
  FaultList& faults;
  // where the files are kept or come from; null: the folder, and they are not kept
  CarriedFiles* carried = nullptr;
  // large arrays that are not in the message; null: there are none
  WireArrays* arrays = nullptr;
  SynapseBudget budget = {};  // of what is made from a few bytes of the file, or read beside it

  /// Whether a matrix may be made; false, and a fault at `where`, if the limit is passed.
  bool may_take(std::int64_t rows, std::int64_t cols, const FieldPath& where) {
    return budget.take(rows, cols, where, faults);
  }
};

/// A file beside a model, open at its beginning.
struct FileBeside {
  std::unique_ptr<std::istream> stream;
  std::int64_t length = 0;  // bytes
};

/// The file that a path names, if it is a regular file inside the model's folder that can be
/// opened; a fault at `where` otherwise. Where files are carried, it is the carried one.
std::optional<FileBeside> file_beside(const std::string& name, const FieldPath& where, const Reading& reading);

}  // namespace locus
