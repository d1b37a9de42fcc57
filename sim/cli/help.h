// Help, from the rows of the commands and the options that they declare: for a terminal, and as
// docs/cli.md.
#pragma once

#include <string>

#include "sim/cli/command.h"

namespace locus {

/// What the program is, its commands, how it exits.
std::string overview();
/// One command: a runnable example first, then usage, arguments, options, details.
std::string help_of(const Command& command);
/// "locus 0.1.0 (commit 0123456789ab, Release, GNU 12.2.0)".
std::string version_line();
/// docs/cli.md.
std::string help_markdown();

}  // namespace locus
