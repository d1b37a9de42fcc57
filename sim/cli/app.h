// The program without its process: arguments in, text and an exit code out. Tests call it directly.
#pragma once

#include <iosfwd>
#include <string>

#include "core/base/function_ref.h"

namespace locus {

/// The exit codes of the program (docs/cli.md).
enum class Exit : int {
  kDone = 0,
  kFailed = 1,         // a file cannot be opened or written, or there is no memory
  kUsage = 2,          // the command line is wrong
  kInvalid = 3,        // a model file is invalid or is no model file
  kBudgetBroken = 4,   // a message broke the locality budget
  kDefect = 70,        // a CHECK failed: the program has a defect
  kInterrupted = 130,  // the results so far are written
};

/// Calls `body`. An exception from it becomes a message on `err`, whose first line begins with
/// `program`, and the corresponding exit code.
Exit guarded(const std::string& program, std::ostream& err, FunctionRef<Exit()> body);

/// Finds the command and runs it. An exception becomes a message on `err` (one line first, details
/// after it) and an exit code. `terminal`: true if `err` is a terminal that can show progress.
/// Thread safety: SIGINT can interrupt only one call at a time in a process (interrupt.h).
int locus_main(int argc, const char* const* argv, std::ostream& out, std::ostream& err, bool terminal = false);

}  // namespace locus
