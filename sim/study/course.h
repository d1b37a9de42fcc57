// Course: curves of a run over its updates: messages by class, violations, ranks of the learnt
// change, alignment with the teacher.
//
// A Course observes the moments of a run and has no influence on it. It samples each rule before
// its first update, at its end, and at updates between that are evenly spaced. The sampled updates
// follow from the model alone, so that a run gives the same curves whatever its speed. There are at
// most kMostPoints of them, fewer where singular values are expensive. A checkpoint contains the
// points so far, so that a resumed run has the same curves as an uninterrupted one. Cost of a
// sample: a copy of the weights, one singular value decomposition for each plastic projection whose
// smaller side is at most 512, and products of the matrices of a linear student.
//
// The class stands in sim/study because ranks come from sim/run and alignment from sim/theory, and
// only this room sees both. sim/report writes the curves but sees neither a running rule nor the
// theory; sim/cli passes the curves on to it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/model/spec.h"
#include "sim/run/run.h"
#include "sim/run/series.h"

namespace locus {

class Course {
 public:
  static constexpr std::int64_t kMostPoints = 200;  // of a curve, without its two ends

  /// `spec` must outlive the Course. `from`: the points of an earlier part of the run; if it is
  /// empty, the curves begin where the run is resumed.
  explicit Course(const Spec& spec, std::vector<RuleSeries> from = {});
  ~Course();
  Course(const Course&) = delete;
  Course& operator=(const Course&) = delete;

  /// Must be called at every moment of the run.
  void observe(const Moment& moment);

  /// The points so far, of the rules that have begun.
  const std::vector<RuleSeries>& series() const;

  /// The curves of all rules, in the order of `result`, which must be the result of the observed
  /// run. Tags: messages/<class>, violations/space and violations/time (each per trial, a mean over
  /// the updates since the previous point), rank/<projection>, effective_rank/<projection>. If the
  /// student is linear and its teacher has modes, also alignment/input, alignment/recurrent,
  /// alignment/output, alignment/feedback (sim/theory/alignment.h; the last only for rules with
  /// their own feedback) and alignment, which is their mean without feedback.
  std::vector<RuleSeries> end(const RunResult& result);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace locus
