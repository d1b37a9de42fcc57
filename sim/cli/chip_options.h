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
  /// Declares the options for a chip without a model.
  void apply(std::optional<ChipSpec>& chip) const;

 private:
  std::string file_;
};

/// One placement that the options ask for.
struct PlacementChoice {
  ChipSpec chip;
  std::string fewest_of;  // the rule whose packets are to be fewest; empty: the chip's policy
};

/// `--policy`, `--mesh`, `--neurons-per-core`, `--cores`, `--agent-core`, `--partial-sums`.
/// Policies and meshes may be repeated: every policy is used on every mesh.
class PlacementOptions {
 public:
  void declare(CLI::App& app);
  /// The placements of a network of so many rate neurons and readouts: mesh by mesh, policy by
  /// policy. Throws UsageError if options contradict each other.
  std::vector<PlacementChoice> choices(const ChipSpec& chip, std::int64_t neurons) const;

 private:
  void apply_policy(const std::string& policy, PlacementChoice& choice) const;
  void apply_agent(ChipSpec& chip) const;

  std::vector<std::string> policies_;
  std::vector<std::string> meshes_;  // "4x2"
  std::string neurons_per_core_;     // a number, or "fill"
  std::vector<std::int32_t> cores_;
  std::string agent_core_;  // a number, "host" or "spread"
  bool partial_sums_ = false;
};

}  // namespace locus
