// Updates: the batches of a model's task, shown to a learner one after the other. A run does this
// again and again.
//
// Cost: a batch of the task and a trial of all lanes abreast (trial.h). Allocates nothing after
// construction beyond what the task and Eigen's products take.
#pragma once

#include <cstdint>

#include "sim/model/spec.h"
#include "sim/run/decision.h"
#include "sim/run/learner.h"
#include "sim/task/batch.h"
#include "sim/task/task.h"

namespace locus {

/// T: Mailbox<R> or Columns<R>.
template <class R, TransportOf<R> T>
class Updates {
 public:
  /// `learner` and `spec`, of which the learner was made, outlive this.
  Updates(Learner<R, T>& learner, const Spec& spec)
      : learner_(learner),
        task_(spec),
        batch_(make_batch<R>(spec.training.ticks, learner.network().inputs.size, learner.network().readouts.size,
                             learner.network().lanes,
                             shows_tick_by_tick(spec, learner.network().lanes) ? &task_ : nullptr)) {
    task_.prepare(batch_);
  }
  Updates(const Updates&) = delete;  // the batch refers to the task
  Updates& operator=(const Updates&) = delete;

  /// Shows the batch of update `update` (from 0) and runs its trials. Returns the loss as met, a
  /// mean over the batch; 0 where nothing is learnt. Throws LocalityBroken.
  double run(std::int64_t update) {
    learner_.begin_update(update);
    task_.fill(update, batch_);
    return learner_.run(batch_);
  }

  /// The classes of the trials of the last run, and those that were chosen; for a learner that
  /// has_choices().
  Confusion confusion() const { return confusion_of(batch_, learner_.trial().votes()); }

 private:
  Learner<R, T>& learner_;
  Task task_;
  Batch<R> batch_;
};

}  // namespace locus
