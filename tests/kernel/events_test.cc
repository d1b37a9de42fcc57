// Event loops against plain loops over pairs, to the last bit: sums are in source order.
#include "core/kernel/events.h"

#include <vector>

#include <gtest/gtest.h>

#include "tests/kernel/lengths.h"

namespace locus {
namespace {

/// Synapses from `sources` onto some of `targets`: all, all but i = j, or two of three.
struct Wiring {
  std::vector<std::int64_t> offset{0};
  std::vector<std::int32_t> target;
};
enum class Kind : std::uint8_t { kDense, kHollow, kSparse };

Wiring wire(Kind kind, std::int32_t sources, std::int32_t targets) {
  Wiring wiring;
  for (std::int32_t j = 0; j < sources; ++j) {
    for (std::int32_t i = 0; i < targets; ++i) {
      if (kind == Kind::kHollow ? i != j : kind == Kind::kDense || (i + 2 * j) % 3 != 0) wiring.target.push_back(i);
    }
    wiring.offset.push_back(static_cast<std::int64_t>(wiring.target.size()));
  }
  return wiring;
}

template <class R>
SynapsesView<R> view_of(Kind kind, const Wiring& wiring, std::int32_t sources, std::int32_t targets, R* column) {
  SynapsesView<R> view{sources, targets, column};
  if (kind == Kind::kDense) return view;
  view.offset = wiring.offset.data();
  view.target = wiring.target.data();
  view.hollow = kind == Kind::kHollow;
  return view;
}

template <class R>
void expect_sending() {
  constexpr std::int32_t kSources = 7;
  each_length<R>([&](std::int32_t targets, std::size_t shift) {
    const Drawn<R> weight(static_cast<std::size_t>(kSources) * static_cast<std::size_t>(targets), 1, shift);
    const std::vector<std::int32_t> active = {10, 11, 13, 14, 16};  // of sources that begin at 10
    Drawn<R> said(kSources, 2, shift);
    said[1] = 1;  // a spike
    Drawn<R> current(static_cast<std::size_t>(targets), 3, shift);
    Drawn<R> expected = current;
    const std::int32_t first = targets / 3;  // the share of one thread
    for (const std::int32_t source : active) {
      for (std::int32_t i = first; i < targets; ++i) {
        const std::size_t at = static_cast<std::size_t>((source - 10) * targets + i);
        expected[static_cast<std::size_t>(i)] += weight[at] * said[static_cast<std::size_t>(source - 10)];
      }
    }
    const WeightsView<R> w{weight.data(), targets, kSources, targets};
    Drawn<R> columns = current;
    add_active_columns(w, active, 10, said.data(), first, targets, columns.data());
    const Wiring wiring = wire(Kind::kDense, kSources, targets);
    Drawn<R> runs = current;
    add_runs<R>(
        active.size(),
        [&](std::size_t e) {
          const std::int64_t begin = std::int64_t{active[e] - 10} * targets + first;
          return SourceRun<R>{wiring.target.data() + begin, weight.data() + begin, targets - first};
        },
        [&](std::size_t e) { return said[static_cast<std::size_t>(active[e] - 10)]; }, runs.data());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(columns[i], expected[i]) << targets << " targets, shift " << shift << ", target " << i;
      EXPECT_EQ(runs[i], expected[i]) << targets << " targets, shift " << shift << ", target " << i;
    }
  });
}

TEST(Events, AddWhatActiveSourcesSayInTheirOrder) {
  expect_sending<double>();
  expect_sending<float>();
}

TEST(Events, WithoutASourceNothingIsAdded) {
  double current = 2;
  const auto no_run = [](std::size_t) { return SourceRun<double>{}; };
  add_runs<double>(
      0, no_run, [](std::size_t) { return 1.0; }, &current);
  EXPECT_EQ(current, 2);
}

/// `lanes` lanes, several ticks, sources that are silent now and then.
template <class R>
void expect_learning(Kind kind, std::int32_t lanes, std::int32_t later) {
  constexpr std::int32_t kSources = 5;
  constexpr std::int32_t kTrial = 4;
  each_length<R>([&](std::int32_t targets, std::size_t shift) {
    if (kind == Kind::kHollow && targets < kSources) return;  // every source is a target as well
    const Wiring wiring = wire(kind, kSources, targets);
    Drawn<R> delta(wiring.target.size(), 1, shift);
    Drawn<R> expected = delta;
    const std::int32_t width = targets + 2;  // the layer has two neurons more
    const Drawn<R> worth(static_cast<std::size_t>(kTrial * lanes * width), 2, shift);
    Drawn<R> sent(static_cast<std::size_t>((kTrial + 1) * kSources * lanes), 3);
    for (std::size_t k = 0; k < sent.size(); k += 3) sent[k] = 0;
    const TicksView<const R> record{sent.data(), std::ptrdiff_t{kSources} * lanes, lanes};
    for (std::int32_t tick = std::max(-later, 0); tick < kTrial; ++tick) {
      for (std::int32_t lane = 0; lane < lanes; ++lane) {
        for (std::int32_t j = 1; j < kSources; ++j) {
          const R said = record.at(tick + later, j)[lane];
          for (std::int64_t k = wiring.offset[static_cast<std::size_t>(j)];
               said != R(0) && k < wiring.offset[static_cast<std::size_t>(j) + 1]; ++k) {
            const auto at = static_cast<std::size_t>((tick * lanes + lane) * width);
            expected[static_cast<std::size_t>(k)] +=
                said * worth[at + static_cast<std::size_t>(wiring.target[static_cast<std::size_t>(k)])];
          }
        }
      }
    }
    const EventWorth<R> of{worth.data(), width, lanes, later};
    add_events(view_of(kind, wiring, kSources, targets, delta.data()), of, record, kTrial, 1, kSources);
    for (std::size_t k = 0; k < expected.size(); ++k)
      ASSERT_EQ(delta[k], expected[k]) << targets << " targets, shift " << shift << ", synapse " << k;
  });
}

TEST(Events, AreWorthWhatTheirTicksSay) {
  for (const Kind kind : {Kind::kDense, Kind::kHollow, Kind::kSparse}) {
    expect_learning<double>(kind, 1, 0);
    expect_learning<double>(kind, 3, 1);
    expect_learning<float>(kind, 2, -2);
  }
}

}  // namespace
}  // namespace locus
