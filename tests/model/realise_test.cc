// Random weights: their statistics and dependencies, and aligned weights split into modes again.
#include "sim/model/realise.h"

#include <cmath>
#include <string>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include "core/base/random.h"
#include "sim/model/load.h"
#include "tests/model/text_parts.h"

namespace locus {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

RowMajor matrix_of(const Weights& weights) {
  const auto& dense = std::get<DenseMatrix>(weights);
  return Eigen::Map<const RowMajor>(dense.values.data(), dense.rows, dense.cols);
}

Spec spec_to_realise(const ModelText& model) {
  std::vector<Fault> warnings;
  return load_bytes(model.text(), "m.txtpb", warnings);
}

ModelText large(const std::string& w, const std::string& seed = "3") {
  ModelText model;
  model.head = "seed: " + seed;
  model.populations =
      "populations { name: \"in\" size: 40 input {} } populations { name: \"rec\" size: 300 rate {} } populations { "
      "name: \"out\" size: 4 readout {} }";
  model.w = "projections { name: \"W\" source: \"rec\" target: \"rec\" weights { " + w + " } }";
  model.a = "";
  model.task = "task { recorded { trials { spikes {} target { rows: 1 cols: 4 values: [1, 2, 3, 4] } } } }";
  model.rules = "rules { name: \"r\" rflo {} }";
  return model;
}

/// The mean and the variance of N normals of variance s^2 have standard deviations s / sqrt(N) and
/// s^2 sqrt(2 / N); chance exceeds six of them once in 5e8.
void expect_normal(const RowMajor& drawn, double stddev) {
  const auto count = static_cast<double>(drawn.size());
  const double mean = drawn.mean();
  const double variance = (drawn.array() - mean).square().mean();
  EXPECT_LT(std::abs(mean), 6 * stddev / std::sqrt(count));
  EXPECT_LT(std::abs(variance - stddev * stddev), 6 * stddev * stddev * std::sqrt(2 / count));
}

TEST(Realise, GaussianWeightsHaveTheirScale) {
  expect_normal(matrix_of(network_weights(spec_to_realise(large("gaussian { gain: 0.9 }")))[1]), 0.9 / std::sqrt(300.0));
  expect_normal(matrix_of(network_weights(spec_to_realise(large("gaussian { stddev: 0.02 }")))[1]), 0.02);
  const Spec spec = spec_to_realise(large("gaussian { gain: 1 }"));
  // four readouts: N(0, 1/4)
  expect_normal(matrix_of(feedback_weights(spec, spec.rules[0])[0]), 0.5);
}

TEST(Realise, EntriesAreNumbersOfTheirStream) {
  const Spec spec = spec_to_realise(large("gaussian { stddev: 2 }"));
  const RowMajor w = matrix_of(network_weights(spec)[1]);
  const RandomKey key = random_key(3, "weights/W");
  for (const auto& [i, j] : {std::pair{0, 0}, {0, 7}, {1, 0}, {299, 299}, {17, 33}}) {
    EXPECT_EQ(w(i, j), 2 * normal_at(key, 0, 0, static_cast<std::uint64_t>(i * 300 + j)));
  }
  const RowMajor r = matrix_of(feedback_weights(spec, spec.rules[0])[0]);
  EXPECT_EQ(r.rows(), 4);
  EXPECT_EQ(r.cols(), 300);
  EXPECT_EQ(r(2, 5), 0.5 * normal_at(random_key(3, "feedback/rec"), 0, 0, 2 * 300 + 5));
}

TEST(Realise, DrawsDependOnSeedAndNameAndNothingElse) {
  const RowMajor first = matrix_of(network_weights(spec_to_realise(large("gaussian { gain: 1 }")))[1]);
  EXPECT_NE(first, matrix_of(network_weights(spec_to_realise(large("gaussian { gain: 1 }", "4")))[1]));
  ModelText renamed = large("gaussian { gain: 1 }");
  renamed.w.replace(renamed.w.find("\"W\""), 3, "\"V\"");
  EXPECT_NE(first, matrix_of(network_weights(spec_to_realise(renamed))[1]));
  ModelText more = large("gaussian { gain: 1 }");
  more.b = "projections { name: \"B\" source: \"in\" target: \"rec\" weights { gaussian { gain: 5 } } }";
  more.rules = "rules { name: \"x\" eprop { random {} } } rules { name: \"y\" bptt {} }";
  EXPECT_EQ(first, matrix_of(network_weights(spec_to_realise(more))[1]));
  const Spec a = spec_to_realise(large("gaussian { gain: 1 }"));
  const Spec b = spec_to_realise(more);
  EXPECT_EQ(matrix_of(feedback_weights(a, a.rules[0])[0]),
            matrix_of(feedback_weights(b, b.rules[0])[0]));  // the same R for all rules
}

TEST(Realise, BasesAreOrthogonalAndHaar) {
  // Entries of a Haar matrix of side n have mean 0 and variance 1/n; the first row is a point on
  // the sphere. There are 2000 matrices of side 3.
  double sum = 0;
  double square = 0;
  double trace = 0;
  constexpr int kDraws = 2000;
  for (int seed = 0; seed < kDraws; ++seed) {
    const RowMajor q = matrix_of(random_orthogonal(static_cast<std::uint64_t>(seed), "basis/P", 3));
    ASSERT_LT((q.transpose() * q - RowMajor::Identity(3, 3)).cwiseAbs().maxCoeff(), 1e-14);
    sum += q(0, 0);
    square += q(0, 0) * q(0, 0);
    trace += q.trace();
  }
  // Var q00 = 1/3; Var q00^2 = 3/15 - 1/9 = 4/45; Var trace = 1 (Diaconis and Shahshahani 1994).
  // The bounds are six deviations. Without the correction of signs the mean of q00 is -1/2.
  EXPECT_LT(std::abs(sum / kDraws), 6 * std::sqrt(1.0 / 3 / kDraws));
  EXPECT_LT(std::abs(square / kDraws - 1.0 / 3), 6 * std::sqrt(4.0 / 45 / kDraws));
  EXPECT_LT(std::abs(trace / kDraws), 6 * std::sqrt(1.0 / kDraws));
}

ModelText aligned() {
  ModelText model;
  model.populations =
      "populations { name: \"in\" size: 5 input {} } populations { name: \"rec\" size: 6 rate {} } populations { name: \"out\" size: 4 readout {} }";
  model.b = "projections { name: \"B\" source: \"in\" target: \"rec\" weights { aligned { values: [1, 2, 3] } } }";
  model.w =
      "projections { name: \"W\" source: \"rec\" target: \"rec\" weights { aligned { values: [0.9, -0.5, 0.25, 0.125] } } }";
  model.a = "projections { name: \"A\" source: \"rec\" target: \"out\" weights { aligned { values: [4, 5, 6, 7] } } }";
  model.task =
      "task { student_teacher { teacher { populations { name: \"i\" size: 5 input {} } populations { name: \"t\" "
      "size: 6 rate {} } populations { name: \"o\" size: 4 readout {} } "
      "projections { name: \"W\" source: \"t\" target: \"t\" weights { aligned { values: [0.7] } } } "
      "projections { name: \"A\" source: \"t\" target: \"o\" weights { gaussian { gain: 1 } } } } } }";
  model.training = "training { ticks: 3 learning_rate: 1 }";
  model.rules = "rules { name: \"r\" rflo { feedback { weights { aligned { values: [8, 9] } } } } }";
  return model;
}

RowMajor diagonal(Eigen::Index rows, Eigen::Index cols, const std::vector<double>& values) {
  RowMajor matrix = RowMajor::Zero(rows, cols);
  for (std::size_t k = 0; k < values.size(); ++k)
    matrix(static_cast<Eigen::Index>(k), static_cast<Eigen::Index>(k)) = values[k];
  return matrix;
}

TEST(Realise, AlignedWeightsComeApartInTheirBases) {
  const Spec spec = spec_to_realise(aligned());
  const RowMajor u = matrix_of(random_orthogonal(0, "basis/U", 4));
  const RowMajor p = matrix_of(random_orthogonal(0, "basis/P", 6));
  const RowMajor v = matrix_of(random_orthogonal(0, "basis/V", 5));
  const std::vector<Weights> weights = network_weights(spec);
  const std::vector<Weights> teacher = teacher_weights(spec);
  constexpr double kRounding = 1e-14;
  EXPECT_LT((p.transpose() * matrix_of(weights[0]) * v - diagonal(6, 5, {1, 2, 3})).cwiseAbs().maxCoeff(), kRounding);
  EXPECT_LT((p.transpose() * matrix_of(weights[1]) * p - diagonal(6, 6, {0.9, -0.5, 0.25, 0.125})).cwiseAbs().maxCoeff(),
            kRounding);
  EXPECT_LT((u.transpose() * matrix_of(weights[2]) * p - diagonal(4, 6, {4, 5, 6, 7})).cwiseAbs().maxCoeff(), kRounding);
  EXPECT_LT((p.transpose() * matrix_of(teacher[0]) * p - diagonal(6, 6, {0.7})).cwiseAbs().maxCoeff(), kRounding);
  const RowMajor r = matrix_of(feedback_weights(spec, spec.rules[0])[0]);
  EXPECT_LT((u.transpose() * r * p - diagonal(4, 6, {8, 9})).cwiseAbs().maxCoeff(), kRounding);
  EXPECT_EQ(matrix_of(teacher[1])(1, 2), 1 / std::sqrt(6.0) * normal_at(random_key(0, "teacher/A"), 0, 0, 8));
}

TEST(Realise, GivenBasesAreTaken) {
  ModelText model = aligned();
  model.more =
      "bases { u { rows: 4 cols: 4 values: [1,0,0,0, 0,1,0,0, 0,0,1,0, 0,0,0,1] } p { rows: 6 cols: 6 values: "
      "[0,1,0,0,0,0, 1,0,0,0,0,0, 0,0,1,0,0,0, 0,0,0,1,0,0, "
      "0,0,0,0,1,0, 0,0,0,0,0,1] } }";
  const RowMajor a = matrix_of(network_weights(spec_to_realise(model))[2]);
  RowMajor wanted = diagonal(4, 6, {4, 5, 6, 7});
  wanted.col(0).swap(wanted.col(1));
  EXPECT_EQ(a, wanted);
}

}  // namespace
}  // namespace locus
