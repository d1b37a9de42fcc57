// Figures of a chip's network over a run (network_record.h makes it): open values, for
// results, checkpoints and tables.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/place/mesh.h"

namespace locus {

/// The figures of all replayed trials, of the forward run or of learning.
struct NetworkShare {
  std::int64_t cycles = 0;  // sum over steps
  std::int64_t packets = 0;
  std::int64_t flits = 0;
  std::int64_t lost_packets = 0;
  std::int64_t lost_flits = 0;
  std::int64_t flit_hops = 0;
  std::int64_t latency = 0;          // [cycles], sum
  std::int64_t waiting = 0;          // [cycles], sum
  std::int64_t largest_latency = 0;  // [cycles]
  std::int64_t blocked = 0;          // [cycles], sum over links
  friend bool operator==(const NetworkShare&, const NetworkShare&) = default;
};

/// The places at both ends of a link between neighbours.
struct LinkEnds {
  std::int32_t from = kHost;
  std::int32_t to = kHost;
  friend bool operator==(const LinkEnds&, const LinkEnds&) = default;
};

/// One tick of a trial, over all replayed trials.
struct NetworkTick {
  std::int32_t tick = 0;
  std::int64_t forward_cycles = 0;   // sum
  std::int64_t learning_cycles = 0;  // sum
  std::int64_t most_cycles = 0;      // of both, of one trial
  std::int64_t packets = 0;
  std::int64_t latency = 0;          // [cycles], sum
  std::int64_t largest_latency = 0;  // [cycles]
  std::int64_t lost_packets = 0;
  std::int64_t blocked = 0;
  std::int64_t peak_queue = 0;  // [flits], of one link
  LinkEnds peak_link;
  std::int64_t busiest_flits = 0;  // the most over one link in one step
  LinkEnds busiest_link;
  friend bool operator==(const NetworkTick&, const NetworkTick&) = default;
};

struct NetworkLink {
  LinkEnds ends;
  std::int64_t flits = 0;
  std::int64_t peak_queue = 0;  // [flits]
  friend bool operator==(const NetworkLink&, const NetworkLink&) = default;
};

struct NetworkFigures {
  std::int64_t trials = 0;
  NetworkShare forward;
  NetworkShare learning;
  std::vector<NetworkTick> ticks;  // ascending, those with packets
  std::vector<NetworkLink> links;  // those with flits
  friend bool operator==(const NetworkFigures&, const NetworkFigures&) = default;
};

/// Cycles of a trial in the mean: of the forward packets, and of learning's after them.
double forward_cycles(const NetworkFigures& figures);
double learning_cycles(const NetworkFigures& figures);

/// True if these may be figures of trials of so many ticks on this mesh.
bool fits(const NetworkFigures& figures, const Mesh& mesh, std::int32_t ticks);

}  // namespace locus
