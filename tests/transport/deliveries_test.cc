// The deliveries of a transport and the rows of the table of phases are one vocabulary: together
// the deliveries stand for every row, and a run delivers what it selects.
#include <array>
#include <initializer_list>
#include <set>
#include <tuple>
#include <type_traits>

#include <gtest/gtest.h>

#include "core/protocol/declaration.h"
#include "core/protocol/phase_set.h"
#include "core/transport/phases.h"

namespace locus {
namespace {

/// Calls visit(rows) for each delivery of a list.
template <class List, class Visit>
void each_delivery(Visit visit) {
  [&]<std::size_t... kDelivery>(std::index_sequence<kDelivery...>) {
    (visit(std::tuple_element_t<kDelivery, List>::rows), ...);
  }
  (std::make_index_sequence<std::tuple_size_v<List>>{});
}

std::set<Phase> all_rows() {
  std::set<Phase> all;
  for (const PhaseRow& row : kPhaseTable) all.insert(row.phase);
  return all;
}

TEST(Deliveries, StandForEveryRowOfTheTable) {
  // RTRL's and UORO's are in core/nonlocal
  std::set<Phase> rows = {Phase::kInfluence,     Phase::kSensitivityPost, Phase::kGather, Phase::kAxonFactor,
                          Phase::kFactorCurrent, Phase::kReduce,          Phase::kScales};
  each_delivery<phase::All<double>>([&](const auto& of_one) {
    EXPECT_FALSE(of_one.empty());
    for (const Phase row : of_one)
      EXPECT_TRUE(rows.insert(row).second || row == Phase::kTarget || row == Phase::kWeightedTarget) << "of two deliveries";
  });
  EXPECT_EQ(rows, all_rows());
}

TEST(Deliveries, FuseRowsOfOthers) {
  const PhaseSet swept(phase::BackStages<double>::rows);
  for (const Phase row : {Phase::kAdjoint, Phase::kReplayB, Phase::kReplayW, Phase::kPostBack, Phase::kTransportW})
    EXPECT_TRUE(swept.holds(row));
  EXPECT_FALSE(swept.holds(Phase::kTransportAToAgent));
  const PhaseSet compared(phase::Comparisons<double>::rows);
  for (const Phase row : {Phase::kTarget, Phase::kReadoutPost, Phase::kTransportAToNeuron, Phase::kFeedback})
    EXPECT_TRUE(compared.holds(row));
  EXPECT_FALSE(compared.holds(Phase::kPost));
}

/// By hand from the definitions of the rules (docs/rules.md).
TEST(Deliveries, AreSelectedByTheRule) {
  using Errors = phase::Errors<double>;
  using Adjoints = phase::Adjoints<double>;
  const auto selected = [](RuleKind kind) {
    return selected_phases(selection_of({.kind = kind, .depth = 2, .stride = 2}, {.ticks = 4}));
  };
  for (const Rule& rule : kRules) {
    const PhaseSet phases = selected(rule.kind);
    const bool learns = rule.name != "none";
    const bool sweeps = rule.name == "bptt" || rule.name == "tbptt";
    const bool eprop = rule.name == "eprop" || rule.name == "eprop:random";
    EXPECT_TRUE(selects<phase::Axons>(phases)) << rule.name;
    EXPECT_EQ(selects<Errors>(phases), learns) << rule.name;
    EXPECT_EQ(selects<phase::Targets<double>>(phases), learns) << rule.name;
    EXPECT_EQ(selects<Adjoints>(phases), sweeps) << rule.name;
    EXPECT_EQ(selects<phase::Replays>(phases), sweeps) << rule.name;
    EXPECT_EQ(selects<phase::OwnWeights>(phases), eprop) << rule.name;
    EXPECT_EQ(selects<phase::Posts>(phases), eprop || rule.name == "rflo") << rule.name;
    EXPECT_EQ(selects<phase::Feedbacks>(phases), rule.name == "rflo" || rule.name == "eprop:random") << rule.name;
    EXPECT_EQ(phases.holds(Phase::kInfluence), rule.name.starts_with("rtrl")) << rule.name;
    EXPECT_FALSE(selects<phase::RateErrors>(phases)) << rule.name << " has no firing-rate target";
    EXPECT_FALSE(selects<phase::Squares<double>>(phases)) << rule.name << " bounds no norm";
  }
  Learning bounded{.kind = RuleKind::kEprop, .firing_rate = FiringRate{}};
  bounded.optimizer.norm = 1;
  const PhaseSet phases = selected_phases(selection_of(bounded, {.ticks = 4}));
  EXPECT_TRUE(selects<phase::RateErrors>(phases));
  EXPECT_TRUE(selects<phase::Squares<double>>(phases));
  EXPECT_TRUE(selects<phase::Factors<double>>(phases));
}

TEST(Deliveries, OfAnEvaluationCompareAndTeachNobody) {
  const PhaseSet shown = selected_phases(selection_of_evaluation({.ticks = 4, .classes = true}));
  EXPECT_TRUE(selects<phase::Axons>(shown));
  EXPECT_TRUE(selects<phase::Classes<double>>(shown));
  EXPECT_TRUE(shown.holds(Phase::kNorm));
  EXPECT_FALSE(selects<phase::Errors<double>>(shown));
  EXPECT_FALSE(selected_phases(selection_of_evaluation({.ticks = 4})).holds(Phase::kNorm));
}

}  // namespace
}  // namespace locus
