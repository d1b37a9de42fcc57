// `--memory`: what a run may take in all.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace locus {

class MemoryOption {
 public:
  void declare(CLI::App& app);
  /// Bytes; infinite where none are given.
  double limit() const;

 private:
  std::string size_;
};

}  // namespace locus
