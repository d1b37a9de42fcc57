// Student and teacher: both see the same white noise, and the teacher's readout is the target (arXiv:2606.00243).
//
// x_t ~ N(0, I), a pure function of (seed, trial, tick, index): the same for every rule, batch size, transport and number of threads.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/random.h"
#include "sim/task/batch.h"
#include "sim/task/teacher.h"

namespace locus {

class StudentTeacherSource {
 public:
  StudentTeacherSource(std::uint64_t seed, Teacher teacher, bool error_at_every_tick);

  /// Writes trials first_trial .. first_trial + lanes - 1, counted over the whole run from 0. Targets are computed at ticks with an error only.
  /// Cost: a normal an input, and the teacher's forward pass. Where R is float, teacher and student see the same rounded input.
  template <class R>
  void fill(std::int64_t first_trial, Batch<R>& batch);

 private:
  template <class R>
  void draw_inputs(std::int64_t first_trial, std::int32_t tick, Batch<R>& batch);

  RandomKey key_;
  Teacher teacher_;
  bool error_at_every_tick_;   // the sequence loss; otherwise at tick T only
  std::vector<double> drawn_;  // x_t of one trial [1] (m)
};

}  // namespace locus
