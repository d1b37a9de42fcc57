#include "sim/cli/help.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include <fmt/format.h>

#include "core/base/level.h"
#include "sim/report/text.h"
#include "sim/report/version.h"

namespace locus {
namespace {

constexpr std::string_view kPurpose =
    "locus trains recurrent networks under several learning rules and counts every message that a rule sends, "
    "by how far it reaches in space and in time.";

struct ExitRow {
  Exit code;
  std::string_view meaning;
};
constexpr std::array<ExitRow, 7> kExits = {{
    {Exit::kDone, "done; a rule that diverged is reported and is no error"},
    {Exit::kFailed, "the run failed: a file cannot be opened or written, or memory does not suffice"},
    {Exit::kUsage, "the command line is wrong"},
    {Exit::kInvalid, "a model file is invalid, or is not one"},
    {Exit::kBudgetBroken, "a message broke the locality budget; the other rules ran and results are written"},
    {Exit::kDefect, "a defect of the program"},
    {Exit::kInterrupted, "interrupted (Ctrl-C, a signal, --time-limit); results so far are written"},
}};

struct Entry {
  std::string name;  // "--rule NAME"
  std::string description;
};

/// The arguments of a command, positional ones first.
std::vector<Entry> entries_of(const Command& command) {
  CLI::App app;
  app.set_help_flag();
  const std::unique_ptr<Invocation> invocation = command.make();
  invocation->declare(app);
  std::vector<Entry> positional;
  std::vector<Entry> options;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) {
      positional.push_back({option->get_name(true, false), option->get_description()});
    } else {
      const std::string value = option->get_expected_max() == 0 ? "" : " " + option->get_type_name();
      options.push_back({option->get_name(false, true) + value, option->get_description()});
    }
  }
  positional.insert(positional.end(), options.begin(), options.end());
  positional.push_back({"--help", "this text"});
  return positional;
}

/// "  --rule NAME       description", with the description in a column of its own.
std::string entry_lines(const std::vector<Entry>& entries) {
  std::size_t widest = 0;
  for (const Entry& entry : entries) widest = std::max(widest, width(entry.name));
  const std::size_t indent = widest + 4;
  std::string text;
  for (const Entry& entry : entries) {
    std::string lines = wrap(entry.description, indent);
    text += "  " + pad(entry.name, widest + 2, Align::kLeft) + lines.substr(indent);
  }
  return text;
}

/// Calls visit(paragraph) for each paragraph; empty lines separate them.
template <class Visitor>
void for_each_paragraph(std::string_view text, Visitor&& visit) {
  while (!text.empty()) {
    const std::size_t end = text.find("\n\n");
    visit(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  }
}

std::string indented(std::string_view lines) {
  std::string text = "  ";
  for (const char character : lines) {
    text += character;
    if (character == '\n') text += "  ";
  }
  return text + '\n';
}

/// The text for a table of Markdown, where '|' ends a cell and '<' begins a tag.
std::string markdown_cell(std::string_view text) {
  std::string cell;
  for (const char character : text) {
    if (character == '|') cell += '\\';
    cell += character == '<' ? "&lt;" : std::string(1, character);
  }
  return cell;
}

std::string sentence(std::string_view text) {
  std::string capital(text);
  capital.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(capital.front())));
  return capital + '.';
}

}  // namespace

std::string version_line() {
  return fmt::format("locus {} (commit {}, {}, {})", version(), commit(), build_type(), level());
}

std::string overview() {
  std::string text = "example:\n" + indented(kRunCommand.example) + '\n' + wrap(kPurpose) +
                     "\nusage: locus COMMAND [ARGUMENTS]\n\ncommands:\n";
  std::vector<Entry> rows;
  for (const Command* command : commands()) rows.push_back({std::string(command->name), std::string(command->summary)});
  text +=
      entry_lines(rows) + "\noptions:\n" +
      entry_lines({{"--help", "this text; behind a command, that command's"}, {"--version", "version, commit and build"}});
  rows.clear();
  for (const ExitRow& row : kExits)
    rows.push_back({std::to_string(static_cast<int>(row.code)), std::string(row.meaning)});
  return text + "\nexit:\n" + entry_lines(rows);
}

std::string help_of(const Command& command) {
  std::string text = "example:\n" + indented(command.example) + '\n';
  text += wrap(fmt::format("{}: {}", command.name, command.summary), 2, 0);
  text += fmt::format("\nusage: locus {} {}\n\n", command.name, command.arguments) + entry_lines(entries_of(command));
  for_each_paragraph(command.details, [&](std::string_view paragraph) { text += '\n' + wrap(paragraph); });
  return text;
}

std::string help_markdown() {
  std::string text = fmt::format(
      "# Command line\n\n<!-- Written by `locus help --markdown`; a test compares. -->\n\n{}\n\n"
      "`locus --version` prints version, commit, build and level of arithmetic; `--help` behind a command prints what stands here.\n",
      kPurpose);
  for (const Command* command : commands()) {
    text += fmt::format("\n## `locus {}`\n\n{}\n\n```\n{}\n```\n\nUsage: `locus {} {}`\n\n| | |\n|---|---|\n",
                        command->name, sentence(command->summary), command->example, command->name, command->arguments);
    for (const Entry& entry : entries_of(*command)) {
      const std::string description = markdown_cell(entry.description);
      text += fmt::format("| `{}` | {} |\n", entry.name, description);
    }
    for_each_paragraph(command->details, [&](std::string_view paragraph) { text += fmt::format("\n{}\n", paragraph); });
  }
  text += "\n## Exit codes\n\n| | |\n|---|---|\n";
  for (const ExitRow& row : kExits) text += fmt::format("| {} | {} |\n", static_cast<int>(row.code), row.meaning);
  return text + "\nErrors go to standard error, one line first, details after.\n";
}

}  // namespace locus
