// The tree as it stands obeys every check.
#include <ostream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "tests/tidy/checks.h"

namespace locus::tidy {

// found by its argument: what GoogleTest says of a parameter
void PrintTo(const Check& check, std::ostream* stream);
void PrintTo(const Check& check, std::ostream* stream) { *stream << check.name; }

namespace {

class House : public testing::TestWithParam<Check> {};

TEST_P(House, IsTidy) {
  const Tree tree = read_tree(LOCUS_TREE);
  ASSERT_GT(tree.files.size(), 20U) << "this is not the source tree: " << LOCUS_TREE;
  std::ostringstream faults;
  for (const Fault& fault : GetParam().run(tree)) {
    faults << fault.path << ':' << fault.line << ": " << fault.what << '\n';
  }
  EXPECT_EQ(faults.str(), "");
}

INSTANTIATE_TEST_SUITE_P(Every, House, testing::ValuesIn(kChecks),
                         [](const testing::TestParamInfo<Check>& check) { return std::string(check.param.name); });

}  // namespace
}  // namespace locus::tidy
