// RunState: a run between two updates, as far as the rest of it depends on: what a checkpoint
// holds. A run may also go on with other settings or more updates than it was begun with: rules
// that had made all of theirs then go on, too.
//
// Why so little: traces and pending changes begin anew with every trial and are gone after its
// commit; inputs, targets and drawn numbers are functions of (seed, trial, tick, index). What is
// left are weights, moments of Adam or momentum, what neurons carry from trial to trial where they
// do, and what is reported: losses, counts, ranks of rules that have ended.
// tests/run/resume_test.cc holds this against runs without a break, bit by bit.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/wire/ledger.h"
#include "core/wire/traffic.h"
#include "sim/model/spec.h"
#include "sim/run/kept.h"
#include "sim/run/result.h"

namespace locus {

/// One rule: as it ended, or as far as it has come.
struct RuleState {
  std::string rule;  // RuleSpec::name
  Status status = Status::kCompleted;
  std::string message;
  std::int64_t updates = 0;
  std::vector<double> losses;
  // by projection, in the order of the model file (weights.h)
  std::vector<std::vector<double>> weights;
  // with trials and the two sums below: what its ledger has counted
  std::vector<LedgerEntry> messages;
  std::int64_t trials = 0;
  std::int64_t stalled_ticks = 0;
  std::int64_t history_bytes = 0;  // of a rule that has ended, as the next
  std::int64_t trace_bytes = 0;
  std::optional<Traffic::Counts> traffic;      // where the model has a chip
  std::optional<NetworkFigures> network = {};  // where the chip has a network
  std::vector<RankReport> ranks;               // of a rule that has ended, as the next
  std::vector<RankOmission> rank_omissions;
  std::string fingerprint;              // of a rule that has ended
  std::vector<PopulationRate> rates;    // of spiking populations
  std::vector<Evaluation> evaluations;  // so far
  Comparisons comparisons;              // so far
  std::vector<double> accuracies = {};  // so far; empty where no trial has a class
  std::vector<Confusion> confusions = {};
  Confusion evaluation_confusion = {};
  // of the clock (core/actor/network.h); of a rule that has ended only if it may go on, as the next
  std::int64_t commits = 0;
  std::vector<Kept> kept;  // by what, then by index
};

struct RunState {
  std::vector<RuleState> rules;  // in the order run
  // true: the last of them that does not wait has not ended
  bool running = false;
  // rules at the end, which ended in an earlier part of the run and have yet to go on
  std::size_t waiting = 0;
};

/// True if rule i of the state has updates to make: it has not ended, or it has made all that were
/// asked for and the spec now asks for more.
bool goes_on(const Spec& spec, const RunState& state, std::size_t i);

/// The update of an evaluation at the end of a rule that then goes on with more updates, where none
/// is due: the outcome, and recordings, leave it out.
std::optional<std::int64_t> ended_evaluation(const RuleState& from, const TrainingSpec& training);

RuleState state_of(const Outcome& ended);

/// The outcome of a rule that has ended, as it was. The state must fit; its numbers move into the
/// outcome.
Outcome outcome_of(const Spec& spec, const Topology& topology, const RuleSpec& rule, RuleState&& state);

/// Why this is no state of a run of this model; empty where it is one.
std::string misfit(const Spec& spec, const Topology& topology, const RunState& state);

/// Writes what a ledger has counted into a state, and counts it again into a ledger that is empty.
/// `ticks`: of a trial.
void note(const Ledger& ledger, RuleState& state);
void restore(const RuleState& state, std::int32_t ticks, Ledger& ledger);

}  // namespace locus
