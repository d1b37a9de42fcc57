// Prediction: the theory of a model beside its simulation.
//
// There are three descriptions of one training, from the least to the most detailed: the mode
// theory (T -> infinity, eta -> 0, no noise), the exact expectation (the model's T and eta, no
// noise), and the simulation (the model itself). The distances between them show the effects of
// finite T, finite eta and sampling.
// Limits: linear rate neurons with leak 1, dense projections, all of them plastic with one learning
// rate, a teacher of the same kind, the final loss, a commit at the end of the batch. The mode
// theory needs a data-aligned teacher; other teachers have the expectation and the simulation only.
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
  theory::Linearisation optimum;  // at the requested s
  // eigenvalues at a = b = 0, w = w*; empty if that is no fixed point
  std::optional<std::array<double, 3>> saddle;
  theory::Mode start;     // of the student, in the teacher's bases
  theory::Mode last;      // according to the ODE after the model's updates
  theory::Mode expected;  // according to the expectation
  theory::Mode simulated;
  theory::Ending ending = theory::Ending::kInTime;  // of the ODE until `limit_time`
  theory::Ending ending_at_checkpoints = theory::Ending::kInTime;
  theory::Mode limit;  // the end of the ODE, or where it was when it took too long
  double limit_loss = 0;
  // a larger eta makes steps near the limit grow; 0 if the limit is no stable optimum
  double largest_eta = 0;
  double limit_rate = 0;  // at the optimum next to the limit, per unit of updates x eta
};

struct RulePrediction {
  std::string name;
  RuleKind kind = RuleKind::kNone;
  // false if the modes are coupled (e-prop where P is not the identity; feedback or student not
  // aligned)
  bool modes_apply = true;
  std::string why_not;                // the reason in words if modes_apply is false
  std::vector<ModePrediction> modes;  // one for each mode of the teacher
  // sum over modes, at the checkpoints up to the end of the flow
  std::vector<double> mode_losses;
  std::vector<double> expected_losses;  // at the checkpoints, as long as training stays finite
  // at the checkpoints: the expected loss of the simulated weights
  std::vector<double> simulated_losses;
  bool expectation_diverged = false;
  bool expectation_interrupted = false;
  // COMPLETED, DIVERGED, INTERRUPTED, ...; empty without a simulation
  std::string simulation_status;
};

struct Prediction {
  std::vector<theory::Mode> teacher;      // modes; empty if the teacher is not aligned
  bool student_aligned = false;           // true: the student lies in the teacher's bases
  double limit_time = 0;                  // end of the ODEs, updates x eta
  std::vector<std::int64_t> checkpoints;  // updates, ascending from 0
  // in the model's order, without `none`; an interrupt leaves the list incomplete
  std::vector<RulePrediction> rules;
};

struct PredictionOptions {
  std::optional<double> at;  // s of the optima; the default is a* of each mode
  bool simulate = true;
  // another thread or a signal may set it; prediction then stops soon with a partial result
  const std::atomic<bool>* interrupt = nullptr;
};

/// Throws UsageError with the reason if the theory does not cover the model.
/// Cost: one run of the model, and T matrix products for each rule and update.
Prediction predict(const Spec& spec, const PredictionOptions& options);

}  // namespace locus
