// Comparator: the changes of several rules at the same weights and on the same data.
//
// Each compared rule has a learner of its own, over a door of its own. Before a comparison it gets
// the weights of the run and, where neurons carry their state from trial to trial, that state; then
// it sees the same batches as all others. A rule whose feedback learns gets R as well, as its run
// has made it by then; other runs have no such R, and leave the rule out. Nothing that the run's
// actors hold, and no count, changes by a bit. Learners are in float64 and columns, whatever the
// run has. Weights stay the same within a comparison, also where the model commits every tick. Its
// change is read off a commit: weights are set to 0 between the last trial and a plain commit of
// rate 1, so that they become -change exactly, whatever way the transport takes. Cost: a network
// for each compared rule; a trial of each, a few times for several batches; for the curvature up to
// 2 x kMostProducts trials of BPTT, and as many vectors of all changes. Source: Marschall, Cho &
// Savin, JMLR 2020 (alignment of rules); Liu et al. 2022 (curvature).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/transport/executor.h"
#include "core/wire/topology.h"
#include "sim/model/spec.h"
#include "sim/run/alignment.h"
#include "sim/run/kept.h"

namespace locus {

/// The compared rules of a spec that asks for a comparison; the exact gradient is the first. Empty
/// where no rule of the run learns.
std::vector<RuleSpec> compared_rules(const Spec& spec);
/// Those of them that are compared along the run of `run`, one of the spec's: all but other rules
/// whose feedback learns.
std::vector<RuleSpec> compared_rules(const Spec& spec, const RuleSpec& run);

/// The training of the learners that compare: plain commits of rate 1 at the end of a batch, under
/// any budget.
TrainingSpec training_to_compare(const TrainingSpec& training);

/// A run between two updates, as far as a comparison depends on it.
struct ComparedState {
  // of every projection in the order of the model file (weights.h)
  std::vector<std::vector<double>> weights;
  std::vector<Kept> carried;   // carried_of the run's network
  std::vector<Kept> feedback;  // learning_feedback_of the same
};

class Comparator {
 public:
  /// Products with the Hessian for one curvature.
  static constexpr std::int32_t kMostProducts = 48;

  /// Along the run of `run`, a rule of `spec` that learns. The spec, which asks for comparisons,
  /// and its topology outlive this.
  Comparator(const Spec& spec, const Topology& topology, const RuleSpec& run, Executor executor);
  ~Comparator();
  Comparator(const Comparator&) = delete;
  Comparator& operator=(const Comparator&) = delete;

  /// Adds the comparison at update `update` to `to`.
  void measure(const ComparedState& at, std::int64_t update, Comparisons& to);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace locus
