// The tree of a sum over grains, against its definition written out with strings, and its nodes.
#include "core/base/tree.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace locus {
namespace {

/// The tree over the grains [first, first + count) in brackets: the left half takes the odd one.
std::string brackets(int first, int count) {
  if (count == 1) return std::to_string(first);
  const int left = count - count / 2;
  return "(" + brackets(first, left) + "+" + brackets(first + left, count / 2) + ")";
}

TEST(Tree, IsHalvedAndTheLeftHalfTakesTheOddOne) {
  EXPECT_EQ(brackets(0, 5), "(((0+1)+2)+(3+4))");
  for (int count = 1; count <= 40; ++count) {
    // a vector of one "number", whose += writes a bracket
    struct Text {
      std::string text;
      Text& operator+=(const Text& other) {
        text = "(" + text + "+" + other.text + ")";
        return *this;
      }
    };
    std::vector<Text> vectors(static_cast<std::size_t>(tree_depth(count)));
    Text to;
    sum_tree(0, count, 1, vectors.data(), &to,
             [](std::int32_t grain, Text* vector) { vector->text = std::to_string(grain); });
    EXPECT_EQ(to.text, brackets(0, count));
    std::vector<Text> leaves;
    for (int grain = 0; grain < count; ++grain) leaves.push_back({std::to_string(grain)});
    add_tree_in_place(0, count, 1, leaves.data());
    EXPECT_EQ(leaves.front().text, brackets(0, count));
  }
}

TEST(Tree, DepthIsThatOfTheLongestBracket) {
  EXPECT_EQ(tree_depth(1), 0);
  EXPECT_EQ(tree_depth(2), 1);
  EXPECT_EQ(tree_depth(3), 2);
  EXPECT_EQ(tree_depth(8), 3);
  EXPECT_EQ(tree_depth(9), 4);
}

/// Where the tree is cut anywhere, the nodes of both parts are whole brackets of it, and give it
/// back.
TEST(Tree, NodesOfConsecutivePartsMakeTheWhole) {
  for (int count = 1; count <= 33; ++count) {
    const std::string whole = brackets(0, count);
    for (int cut = 0; cut <= count; ++cut) {
      std::vector<std::pair<int, int>> nodes;
      const auto visit = [&](std::int32_t first, std::int32_t last) { nodes.emplace_back(first, last); };
      each_node_within(0, count, 0, cut, visit);
      const std::size_t left = nodes.size();
      each_node_within(0, count, cut, count, visit);
      int next = 0;
      for (const auto& [first, last] : nodes) {
        EXPECT_EQ(first, next) << "nodes follow each other";
        EXPECT_NE(whole.find(brackets(first, last - first)), std::string::npos);
        next = last;
      }
      EXPECT_EQ(next, count);
      EXPECT_LE(left, 6U);
      if (cut == middle_of(0, count) && count > 1) {
        EXPECT_EQ(nodes.size(), 2U) << "one node each";
      }
    }
  }
}

TEST(Grains, AreWholeButTheLast) {
  const Grains grains{1000};
  EXPECT_EQ(grains.count(), 3);
  EXPECT_EQ(grains.begin(2), 768);
  EXPECT_EQ(grains.size(2), 232);
  EXPECT_EQ(grains.begin(3), 1000);
  EXPECT_EQ(Grains{384}.count(), 1);
  EXPECT_EQ(Grains{384 + 31}.count(), 1) << "a few more are of the same grain";
  EXPECT_EQ(Grains{384 + 31}.size(0), 415);
  EXPECT_EQ(Grains{384 + 32}.count(), 2);
  EXPECT_EQ(Grains{384 + 32}.size(1), 32);
  EXPECT_EQ(Grains{0}.count(), 0);
}

}  // namespace
}  // namespace locus
