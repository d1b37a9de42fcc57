// The help of the commands, from their rows and options, for a terminal and for docs/cli.md.
#pragma once

#include <string>

#include "sim/cli/command.h"

namespace locus {

/// The purpose of the program, its commands and its exit codes.
std::string overview();
/// One command: a runnable example first, then usage, arguments, options and details.
std::string help_of(const Command& command);
/// "locus 0.1.0 (commit 0123456789ab, Release, GNU 12.2.0)".
std::string version_line();
/// The text of docs/cli.md.
std::string help_markdown();

}  // namespace locus
