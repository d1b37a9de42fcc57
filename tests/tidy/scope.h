// A reader of C++ that knows braces: which statements stand at namespace or class level, and how
// long each function is.
//
// Not a parser: it relies on code that compiles and that clang-format has laid out. What it takes
// for a function: a brace after a parameter list.
#pragma once

#include <string>
#include <vector>

#include "tests/tidy/tree.h"

namespace locus::tidy {

enum class Opens {
  kNothing,      // a declaration that ends with ';'
  kNamespace,    // also extern "C"
  kType,         // class, struct, union, enum
  kFunction,     // a body
  kInitialiser,  // = {...}, or a variable's braces
};

/// A statement at namespace or class level: its text up to ';' or '{', white space made single.
struct Statement {
  std::string head;
  bool in_type = false;  // within a class rather than a namespace
  // the statement that opened the class or namespace around it; -1 at the top
  int scope = -1;
  Opens opens = Opens::kNothing;
  int first_line = 0;  // of the head, from 1
  int last_line = 0;   // of the closing brace, or of the ';'
};

std::vector<Statement> statements_of(const File& file);

}  // namespace locus::tidy
