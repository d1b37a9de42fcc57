// EvaluationRecorder: what the model asks to have recorded of its evaluation trials, handed on as
// plain values when an evaluation is complete.
//
// Why apart from recorder.h: an evaluation shows its trials in groups of lanes, one after the
// other, and a sample has one tick of all trials. So an evaluation is kept until its last group has
// been shown. Cost: memory for one evaluation, 8 bytes a value; a copy of what is seen.
#pragma once

#include <cstdint>
#include <vector>

#include "core/actor/network.h"
#include "sim/model/spec.h"
#include "sim/run/recording.h"

namespace locus {

template <class R>
class EvaluationRecorder {
 public:
  /// `spec`, which has an evaluation, outlives this. Without effect where it records nothing of it.
  EvaluationRecorder(const Spec& spec, Look look);

  /// An evaluation after so many updates; its samples are then kept.
  void begin(std::int64_t update);
  /// A tick of the trials first, first + 1, ..., one in each lane; those beyond the last are left
  /// out.
  void see_tick(std::int64_t first, Tick now, const Network<R>& network);
  /// The evaluation is complete: shows its samples, record by record and tick by tick.
  void end();

 private:
  struct Kept {
    std::size_t record = 0;  // index into the spec's
    bool takes = false;      // this evaluation
    std::int64_t trials = 0;
    std::vector<double> values = {};  // (recorded ticks x trials x neurons)
  };

  const Spec& spec_;
  Look look_;
  std::int64_t update_ = 0;
  std::vector<Kept> kept_;
};

}  // namespace locus
