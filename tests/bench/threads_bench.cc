// Two threads beside one: the same program and the same bits, by elapsed time. The figures have a
// meaning only on a machine with two idle processors.
//
// Goal: 1.7 times one thread for online RFLO from n = 1024 on, and for batches of 32 with more than
// 10^6 synapse-steps a tick; never slower than one thread (0.95 here, because of the clock), since
// the program leaves small work on one thread. Rate: synapse-steps/s.
#include <string>

#include "sim/run/workers.h"
#include "tests/bench/compare.h"
#include "tests/bench/program.h"

namespace locus::bench {
namespace {

template <class R>
void threads(benchmark::State& state, RuleKind kind) {
  Work work;
  work.units = static_cast<std::int32_t>(state.range(0));
  work.batch = static_cast<std::int32_t>(state.range(1));
  const bool online = kind == RuleKind::kRflo;
  if (online) work.commit = CommitWhen::kEveryTick;
  if (work.units > 2048) work.ticks = 20;
  const Spec spec = make_spec(work, make_rule(kind), kPrecision<R>);
  Workers workers(2);
  Program<R> two(spec, workers.executor());
  Program<R> one(spec);
  const double a_tick = static_cast<double>(work.units) * work.units * work.batch;
  const bool large = online ? work.units >= 1024 : a_tick > 1e6;
  compare(state, {"synapse-steps", a_tick * work.ticks, large ? 1.7 : 0.95, true}, two, one);
}

const bool registered = [] {
  const auto add = [](const char* name, auto work, RuleKind kind) {
    return benchmark::RegisterBenchmark(name, work, kind)->Iterations(1)->UseManualTime();
  };
  for (auto* bench : {add("t two threads, RFLO online f64, n/batch", threads<double>, RuleKind::kRflo),
                      add("t two threads, RFLO online f32, n/batch", threads<float>, RuleKind::kRflo)})
    bench->ArgsProduct({{64, 256, 1024, 4096}, {1}});
  for (auto* bench : {add("t two threads, BPTT f64, n/batch", threads<double>, RuleKind::kBptt),
                      add("t two threads, BPTT f32, n/batch", threads<float>, RuleKind::kBptt)})
    bench->ArgsProduct({{64, 256, 1024}, {32}});
  return true;
}();

}  // namespace
}  // namespace locus::bench
