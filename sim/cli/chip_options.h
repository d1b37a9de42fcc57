// What the command line says of a chip: another placement, another mesh, what the chip charges.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "sim/model/carried_files.h"
#include "sim/model/spec.h"

namespace locus {

/// `--cost FILE`: what the chip charges, in place of the model's.
class CostOption {
 public:
  void declare(CLI::App& app);
  /// Throws UsageError where a cost is given and there is no chip. With `carried`, the file is kept
  /// there under "--cost", or comes from there.
  void apply(std::optional<ChipSpec>& chip, CarriedFiles* carried = nullptr) const;

 private:
  std::string file_;
};

/// `--policy`, `--mesh`, `--neurons-per-core`, `--cores`, `--agent-core`.
class PlacementOptions {
 public:
  void declare(CLI::App& app);
  /// Throws UsageError where an option does not fit the others.
  void apply(ChipSpec& chip) const;

 private:
  std::string policy_;
  std::string mesh_;  // "4x2"
  std::optional<std::int32_t> neurons_per_core_;
  std::vector<std::int32_t> cores_;
  std::string agent_core_;  // a number, or "host"
};

}  // namespace locus
