// Student: training of networks given as matrices by sampled runs of the simulator, for comparison
// with the theory.
//
// The model is a Spec that this file makes: in, rec, out with the projections B, W, A, student and
// teacher, final loss; everything else is the default of `run`. The file connects sim/run (actors,
// messages) with sim/theory (matrices).
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/base/random.h"
#include "sim/model/spec.h"
#include "sim/run/result.h"
#include "sim/run/spectrum.h"
#include "sim/theory/exact.h"
#include "sim/theory/linear_network.h"
#include "sim/theory/mode.h"

namespace locus {

/// The matrix as a model has it, row-major.
DenseMatrix dense_matrix(const theory::Matrix& matrix);

/// Of what a training has changed: W_K - W_0.
Spectrum spectrum_of_change(const theory::Matrix& after, const theory::Matrix& before);

/// The settings of a sampled run.
struct StudentTraining {
  int ticks = 20;  // T
  int batch = 1;   // trials of an update
  std::int64_t updates = 1;
  double learning_rate = 0.01;  // eta
  std::uint64_t seed = 1;
  Activation activation = Activation::kIdentity;  // of the student
  bool sparse_recurrence = false;                 // true: zeros of W are no synapses
  Loss loss = Loss::kFinal;
};

/// The rule of a model file that corresponds to the rule of an expectation; `name` is its name.
RuleSpec rule_spec(const theory::ExactRule& rule, std::string name);

Spec student_spec(const theory::LinearNetwork& student, const theory::LinearNetwork& teacher,
                  const StudentTraining& plan, std::vector<RuleSpec> rules);

/// A, W, B at the end of a run. The outcome must come from a student_spec.
theory::LinearNetwork network_of(const Outcome& outcome);

struct Trained {
  theory::LinearNetwork student;  // after the last commit
  std::vector<double> losses;     // losses of the sampled batches, one for each update
  bool completed = true;          // false if the run diverged or was interrupted
};

/// Trains one rule by a sampled run.
Trained train_sampled(const theory::LinearNetwork& student, const theory::LinearNetwork& teacher,
                      const theory::ExactRule& rule, const StudentTraining& plan);

/// Trains as train_sampled does, in `parts` runs of plan.updates each. `visit(part, student)` gets
/// the network before the first part and after each part. Every part has its own noise
/// (plan.seed + part), so the whole corresponds to one run of parts x updates.
Trained train_in_parts(const theory::LinearNetwork& student, const theory::LinearNetwork& teacher,
                       const theory::ExactRule& rule, const StudentTraining& plan, int parts,
                       const std::function<void(int, const theory::LinearNetwork&)>& visit);

/// Conversions between a mode and the network of that one mode, whose matrices are 1 x 1.
theory::LinearNetwork single(const theory::Mode& mode);
theory::Mode mode_of(const theory::LinearNetwork& network);
/// A mode's rule as the rule of a network of one mode.
theory::ExactRule exact_rule(const theory::ModeRule& rule);

/// The distance of a mode from the optimal manifold: |(ab - p*, w - w*)|.
double distance_to_optimum(const theory::Mode& mode, const theory::Mode& teacher);

/// The random numbers of a claim: the n-th number is a pure function of (seed, purpose, n).
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
  theory::Bases bases(int readouts, int units, int inputs);  // the bases are square

 private:
  RandomKey key_;
  std::uint64_t next_ = 0;
};

}  // namespace locus
