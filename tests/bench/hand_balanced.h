// The limit of a spiking network without learning: compressed columns, lists of spikes, one loop
// over neurons, handwritten for this work alone. It has one population of LIF neurons without
// refractoriness, spikes of 1 and one delay; no actors, counts or options.
//
// With two threads, each has half of the neurons and the synapses onto them in its own compressed
// columns, made before the trial. The two synchronise once a tick and read each other's list of
// spikes.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
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
  std::vector<std::vector<std::int32_t>> inputs;  // by tick: inputs that spike
  std::size_t b_sources = 0;
  std::size_t n = 0;
  std::size_t delay = 1;  // of W, ticks
  R alpha = 0, threshold = 1;
  double events = 0;  // of the last trial: synapses that received a spike
  double spikes = 0;

  /// Runs one trial. Returns 0, because a trial without learning has no loss.
  double trial() {
    Column<R> v(n, R(0)), z(n, R(0)), current(n, R(0));
    std::vector<std::vector<std::int32_t>> under_way(delay);
    events = spikes = 0;
    for (std::size_t t = 0; t < inputs.size(); ++t) {
      std::ranges::fill(current, R(0));
      b.send(inputs[t], current.data());
      // the spikes sent `delay` ticks ago, then those of now
      std::vector<std::int32_t>& slot = under_way[t % delay];
      w.send(slot, current.data());
      events += heard(b, inputs[t]) + heard(w, slot);
      for (std::size_t i = 0; i < n; ++i) {
        v[i] = current[i] + alpha * v[i] - threshold * z[i];
        z[i] = v[i] >= threshold ? R(1) : R(0);
      }
      list(z.data(), 0, n, slot);
      spikes += static_cast<double>(slot.size());
    }
    return 0;
  }

  /// Lists the spikes in [begin, end), 32 neurons at a time, because hardly any spikes.
  static void list(const R* z, std::size_t begin, std::size_t end, std::vector<std::int32_t>& spikes) {
    constexpr std::size_t kBlock = 32;
    spikes.clear();
    for (std::size_t first = begin; first < end; first += kBlock) {
      const R* block = z + first;
      const std::size_t size = std::min(kBlock, end - first);
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

 private:
  static double heard(const HandEvents<R>& block, const std::vector<std::int32_t>& sources) {
    double sum = 0;
    for (const std::int32_t j : sources) sum += static_cast<double>(block.offset[j + 1] - block.offset[j]);
    return sum;
  }
};

/// The same by two threads, with the same spikes as HandBalanced.
template <class R>
class HandBalancedByTwo {
 public:
  double spikes = 0;  // of the last trial

  explicit HandBalancedByTwo(const HandBalanced<R>& one) : one_(one) {
    const std::size_t half = one.n / 32 * 16;  // a multiple of a cache line
    for (std::size_t side = 0; side < 2; ++side) {
      Half& own = halves_[side];
      own.first = side == 0 ? 0 : half;
      own.last = side == 0 ? half : one.n;
      own.b.take(one.b, one.b_sources, own.first, own.last);
      own.w.take(one.w, one.n, own.first, own.last);
    }
  }

  double trial() {
    Columns columns{Column<R>(one_.n, R(0)), Column<R>(one_.n, R(0)), Column<R>(one_.n, R(0))};
    for (Half& half : halves_) {
      half.under_way.assign(one_.delay, {});
      half.done.store(0, std::memory_order_relaxed);
      half.spikes = 0;
    }
    std::thread other([&] { run(halves_[1], halves_[0], columns); });
    run(halves_[0], halves_[1], columns);
    other.join();
    spikes = static_cast<double>(halves_[0].spikes + halves_[1].spikes);
    return 0;
  }

 private:
  struct Columns {
    Column<R> v, z, current;
  };

  /// The synapses onto one half of the neurons.
  struct Part {
    std::vector<std::int64_t> offset;
    Column<std::int32_t> target;
    Column<R> weight;

    void take(const HandEvents<R>& all, std::size_t sources, std::size_t first, std::size_t last) {
      offset.push_back(0);
      for (std::size_t j = 0; j < sources; ++j) {
        for (std::int64_t k = all.offset[j]; k < all.offset[j + 1]; ++k) {
          const auto i = static_cast<std::size_t>(all.target[k]);
          if (i < first || i >= last) continue;
          target.push_back(all.target[k]);
          weight.push_back(all.weight[k]);
        }
        offset.push_back(static_cast<std::int64_t>(target.size()));
      }
    }
    void send(const std::vector<std::int32_t>& spikes, R* current) const {
      HandEvents<R>{offset.data(), target.data(), weight.data()}.send(spikes, current);
    }
  };

  struct Half {
    std::size_t first = 0, last = 0;  // neurons
    Part b, w;
    std::vector<std::vector<std::int32_t>> under_way;
    std::size_t spikes = 0;                        // of this trial
    alignas(64) std::atomic<std::size_t> done{0};  // ticks
  };

  void run(Half& own, const Half& other, Columns& columns) const {
    R* v = columns.v.data();
    R* z = columns.z.data();
    R* current = columns.current.data();
    for (std::size_t t = 0; t < one_.inputs.size(); ++t) {
      std::fill(current + own.first, current + own.last, R(0));
      own.b.send(one_.inputs[t], current);
      const std::size_t slot = t % one_.delay;
      // in the order of the neurons
      for (const Half& half : halves_) own.w.send(half.under_way[slot], current);
      // before it overwrites the slot
      wait_for(other, 2 * t + 1, own);
      for (std::size_t i = own.first; i < own.last; ++i) {
        v[i] = current[i] + one_.alpha * v[i] - one_.threshold * z[i];
        z[i] = v[i] >= one_.threshold ? R(1) : R(0);
      }
      one_.list(z, own.first, own.last, own.under_way[slot]);
      own.spikes += own.under_way[slot].size();
      if (one_.delay == 1) wait_for(other, 2 * t + 2, own);
    }
  }

  static void wait_for(const Half& other, std::size_t done, Half& own) {
    own.done.store(done, std::memory_order_release);
    while (other.done.load(std::memory_order_acquire) < done) {
    }
  }

  const HandBalanced<R>& one_;
  std::array<Half, 2> halves_;
};

}  // namespace locus::bench
