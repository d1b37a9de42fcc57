// Loops over events: sources that are not silent add what they say to their targets, and at a
// commit each event adds its worth to the synapses that it went over.
//
// Why: among spiking neurons, and over sparse synapses, most sources are silent most of the time;
// cost follows what is sent. Sums are in source order, as single messages are, whatever the
// blocking, so threads may take ranges of targets (sending) or of sources (learning) and change no
// bit. Handlers: on(Synapse, Axon) and Post, which are linear in what the source sent
// (tests/transport/bilinear_test.cc).
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "core/kernel/registers.h"
#include "core/kernel/synapses.h"

namespace locus {

/// A part of a source's synapses: they stand together.
template <class R>
struct SourceRun {
  const std::int32_t* target = nullptr;
  const R* weight = nullptr;
  std::int64_t size = 0;
};

/// Current of each target += weight * said. A spike says 1, which needs no product. Meanwhile the
/// run that comes next, which no processor foresees, is fetched as far as this one reaches, a cache
/// line of it for each of this one.
template <class R>
void add_run(const SourceRun<R>& run, R said, const SourceRun<R>& next, R* current) {
  constexpr std::int64_t kLine = 64 / sizeof(R);
  for (std::int64_t first = 0; first < run.size; first += kLine) {
    if (first < next.size) {
      __builtin_prefetch(next.target + first);
      __builtin_prefetch(next.weight + first);
    }
    const std::int64_t last = std::min(first + kLine, run.size);
    if (said == R(1)) {
      for (std::int64_t k = first; k < last; ++k) current[run.target[k]] += run.weight[k];
    } else {
      for (std::int64_t k = first; k < last; ++k) current[run.target[k]] += run.weight[k] * said;
    }
  }
}

/// The runs of so many events, one after the other: run_of(e) is the run of event e, said_of(e) its
/// value.
template <class R, class RunOf, class SaidOf>
void add_runs(std::size_t events, RunOf run_of, SaidOf said_of, R* current) {
  if (events == 0) return;
  SourceRun<R> run = run_of(std::size_t{0});
  for (std::size_t e = 0; e < events; ++e) {
    const SourceRun<R> next = e + 1 == events ? SourceRun<R>{} : run_of(e + 1);
    add_run(run, said_of(e), next, current);
    run = next;
  }
}

/// A source's synapses, several lanes: `from` are the source's (lanes), currents (targets x lanes).
template <class R>
void add_run_of_lanes(const SynapsesView<const R>& synapses, std::int32_t source, const R* from, std::int32_t lanes,
                      R* current) {
  synapses.each_of(source, [&](std::int64_t k, std::int32_t target) {
    R* to = current + std::ptrdiff_t{target} * lanes;
    const R weight = synapses.weight[k];
    for (std::int32_t lane = 0; lane < lanes; ++lane) to[lane] += weight * from[lane];
  });
}

/// Dense, one lane: columns of the sources `active` onto the targets [first, first + size). Their
/// currents stay in kRegisters registers over all sources; size: at least one register. The last
/// register overlaps the one before it where they are more than the targets: it has the same sums.
template <bool kFresh, class Lane, std::size_t kRegisters, class R>
void add_columns_at_once(const WeightsView<R>& w, std::span<const std::int32_t> active, std::int32_t begin,
                         const R* activity, std::ptrdiff_t first, std::ptrdiff_t size, R* current) {
  typename Lane::Type sum[kRegisters];
  const std::ptrdiff_t last = first + size - Lane::kLanes;
  const auto at = [&](std::size_t r) {
    return r + 1 == kRegisters ? last : first + static_cast<std::ptrdiff_t>(r) * Lane::kLanes;
  };
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRegisters; ++r) sum[r] = kFresh ? typename Lane::Type{} : Lane::load(current + at(r));
  for (const std::int32_t source : active) {
    const R* const of = w.weight + std::ptrdiff_t{source - begin} * w.stride;
    const auto x = Lane::all(activity[source - begin]);
#pragma GCC unroll 8
    for (std::size_t r = 0; r < kRegisters; ++r) sum[r] += Lane::load(of + at(r)) * x;
  }
#pragma GCC unroll 8
  for (std::size_t r = 0; r < kRegisters; ++r) Lane::store(current + at(r), sum[r]);
}

/// The same of any number of targets. What sources numbered from `begin` on say stands at
/// activity[source - begin]. kFresh: currents begin at 0, whatever they were, also where nobody
/// speaks.
template <bool kFresh, class R>
void add_active_columns_in_registers(const WeightsView<R>& w, std::span<const std::int32_t> active, std::int32_t begin,
                                     const R* activity, std::int32_t first, std::int32_t last, R* current) {
  const auto from = [&]<class Lane>(std::ptrdiff_t i, std::ptrdiff_t size) {
    const auto add = [&]<std::size_t kRegisters>() {
      add_columns_at_once<kFresh, Lane, kRegisters>(w, active, begin, activity, i, size, current);
    };
    switch ((size + Lane::kLanes - 1) / Lane::kLanes) {
      case 1: return add.template operator()<1>();
      case 2: return add.template operator()<2>();
      case 3: return add.template operator()<3>();
      case 4: return add.template operator()<4>();
      case 5: return add.template operator()<5>();
      case 6: return add.template operator()<6>();
      case 7: return add.template operator()<7>();
      default: return add.template operator()<8>();
    }
  };
  constexpr std::ptrdiff_t kMost = 8 * Register<R>::kLanes;
  for (std::ptrdiff_t i = first; i < last; i += kMost) {
    const std::ptrdiff_t size = std::min(kMost, last - i);
    const auto fits = [&]<class Lane>() {
      if (size < Lane::kLanes) return false;
      from.template operator()<Lane>(i, size);
      return true;
    };
    if (fits.template operator()<Register<R>>()) continue;
    if constexpr (kWidest > 32) {
      if (fits.template operator()<Register<R, 32>>()) continue;
    }
    if constexpr (kWidest > 16) {
      if (fits.template operator()<Register<R, 16>>()) continue;
    }
    fits.template operator()<Single<R>>();
  }
}

/// The same onto the targets [first, last), added to their currents. A current of many is loaded
/// and stored once for four sources.
template <class R>
void add_active_columns(const WeightsView<R>& w, std::span<const std::int32_t> active, std::int32_t begin,
                        const R* activity, std::int32_t first, std::int32_t last, R* current) {
  constexpr std::int32_t kFew = 256;
  if (last - first <= kFew)
    return add_active_columns_in_registers<false>(w, active, begin, activity, first, last, current);
  const auto column = [&](std::size_t e) { return w.weight + std::ptrdiff_t{active[e] - begin} * w.stride; };
  const auto said = [&](std::size_t e) { return activity[active[e] - begin]; };
  std::size_t e = 0;
  for (; e + 4 <= active.size(); e += 4) {
    const R *w0 = column(e), *w1 = column(e + 1), *w2 = column(e + 2), *w3 = column(e + 3);
    const R x0 = said(e), x1 = said(e + 1), x2 = said(e + 2), x3 = said(e + 3);
#pragma GCC ivdep
    for (std::int32_t i = first; i < last; ++i)
      current[i] = (((current[i] + w0[i] * x0) + w1[i] * x1) + w2[i] * x2) + w3[i] * x3;
  }
  for (; e < active.size(); ++e) {
    const R* of = column(e);
    const R x = said(e);
#pragma GCC ivdep
    for (std::int32_t i = first; i < last; ++i) current[i] += of[i] * x;
  }
}

/// to += scale * from, in this order for each element.
template <class R>
void add_scaled(R scale, const R* from, std::int32_t size, R* to) {
#pragma GCC ivdep
  for (std::int32_t i = 0; i < size; ++i) to[i] += scale * from[i];
}

/// What events are worth: worth[(tick * lanes + lane) * width + target] is the change that an event
/// of size 1 in that tick and lane asks of each synapse onto that target.
template <class R>
struct EventWorth {
  const R* worth = nullptr;  // of the projection's first target
  std::int32_t width = 0;    // neurons of the target's layer
  std::int32_t lanes = 1;
  // what the source sent in the row tick + later of its record arrives in `tick`
  std::int32_t later = 0;
};

/// delta (synapses) += said * worth for each event of the sources [first, last) in ticks [0,
/// ticks): ticks in order, lanes one after the other. `sent` holds the projection's sources only.
template <class R>
void add_events(const SynapsesView<R>& delta, const EventWorth<R>& of, TicksView<const R> sent, std::int32_t ticks,
                std::int32_t first, std::int32_t last) {
  for (std::int32_t tick = std::max(-of.later, 0); tick < ticks; ++tick) {
    for (std::int32_t lane = 0; lane < of.lanes; ++lane) {
      const R* worth = of.worth + (std::ptrdiff_t{tick} * of.lanes + lane) * of.width;
      for (std::int32_t j = first; j < last; ++j) {
        const R said = sent.at(tick + of.later, j)[lane];
        if (said == R(0)) continue;
        const std::int64_t begin = delta.begin_of(j);
        if (delta.dense()) {
          add_scaled(said, worth, delta.targets, delta.weight + begin);
        } else if (delta.hollow) {  // hollow: all but itself
          add_scaled(said, worth, j, delta.weight + begin);
          add_scaled(said, worth + j + 1, delta.targets - j - 1, delta.weight + begin + j);
        } else {
          const std::int64_t end = delta.begin_of(j + 1);
          for (std::int64_t k = begin; k < end; ++k) delta.weight[k] += said * worth[delta.target[k]];
        }
      }
    }
  }
}

}  // namespace locus
