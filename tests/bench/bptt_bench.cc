// (b) BPTT and truncated BPTT: leaky tanh, m = o = 8, T = 100, the sequence loss, batch 1 and 32.
//
// Goal: 0.9 of handwritten Eigen (hand_bptt.h), for every size. Rate: updates/s.
#include <string>
#include <utility>

#include "tests/bench/compare.h"
#include "tests/bench/hand_bptt.h"
#include "tests/bench/program.h"

namespace locus::bench {
namespace {

template <class R>
using Matrix = Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic>;

template <class R>
Matrix<R> weights(const Network<R>& network, std::size_t projection) {
  const Projection& p = network.projections()[projection];
  return Eigen::Map<const Matrix<R>>(network.synapses[projection].weight.data(), p.target_size, p.source_size);
}

/// Column t * lanes + lane is row t of the lane's trial.
template <class R, class Of>
Matrix<R> columns(const RecordedTask& task, std::int32_t ticks, Of of) {
  const auto lanes = static_cast<Eigen::Index>(task.trials.size());
  Matrix<R> all(of(task.trials[0]).cols, ticks * lanes);
  for (Eigen::Index lane = 0; lane < lanes; ++lane) {
    const DenseMatrix& matrix = of(task.trials[static_cast<std::size_t>(lane)]);
    for (Eigen::Index t = 0; t < ticks; ++t) {
      for (Eigen::Index i = 0; i < matrix.cols; ++i)
        all(i, t * lanes + lane) = static_cast<R>(matrix.values[static_cast<std::size_t>(t * matrix.cols + i)]);
    }
  }
  return all;
}

template <class R>
HandBptt<R> make_hand(const Program<R>& program, const Spec& spec) {
  const RuleSpec& rule = spec.rules[0];
  const auto& task = std::get<RecordedTask>(spec.task);
  const bool whole = rule.kind == RuleKind::kBptt;
  HandBptt<R> hand;
  hand.ticks = spec.training.ticks;
  hand.lanes = spec.training.batch;
  hand.depth = whole ? hand.ticks : rule.depth;
  hand.stride = whole ? hand.ticks : rule.stride;
  hand.leak = static_cast<R>(spec.network.populations[1].leak.first());
  hand.rate = static_cast<R>(spec.training.learning_rate.value());
  hand.b = weights(program.network(), 0);
  hand.w = weights(program.network(), 1);
  hand.a = weights(program.network(), 2);
  hand.x = columns<R>(task, spec.training.ticks,
                      [](const RecordedTrial& t) -> const DenseMatrix& { return std::get<DenseMatrix>(t.input); });
  hand.target =
      columns<R>(task, spec.training.ticks, [](const RecordedTrial& t) -> const DenseMatrix& { return t.target; });
  hand.prepare();
  return hand;
}

template <class R>
void bptt(benchmark::State& state, const RuleSpec& rule) {
  Work work;
  work.units = static_cast<std::int32_t>(state.range(0));
  work.batch = static_cast<std::int32_t>(state.range(1));
  const Spec spec = make_spec(work, rule, kPrecision<R>);
  Program<R> program(spec);
  HandBptt<R> hand = make_hand(program, spec);
  compare(state, {"updates", 1, 0.9}, program, hand);
}

const auto sizes = [](benchmark::internal::Benchmark* bench) {
  bench->ArgsProduct({{64, 256, 1024}, {1, 32}})->Iterations(1)->UseManualTime();
};

const bool registered = [] {
  const auto add = [](const std::string& name, auto work, const RuleSpec& rule) {
    benchmark::RegisterBenchmark(("b " + name + ", n/batch").c_str(), work, rule)->Apply(sizes);
  };
  for (const auto& [name, rule] :
       {std::pair{"BPTT", make_rule(RuleKind::kBptt)}, std::pair{"tBPTT(1, 10)", make_rule(RuleKind::kTbptt, 1, 10)},
        std::pair{"tBPTT(10, 10)", make_rule(RuleKind::kTbptt, 10, 10)}}) {
    add(name + std::string(" f64"), bptt<double>, rule);
    add(name + std::string(" f32"), bptt<float>, rule);
  }
  return true;
}();

}  // namespace
}  // namespace locus::bench
