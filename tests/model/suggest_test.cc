// Distances between names, and the name that was probably meant.
#include "sim/model/suggest.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace locus {
namespace {

TEST(Suggest, DistanceCountsEdits) {
  EXPECT_EQ(edit_distance("", ""), 0);
  EXPECT_EQ(edit_distance("", "abc"), 3);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3);
  EXPECT_EQ(edit_distance("tikcs", "ticks"), 1);  // neighbours swapped
  EXPECT_EQ(edit_distance("TANH", "tanh"), 0);    // letter case does not count
  EXPECT_EQ(edit_distance("abcd", "acbd"), 1);
  // optimal string alignment: a swapped pair is not edited again
  EXPECT_EQ(edit_distance("ca", "abc"), 3);
}

TEST(Suggest, NearestIsNearOrNobody) {
  const std::vector<std::string> names = {"loss", "ticks", "batch", "learning_rate", "x"};
  EXPECT_EQ(nearest("tikcs", names), "ticks");
  EXPECT_EQ(nearest("learningRate", names), "learning_rate");
  EXPECT_EQ(nearest("los", names), "loss");
  EXPECT_EQ(nearest("zebra", names), "");
  EXPECT_EQ(nearest("y", names), "");  // one letter is not similar to another
  EXPECT_EQ(nearest("", names), "");
  EXPECT_EQ(nearest(std::string(100000, 't'), names), "");
  EXPECT_EQ(nearest("abc", {}), "");
}

TEST(Suggest, SaysWhatIsKnownWhereNothingIsNear) {
  const std::vector<std::string> few = {"a1", "b2"};
  EXPECT_EQ(suggestion("zebra", few), "known here: a1, b2");
  EXPECT_EQ(suggestion("a", few), "did you mean \"a1\"?");
  EXPECT_EQ(suggestion("zebra", {}), "");
  const std::vector<std::string> many(20, "name");
  EXPECT_NE(suggestion("zebra", many).find("and 8 more"), std::string::npos);
}

}  // namespace
}  // namespace locus
