// `--compile`: whether rules that a model writes itself are compiled.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "sim/compile/compile.h"

namespace locus {

class CompileOption {
 public:
  void declare(CLI::App& app);
  /// `auto` without the option; `never`, whatever it says, if the variable LOCUS_COMPILE is
  /// "never".
  CompileOptions options() const;

 private:
  std::string choice_;
};

}  // namespace locus
