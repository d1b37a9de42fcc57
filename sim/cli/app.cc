#include "sim/cli/app.h"

#include <algorithm>
#include <new>
#include <ostream>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "sim/cli/command.h"
#include "sim/cli/help.h"
#include "sim/cli/options.h"
#include "sim/model/characters.h"
#include "sim/model/errors.h"
#include "sim/ranks/agree.h"
#include "sim/ranks/launch.h"
#include "sim/report/memory.h"

namespace locus {
namespace {

const Command& command_named(const std::string& name) {
  std::vector<std::string> known;
  for (const Command* command : commands()) {
    if (command->name == name) return *command;
    known.emplace_back(command->name);
  }
  if (!name.starts_with('-')) throw UsageError(unknown("command", name, known));
  throw UsageError(unknown("option", name, {"--help", "--version"}));
}

/// Refuses arguments that CLI11 does not know; an unknown option is named before the words after
/// it.
void refuse_extras(const CLI::App& app) {
  std::vector<std::string> extras = app.remaining();
  std::erase(extras, "--");  // the words after it are no options and have been taken as files
  if (extras.empty()) return;
  const auto option =
      std::ranges::find_if(extras, [](const std::string& word) { return word.size() > 1 && word.front() == '-'; });
  if (option == extras.end()) throw UsageError(fmt::format("does not know what to do with \"{}\"", extras.front()));
  std::vector<std::string> known = {"--help"};
  for (const CLI::Option* candidate : app.get_options()) {
    for (const std::string& name : candidate->get_lnames()) known.push_back("--" + name);
  }
  throw UsageError(unknown("option", option->substr(0, option->find('=')), known));
}

void refuse_empty(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    if (std::ranges::find(option->results(), "") != option->results().end())
      throw UsageError(fmt::format("{} is empty; needs a value: {}", option->get_name(), option->get_type_name()));
  }
}

/// Refuses "-" as the file or folder of an option: no option reads standard input or writes to
/// standard output, and a file of that name is hardly meant.
void refuse_dash(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    const std::string type = option->get_type_name();
    if (option->get_positional() || (type != "DIR" && type != "FILE")) continue;
    if (std::ranges::find(option->results(), "-") == option->results().end()) continue;
    const bool prints = option->get_name() == "--out" && app.get_option_no_throw("--json") != nullptr;
    throw UsageError(fmt::format("{} is \"-\"; must be the name of a {}{}", option->get_name(),
                                 type == "DIR" ? "folder" : "file", prints ? "; --json prints the result" : ""));
  }
}

/// The message of CLI11 in the words of the other errors.
std::string reworded(const CLI::ParseError& error) {
  const std::string text = error.what();
  const std::string name = text.substr(0, text.find(':'));
  const auto after = [&](std::string_view words) {
    const std::size_t at = text.find(words);
    return at == std::string::npos ? std::string() : text.substr(at + words.size());
  };
  if (const std::string missing = after(": 1 required "); missing.ends_with(" missing"))
    return fmt::format("{} needs a value: {} {}", name, name, missing.substr(0, missing.rfind(' ')));
  if (const std::string times = after(": At Most 1 required but received "); !times.empty())
    return fmt::format("{} is given {} times; must be given once", name, times);
  if (const std::size_t at = text.find(" was given a disallowed flag override"); at != std::string::npos)
    return fmt::format("--{} takes no value", text.substr(0, at));
  return text;
}

/// Parses the words of an invocation.
void parse(const std::vector<std::string>& words, CLI::App& app, Invocation& invocation) {
  app.set_help_flag();
  app.allow_extras();
  invocation.declare(app);
  // CLI11 expects them in reverse order
  app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  refuse_extras(app);
  refuse_empty(app);
  refuse_dash(app);
}

Exit dispatch(const std::vector<std::string>& arguments, const Console& console) {
  if (arguments.empty()) {
    console.err << overview();
    return Exit::kUsage;
  }
  if (arguments.front() == "--help" || arguments.front() == "-h") {
    console.out << overview();
    return Exit::kDone;
  }
  if (arguments.front() == "--version") {
    console.out << version_line() << '\n';
    return Exit::kDone;
  }
  const Command& command = command_named(arguments.front());
  const auto words_end = std::ranges::find(arguments, "--");
  const auto asks_help = [](const std::string& word) { return word == "--help" || word == "-h"; };
  if (std::find_if(arguments.begin() + 1, words_end, asks_help) != words_end) {
    console.out << help_of(command);
    return Exit::kDone;
  }
  const std::unique_ptr<Invocation> invocation = command.make();
  const std::vector<std::string> words(arguments.begin() + 1, arguments.end());
  CLI::App app;
  parse(words, app, *invocation);
  if (!command.in_copies) check_alone("start it once");
  return invocation->execute({console.out, console.err, console.terminal, words});
}

}  // namespace

void check_alone(std::string_view remedy) {
  const Launch launch = present_launch();
  if (launch.ranks == 1) return;
  throw UsageError(fmt::format(
      "is started by {} as one of {} processes, and each would do all the work and write the same files; {}",
      launch.launcher, launch.ranks, remedy));
}

Exit guarded(const std::string& program, std::ostream& err, FunctionRef<Exit()> body) {
  const auto ends = [&](Exit code, const std::string& message) {
    err << program << ": " << printable_lines(message) << '\n';
    return code;
  };
  const auto misused = [&](const std::string& message) {
    return ends(Exit::kUsage, fmt::format("{}\nTry: {} --help", message, program));
  };
  const auto defect = [&](const std::exception& error) {
    return ends(Exit::kDefect,
                fmt::format("defect of the program, please report it: {}\n{}", error.what(), version_line()));
  };
  try {
    return body();
  } catch (const CLI::ParseError& error) {
    return misused(reworded(error));
  } catch (const UsageError& error) {
    return misused(error.what());
  } catch (const ModelError& error) {
    const auto errors = std::ranges::count(error.faults(), Severity::kError, &Fault::severity);
    return ends(Exit::kInvalid, fmt::format("{} is invalid: {} error{}\n{}", error.faults().front().file, errors,
                                            errors == 1 ? "" : "s", error.what()));
  } catch (const FileError& error) {
    return ends(Exit::kFailed, error.what());
  } catch (const RanksDisagree& error) {
    return ends(Exit::kFailed, error.what());
  } catch (const NotEnoughMemory& error) {
    return ends(Exit::kFailed, error.what());
  } catch (const std::bad_alloc&) {
    return ends(Exit::kFailed, "memory does not suffice\n`locus info MODEL` says what each rule needs.");
  } catch (const std::system_error& error) {  // the system refuses threads or ports
    // Only the error of a thread comes without the name of an object.
    const bool bare = error.what() == error.code().message();
    return ends(Exit::kFailed, bare ? fmt::format("cannot start a thread: {}; the system's limits (ulimit -u, ulimit -v) "
                                                  "allow no more",
                                                  error.what())
                                    : std::string(error.what()));
  } catch (const std::exception& error) {  // CheckFailure, and unexpected exceptions
    return defect(error);
  }
}

std::string parse_again(const std::vector<std::string>& words, Invocation& invocation) {
  CLI::App app;
  try {
    parse(words, app, invocation);
  } catch (const CLI::ParseError& error) {
    return reworded(error);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

int locus_main(int argc, const char* const* argv, std::ostream& out, std::ostream& err, bool terminal) {
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  const bool named = !arguments.empty() && std::ranges::any_of(commands(), [&](const Command* command) {
    return command->name == arguments.front();
  });
  const std::string program = named ? "locus " + arguments.front() : "locus";
  return static_cast<int>(guarded(program, err, [&] { return dispatch(arguments, {out, err, terminal}); }));
}

}  // namespace locus
