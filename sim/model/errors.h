// What can be wrong at the border: faults of a model, files that cannot be read, words of a command
// line that do not fit.
//
// Why one type per way to end: the command line turns each into its exit code, and a program that
// uses the library can catch what it can mend. A Fault says where (file, line, column, field), what
// is there, and what is allowed. Nothing here prints.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace locus {

enum class Severity { kError, kWarning };

/// One thing that is wrong with a model, or (a warning) that is legal and hardly meant.
struct Fault {
  Severity severity = Severity::kError;
  std::string file;  // as given
  int line = 0;      // counted from 1; 0 where the file is binary
  int column = 0;    // bytes, counted from 1; 0 where the file is binary
  // network.projections[1].weights.dense.values[7]; empty: the file as a whole
  std::string field;
  std::string what;     // what is there, with its value: "is 1.5"
  std::string allowed;  // "must be above 0 and at most 1"; may be empty
  // the line as it stands, cut to a readable length around the column; empty where the file is
  // binary
  std::string source_line;
  int caret = 0;  // place of the column in source_line, counted from 0 (bytes)
};

/// "net.txtpb:7:23: error: network.populations[1].rate.leak is 1.5; must be above 0 and at most 1",
/// then the source line and a caret below it.
std::string describe(const Fault& fault);

bool has_error(const std::vector<Fault>& faults);

/// The model is invalid, or is no model.
class ModelError : public std::runtime_error {
 public:
  explicit ModelError(std::vector<Fault> faults);
  const std::vector<Fault>& faults() const {
    return faults_;
  }  // in the order of the file; at least one error, warnings too

 private:
  std::vector<Fault> faults_;
};

/// A file cannot be opened, read or written.
class FileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What the command line asks for cannot be, whatever the model, or does not fit this model.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace locus
