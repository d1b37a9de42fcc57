// Rules as text whose results are known in closed form: Oja's rule finds the first principal
// component, BCM a fixed point of its threshold, and pairs of spikes change a weight by a window of
// their distance in time.
#include <cmath>
#include <string>
#include <vector>

#include <Eigen/Eigenvalues>
#include <gtest/gtest.h>

#include "sim/model/builder.h"
#include "sim/model/load.h"
#include "tests/support/agreement.h"

namespace locus::local_family {
namespace {

/// All weights of a projection after a run.
std::vector<double> weights_after(const Spec& spec, TransportKind transport, std::size_t projection) {
  const RunResult result = run_with(spec, transport);
  EXPECT_EQ(result.outcomes[0].status, Status::kCompleted) << result.outcomes[0].message;
  return weights_of(result.outcomes[0])[projection];
}

/// Inputs of independent unit noise reach the unit through a fixed matrix M, so that what the unit
/// sees has the covariance M M^T. Oja's weights become its first eigenvector, of norm 1 (Oja 1982).
TEST(Oja, FindsTheFirstPrincipalComponent) {
  const std::vector<double> mixing = {1.2, 0.3, 0.0, 0.1, 0.7, 0.2, -0.4, 0.0, 0.5};
  Model model("oja", 3);
  model.input("in", 3);
  model.rate("mixed", 3);
  model.rate("unit", 1);
  model.connect("in", "mixed", dense(3, 3, mixing), {.plastic = false});
  model.connect("mixed", "unit", normal(0.5));
  model.drawn({DrawnInputOptions{}});
  model.training({.ticks = 200, .updates = 300, .learning_rate = 0.002, .commit = CommitWhen::kEveryTick});
  model.rule(local({.constants = {}, .traces = {}, .changes = {{"activity*(activity*weight - pre)"}}}));
  const Spec spec = model.finish();

  const Eigen::Map<const Eigen::Matrix<double, 3, 3, Eigen::RowMajor>> m(mixing.data());
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> solver(m * m.transpose());
  const Eigen::Vector3d first = solver.eigenvectors().col(2);
  for (const TransportKind transport : kTransports) {
    const std::vector<double> weights = weights_after(spec, transport, 1);
    const Eigen::Map<const Eigen::Vector3d> w(weights.data());
    // noise of the learning rate: some eta times the variance
    EXPECT_NEAR(w.norm(), 1, 0.03) << name(transport);
    EXPECT_NEAR(std::abs(w.normalized().dot(first)), 1, 0.01) << name(transport);
  }
}

/// One input x at every tick: y = w x, theta follows y^2, and w rests where y = theta = 1, with
/// w = 1 / x (Bienenstock, Cooper & Munro 1982).
TEST(Bcm, RestsWhereTheThresholdIsTheActivity) {
  Model model("bcm", 1);
  model.input("in", 1, 0.5);
  model.rate("unit", 1);
  model.connect("in", "unit", constant(1.5));
  model.drawn({});
  model.training({.ticks = 4000, .updates = 1, .learning_rate = 0.02, .commit = CommitWhen::kEveryTick});
  model.rule(local({.constants = {{"rate", 0.1}},
                    .traces = {{"theta", "theta + rate*(activity*activity - theta)", TraceAt::kTarget}},
                    .changes = {{"activity*(theta - activity)*pre"}}}));
  const Spec spec = model.finish();
  for (const TransportKind transport : kTransports)
    EXPECT_NEAR(weights_after(spec, transport, 0)[0], 2, 1e-6) << name(transport);
}

/// The weight after one spike of the source at tick `pre`, and one of the target at tick `post`.
double paired(TransportKind transport, std::int32_t pre, std::int32_t post) {
  constexpr std::int32_t kTicks = 30;
  DenseMatrix input{kTicks, 2, std::vector<double>(2 * kTicks, 0.0)};
  input.values[static_cast<std::size_t>(2 * (pre - 1))] = 1;
  input.values[static_cast<std::size_t>(2 * (post - 1) + 1)] = 1;
  Model model("stdp", 1);
  model.input("pre", 1);
  model.input("drive", 1);
  model.lif("post", 1, {.leak = {.tau_m = 5.0}, .threshold = 1.0});
  model.connect("pre", "post", constant(0));
  model.connect("drive", "post", constant(1.2), {.plastic = false});
  model.recorded({trial(input)});
  model.training({.loss = Loss::kSum, .updates = 1, .learning_rate = 1});
  model.rule(local({.constants = {{"up", 0.8}, {"down", 0.9}, {"a", 0.01}, {"b", 0.012}},
                    .traces = {{"x", "up*x + pre", TraceAt::kSource}, {"y", "down*y + spike", TraceAt::kTarget}},
                    .changes = {{"-a*x", ChangeOn::kPostSpike}, {"b*y", ChangeOn::kPreSpike}}}));
  return weights_after(model.finish(), transport, 0)[0];
}

/// The window of all pairs (Song, Miller & Abbott 2000), in ticks.
TEST(Stdp, IsAWindowOfTheDistanceOfTwoSpikes) {
  for (const TransportKind transport : kTransports) {
    for (std::int32_t distance = -12; distance <= 12; ++distance) {
      const std::int32_t pre = 14;
      const double potentiation = distance >= 0 ? 0.01 * std::pow(0.8, distance) : 0;
      const double depression = distance <= 0 ? 0.012 * std::pow(0.9, -distance) : 0;
      EXPECT_NEAR(paired(transport, pre, pre + distance), potentiation - depression, 1e-15)
          << name(transport) << ", " << distance << " ticks";
    }
  }
}

/// A model that ships with rules of the table beside their texts.
TEST(ShippedTexts, AreTheirRows) {
  const Spec spec = load(LOCUS_MODELS "/rules/written.txtpb");
  ASSERT_EQ(spec.rules.size(), 4U);
  for (const TransportKind transport : kTransports) {
    const RunResult result = run_with(spec, transport);
    for (std::size_t k = 0; k < 4; k += 2) {
      const Outcome& row = result.outcomes[k];
      const Outcome& text = result.outcomes[k + 1];
      EXPECT_TRUE(row.ledger == text.ledger) << row.rule << "\n" << row.ledger << "\n" << text.ledger;
      if (transport == TransportKind::kMailbox) {
        EXPECT_EQ(row.fingerprint, text.fingerprint) << row.rule;
      }
      ASSERT_EQ(row.losses.size(), text.losses.size());
      EXPECT_NEAR(row.losses.back() / text.losses.back(), 1, 1e-9) << name(transport) << ", " << row.rule;
    }
  }
}

TEST(ShippedTexts, BcmRestsAtTwo) {
  for (const TransportKind transport : kTransports)
    EXPECT_NEAR(weights_after(load(LOCUS_MODELS "/rules/bcm.txtpb"), transport, 0)[0], 2, 1e-6) << name(transport);
}

TEST(ShippedTexts, OjaFindsANormOfOne) {
  const std::vector<double> weights = weights_after(load(LOCUS_MODELS "/rules/oja.txtpb"), TransportKind::kBatched, 1);
  double square = 0;
  for (const double weight : weights) square += weight * weight;
  EXPECT_NEAR(std::sqrt(square), 1, 0.05);
}

}  // namespace
}  // namespace locus::local_family
