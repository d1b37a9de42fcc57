// (s) RTRL, exact and restricted: cost follows the sensitivities that are kept and sent, not n N.
//
// n = 64 tanh neurons, m = o = 8, T = 50, sequence loss. Rate: sensitivities that synapses of W
// carry, a second; the exact rule sends all of them over every synapse. Goal: 1e8 in every row, so
// that a rule that keeps a tenth takes about a tenth of the time.
#include <algorithm>
#include <string>

#include "core/protocol/sensitivity_pattern.h"
#include "sim/model/draw_sparse.h"
#include "sim/place/learning_on_chip.h"
#include "tests/bench/compare.h"
#include "tests/bench/program.h"

namespace locus::bench {
namespace {

constexpr std::int32_t kUnits = 64;
constexpr std::int32_t kCore = 8;  // neurons

Spec make(RuleKind kind) {
  Work work;
  work.units = kUnits;
  work.ticks = 50;
  RuleSpec rule = make_rule(kind);
  rule.reach = 2;
  rule.paths = 4;
  Spec spec = make_spec(work, rule, Precision::kFloat64);
  if (kind == RuleKind::kRtrlReach)  // W of a short reach is sparse
    spec.network.projections[1].weights = SparseRandomWeights{.in_degree = 4, .stddev = 0.5};
  spec.chip = ChipSpec{};
  spec.chip->width = (kUnits + work.readouts) / kCore;
  spec.chip->neurons_per_core = kCore;
  settle_sparse(spec);
  return spec;
}

/// Sensitivities that are carried in a trial.
double carried(const Spec& spec) {
  const Topology topology = topology_of(spec);
  const SensitivityCounts counts = sensitivity_counts(topology, learning_of(spec, topology, spec.rules[0]));
  return static_cast<double>(counts.influence_scalars) * (spec.training.ticks - 1);
}

void restricted(benchmark::State& state, RuleKind kind) {
  const Spec spec = make(kind);
  Program<double> program(spec);
  const double amount = carried(spec);
  measure(state, "sensitivities", 1e8, [&] {
    program();
    return amount;
  });
}

BENCHMARK_CAPTURE(restricted, exact, RuleKind::kRtrl)->Name("s RTRL, exact, n 64")->Iterations(1)->UseManualTime();
BENCHMARK_CAPTURE(restricted, core, RuleKind::kRtrlCore)->Name("s RTRL within cores of 8, n 64")->Iterations(1)->UseManualTime();
BENCHMARK_CAPTURE(restricted, paths, RuleKind::kRtrlPaths)->Name("s RTRL over 4 paths, n 64")->Iterations(1)->UseManualTime();
BENCHMARK_CAPTURE(restricted, reach, RuleKind::kRtrlReach)
    ->Name("s RTRL of reach 2, in-degree 4, n 64")
    ->Iterations(1)
    ->UseManualTime();

}  // namespace
}  // namespace locus::bench
