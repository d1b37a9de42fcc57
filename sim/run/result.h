// The result of a run: an Outcome a rule. Plain values; sim/report writes, sim/cli prints them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/wire/ledger.h"
#include "sim/model/spec.h"
#include "sim/place/chip_traffic.h"
#include "sim/place/network_figures.h"
#include "sim/run/alignment.h"
#include "sim/run/confusion.h"
#include "sim/run/kept.h"
#include "sim/run/outline.h"
#include "sim/run/provenance.h"
#include "sim/run/rates.h"
#include "sim/run/trace.h"

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
  // sigma_i > tolerance * sigma_1; 0 where the change is nothing but rounding
  std::int32_t rank = 0;
  double effective_rank = 0;  // exp of the entropy of the normalised singular values
  double tolerance = 0;
};

/// A projection of a rule that learns, without singular values, and the reason.
struct RankOmission {
  std::string projection;
  std::string reason;  // "is not plastic"
};

/// A rule's messages on the model's chip, and the counts by neuron from which they follow.
struct ChipOutcome {
  Traffic traffic;
  std::vector<Projection> feedback;  // R of this rule
  ChipTraffic report;
  std::optional<Estimate> estimate;            // where the chip says what it charges
  std::optional<NetworkFigures> network = {};  // where the chip has a network
};

/// The mean loss of the evaluation trials at one point of a run.
struct Evaluation {
  std::int64_t update = 0;              // updates made before
  double loss = 0;                      // [1]
  std::optional<double> accuracy = {};  // [1]; absent where no trial has a class
  friend bool operator==(const Evaluation&, const Evaluation&) = default;
};

struct Outcome {
  std::string rule;  // RuleSpec::name
  RuleKind kind = RuleKind::kNone;
  std::int32_t depth = 0;        // ticks that a sweep revisits, at most T; 0 without sweeps
  std::int32_t stride = 0;       // ticks from sweep to sweep; 0 for rules without sweeps
  Restriction restriction = {};  // of a rule that keeps only some sensitivities
  // the rule's own pace; empty where it is the training's
  std::optional<double> learning_rate = {};
  std::optional<Optimizer> optimizer = {};
  std::optional<ScheduleSpec> schedule = {};
  Status status = Status::kCompleted;
  // why the run ended early; empty when all updates were made
  std::string message;
  std::int64_t updates = 0;  // committed
  // losses[k] is the loss of update k, as met; empty under `none`
  std::vector<double> losses;
  // accuracies[k] is that of update k [1], NaN where none of its trials has a class; empty where no
  // trial of the task has one
  std::vector<double> accuracies = {};
  std::vector<Confusion> confusions = {};  // of the last updates, at most kMostConfusions
  std::vector<Evaluation> evaluations;     // in order; their messages are in no ledger
  Confusion evaluation_confusion = {};     // of the last of them
  Comparisons comparisons;                 // the same
  std::vector<ProjectionWeights> weights;  // after the last commit, file order
  Ledger ledger;                           // over the whole run
  std::vector<PopulationRate> rates;       // of spiking populations, file order
  std::vector<RankReport> ranks;
  std::vector<RankOmission> rank_omissions;  // the other projections of a rule that learns
  std::string fingerprint;                   // 16 hex digits over losses, weights and counts
  std::optional<ChipOutcome> chip;           // where the model has one
  // for a continuation with more updates, if RunOptions::may_go_on asks for it
  std::int64_t commits = 0;
  std::vector<Kept> kept;
  // R as the rule ended, where it learns (neurons x readouts each)
  std::vector<ProjectionWeights> feedback = {};
  std::optional<Trace> trace;  // where it was asked for
};

/// Adds what the trials of an update have chosen, whose loss stands in the outcome already. Updates
/// before it without a note (of an older checkpoint, or driven from outside) get an empty one.
void note(Confusion&& confusion, Outcome& outcome);

/// The rule of an outcome with the numbers that its messages follow from.
Learning learning_of(const Outcome& outcome);

/// The outcome of a rule that has done nothing yet.
Outcome new_outcome(const RuleSpec& rule, const Learning& learning);

/// The settings of a run that was continued with other ones.
struct SettingsChange {
  std::vector<std::string> settings;    // "path=value"
  std::optional<std::int64_t> updates;  // of each rule, if that changed
  // the rules that had begun, with their updates until then
  std::vector<std::pair<std::string, std::int64_t>> at;
};

struct RunResult {
  std::string model;
  std::string model_sha256;  // Spec::sha256
  std::uint64_t seed = 0;
  std::vector<std::string> settings;         // Spec::settings
  std::vector<SettingsChange> changes = {};  // in order
  Outline outline;
  Precision precision = Precision::kFloat64;
  std::vector<Outcome> outcomes;  // in the order run
  std::optional<ChipSpec> chip;   // the model's
  Provenance provenance;
  Topology topology;  // of the network; read back from a file: where there is a chip
};

}  // namespace locus
