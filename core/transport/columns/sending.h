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
std::int64_t count_said(Common<R>& common, const R* values, std::int64_t cells);

/// The messages of a tick over a projection whose sources say `values` (sources x lanes): each that
/// is not 0 goes over all its synapses.
template <class R>
std::int64_t count_sent(Common<R>& common, const Projection& projection, const R* values);

/// current (targets x lanes) += W activity (sources x lanes).
template <class R>
void send_product(const Common<R>& common, const Projection& projection, const R* weight, const R* activity, R* current);

/// sums (sources of the layer x lanes) += W^T errors (targets of the layer x lanes): TRANSPORT of
/// every synapse; `transported` is bilinear.
template <class R>
void carry_errors_back(const Common<R>& common, std::int32_t p, const R* errors, R* sums);

/// The threads' shares of a sparse projection's targets.
template <class R>
class Sender {
 public:
  Sender(const Common<R>& common, std::int32_t p);

  /// Threads renew their copies of the weights.
  void copy_weights(const Common<R>& common);
  /// AXONs of this tick.
  std::int64_t count(Common<R>& common) const;
  /// Adds what the sources say in this tick to the currents of all targets.
  void send(const Common<R>& common, std::int64_t messages) const;
  /// Those of the targets of one of `chunks` threads.
  void send_share(const Common<R>& common, int chunk, int chunks) const;

 private:
  /// Synapses onto the neurons that are a thread's share, source by source.
  struct Part {
    Column<std::int64_t> offset;  // (sources + 1)
    Column<std::int32_t> target;
    Column<R> weight;
  };

  void send_columns(const Common<R>& common) const;
  /// Where source j's run has its targets of thread `chunk`: from this cut to that of chunk + 1.
  std::int64_t cut(const Projection& projection, std::int32_t j, int chunk) const {
    if (chunk == 0) return projection.begin_of(j);
    if (chunk == threads_) return projection.begin_of(j + 1);
    return split_[static_cast<std::size_t>(j) * static_cast<std::size_t>(threads_ - 1) + static_cast<std::size_t>(chunk) - 1];
  }
  Part copy_of(const Common<R>& common, int chunk) const;

  std::int32_t p_;
  int threads_;
  // in each source's run, where each thread's targets end (sources x (threads - 1)); may be empty
  Column<std::int64_t> split_;
  std::vector<Part> parts_;  // by thread; empty where weights change
};

}  // namespace locus
