// Trace: the messages of some ticks of a run, one by one, as they passed the mailbox; for reports,
// which name and place them.
//
// Ticks are counted over the whole run of a rule, from 1: tick t of update k (from 0) is k T + t;
// the replicas of a batch run abreast. Cost: some eighty bytes a message, up to the limit.
#pragma once

#include <cstdint>
#include <vector>

#include "core/wire/passing.h"

namespace locus {

template <class R>
struct Network;

struct TraceRequest {
  std::int64_t first_tick = 1;   // of the run
  std::int64_t last_tick = 1;    // of the run; that tick too
  std::int64_t limit = 100'000;  // messages of a rule
};

/// One end, with the neuron that it belongs to: a synapse's is its target.
struct TracedEnd {
  Party party = Party::kAgent;
  std::int32_t projection = 0;  // synapses only
  std::int32_t neuron = 0;      // within its layer; a synapse's target
  std::int32_t source = 0;      // synapses only: within its layer
};

struct TracedMessage {
  std::int64_t run_tick = 0;  // over the run, from 1
  Passing passing;
  TracedEnd from;
  TracedEnd to;
};

struct Trace {
  std::vector<TracedMessage> messages;  // as they were sent
  std::int64_t left_out = 0;            // messages of those ticks beyond the limit
  std::int64_t left_out_from = 0;       // tick of the first of them
};

template <class R>
TracedEnd traced_end(const Network<R>& network, const Endpoint& end);

/// Adds messages of the requested ticks to `trace`, which outlives the watcher. `door`: the
/// transport's, which knows how many trials have ended.
template <class R>
Watcher make_tracer(const TraceRequest& request, std::int32_t ticks, const Network<R>& network, const Door& door,
                    Trace& trace);

}  // namespace locus
