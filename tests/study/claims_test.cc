// The claims of the paper in their quick size, as `locus reproduce` measures them; and a claim that
// fails.
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "sim/study/claim.h"

namespace locus {
namespace {

class Claims : public testing::TestWithParam<Claim> {};

TEST_P(Claims, Hold) {
  const Evidence evidence = GetParam().measure({});
  EXPECT_FALSE(evidence.parameters.empty()) << "a claim states what it was measured with";
  const auto decides = [](const Check& check) { return check.relation != Relation::kReported; };
  EXPECT_TRUE(std::ranges::any_of(evidence.checks, decides)) << "a claim without a bound cannot fail";
  std::set<std::string> names;
  for (const Check& check : evidence.checks) {
    EXPECT_TRUE(holds(check)) << check.what << ": measured " << check.measured << ", expected " << check.expected
                              << " +- " << check.tolerance;
    EXPECT_TRUE(names.insert(check.what).second) << check.what << " twice";
  }
  for (const Table& table : evidence.tables) {
    EXPECT_FALSE(table.rows.empty()) << table.name;
    for (const auto& row : table.rows) ASSERT_EQ(row.size(), table.columns.size()) << table.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Paper, Claims, testing::ValuesIn(claims().begin(), claims().end()), [](const auto& test) {
  std::string id(test.param.id);
  std::ranges::replace(id, '-', '_');
  return id;
});

TEST(Check, HoldsOnlyWithinItsBound) {
  constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(holds({"", 1, Relation::kAtMost, 1}));
  EXPECT_FALSE(holds({"", std::nextafter(1, 2), Relation::kAtMost, 1}));
  EXPECT_TRUE(holds({"", 1, Relation::kAtLeast, 1}));
  EXPECT_FALSE(holds({"", std::nextafter(1, 0), Relation::kAtLeast, 1}));
  EXPECT_TRUE(holds({"", 1.25, Relation::kNear, 1, 0.25}));
  EXPECT_FALSE(holds({"", 1.26, Relation::kNear, 1, 0.25}));
  for (const Relation relation : {Relation::kAtMost, Relation::kAtLeast, Relation::kNear})
    EXPECT_FALSE(holds({"", kNothing, relation, 1, 1}));
  Evidence evidence;
  evidence.at_most("fine", 0, 1);
  EXPECT_TRUE(evidence.holds());
  evidence.at_most("not", 2, 1);
  EXPECT_FALSE(evidence.holds());
}

TEST(Check, CsvReadsBackToTheSameBits) {
  const Table table = {"t", {"name", "x"}, {{std::string("a"), 0.1}, {std::string("b"), 1.0 / 3}}};
  const std::string text = csv(table);
  EXPECT_EQ(text, "name,x\na,0.1\nb,0.3333333333333333\n");
  EXPECT_EQ(std::stod(text.substr(text.rfind(',') + 1)), 1.0 / 3);
}

}  // namespace
}  // namespace locus
