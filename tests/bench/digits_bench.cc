// (o) BPTT on handwritten digits (models/digits), a pixel a tick: 64 leaky tanh neurons with biases
// from a constant input, 10 classes at the last of 64 ticks, 40 pictures an update.
//
// Goal: 0.9 of handwritten Eigen (hand_digits.h). Rate: updates/s.
#include <cmath>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/compare.h"
#include "tests/bench/hand_digits.h"
#include "tests/bench/program.h"

namespace locus::bench {
namespace {

constexpr std::int32_t kPixels = 64;
constexpr std::int32_t kUnits = 64;
constexpr std::int32_t kClasses = 10;
constexpr std::int32_t kBatch = 40;

/// The numbers of an array of bytes, without its header.
std::string numbers_of(const std::string& name) {
  std::ifstream stream(std::string(LOCUS_MODELS) + "/digits/" + name + ".npy", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (bytes.size() < 10) return {};
  return bytes.substr(10U + static_cast<unsigned char>(bytes[8]) + 256U * static_cast<unsigned char>(bytes[9]));
}

Spec digits(Precision precision) {
  const auto gaussian = [](double scale, std::int32_t fan_in) {
    return GaussianWeights{scale / std::sqrt(static_cast<double>(fan_in))};
  };
  Spec spec;
  spec.name = "digits";
  spec.seed = 1;
  spec.precision = precision;
  spec.network.populations = {
      {.name = "pixel", .kind = PopulationKind::kInput, .size = 1},
      {.name = "one", .kind = PopulationKind::kInput, .size = 1, .constant = 1.0},
      {.name = "rec", .kind = PopulationKind::kRate, .size = kUnits, .activation = Activation::kTanh, .leak = 0.2},
      {.name = "digit", .kind = PopulationKind::kReadout, .size = kClasses}};
  spec.network.projections = {{"B", 0, 2, gaussian(1, 1), true, {}},
                              {"b", 1, 2, gaussian(0.1, 1), true, {}},
                              {"W", 2, 2, gaussian(0.9, kUnits), true, {}},
                              {"A", 2, 3, gaussian(1, kUnits), true, {}}};
  const std::string pixels = numbers_of("pixels_learnt");
  const std::string classes = numbers_of("classes_learnt");
  RecordedTask task;
  for (std::size_t k = 0; k < classes.size(); ++k) {
    DenseMatrix input{kPixels, 1, {}};
    for (std::size_t t = 0; t < kPixels; ++t) input.values.push_back(pixels.at(kPixels * k + t) / 16.0);
    RecordedTrial trial;
    trial.input = input;
    trial.label = classes[k];
    task.trials.push_back(trial);
  }
  spec.task = task;
  spec.training = {.loss = Loss::kCrossEntropy, .ticks = kPixels, .batch = kBatch, .learning_rate = 0.02};
  spec.training.window = 1;
  spec.rules = {make_rule(RuleKind::kBptt)};
  return spec;
}

template <class R>
HandDigits<R> make_hand(const Program<R>& program, const Spec& spec) {
  using Matrix = typename HandDigits<R>::Matrix;
  const auto weights = [&](std::size_t p) {
    const Projection& of = program.network().projections()[p];
    return Matrix(Eigen::Map<const Matrix>(program.network().synapses[p].weight.data(), of.target_size, of.source_size));
  };
  HandDigits<R> hand;
  hand.ticks = kPixels;
  hand.lanes = kBatch;
  hand.leak = static_cast<R>(spec.network.populations[2].leak.first());
  hand.rate = static_cast<R>(spec.training.learning_rate.value());
  hand.b.resize(kUnits, 2);
  hand.b << weights(0), weights(1);
  hand.w = weights(2);
  hand.a = weights(3);
  const auto& trials = std::get<RecordedTask>(spec.task).trials;
  for (std::size_t first = 0; first + kBatch <= trials.size(); first += kBatch) {
    Matrix picture = Matrix::Ones(2, kPixels * kBatch);
    std::vector<std::int32_t>& classes = hand.classes.emplace_back();
    for (std::int32_t lane = 0; lane < kBatch; ++lane) {
      const RecordedTrial& trial = trials[first + static_cast<std::size_t>(lane)];
      for (std::int32_t t = 0; t < kPixels; ++t)
        picture(0, t * kBatch + lane) =
            static_cast<R>(std::get<DenseMatrix>(trial.input).values[static_cast<std::size_t>(t)]);
      classes.push_back(trial.label);
    }
    hand.pictures.push_back(std::move(picture));
  }
  hand.prepare();
  return hand;
}

template <class R>
void digits_beside_hand(benchmark::State& state) {
  const Spec spec = digits(kPrecision<R>);
  Program<R> program(spec);
  HandDigits<R> hand = make_hand(program, spec);
  compare(state, {"updates", 1, 0.9}, program, hand);
}

BENCHMARK(digits_beside_hand<double>)->Name("o digits, pixel by pixel, BPTT f64")->Iterations(1)->UseManualTime();
BENCHMARK(digits_beside_hand<float>)->Name("o digits, pixel by pixel, BPTT f32")->Iterations(1)->UseManualTime();

}  // namespace
}  // namespace locus::bench
