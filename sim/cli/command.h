// Command: one row of what `locus` can do. Dispatch, help and docs/cli.md follow from the row and
// from the options that it declares.
//
// A command is one file: its row and its Invocation, which holds the values of its options while it
// runs. Commands throw what goes wrong (errors.h); they catch nothing.
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

/// Where a command prints. Results go to `out`; warnings and errors to `err`.
struct Console {
  std::ostream& out;
  std::ostream& err;
  bool terminal = false;                // `err` is one: progress may be shown there
  std::vector<std::string> words = {};  // what was typed behind the command's name
};

class Invocation {
 public:
  virtual ~Invocation() = default;
  /// Declares options and positional arguments, bound to members of this.
  virtual void declare(CLI::App& app) = 0;
  virtual Exit execute(const Console& console) = 0;
};

/// Gives an invocation words that were typed behind a command before now. What is wrong with them;
/// empty where nothing is.
std::string parse_again(const std::vector<std::string>& words, Invocation& invocation);

struct Command {
  std::string_view name;
  std::string_view arguments;  // "MODEL... [options]"
  std::string_view summary;    // one line, no full stop
  std::string_view example;    // lines of a shell, runnable in a checkout as they stand
  std::string_view details;    // paragraphs, separated by an empty line; may be empty
  std::unique_ptr<Invocation> (*make)();
};

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
extern const Command kHelpCommand;

/// In the order in which help lists them.
std::span<const Command* const> commands();

}  // namespace locus
