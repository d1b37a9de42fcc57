// Course: what a run looks like along its updates: messages by class, violations, ranks of what was
// learnt, alignment with the teacher.
//
// It is fed by the run's watch and bears on nothing. A rule is looked at before its first update,
// at its end, and in between at updates that are evenly spread and follow from the model alone, so
// that the same run gives the same curves whatever its speed: at most kMostPoints of them, fewer
// where singular values are dear. Cost of a look: a copy of the weights, one singular value
// decomposition for each plastic projection (of those whose smaller side is at most 512), products
// of the matrices of a linear student. What was seen goes into a checkpoint, so that the curves of
// a run that was resumed are those of a run without a break.
//
// Why here: ranks are sim/run's and alignment is sim/theory's; this room sees both, and sim/report,
// which writes the curves, sees neither a running rule nor the theory. sim/cli carries them from
// here to there.
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
  static constexpr std::int64_t kMostPoints = 200;  // of a curve, its two ends not counted

  /// `spec` outlives this. `from`: what was seen of a run that is gone on from; where that is
  /// nothing, curves begin where it goes on.
  explicit Course(const Spec& spec, std::vector<RuleSeries> from = {});
  ~Course();
  Course(const Course&) = delete;
  Course& operator=(const Course&) = delete;

  /// To be called at every moment of the run.
  void see(const Moment& moment);

  /// So far, of the rules that have begun.
  const std::vector<RuleSeries>& seen() const;

  /// The curves of every rule of the result, which is that of the run that was seen, in its order.
  /// Tags: messages/<class>, violations/space, violations/time (a trial, a mean over the updates
  /// since the point before), rank/<projection>, effective_rank/<projection>, and where the student
  /// is linear and its teacher has modes: alignment/input, alignment/recurrent, alignment/output,
  /// alignment/feedback (sim/theory/alignment.h; the last for rules with a feedback of their own)
  /// and their mean without feedback, alignment.
  std::vector<RuleSeries> end(const RunResult& result);

 private:
  struct Sight;
  std::unique_ptr<Sight> sight_;
};

}  // namespace locus
