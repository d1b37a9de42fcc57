// What code may not do: print, exit, define macros, inherit in core, keep state where nobody sees
// it.
#include <regex>
#include <string>

#include "tests/tidy/checks.h"
#include "tests/tidy/scope.h"

namespace locus::tidy {
namespace {

bool is_ours(const File& file) { return file.is_cpp() && (file.under("core/") || file.under("sim/")); }

/// A fault for every line of code that matches.
void flag(const File& file, const std::regex& pattern, const std::string& what, Faults& faults) {
  for (std::size_t i = 0; i < file.code.size(); ++i) {
    std::smatch match;
    if (std::regex_search(file.code[i], match, pattern)) {
      faults.push_back({file.path, static_cast<int>(i) + 1, what + ": " + match.str()});
    }
  }
}

/// A name without its template arguments, default values and initialiser, so that '(' means a
/// parameter list.
std::string declaration_of(std::string head) {
  static const std::regex arguments("<[^<>]*>");
  for (std::string shorter; (shorter = std::regex_replace(head, arguments, "")) != head;) head = shorter;
  const std::size_t initialiser = head.find('=');
  return initialiser == std::string::npos ? head : head.substr(0, initialiser);
}

bool is_variable(const Statement& statement) {
  static const std::regex not_a_variable(
      R"(^(extern\s+)?(template\s*)?(using|typedef|static_assert|friend|namespace|class|struct|union|enum|requires)\b|\b(concept|operator)\b)");
  static const std::regex two_names(R"(\w[\w:]*[\s&*]+\w+)");
  if (statement.opens != Opens::kNothing && statement.opens != Opens::kInitialiser) return false;
  const std::string declaration = declaration_of(statement.head);
  return declaration.find('(') == std::string::npos && !std::regex_search(declaration, not_a_variable) &&
         std::regex_search(declaration, two_names);
}

bool is_constant(const Statement& statement) {
  static const std::regex constant(R"(\b(const|constexpr)\b)");
  // const char* name: what it points to is, it is not
  static const std::regex pointer_to_constant(R"(\bconst\b[^*]*\*\s*\w+$)");
  static const std::regex constexpr_word(R"(\bconstexpr\b)");
  std::string declaration = declaration_of(statement.head);
  while (declaration.ends_with(' ')) declaration.pop_back();
  return std::regex_search(declaration, constant) &&
         (std::regex_search(declaration, constexpr_word) || !std::regex_search(declaration, pointer_to_constant));
}

}  // namespace

Faults check_silence(const Tree& tree) {
  static const std::regex prints(
      R"(<(iostream|print)>|\bstd::(cout|cerr|clog|cin)\b|\b(printf|fprintf|vprintf|vfprintf|puts|putchar|perror)\s*\(|\bfmt::print\b)");
  static const std::regex ends(R"(\b(exit|_Exit|quick_exit|abort|terminate)\s*\()");
  static const std::regex catches(R"(\bcatch\b)");
  Faults faults;
  for (const File& file : tree.files) {
    if (!is_ours(file)) continue;
    flag(file, ends, "ends the process", faults);
    if (file.under("sim/cli/")) {
      const bool dispatches = file.path == "sim/cli/main.cc" ||
                              // app.cc: what main calls, and tests in-process
                              file.path == "sim/cli/app.cc";
      if (!dispatches) flag(file, catches, "only what dispatches the commands may catch", faults);
    } else {
      flag(file, prints, "a library never prints", faults);
    }
  }
  return faults;
}

Faults check_macros(const Tree& tree) {
  static const std::regex defines(R"(^\s*#\s*(define|undef)\s+\w+)");
  Faults faults;
  for (const File& file : tree.files) {
    if (!file.is_cpp()) continue;
    Faults found;
    flag(file, defines, "CHECK is the only macro", found);
    for (const Fault& fault : found) {
      const bool the_one = file.path == "core/base/check.h" && fault.what.ends_with("define CHECK");
      if (!the_one) faults.push_back(fault);
    }
  }
  return faults;
}

Faults check_inheritance(const Tree& tree) {
  static const std::regex words(R"(\b(virtual|override)\b|\bdynamic_cast\b)");
  static const std::regex derives(R"(\b(class|struct)\s[^:]*[^:]:[^:].*)");
  static const std::regex exception(R"(:\s*public\s+std::(exception|\w+_error)$)");
  Faults faults;
  for (const File& file : tree.files) {
    if (!file.is_cpp() || !file.under("core/")) continue;
    flag(file, words, "no inheritance in core", faults);
    for (const Statement& statement : statements_of(file)) {
      if (statement.opens != Opens::kType || statement.head.find("enum") != std::string::npos) continue;
      if (!std::regex_search(statement.head, derives) || std::regex_search(statement.head, exception)) continue;
      faults.push_back({file.path, statement.first_line, "no inheritance in core but exceptions: " + statement.head});
    }
  }
  return faults;
}

Faults check_globals(const Tree& tree) {
  static const std::regex state_of_a_function(
      R"(\bthread_local\b|^\s*static\s+(?!const\b|constexpr\b|inline\s+const)[^()]*(=|;|\{))");
  static const std::regex is_static(R"(\bstatic\b)");
  Faults faults;
  for (const File& file : tree.files) {
    if (!is_ours(file)) continue;
    for (const Statement& statement : statements_of(file)) {
      const bool outside = !statement.in_type || std::regex_search(statement.head, is_static);
      if (outside && is_variable(statement) && !is_constant(statement)) {
        faults.push_back({file.path, statement.first_line, "a global that can change: " + statement.head});
      }
      if (statement.opens != Opens::kFunction) continue;
      for (int line = statement.first_line; line < statement.last_line; ++line) {
        const std::string& code = file.code[static_cast<std::size_t>(line)];
        if (std::regex_search(code, state_of_a_function))
          faults.push_back({file.path, line + 1, "state hidden in a function"});
      }
    }
  }
  return faults;
}

Faults check_shared_ptr(const Tree& tree) {
  static const std::regex shared(R"(\b(shared_ptr|make_shared|weak_ptr)\b)");
  Faults faults;
  for (const File& file : tree.files) {
    if (is_ours(file)) flag(file, shared, "every thing has one owner", faults);
  }
  return faults;
}

}  // namespace locus::tidy
