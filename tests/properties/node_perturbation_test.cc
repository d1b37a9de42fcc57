// Node perturbation follows the gradient: over many draws of noise, its mean change is that of
// backpropagation through the same noisy trials.
//
// With currents u + xi of a linear network and a quadratic loss, E[(L - c) xi_i(t) pre_j(t)] =
// sigma^2 E[dL/du_i(t) pre_j(t)] for any sigma and c (Stein's lemma), summed over ticks the mean
// gradient. Both rules see the same noise, since it is a function of trial and tick; so the mean of
// their difference is 0. It is tested by Student's t over groups of trials, for all synapses: the
// bound of 7 at 63 degrees of freedom has a false-alarm rate below 1e-6 for 24 synapses.
#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "sim/model/builder.h"
#include "sim/model/load.h"
#include "sim/run/session.h"

namespace locus::node_perturbation {
namespace {

constexpr int kGroups = 64;
constexpr double kBound = 7;
constexpr double kRate = 1e-7;  // weights as good as stay

Spec linear_model(double stddev) {
  Model model("linear", 9);
  model.input("in", 2);
  model.rate("rec", 4, {.leak = 0.5, .noise = NoiseSpec{.stddev = stddev}});
  model.readout("out", 1);
  model.connect("in", "rec", gaussian(1));
  model.connect("rec", "rec", gaussian(0.8));
  model.connect("rec", "out", gaussian(1), {.plastic = false});
  const DenseMatrix input{4, 2, {1, 0.5, -0.5, 1, 0.25, -1, 1, 0.75}};
  model.recorded({trial(input, DenseMatrix{4, 1, {0.5, -1, 1, 2}})});
  model.training({.loss = Loss::kSequence, .batch = 256, .updates = kGroups, .learning_rate = kRate});
  model.rule(bptt());
  return model.finish();
}

/// Delta of all plastic synapses, by group of trials, and the mean loss.
struct Course {
  std::vector<std::vector<double>> changes;
  double loss = 0;
};

Course course_of(const Spec& spec, const RuleSpec& rule) {
  Session net(spec, rule);
  const auto weights = [&] {
    std::vector<double> all;
    for (const char* projection : {"in-rec", "rec-rec"}) {
      const ProjectionWeights own = net.weights(projection);
      const auto& dense = std::get<DenseMatrix>(own.matrix).values;
      all.insert(all.end(), dense.begin(), dense.end());
    }
    return all;
  };
  Course course;
  std::vector<double> before = weights();
  for (int group = 0; group < kGroups; ++group) {
    EXPECT_TRUE(net.update());
    const std::vector<double> after = weights();
    std::vector<double> change;
    for (std::size_t k = 0; k < after.size(); ++k) change.push_back((before[k] - after[k]) / kRate);
    course.changes.push_back(change);
    before = after;
  }
  course.loss = std::accumulate(net.losses().begin(), net.losses().end(), 0.0) / kGroups;
  return course;
}

/// The largest |t| over synapses of factor * one - other.
double largest_t(const Course& one, const Course& other, double factor) {
  double largest = 0;
  for (std::size_t k = 0; k < one.changes[0].size(); ++k) {
    double sum = 0, squares = 0;
    for (std::size_t group = 0; group < kGroups; ++group) {
      const double difference = factor * one.changes[group][k] - other.changes[group][k];
      sum += difference;
      squares += difference * difference;
    }
    const double mean = sum / kGroups;
    const double variance = (squares / kGroups - mean * mean) * kGroups / (kGroups - 1);
    largest = std::max(largest, std::abs(mean) / std::sqrt(variance / kGroups));
  }
  return largest;
}

RuleSpec perturbation(double stddev, double mean) {
  RuleSpec rule = load(LOCUS_MODELS "/rules/node_perturbation.txtpb").rules[0];
  for (ConstantText& constant : rule.local.constants) constant.value = constant.name == "mean" ? mean : stddev * stddev;
  return rule;
}

TEST(NodePerturbation, HasTheGradientAsItsMean) {
  for (const double stddev : {0.05, 0.3, 1.0}) {
    const Spec spec = linear_model(stddev);
    const Course exact = course_of(spec, spec.rules[0]);
    const Course noisy = course_of(spec, perturbation(stddev, exact.loss));
    EXPECT_LT(largest_t(noisy, exact, 1), kBound) << "stddev " << stddev;
    EXPECT_GT(largest_t(noisy, exact, 1.5), kBound) << "a gradient that is half too long is noticed";
  }
}

/// Any baseline gives the same mean, with more scatter.
TEST(NodePerturbation, HasTheSameMeanWithoutABaseline) {
  const Spec spec = linear_model(0.3);
  const Course exact = course_of(spec, spec.rules[0]);
  EXPECT_LT(largest_t(course_of(spec, perturbation(0.3, 0)), exact, 1), kBound);
}

}  // namespace
}  // namespace locus::node_perturbation
