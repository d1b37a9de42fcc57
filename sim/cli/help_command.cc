// locus help: prints the help of a command by its name, as --help does.
#include <ostream>
#include <vector>

#include "sim/cli/command.h"
#include "sim/cli/help.h"
#include "sim/cli/options.h"
#include "sim/model/errors.h"

namespace locus {
namespace {

class HelpInvocation final : public Invocation {
 public:
  void declare(CLI::App& app) override {
    app.add_option("COMMAND", command_, "the command; without it, what there is");
    app.add_flag("--markdown", markdown_, "everything, as docs/cli.md")->disable_flag_override();
  }

  Exit execute(const Console& console) override {
    if (markdown_) {
      console.out << help_markdown();
      return Exit::kDone;
    }
    if (command_.empty()) {
      console.out << overview();
      return Exit::kDone;
    }
    std::vector<std::string> known;
    for (const Command* command : commands()) {
      known.emplace_back(command->name);
      if (command->name != command_) continue;
      console.out << help_of(*command);
      return Exit::kDone;
    }
    throw UsageError(unknown("command", command_, known));
  }

 private:
  std::string command_;
  bool markdown_ = false;
};

}  // namespace

constexpr Command kHelpCommand = {
    .name = "help",
    .arguments = "[COMMAND] [--markdown]",
    .summary = "say what a command does, with an example",
    .example = "locus help run",
    .details = "",
    .make = [] { return std::unique_ptr<Invocation>(new HelpInvocation); },
    .in_copies = true,
};

}  // namespace locus
