// Evaluation: the trials that a model holds out, shown to the network as it is at some update.
// Nothing is learnt from them.
//
// They run in a network of their own that gets the learner's weights, over a door of its own:
// neither what the learner's actors hold nor what is counted of them changes by a bit. Every trial
// begins at h_0, and all are the same each time. Cost: weights and columns of a second network; a
// copy of the weights and the trials forward, up to 32 abreast, each time.
#pragma once

#include <cstdint>

#include "core/transport/columns/columns.h"
#include "core/transport/executor.h"
#include "sim/model/spec.h"
#include "sim/run/confusion.h"
#include "sim/run/evaluation_recorder.h"
#include "sim/run/learner.h"
#include "sim/run/result.h"
#include "sim/task/task.h"

namespace locus {

/// Trials of an evaluation that run abreast.
std::int32_t evaluation_lanes(const EvaluationSpec& evaluation);

template <class R>
class Evaluator {
 public:
  /// `spec`, which has an evaluation, and its topology outlive this. `look` is shown what the spec
  /// records of the trials; it may be empty. Of several ranks (`exchange`) it is that of one.
  Evaluator(const Spec& spec, const Topology& topology, const Look& look, Executor executor, RankExchange exchange = {});
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;

  /// The mean loss and the accuracy of the evaluation trials with the weights of `learner`, a
  /// network of the same spec, which has made so many updates.
  Evaluation measure(const Network<R>& learner, std::int64_t update);
  /// The trials of the last measurement that have a class.
  const Confusion& confusion() const { return confusion_; }

 private:
  std::int64_t trials_;
  Learner<R, Columns<R>> shown_;  // learns nothing
  Task task_;
  Batch<R> batch_;
  Confusion confusion_;
  EvaluationRecorder<R> recorder_;
  std::int64_t first_ = 0;  // of the trials that are shown
};

}  // namespace locus
