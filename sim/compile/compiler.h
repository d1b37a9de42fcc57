// Compiler: the C++ compiler of this machine, as a child process.
//
// Why so: a compiler is a program of the user's like any other. It is started without a shell, with
// a list of words that this file makes, an environment of three variables, and no input; so no file
// of a model and no variable but PATH bears on what it does.
// Errors: words that say why there is nothing; nothing here throws. Cost: that of the compiler, at
// most kLongestCompilation.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace locus {

inline constexpr std::chrono::seconds kLongestCompilation{60};

struct Compiler {
  std::filesystem::path program;  // absolute
  // which file it is: path without links, bytes, time of its last change
  std::string identity;
};

/// The first of c++, g++ and clang++ in the absolute folders of PATH.
std::optional<Compiler> find_compiler();

/// The words of a compilation: the arithmetic is that of this library.
std::vector<std::string> compiler_flags();

/// Compiles one C++ source into a shared library. Returns why there is none; empty: there is.
std::string compile(const Compiler& compiler, const std::filesystem::path& source, const std::filesystem::path& library,
                    const std::filesystem::path& messages);

}  // namespace locus
