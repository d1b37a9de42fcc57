// `--memory`: the limit of a run's memory.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace locus {

class MemoryOption {
 public:
  void declare(CLI::App& app);
  /// The limit in bytes; infinite without the option.
  double limit() const;

 private:
  std::string size_;
};

}  // namespace locus
