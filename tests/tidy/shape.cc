// Sizes, and how a header begins.
#include <regex>
#include <string>

#include "tests/tidy/checks.h"
#include "tests/tidy/scope.h"

namespace locus::tidy {
namespace {

constexpr std::size_t kFileLines = 400;  // a file has fewer
constexpr int kFunctionLines = 70;       // a function has fewer, its signature counted
constexpr std::size_t kColumns = 150;    // a line has at most so many

constexpr int kMemberFunctions = 30;  // a class has at most so many

/// The name of a class from the head of its definition; empty for an enum and where it has none.
std::string class_name(const std::string& head) {
  static const std::regex pattern(
      R"(\b(class|struct|union)\s+(?:alignas\([^)]*\)\s*)?(\w+)\s*(final)?\s*(<[^:]*>)?\s*(:[^:].*)?$)");
  std::smatch match;
  if (head.find("enum ") != std::string::npos || !std::regex_search(head, match, pattern)) return {};
  return match[2];
}

/// Whether a statement of a class declares or defines a function that somebody can call.
bool is_member_function(const Statement& statement) {
  static const std::regex other(R"(^(using|typedef|static_assert|friend|requires)\b|=\s*delete$)");
  static const std::regex noise(R"(<[^<>]*>|alignas\([^)]*\)|\[\[[^\]]*\]\])");
  if (statement.opens == Opens::kType || statement.opens == Opens::kNamespace) return false;
  if (std::regex_search(statement.head, other)) return false;
  std::string head = statement.head;
  for (std::string shorter; (shorter = std::regex_replace(head, noise, "")) != head;) head = shorter;
  const std::size_t open = head.find('(');
  // A function's parameters stand before any '='; a variable's initialiser behind it. What begins
  // with ',' or ':' goes on with the initialisers of a constructor.
  return open != std::string::npos && (head.find('=') > open || head.find("operator") < open) && head.front() != ',' &&
         head.front() != ':';
}

bool is_source(const File& file) {
  return file.is_cpp() || file.extension() == ".proto" || file.extension() == ".cmake" ||
         file.name() == "CMakeLists.txt" || file.under(".ci/");
}

}  // namespace

Faults check_file_size(const Tree& tree) {
  Faults faults;
  for (const File& file : tree.files) {
    if (!is_source(file)) continue;
    if (file.lines.size() >= kFileLines) {
      faults.push_back({file.path, 0,
                        std::to_string(file.lines.size()) + " lines; a file has fewer than " + std::to_string(kFileLines)});
    }
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (columns_of(file.lines[i]) > kColumns) {
        faults.push_back({file.path, static_cast<int>(i) + 1, "longer than " + std::to_string(kColumns) + " columns"});
      }
    }
  }
  return faults;
}

Faults check_function_size(const Tree& tree) {
  Faults faults;
  for (const File& file : tree.files) {
    if (!file.is_cpp()) continue;
    for (const Statement& statement : statements_of(file)) {
      const int lines = statement.last_line - statement.first_line + 1;
      if (statement.opens != Opens::kFunction || lines < kFunctionLines) continue;
      faults.push_back({file.path, statement.first_line,
                        std::to_string(lines) + " lines; a function has fewer than " + std::to_string(kFunctionLines) +
                            ": " + statement.head});
    }
  }
  return faults;
}

Faults check_class_size(const Tree& tree) {
  Faults faults;
  for (const File& file : tree.files) {
    if (!file.is_cpp()) continue;
    const std::vector<Statement> statements = statements_of(file);
    std::vector<int> functions(statements.size(), 0);
    for (const Statement& statement : statements) {
      if (statement.in_type && is_member_function(statement)) ++functions[static_cast<std::size_t>(statement.scope)];
    }
    for (std::size_t i = 0; i < statements.size(); ++i) {
      if (statements[i].opens != Opens::kType) continue;
      if (functions[i] <= kMemberFunctions) continue;
      faults.push_back({file.path, statements[i].first_line,
                        class_name(statements[i].head) + " has " + std::to_string(functions[i]) +
                            " member functions; at most " + std::to_string(kMemberFunctions)});
    }
  }
  return faults;
}

Faults check_headers(const Tree& tree) {
  Faults faults;
  for (const File& file : tree.files) {
    if (file.extension() != ".h") continue;
    if (file.lines.empty() || !file.lines.front().starts_with("// ")) {
      faults.push_back({file.path, 1, "a header begins with a comment that says what it is"});
    }
    bool once = false;
    for (std::size_t i = 0; i < file.code.size(); ++i) {
      once = once || file.code[i] == "#pragma once";
      if (file.code[i].find("using namespace") != std::string::npos) {
        faults.push_back({file.path, static_cast<int>(i) + 1, "using namespace in a header"});
      }
    }
    if (!once) faults.push_back({file.path, 1, "no #pragma once"});
  }
  return faults;
}

}  // namespace locus::tidy
