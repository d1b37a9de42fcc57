// Sizes, and how a header begins.
#include <string>

#include "tests/tidy/checks.h"
#include "tests/tidy/scope.h"

namespace locus::tidy {
namespace {

constexpr std::size_t kFileLines = 400;  // a file has fewer
constexpr int kFunctionLines = 70;       // a function has fewer, its signature counted
constexpr std::size_t kColumns = 150;    // a line has at most so many

bool is_source(const File& file) {
  return file.is_cpp() || file.extension() == ".proto" || file.extension() == ".cmake" ||
         file.name() == "CMakeLists.txt" || file.under(".ci/");
}

/// Characters, not bytes: what continues a UTF-8 sequence is not counted.
std::size_t columns(const std::string& line) {
  std::size_t count = 0;
  for (const char byte : line) count += (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
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
      if (columns(file.lines[i]) > kColumns) {
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
