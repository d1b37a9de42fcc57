// The reasons for which a plan takes a way are those of the table in docs/architecture.md: each
// reason that some plan gives stands in the row of its way, and each that stands there is given.
#include <cctype>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "core/plan/plan.h"
#include "core/protocol/rule.h"
#include "tests/plan/three_layers.h"

namespace locus {
namespace {

using Reasons = std::map<std::string, std::set<std::string>>;  // by the name of the way

/// "FusedWay".
std::string struct_of(Way way) {
  std::string text(name(way));
  text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text + "Way";
}

void add_plans(const Topology& topology, const Horizon& horizon, Reasons& reasons) {
  for (const Rule& rule : kRules) {
    for (const bool plain : {true, false}) {
      Learning learning{.kind = rule.kind, .depth = 5, .stride = 5};
      if (!plain) learning.optimizer.adam = Optimizer::Adam{};
      for (const ProjectionPlan& own : plan_of(topology, learning, horizon, {.lanes = 3}).projections)
        reasons[struct_of(own.learns)].emplace(own.why);
    }
  }
  Learning written{.kind = RuleKind::kLocal};
  written.local = compile_local({.constants = {}, .traces = {}, .changes = {{"activity*pre"}}}).rule;
  for (const ProjectionPlan& own : plan_of(topology, written, horizon, {.lanes = 3}).projections)
    reasons[struct_of(own.learns)].emplace(own.why);
}

/// Of plans over every rule, gain, commit and room for tapes.
Reasons given() {
  Reasons reasons;
  for (const bool identity : {true, false}) {
    for (const bool leaky : {true, false}) {
      for (const bool spiking : {true, false}) {
        for (const bool every_tick : {true, false}) {
          for (const std::int64_t floor : {std::int64_t{0}, std::int64_t{1} << 26}) {
            Topology topology = three_layers({}, identity && !spiking, spiking, leaky);
            topology.projections[0].plastic = floor == 0;
            add_plans(topology,
                      {.trial = {.ticks = 50, .window = 50, .commits_every_tick = every_tick}, .tape_floor = floor},
                      reasons);
          }
        }
      }
    }
  }
  return reasons;
}

/// The second cell of each row of the table, cut at its semicolons.
Reasons written() {
  Reasons reasons;
  std::ifstream page(LOCUS_TREE "/docs/architecture.md");
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("| `") || line.find("Way` | ") == std::string::npos) continue;
    const std::size_t name_end = line.find('`', 3);
    const std::size_t begin = line.find("| ", name_end) + 2;
    std::istringstream cell(line.substr(begin, line.find(" |", begin) - begin));
    for (std::string reason; std::getline(cell, reason, ';');)
      reasons[line.substr(3, name_end - 3)].insert(reason.substr(reason.find_first_not_of(' ')));
  }
  return reasons;
}

TEST(Reasons, OfWaysAreThoseOfTheTable) {
  const Reasons from_page = written();
  EXPECT_EQ(from_page.size(), 8U);
  EXPECT_EQ(from_page, given());
}

}  // namespace
}  // namespace locus
