// The program but for its process: arguments in, text and an exit code out. Tests run it
// in-process.
#pragma once

#include <iosfwd>
#include <string>

#include "core/base/function_ref.h"

namespace locus {

/// How the program ends (docs/cli.md).
enum class Exit : int {
  kDone = 0,
  kFailed = 1,         // a file cannot be opened or written, memory ended
  kUsage = 2,          // the command line is wrong
  kInvalid = 3,        // a model file is invalid, or is not one
  kBudgetBroken = 4,   // a message broke the locality budget
  kDefect = 70,        // a CHECK failed: the program is wrong
  kInterrupted = 130,  // results so far are written
};

/// Calls `body`; what it throws becomes a message on `err`, one line first that begins with
/// `program`, and the exit code that belongs to it.
Exit guarded(const std::string& program, std::ostream& err, FunctionRef<Exit()> body);

/// Finds the command, runs it, and turns whatever is thrown into a message on `err` (one line
/// first, details after) and an exit code. `terminal`: whether somebody looks at `err` while it is
/// written.
/// Thread safety: one call at a time in a process may be interrupted by SIGINT (interrupt.h).
int locus_main(int argc, const char* const* argv, std::ostream& out, std::ostream& err, bool terminal = false);

}  // namespace locus
