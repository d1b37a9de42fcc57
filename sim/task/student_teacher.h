// Student and teacher: both see the same drawn inputs, and the teacher's readout is the target
// (arXiv:2606.00243).
//
// Without other words x_t ~ N(0, I), a pure function of (seed, "input", trial, tick, index): the
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

/// S: the precision of teacher and inputs, the model's.
template <class S>
class StudentTeacherSource {
 public:
  /// The spec's task is student and teacher. `lanes`: of the teacher, and of each batch to be
  /// filled.
  StudentTeacherSource(const Spec& spec, Teacher<S> teacher, std::int32_t lanes);

  /// Writes trials first_trial .. first_trial + lanes - 1, counted over the whole run from 0.
  /// Targets are computed at ticks with an error only. Cost: drawing the inputs, and the teacher's
  /// forward pass.
  template <class R>
  void fill(std::int64_t first_trial, Batch<R>& batch);

 private:
  /// x_t of so many ticks from `first` on (ticks x m x lanes).
  void draw(std::int32_t first, std::int32_t ticks, S* values);

  RandomKey key_;                      // of white noise
  std::optional<DrawnInputs> inputs_;  // where the model says what is drawn
  Teacher<S> teacher_;
  std::int32_t window_;               // ticks with an error, the last of the trial
  std::vector<std::int64_t> trials_;  // of each lane
  // x_t of some ticks [1] (ticks x m x lanes), for a batch of another precision
  Column<S> input_;
};

}  // namespace locus
