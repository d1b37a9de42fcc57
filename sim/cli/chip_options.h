// The options of a chip on the command line: placement, mesh and costs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "sim/model/carried_files.h"
#include "sim/model/spec.h"

namespace locus {

/// `--cost FILE`: the costs of the chip, in place of the model's.
class CostOption {
 public:
  void declare(CLI::App& app);
  /// Throws UsageError if there is a cost but no chip. `carried`, if there is one, keeps the file
  /// under "--cost", or supplies it in a resumed run.
  void apply(Spec& spec, CarriedFiles* carried) const;
  /// The same for a chip without a model.
  void apply(std::optional<ChipSpec>& chip) const;

 private:
  std::string file_;
};

/// `--policy`, `--mesh`, `--neurons-per-core`, `--cores`, `--agent-core`.
class PlacementOptions {
 public:
  void declare(CLI::App& app);
  /// Throws UsageError if options contradict each other.
  void apply(ChipSpec& chip) const;

 private:
  std::string policy_;
  std::string mesh_;  // "4x2"
  std::optional<std::int32_t> neurons_per_core_;
  std::vector<std::int32_t> cores_;
  std::string agent_core_;  // a number, or "host"
};

}  // namespace locus
