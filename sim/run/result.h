// What a run leaves: one Outcome a rule. Plain values; sim/report writes them, sim/cli prints them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/wire/ledger.h"
#include "sim/model/spec.h"
#include "sim/run/outline.h"

namespace locus {

enum class Status { kCompleted, kDiverged, kLocalityBroken, kInterrupted };

std::string_view name(Status status);  // "COMPLETED", as results spell it

/// The weights of one projection, in the form and the order of the model file.
struct ProjectionWeights {
  std::string projection;
  std::variant<DenseMatrix, SparseMatrix> matrix;
};

/// Singular values of W_K - W_0 of one projection (paper, section on representation).
struct RankReport {
  std::string projection;
  std::vector<double> singular_values;  // descending
  std::int32_t rank = 0;                // sigma_i > tolerance * sigma_1; 0 where the change is nothing but rounding
  double effective_rank = 0;            // exp of the entropy of the normalised singular values
  double tolerance = 0;
};

struct Outcome {
  std::string rule;  // RuleSpec::name
  RuleKind kind = RuleKind::kNone;
  std::int32_t depth = 0;   // ticks that a sweep revisits, at most T; 0 for rules without sweeps
  std::int32_t stride = 0;  // ticks from sweep to sweep; 0 for rules without sweeps
  Status status = Status::kCompleted;
  std::string message;                     // why the run ended early; empty when completed
  std::int64_t updates = 0;                // committed
  std::vector<double> losses;              // losses[k] is the loss of update k, as met; empty under `none`
  std::vector<ProjectionWeights> weights;  // after the last commit, file order
  Ledger ledger;                           // over the whole run
  std::vector<RankReport> ranks;
  std::string fingerprint;  // 16 hex digits over losses, weights and counts
};

struct RunResult {
  std::string model;
  std::string model_sha256;
  std::uint64_t seed = 0;
  std::vector<std::string> settings;  // Spec::settings
  Outline outline;
  std::vector<Outcome> outcomes;  // in the order run
};

}  // namespace locus
