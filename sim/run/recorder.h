// Recorder: looks at what the model asks to have recorded of the trials that a rule learns from
// (evaluation_recorder.h: of the others), and hands it on as plain values. It
// sends nothing, and no actor hears of it: counts, weights and losses are the same to the last bit
// with and without it (tests/run/recorder_test.cc).
//
// Cost: a copy of what is seen, in order; for a trace under Columns one handler call a synapse,
// lane and tick (core/transport/columns/watched.h).
#pragma once

#include <cstdint>
#include <vector>

#include "core/transport/transport.h"
#include "sim/model/spec.h"
#include "sim/run/recording.h"
#include "sim/run/result.h"

namespace locus {

/// The column of a population's layer with a quantity of its neurons (neurons x lanes).
template <class R>
const Column<R>& recorded_column(const Network<R>& network, Quantity quantity, const PopulationSpec& population);

/// T: Mailbox<R> or Columns<R>. All that is referred to outlives it.
template <class R, TransportOf<R> T>
class Recorder {
 public:
  /// `before` are the weights before the run's first update, by projection.
  Recorder(T& transport, const Spec& spec, RuleKind kind, const std::vector<ProjectionWeights>& before, Look look);

  /// A tick, before its commit.
  void see_tick(std::int64_t update, Tick now);
  /// An update, after its commit.
  void see_update(std::int64_t update);

 private:
  void read_neurons(const RecordSpec& record, const PopulationSpec& population);
  void read_traces(const RecordSpec& record, const std::vector<std::int64_t>& synapses);
  void read_weights(const RecordSpec& record);

  T& transport_;
  const Spec& spec_;
  const std::vector<ProjectionWeights>& before_;
  Look look_;
  std::vector<std::size_t> records_;  // those that the rule has
  // of traces, as the file lists them, by record; -1: none is there
  std::vector<std::vector<std::int64_t>> synapses_;
  std::vector<double> values_;
};

}  // namespace locus
