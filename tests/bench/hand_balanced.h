// The limit of a spiking network without learning: compressed columns, lists of spikes, one loop over neurons, as one would write it by hand for this
// alone. One population of LIF neurons without rest, spikes that are all 1, one delay; no actors, no counts, no options.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/column.h"

namespace locus::bench {

template <class R>
struct HandEvents {
  const std::int64_t* offset = nullptr;  // (sources + 1)
  const std::int32_t* target = nullptr;  // (synapses)
  const R* weight = nullptr;             // (synapses)

  void send(const std::vector<std::int32_t>& spikes, R* current) const {
    for (const std::int32_t j : spikes) {
      const std::int64_t end = offset[j + 1];
      for (std::int64_t k = offset[j]; k < end; ++k) current[target[k]] += weight[k];
    }
  }
};

template <class R>
struct HandBalanced {
  HandEvents<R> b, w;
  std::vector<std::vector<std::int32_t>> inputs;  // input spikes of each tick
  std::size_t n = 0;
  std::size_t delay = 1;  // of W, ticks
  R alpha = 0, threshold = 1;
  double events = 0;  // of the last trial: synapses that heard a spike
  double spikes = 0;

  /// One trial. Returns 0, as a trial without learning has no loss.
  double trial() {
    Column<R> v(n, R(0)), z(n, R(0)), current(n, R(0));
    std::vector<std::vector<std::int32_t>> under_way(delay);
    events = spikes = 0;
    for (std::size_t t = 0; t < inputs.size(); ++t) {
      std::ranges::fill(current, R(0));
      b.send(inputs[t], current.data());
      std::vector<std::int32_t>& slot = under_way[t % delay];  // what was sent `delay` ticks ago, and then what is sent now
      w.send(slot, current.data());
      events += heard(b, inputs[t]) + heard(w, slot);
      for (std::size_t i = 0; i < n; ++i) {
        v[i] = current[i] + alpha * v[i] - threshold * z[i];
        z[i] = v[i] >= threshold ? R(1) : R(0);
      }
      list(z, slot);
      spikes += static_cast<double>(slot.size());
    }
    return 0;
  }

 private:
  /// Who spikes, 32 looked at together, since hardly any does.
  static void list(const Column<R>& z, std::vector<std::int32_t>& spikes) {
    constexpr std::size_t kBlock = 32;
    spikes.clear();
    for (std::size_t first = 0; first < z.size(); first += kBlock) {
      const R* block = z.data() + first;
      const std::size_t size = std::min(kBlock, z.size() - first);
      int any = 0;
      if (size == kBlock) {
        for (std::size_t i = 0; i < kBlock; ++i) any |= block[i] != R(0) ? 1 : 0;
      } else {
        any = 1;
      }
      for (std::size_t i = 0; any != 0 && i < size; ++i) {
        if (block[i] != R(0)) spikes.push_back(static_cast<std::int32_t>(first + i));
      }
    }
  }

  static double heard(const HandEvents<R>& block, const std::vector<std::int32_t>& sources) {
    double sum = 0;
    for (const std::int32_t j : sources) sum += static_cast<double>(block.offset[j + 1] - block.offset[j]);
    return sum;
  }
};

}  // namespace locus::bench
