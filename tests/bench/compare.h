// The method of all benchmarks: the program and its limit run alternately, and the result is their
// ratio beside its goal.
//
// A limit is handwritten code for this one work, without actors, counts or options. The two
// alternate in one process, so that a machine with varying speed slows both. The ratio is the
// median over pairs, its spread their quartiles. Time is the thread's processor time, so that other
// work on the machine does not count.
#pragma once

#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "core/base/function_ref.h"

namespace locus::bench {

/// The terms of a benchmark: the counted unit, the number of units in one run of the work, and the
/// least ratio.
struct Goal {
  std::string unit;  // "synapse-steps", "updates", ...; the rate is units per second
  double amount = 0;
  double ratio = 0;
  // true: elapsed time, for several threads; false: this thread's processor time
  bool elapsed = false;
};

/// Runs both alternately for about a second (at least seven pairs) after some runs to warm up;
/// short work runs several times in a turn. Each returns its loss, which must agree to 1e-3,
/// because a limit must do the same work; otherwise the benchmark fails.
void compare(benchmark::State& state, const Goal& goal, FunctionRef<double()> program, FunctionRef<double()> limit);

/// A single rate and its goal: runs the work for about a second; the work returns its number of
/// units.
void measure(benchmark::State& state, const std::string& unit, double goal, FunctionRef<double()> work);

}  // namespace locus::bench
