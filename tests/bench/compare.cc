#include "tests/bench/compare.h"

#include <algorithm>
#include <cmath>
#include <ctime>

namespace locus::bench {
namespace {

constexpr double kSeconds = 1;  // of measurement
constexpr std::size_t kFewest = 7;
constexpr std::size_t kMost = 20000;

double seconds_by(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// The seconds of `runs` runs. `result` is that of the last one.
double seconds_of(FunctionRef<double()> work, int runs, clockid_t clock, double& result) {
  const double start = seconds_by(clock);
  for (int run = 0; run < runs; ++run) result = work();
  return seconds_by(clock) - start;
}

/// The number of runs that take kLeast together, because reading the clock itself takes a
/// microsecond.
int runs_worth_timing(FunctionRef<double()> work, clockid_t clock) {
  constexpr double kLeast = 2e-3;  // seconds
  double unused = 0;
  int runs = 1;
  while (seconds_of(work, runs, clock, unused) < kLeast) runs *= 2;
  return runs;
}

}  // namespace

void compare(benchmark::State& state, const Goal& goal, FunctionRef<double()> program, FunctionRef<double()> limit) {
  const clockid_t clock = goal.elapsed ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID;
  std::vector<double> ratios;
  double own_seconds = 0;
  double limit_seconds = 0;
  double timed = 0;  // number of measured runs of each
  for (auto _ : state) {
    limit();
    const int runs = runs_worth_timing(limit, clock);
    // both learn, so that the comparison needs the same number of updates
    for (int run = 0; run < 2 * runs; ++run) program();
    while (ratios.size() < kFewest || (own_seconds + limit_seconds < kSeconds && ratios.size() < kMost)) {
      double own_loss = 0;
      double limit_loss = 0;
      const double own = seconds_of(program, runs, clock, own_loss);
      const double by_hand = seconds_of(limit, runs, clock, limit_loss);
      if (!(std::abs(own_loss - limit_loss) <= 1e-3 * std::abs(limit_loss))) {
        return state.SkipWithError("the limit's result is another");
      }
      ratios.push_back(by_hand / own);
      timed += runs;
      own_seconds += own;
      limit_seconds += by_hand;
    }
    state.SetIterationTime(own_seconds);
  }
  std::ranges::sort(ratios);
  const double amount = goal.amount * timed;
  state.SetLabel(goal.unit);
  state.counters["rate"] = amount / own_seconds;
  state.counters["limit"] = amount / limit_seconds;
  state.counters["ratio"] = ratios[ratios.size() / 2];
  state.counters["q1"] = ratios[ratios.size() / 4];
  state.counters["q3"] = ratios[ratios.size() * 3 / 4];
  state.counters["goal"] = goal.ratio;
}

void measure(benchmark::State& state, const std::string& unit, double goal, FunctionRef<double()> work) {
  double amount = 0;
  double seconds = 0;
  for (auto _ : state) {
    work();
    while (seconds < kSeconds) {
      double did = 0;
      seconds += seconds_of(work, 1, CLOCK_THREAD_CPUTIME_ID, did);
      amount += did;
    }
    state.SetIterationTime(seconds);
  }
  state.SetLabel(unit);
  state.counters["rate"] = amount / seconds;
  state.counters["limit"] = goal;
  state.counters["ratio"] = amount / seconds / goal;
  state.counters["goal"] = 1;
}

}  // namespace locus::bench
