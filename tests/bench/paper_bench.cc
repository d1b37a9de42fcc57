// (c) The paper's own scale: linear student and teacher, n = m = o, white noise drawn during the
// run, the final loss.
//
// Goal: 0.9 of handwritten Eigen (hand_linear.h), for every size. Rate: updates/s.
#include <cmath>
#include <string>
#include <utility>

#include "sim/model/realise.h"
#include "tests/bench/compare.h"
#include "tests/bench/hand_linear.h"
#include "tests/bench/program.h"

namespace locus::bench {
namespace {

template <class R>
using Matrix = Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic>;

template <class R>
Matrix<R> weights(const Projection& p, const Column<R>& weight) {
  return Eigen::Map<const Matrix<R>>(weight.data(), p.target_size, p.source_size);
}

template <class R>
Matrix<R> weights(const Weights& realised) {
  const auto& dense = std::get<DenseMatrix>(realised);
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return Eigen::Map<const RowMajor>(dense.values.data(), dense.rows, dense.cols).template cast<R>();
}

template <class R>
HandLinear<R> make_hand(const Program<R>& program, const Spec& spec) {
  HandLinear<R> hand;
  hand.kind = spec.rules[0].kind;
  hand.ticks = spec.training.ticks;
  hand.lanes = spec.training.batch;
  hand.rate = static_cast<R>(spec.training.learning_rate.value());
  hand.decay = R(0);
  const Network<R>& network = program.network();
  const auto own = [&](std::size_t p) { return weights(network.projections()[p], network.synapses[p].weight); };
  hand.student = {own(0), own(1), own(2), {}, {}};
  const std::vector<Weights> teacher = teacher_weights(spec);
  hand.teacher = {weights<R>(teacher[0]), weights<R>(teacher[1]), weights<R>(teacher[2]), {}, {}};
  if (!network.feedback.empty()) {
    // readouts are its sources
    hand.feedback = weights(network.feedback[0], network.feedback_synapses[0].weight).transpose();
    hand.decay = static_cast<R>(spec.rules[0].trace_decay.value_or(0));
  }
  hand.key = random_key(spec.seed, "input");
  hand.prepare();
  return hand;
}

template <class R>
void paper(benchmark::State& state, RuleKind kind) {
  Work work;
  work.inputs = work.units = work.readouts = static_cast<std::int32_t>(state.range(0));
  work.ticks = static_cast<std::int32_t>(state.range(1));
  work.batch = static_cast<std::int32_t>(state.range(2));
  work.activation = Activation::kIdentity;
  work.leak = 1;
  work.gain = 0.7;
  work.loss = Loss::kFinal;
  work.learning_rate = 1e-7;  // prevents divergence for any number of timed updates
  work.teacher = true;
  RuleSpec rule = make_rule(kind, 1, 1);
  if (kind == RuleKind::kRflo) rule.trace_decay = 0.5;
  const Spec spec = make_spec(work, rule, kPrecision<R>);
  Program<R> program(spec);
  HandLinear<R> hand = make_hand(program, spec);
  compare(state, {"updates", 1, 0.9}, program, hand);
}

const auto sizes = [](benchmark::internal::Benchmark* bench) {
  bench->ArgsProduct({{4, 16, 64}, {20, 100}, {1, 32, 128}})->Iterations(1)->UseManualTime();
};

const bool registered = [] {
  const auto add = [](const std::string& name, auto work, RuleKind kind) {
    benchmark::RegisterBenchmark(("c " + name + ", n/T/batch").c_str(), work, kind)->Apply(sizes);
  };
  for (const auto& [name, kind] : {std::pair{"BPTT", RuleKind::kBptt}, std::pair{"tBPTT(1)", RuleKind::kTbptt},
                                   std::pair{"RFLO", RuleKind::kRflo}, std::pair{"e-prop", RuleKind::kEprop}}) {
    add(name + std::string(" f64"), paper<double>, kind);
    add(name + std::string(" f32"), paper<float>, kind);
  }
  return true;
}();

}  // namespace
}  // namespace locus::bench
