// Prediction: what theory says of a model, beside what the simulator does with it.
//
// Three descriptions of one training, from the least to the most detailed: the mode theory (T ->
// infinity, eta -> 0, no noise), the exact expectation (the model's T and eta, no noise), and the
// simulation (the model itself). Their distances say what finite T, finite eta and sampling cost.
// Which models: linear rate neurons with leak 1, dense projections, everything plastic at one
// learning rate, a teacher of the same kind, the final loss, a commit at the end of the batch.
// Modes need a data-aligned teacher; for any other the expectation and the simulation remain.
// Source: docs/theory.md; arXiv:2606.00243.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "sim/model/spec.h"
#include "sim/theory/alignment.h"
#include "sim/theory/exact.h"
#include "sim/theory/fixed_point.h"
#include "sim/theory/trajectory.h"

namespace locus {

/// One mode under one rule.
struct ModePrediction {
  theory::ModeRule rule;
  theory::Linearisation optimum;  // at the s asked for
  // eigenvalues at a = b = 0, w = w*; none where that is no fixed point
  std::optional<std::array<double, 3>> saddle;
  theory::Mode start;     // of the student, in the teacher's bases
  theory::Mode last;      // by its ODE after the model's updates
  theory::Mode expected;  // by the expectation
  theory::Mode simulated;
  theory::Ending ending = theory::Ending::kInTime;  // of the ODE within `limit_time`
  theory::Mode limit;                               // where the ODE comes to
  double limit_loss = 0;
  // above it steps next to the limit grow; 0 where the limit is no stable optimum
  double largest_eta = 0;
  double limit_rate = 0;  // at the optimum next to the limit, per unit of updates x eta
};

struct RulePrediction {
  std::string name;
  RuleKind kind = RuleKind::kNone;
  // false: the modes couple (e-prop where P is not the identity; feedback or student not aligned)
  bool modes_apply = true;
  std::string why_not;                // in words, where they do not
  std::vector<ModePrediction> modes;  // one a mode of the teacher
  // sum over modes, at the checkpoints; as far as the flow came
  std::vector<double> mode_losses;
  std::vector<double> expected_losses;  // at the checkpoints; as far as training stayed finite
  // at the checkpoints: expected loss of the simulated weights
  std::vector<double> simulated_losses;
  bool expectation_diverged = false;
  bool expectation_interrupted = false;
  // COMPLETED, DIVERGED, INTERRUPTED, ...; empty where it was not run
  std::string simulation_status;
};

struct Prediction {
  std::vector<theory::Mode> teacher;      // modes; empty where the teacher is not aligned
  bool student_aligned = false;           // the student lies in the teacher's bases
  double limit_time = 0;                  // updates x eta until which ODEs were followed
  std::vector<std::int64_t> checkpoints;  // updates, 0 first
  // in the model's order, without `none`; after an interrupt, as far as it came
  std::vector<RulePrediction> rules;
};

struct PredictionOptions {
  std::optional<double> at;  // s of the optima; absent: a* of each mode
  bool simulate = true;
  // set by another thread or a signal: stop soon, with what there is
  const std::atomic<bool>* interrupt = nullptr;
};

/// Throws UsageError, saying what does not fit, for a model that the theory does not cover. Cost: a
/// run of the model, and T products a rule and update.
Prediction predict(const Spec& spec, const PredictionOptions& options);

}  // namespace locus
