// (g) Spiking e-prop: the pattern generation of models/pattern_generation.txtpb, one trial and its
// commit in an update.
//
// Goal: 0.3 of the limit, which is 5 ms an update where the limit takes 1.5 ms (NEST 3.10, the same
// model on one core: 72 ms without recorders). Rate: updates/s.
#include <cmath>

#include "sim/model/load.h"
#include "tests/bench/compare.h"
#include "tests/bench/hand_spiking.h"
#include "tests/bench/program.h"

namespace locus::bench {
namespace {

HandSpiking make_hand(const Spec& spec) {
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto matrix = [](const WeightsSpec& weights) {
    const auto& dense = std::get<DenseMatrix>(weights);
    return HandSpiking::Matrix(Eigen::Map<const RowMajor>(dense.values.data(), dense.rows, dense.cols));
  };
  const auto& trial = std::get<RecordedTask>(spec.task).trials[0];
  const RuleSpec& rule = spec.rules[0];
  const LifParameters lif = lif_parameters(*spec.network.populations[1].lif, spec.training.dt);
  HandSpiking hand;
  hand.w_in = matrix(spec.network.projections[0].weights);
  hand.w = matrix(spec.network.projections[1].weights);
  hand.a = matrix(spec.network.projections[2].weights);
  hand.b = matrix(rule.feedback[0].weights).transpose();
  hand.target = Eigen::Map<const RowMajor>(trial.target.values.data(), trial.target.rows, trial.target.cols);
  hand.events.resize(static_cast<std::size_t>(spec.training.ticks));
  const auto& spikes = std::get<SparseMatrix>(trial.input);
  for (std::size_t k = 0; k < spikes.row.size(); ++k)
    hand.events[static_cast<std::size_t>(spikes.row[k])].push_back(spikes.col[k]);
  hand.alpha = lif.decay;
  hand.threshold = lif.threshold;
  hand.height = lif.height;
  hand.width = lif.width;
  hand.alpha_out = decay_of(spec.network.populations[2].memory->tau_m, spec.training.dt);
  hand.kappa = decay_of(rule.filter_tau, spec.training.dt);
  hand.reg = rule.firing_rate->strength;
  hand.rate_target = rule.firing_rate->target_hz / 1000 * spec.training.dt;
  hand.eta = spec.training.learning_rate.value();
  return hand;
}

void pattern_generation(benchmark::State& state) {
  const Spec spec = load(std::string(LOCUS_MODELS) + "/pattern_generation.txtpb");
  Program<double> program(spec);
  HandSpiking hand = make_hand(spec);
  compare(state, {"updates", 1, 0.3}, program, [&] { return hand.trial(); });
}

BENCHMARK(pattern_generation)->Name("g spiking e-prop, pattern generation")->Iterations(1)->UseManualTime();

}  // namespace
}  // namespace locus::bench
