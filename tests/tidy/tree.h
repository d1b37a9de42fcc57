// The source tree as text: what the tidy checks look at.
//
// Why text and not a compiler's syntax tree: the checks run in milliseconds, whatever state the
// code is in, and see CMake, models and docs too. The price: C++ is understood only as far as
// clang-format's layout goes (scope.h).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace locus::tidy {

struct File {
  std::string path;                // from the root, with '/': "core/base/id.h"
  std::vector<std::string> lines;  // as they stand
  // C++ only: the same lines and columns, comments and what quotes enclose blanked
  std::vector<std::string> code;
  // C++ only: the same lines and columns, all but comments blanked
  std::vector<std::string> comments;

  std::string folder() const;     // "core/base"
  std::string name() const;       // "id.h"
  std::string extension() const;  // ".h"
  bool is_cpp() const { return extension() == ".h" || extension() == ".cc"; }
  bool under(std::string_view top) const { return path.starts_with(top); }
};

struct Tree {
  std::vector<File> files;               // by path
  std::vector<std::string> top_entries;  // names that stand in the root
};

/// The place and the reason; the line counts from 1, 0 means the file as a whole.
struct Fault {
  std::string path;
  int line = 0;
  std::string what;
};

File make_file(std::string path, std::string_view text);

/// Reads every file below root but build trees and git's own.
Tree read_tree(const std::filesystem::path& root);

/// The text with comments and the insides of string and character literals blanked; newlines and
/// columns stay.
std::string without_comments(std::string_view text);

/// The text with everything but its comments blanked; newlines and columns stay.
std::string comments_of(std::string_view text);

/// How many columns a line is wide: characters, not bytes.
std::size_t columns_of(std::string_view line);

/// An #include: its line, and its path with the quotes or brackets that it stands in.
struct Include {
  int line = 0;
  std::string path;     // "core/base/id.h", "vector"
  bool quoted = false;  // "..." rather than <...>
};
std::vector<Include> includes_of(const File& file);

}  // namespace locus::tidy
