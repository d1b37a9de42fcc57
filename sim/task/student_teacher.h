// Student and teacher: both have the same drawn inputs, and the teacher's readout is the target
// (arXiv:2606.00243).
//
// The default is x_t ~ N(0, I), a pure function of (seed, "input", trial, tick, index). It is the
// same for every rule, batch size, transport and number of threads.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/random.h"
#include "sim/model/spec.h"
#include "sim/task/batch.h"
#include "sim/task/drawn_inputs.h"
#include "sim/task/teacher.h"

namespace locus {

/// S: the precision of the model, which teacher and inputs have.
template <class S>
class StudentTeacherSource {
 public:
  /// The task of `spec` must be student and teacher. `lanes`: of the teacher and of every batch
  /// that the source fills.
  StudentTeacherSource(const Spec& spec, Teacher<S> teacher, std::int32_t lanes);

  /// Writes the trials first_trial .. first_trial + lanes - 1, numbered over the whole run from 0.
  /// Only ticks with an error have targets.
  /// Cost: the inputs' random numbers and the teacher's forward pass.
  template <class R>
  void fill(std::int64_t first_trial, Batch<R>& batch);

 private:
  /// Writes x_t of `ticks` ticks from `first` on (ticks x m x lanes), but for constant inputs.
  void draw(std::int32_t first, std::int32_t ticks, std::int32_t inputs, S* values);

  RandomKey key_;  // of white noise
  // empty if the model has only white noise of the default kind
  std::optional<DrawnInputs> inputs_;
  std::vector<std::int32_t> columns_;  // the student's inputs that are not constant
  Teacher<S> teacher_;
  std::int32_t window_;               // ticks with an error, at the end of the trial
  std::vector<std::int64_t> trials_;  // by lane
  // x_t of some ticks [1] (ticks x m x lanes), only for a batch of another precision
  Column<S> input_;
  // white noise of some ticks, only beside constant inputs (ticks x columns x lanes)
  Column<S> noise_;
};

}  // namespace locus
