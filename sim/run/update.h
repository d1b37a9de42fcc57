// Update: the trials of one batch, shown, learnt from and committed. What a run does again and
// again.
//
// Cost: a batch of the task, a trial of all lanes abreast (trial.h), a commit, and one look at
// every weight. Allocates nothing after construction beyond what the task and Eigen's products
// take.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/protocol/rule.h"
#include "sim/model/spec.h"
#include "sim/run/trial.h"
#include "sim/task/batch.h"
#include "sim/task/task.h"

namespace locus {

/// T: Mailbox<R> or Batched<R>.
template <class R, TransportOf<R> T>
class Updates {
 public:
  /// `transport` and `spec` outlive this.
  Updates(T& transport, const Spec& spec, const Learning& learning);

  /// Shows the batch of update `update` (from 0) and runs its trials. Returns the loss as met, a
  /// mean over the batch; 0 where nothing is learnt. Throws LocalityBroken.
  double run(std::int64_t update);

  /// Commits what has been learnt. Returns whether all plastic weights are finite; true where
  /// nothing is learnt. Throws LocalityBroken.
  bool commit();

  /// Shows every tick to the observer (Trial::observe).
  void observe(typename Trial<R, T>::Observer observer) { trial_.observe(std::move(observer)); }

 private:
  T& transport_;
  TrainingSpec training_;
  std::vector<double> rates_;  // eta by projection, before the schedule
  bool learns_;
  Task task_;
  Batch<R> batch_;
  Trial<R, T> trial_;
};

}  // namespace locus
