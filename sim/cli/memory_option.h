// `--memory`: the limit of the memory of a run or of a sweep.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace locus {

class MemoryOption {
 public:
  /// `help`: what the option does to the command.
  void declare(CLI::App& app, const std::string& help);
  bool is_given() const { return !size_.empty(); }
  /// The limit in bytes; infinite without the option.
  double limit() const;

 private:
  std::string size_;
};

}  // namespace locus
