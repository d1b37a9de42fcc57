// Student: networks as matrices trained by the simulator, as sampled runs, for theory to be held
// against.
//
// The model is made here as a Spec, in, rec, out with projections B, W, A, student and teacher,
// final loss; everything else is `run`'s. Reaches over: sim/run (actors, messages) on one side,
// sim/theory (matrices) on the other.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/base/random.h"
#include "sim/model/spec.h"
#include "sim/run/result.h"
#include "sim/theory/exact.h"
#include "sim/theory/linear_network.h"
#include "sim/theory/mode.h"

namespace locus {

/// The matrix as a model has it, row-major.
DenseMatrix dense_matrix(const theory::Matrix& matrix);

/// How a sampled run goes.
struct Plan {
  int ticks = 20;  // T
  int batch = 1;   // trials an update
  std::int64_t updates = 1;
  double learning_rate = 0.01;  // eta
  std::uint64_t seed = 1;
  Activation activation = Activation::kIdentity;  // of the student
  bool sparse_recurrence = false;                 // entries of W that are 0 are no synapses
};

/// The rule of a model file that the expectation's rule stands for. `name`: of the run.
RuleSpec rule_spec(const theory::ExactRule& rule, std::string name);

Spec student_spec(const theory::LinearNetwork& student, const theory::LinearNetwork& teacher, const Plan& plan,
                  std::vector<RuleSpec> rules);

/// A, W, B as a run left them. The outcome is of a student_spec.
theory::LinearNetwork network_of(const Outcome& outcome);

struct Trained {
  theory::LinearNetwork student;  // after the last commit
  std::vector<double> losses;     // as met, one an update
  bool completed = true;          // neither diverged nor interrupted
};

/// One rule, sampled.
Trained train_sampled(const theory::LinearNetwork& student, const theory::LinearNetwork& teacher,
                      const theory::ExactRule& rule, const Plan& plan);

/// As train_sampled, in `parts` runs of plan.updates each; `visit(part, student)` sees the network
/// before the first and after each part. Every part has noise of its own (plan.seed + part), so the
/// whole is one run of parts x updates.
Trained train_in_parts(const theory::LinearNetwork& student, const theory::LinearNetwork& teacher,
                       const theory::ExactRule& rule, const Plan& plan, int parts,
                       const std::function<void(int, const theory::LinearNetwork&)>& visit);

/// A network of one mode: 1 x 1 matrices; and back.
theory::LinearNetwork single(const theory::Mode& mode);
theory::Mode mode_of(const theory::LinearNetwork& network);
/// A mode's rule as a network of one mode has it.
theory::ExactRule exact_rule(const theory::ModeRule& rule);

/// Distance of a mode from the optimal manifold: |(ab - p*, w - w*)|.
double distance_to_optimum(const theory::Mode& mode, const theory::Mode& teacher);

/// Random numbers of a claim, in the order asked for: a pure function of (seed, purpose, how many
/// came before).
class Draws {
 public:
  Draws(std::uint64_t seed, std::string_view purpose) : key_(random_key(seed, purpose)) {}
  double normal() { return normal_at(key_, 0, 0, next_++); }
  double uniform(double low, double high);
  double signed_between(double low, double high);  // +-[low, high]
  theory::Mode mode(double largest_w);             // |a|, |b| in [0.4, 1.6]
  theory::Matrix gaussian(int rows, int cols, double stddev);
  theory::Matrix orthogonal(int side);  // Haar
  /// Gaussian matrices: A ~ N(0, readout^2 / n), W ~ N(0, gain^2 / n), B ~ N(0, 1 / m).
  theory::LinearNetwork network(int readouts, int units, int inputs, double readout, double gain);
  theory::Bases bases(int readouts, int units, int inputs);  // square bases

 private:
  RandomKey key_;
  std::uint64_t next_ = 0;
};

}  // namespace locus
