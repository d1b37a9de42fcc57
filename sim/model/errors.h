// Errors at the border: faults of a model, files that cannot be read, wrong words of a command
// line.
//
// There is one type for each exit code of the command line, and a program that uses the library can
// catch the errors that it can handle. A Fault has its place (file, line, column, field), the
// value, and the allowed values. Nothing here prints.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace locus {

enum class Severity { kError, kWarning };

/// One fault of a model, or (as a warning) a legal but improbable setting.
struct Fault {
  Severity severity = Severity::kError;
  std::string file;  // path as given
  int line = 0;      // from 1; 0 in a binary file
  // as a terminal shows the line, from 1: a wide character counts 2, a combining mark 0, a tab 1;
  // 0 in a binary file
  int column = 0;
  // network.projections[1].weights.dense.values[7]; empty: the file as a whole
  std::string field;
  std::string what;     // the fault with the value: "is 1.5"
  std::string allowed;  // "must be above 0 and at most 1"; may be empty
  // the line, cut to a readable length around the column, without control characters; empty in a
  // binary file
  std::string source_line;
  int caret = 0;  // position of the column in source_line, bytes from 0
};

/// "net.txtpb:7:23: error: network.populations[1].rate.leak is 1.5; must be above 0 and at most 1",
/// then the source line and a caret below it. Characters that a terminal does not show are escaped.
std::string describe(const Fault& fault);

bool has_error(const std::vector<Fault>& faults);

/// The model is invalid, or the file is no model.
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

/// The command line contradicts itself or does not fit the model.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace locus
