// Command: one row for each command of `locus`. The dispatch, the help and docs/cli.md follow from
// the row and from the options that it declares.
//
// A command is one file with its row and its Invocation, which holds the values of its options.
// Commands throw their errors (sim/model/errors.h) and catch nothing.
#pragma once

#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "sim/cli/app.h"

namespace locus {

/// The streams of a command: results go to `out`, warnings and errors to `err`.
struct Console {
  std::ostream& out;
  std::ostream& err;
  bool terminal = false;                // true: `err` is a terminal that can show progress
  std::vector<std::string> words = {};  // the words after the command's name
};

class Invocation {
 public:
  virtual ~Invocation() = default;
  /// Declares options and positional arguments, which are bound to members of the invocation.
  virtual void declare(CLI::App& app) = 0;
  virtual Exit execute(const Console& console) = 0;
};

/// Parses words that an earlier command line had after its command. Returns the error message,
/// which is empty if the words are right.
std::string parse_again(const std::vector<std::string>& words, Invocation& invocation);

struct Command {
  std::string_view name;
  std::string_view arguments;  // "MODEL... [options]"
  std::string_view summary;    // one line, no full stop
  std::string_view example;    // lines of a shell that run in a checkout without changes
  std::string_view details;    // paragraphs, separated by an empty line; may be empty
  std::unique_ptr<Invocation> (*make)();
  // whether a launcher of several copies (mpirun, srun) may start it: the copies share the work,
  // only print, or are refused by the command itself. The others are refused (check_alone, below).
  bool in_copies = false;
};

/// Throws UsageError, which ends with `remedy`, if a launcher has started this process as one of
/// several. Each copy would do the whole work once more, and write the files of the others.
void check_alone(std::string_view remedy);

extern const Command kRunCommand;
extern const Command kResumeCommand;
extern const Command kSweepCommand;
extern const Command kValidateCommand;
extern const Command kInfoCommand;
extern const Command kConvertCommand;
extern const Command kReportCommand;
extern const Command kDiffCommand;
extern const Command kRulesCommand;
extern const Command kTheoryCommand;
extern const Command kReproduceCommand;
extern const Command kPlaceCommand;
extern const Command kFitsCommand;
extern const Command kHelpCommand;

/// The commands in the order of the help.
std::span<const Command* const> commands();

}  // namespace locus
