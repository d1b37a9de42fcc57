// Compile: whether rules that a model writes itself may be compiled, and what came of it.
#pragma once

#include <filesystem>
#include <string>

namespace locus {

enum class Compile {
  kNever,   // no process is started and nothing is loaded: rules are interpreted
  kAuto,    // where a compiler is found and the work is worth it
  kAlways,  // always, and a rule that cannot be compiled is an error
};

/// Results are the same for any choice, to the last bit.
struct CompileOptions {
  Compile compile = Compile::kNever;
  // of kernels that were compiled, absolute; empty: the user's (kernel_folder.h)
  std::filesystem::path folder = {};
};

}  // namespace locus
