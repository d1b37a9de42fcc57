// Student and teacher: both see the same white noise, and the teacher's readout is the target (arXiv:2606.00243).
//
// x_t ~ N(0, I), a pure function of (seed, trial, tick, index): the same for every rule, batch size, transport and number of threads.
#pragma once

#include <cstdint>

#include "core/base/random.h"
#include "sim/task/batch.h"
#include "sim/task/teacher.h"

namespace locus {

/// S: the precision of teacher and inputs, the model's.
template <class S>
class StudentTeacherSource {
 public:
  StudentTeacherSource(std::uint64_t seed, Teacher<S> teacher, std::int32_t window);

  /// Writes trials first_trial .. first_trial + lanes - 1, counted over the whole run from 0. Targets are computed at ticks with an error only.
  /// Cost: a normal an input, and the teacher's forward pass.
  template <class R>
  void fill(std::int64_t first_trial, Batch<R>& batch);

 private:
  RandomKey key_;
  Teacher<S> teacher_;
  std::int32_t window_;  // ticks with an error, the last of the trial
  Column<S> input_;      // x_t of some ticks [1] (ticks x m x lanes), for a batch of another precision
};

}  // namespace locus
