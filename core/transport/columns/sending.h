// Sending over one projection: AXON of every source that is not silent, and the DENDRITE that each
// synapse answers with. How is the plan's to say: a product, the columns of those that speak, or
// their synapses one by one.
//
// on(Synapse, Axon) is linear in weight and activity (tests/transport/bilinear_test.cc), so a
// matrix product stands for it. Every neuron's currents are summed in source order, so threads may
// take targets and change no sum. Cost: that of core/kernel/product.h, or what is sent
// (core/kernel/events.h).
#pragma once

#include <vector>

#include "core/kernel/events.h"
#include "core/transport/columns/common.h"

namespace locus {

/// Counts the non-zero cells. All rate neurons' activities and all readouts' errors are counted
/// once, until they change.
template <class R>
inline std::int64_t count_said(Common<R>& common, const R* values, std::int64_t cells) {
  const Column<R>& activity = common.network.rate.activity;
  const Column<R>& epsilon = common.network.readouts.epsilon;
  if (values == activity.data() && cells == std::ssize(activity)) return common.activities_said.of(activity);
  if (values == epsilon.data() && cells == std::ssize(epsilon)) return common.errors_said.of(epsilon);
  return count_nonzero(values, cells);
}

/// The messages of a tick over a sparse projection, counted source by source.
template <class R>
std::int64_t count_sent_sparse(const Projection& projection, const R* values, std::int32_t lanes);

/// The messages of a tick to the synapses of targets that tell `values` (targets x lanes): each
/// that is not 0 goes to all synapses onto its target.
template <class R>
std::int64_t count_heard(const R* values, const std::int32_t* fan_in, std::int32_t targets, std::int32_t lanes) {
  std::int64_t count = 0;
  for (std::int32_t i = 0; i < targets; ++i)
    count += count_nonzero(values + std::ptrdiff_t{i} * lanes, lanes) * fan_in[i];
  return count;
}

/// The messages of a tick over a projection whose sources say `values` (sources x lanes): each that
/// is not 0 goes over all its synapses.
template <class R>
inline std::int64_t count_sent(Common<R>& common, const Projection& projection, const R* values) {
  const std::int32_t lanes = common.lanes;
  if (!projection.dense) return count_sent_sparse(projection, values, lanes);
  return count_said(common, values, std::int64_t{projection.source_size} * lanes) * projection.target_size;
}

/// current (targets x lanes) += W activity (sources x lanes).
template <class R>
void send_product(const Common<R>& common, const Projection& projection, const R* weight, const R* activity, R* current);

/// sums (sources of the layer x lanes) += W^T errors (targets of the layer x lanes): TRANSPORT of
/// every synapse; `transported` is bilinear.
template <class R>
void carry_errors_back(const Common<R>& common, ProjectionId p, const R* errors, R* sums);

/// One projection's, with the threads' shares of its targets where it is sparse.
template <class R>
class Sender {
 public:
  Sender(const Common<R>& common, ProjectionId p);

  /// Threads renew their copies of the weights.
  void copy_weights(const Common<R>& common);
  /// AXONs of this tick, in which the sources say `activity` (sources x lanes).
  std::int64_t count(Common<R>& common, const R* activity) const {
    if (sends_ == Sends::kEvents) return count_events(common);
    if (sends_ == Sends::kColumns && common.lanes == 1)
      return std::ssize(common.active_sources(projection_)) * projection_.target_size;
    return count_sent(common, projection_, activity);
  }
  /// Adds what the sources say in this tick to the currents of all targets.
  void send(const Common<R>& common, const R* activity, std::int64_t messages) const;
  /// Adds the currents of the targets of one of `chunks` threads.
  void send_share(const Common<R>& common, int chunk, int chunks) const;

 private:
  /// Synapses onto the neurons that are a thread's share, source by source.
  struct Part {
    Column<std::int64_t> offset;  // (sources + 1)
    Column<std::int32_t> target;
    Column<R> weight;
  };

  std::int64_t count_events(const Common<R>& common) const;
  void send_columns(const Common<R>& common, const R* activity) const;
  void send_whole(const Common<R>& common, const R* activity, std::int64_t messages) const;
  void send_events(const Common<R>& common, std::int64_t messages) const;
  /// Where source j's run has its targets of thread `chunk`: from this cut to that of chunk + 1.
  std::int64_t cut(std::int32_t j, int chunk) const {
    if (chunk == 0) return projection_.begin_of(j);
    if (chunk == threads_) return projection_.begin_of(j + 1);
    return split_[static_cast<std::size_t>(j) * static_cast<std::size_t>(threads_ - 1) + static_cast<std::size_t>(chunk) - 1];
  }
  Part copy_of(const Common<R>& common, int chunk) const;

  ProjectionId p_;
  const Projection& projection_;  // the topology's
  Sends sends_;
  int threads_;
  // in each source's run, where each thread's targets end (sources x (threads - 1)); may be empty
  Column<std::int64_t> split_;
  std::vector<Part> parts_;  // by thread; empty where weights change
};

}  // namespace locus
