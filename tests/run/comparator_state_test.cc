// A comparison is a function of weights, data and the state that the run carries: nothing of an
// earlier one is left, also after one whose numbers were not finite.
#include <algorithm>
#include <limits>

#include <gtest/gtest.h>

#include "sim/model/wire.h"
#include "sim/run/comparator.h"
#include "sim/run/run.h"
#include "sim/run/workers.h"
#include "tests/support/agreement.h"
#include "tests/support/random_model.h"
#include "tests/support/spiking_model.h"

namespace locus {
namespace {

/// The weights before the first update.
std::vector<std::vector<double>> first_weights(Spec spec) {
  std::vector<std::vector<double>> weights;
  spec.compare.reset();
  spec.training.updates = 1;
  run(spec, {.threads = 1, .watch = [&](const Moment& moment) {
               if (moment.present != nullptr && weights.empty()) weights = moment.state().weights;
             }});
  return weights;
}

bool same(const Comparisons& a, const Comparisons& b) {
  const auto equal = [](const Alignment& one, const Alignment& other) {
    return one.rule == other.rule && one.with == other.with && one.projection == other.projection &&
           one.cosine == other.cosine && one.norm_ratio == other.norm_ratio && one.sign_agreement == other.sign_agreement;
  };
  return std::ranges::equal(a.alignment, b.alignment, equal);
}

void expect_nothing_left(Spec spec, const std::string& what) {
  spec.compare = CompareSpec{1, {}, 1, false};
  if (compared_rules(spec).empty()) return;
  const std::vector<std::vector<double>> weights = first_weights(spec);
  const Topology topology = topology_of(spec);
  Workers workers(1);
  const RuleSpec& run =
      *std::ranges::find_if(spec.rules, [](const RuleSpec& rule) { return rule.kind != RuleKind::kNone; });
  Comparator comparator(spec, topology, run, workers.executor());
  Comparisons first;
  comparator.measure({weights, {}, {}}, 0, first);
  ASSERT_FALSE(first.alignment.empty()) << what;
  for (const double factor : {-3.0, 1e200, std::numeric_limits<double>::infinity()}) {
    std::vector<std::vector<double>> others = weights;
    for (std::vector<double>& projection : others) {
      for (double& weight : projection) weight = weight == 0 ? factor : weight * factor;
    }
    Comparisons between;
    comparator.measure({others, {}, {}}, 1, between);
    Comparisons again;
    comparator.measure({weights, {}, {}}, 0, again);
    EXPECT_TRUE(same(first, again)) << what << ", after weights times " << factor;
  }
}

TEST(ComparatorState, IsThatOfOneComparison) {
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    const Spec spec = odd_model(seed);
    expect_nothing_left(spec, describe(spec));
    expect_nothing_left(with_delays(spec, seed), "with delays, " + describe(spec));
    expect_nothing_left(with_uneven_trials(spec, seed), "uneven, " + describe(spec));
    Spec carries = spec;
    carries.training.carry_state = true;
    expect_nothing_left(carries, "carries its state, " + describe(spec));
  }
  for (std::uint64_t seed = 1; seed <= 16; ++seed)
    expect_nothing_left(odd_spiking_model(seed), "spiking model " + std::to_string(seed));
}

}  // namespace
}  // namespace locus
