// What every benchmark here does: runs the program and its limit alternately, and says their ratio
// beside its goal.
//
// A limit is what one would write by hand for this one work, without actors, counts or options. The
// two run by turns in one process, so that a machine whose speed drifts slows both; the ratio is
// the median of the pairs', its spread their quartiles. Time is the thread's processor time, so
// that other work on the machine counts for neither.
#pragma once

#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "core/base/function_ref.h"

namespace locus::bench {

/// How a benchmark is read: what is counted, how much of it one run of the work holds, and the
/// least ratio asked for.
struct Goal {
  std::string unit;  // "synapse-steps", "updates", ...; the rate is that a second
  double amount = 0;
  double ratio = 0;
  // by the time that passes, for work on several threads; otherwise by this thread's processor time
  bool elapsed = false;
};

/// Runs both by turns for about a second (seven pairs at least) after some runs that warm up; short
/// work several times a turn. Each returns its loss; they must agree to 1e-3, or the benchmark
/// fails: a limit that does other work is none.
void compare(benchmark::State& state, const Goal& goal, FunctionRef<double()> program, FunctionRef<double()> limit);

/// A rate alone, against a goal that is a rate: runs the work for about a second; it returns how
/// much it did.
void measure(benchmark::State& state, const std::string& unit, double goal, FunctionRef<double()> work);

}  // namespace locus::bench
