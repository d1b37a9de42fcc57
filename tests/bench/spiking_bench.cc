// (g) Spiking e-prop: the pattern generation of models/pattern_generation.txtpb, one trial and its
// commit in an update.
//
// Goal: 0.3 of the limit, which is 5 ms an update where the limit takes 1.5 ms (NEST 3.10, the same
// model on one core: 72 ms without recorders). Rate: updates/s.
//
// (n) Forward alone: a network of the shape of the trained Braille network of the NIR paper (12
// inputs, 38 recurrent neurons and 7 at the output, synaptic currents, reset to zero, 256 ticks).
// Goal: 0.9 of the limit. Rate: ticks/s.
#include <cmath>

#include "sim/model/load.h"
#include "tests/bench/compare.h"
#include "tests/bench/hand_cuba.h"
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

constexpr std::int32_t kBrailleTicks = 256;

/// Weights and input spikes are pseudorandom, with some 120 hidden spikes a trial.
Spec braille() {
  std::uint64_t state = 7;
  const auto draw = [&state] {  // in [-1, 1)
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<double>(state >> 11U) * 0x1p-52 - 1;
  };
  const auto matrix = [&](std::int32_t rows, std::int32_t cols, double mean, double spread) {
    DenseMatrix made{rows, cols, {}};
    for (std::int32_t k = 0; k < rows * cols; ++k) made.values.push_back(mean + spread * draw());
    return made;
  };
  LifSpec lif{.leak = {.tau_m = 10}, .threshold = 1};
  lif.current_tau = 5;
  lif.reset = Reset::kZero;
  lif.above = true;
  lif.integration = Integration::kEuler;
  PopulationSpec hidden{"hidden", PopulationKind::kRate, 38};
  PopulationSpec output{"output", PopulationKind::kRate, 7};
  hidden.lif = output.lif = lif;
  Spec spec;
  spec.name = "braille";
  spec.network.populations = {{"in", PopulationKind::kInput, 12}, hidden, output};
  spec.network.projections = {{"B", 0, 1, matrix(38, 12, 0.015, 0.06), true, {}},
                              {"W", 1, 1, matrix(38, 38, 0, 0.06), true, {}},
                              {"C", 1, 2, matrix(7, 38, 0.03, 0.12), true, {}}};
  SparseMatrix spikes{kBrailleTicks, 12, {}, {}, {}};
  for (std::int32_t t = 0; t < kBrailleTicks; ++t) {
    for (std::int32_t j = 0; j < 12; ++j) {
      if (draw() > -0.65) continue;
      spikes.row.push_back(t);
      spikes.col.push_back(j);
      spikes.values.push_back(1);
    }
  }
  spec.task = RecordedTask{{{spikes, {}}}};
  spec.training.loss = Loss::kSum;
  spec.training.ticks = kBrailleTicks;
  spec.rules = {make_rule(RuleKind::kNone)};
  return spec;
}

void braille_beside_hand(benchmark::State& state) {
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Spec spec = braille();
  Program<double> program(spec);
  HandCuba hand;
  HandCuba::Matrix* const matrices[] = {&hand.b, &hand.w, &hand.c};
  for (std::size_t k = 0; k < 3; ++k) {
    const auto& dense = std::get<DenseMatrix>(spec.network.projections[k].weights);
    *matrices[k] = Eigen::Map<const RowMajor>(dense.values.data(), dense.rows, dense.cols);
  }
  const LifParameters lif = lif_parameters(*spec.network.populations[1].lif, spec.training.dt);
  hand.alpha = lif.decay;
  hand.delta = lif.current_decay;
  hand.events.resize(kBrailleTicks);
  const auto& spikes = std::get<SparseMatrix>(std::get<RecordedTask>(spec.task).trials[0].input);
  for (std::size_t k = 0; k < spikes.row.size(); ++k)
    hand.events[static_cast<std::size_t>(spikes.row[k])].push_back(spikes.col[k]);
  hand.trial();
  program();
  double said = 0;
  for (const double count : program.network().rate.lif.count) said += count;
  if (said < 50 || said != hand.spikes) return state.SkipWithError("the limit's spikes are others");
  compare(state, {"ticks", kBrailleTicks, 0.9}, program, [&] { return hand.trial(); });
}

BENCHMARK(braille_beside_hand)->Name("n Braille network, forward, beside a loop by hand")->Iterations(1)->UseManualTime();
BENCHMARK(pattern_generation)->Name("g spiking e-prop, pattern generation")->Iterations(1)->UseManualTime();

}  // namespace
}  // namespace locus::bench
