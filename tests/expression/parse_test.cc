// The parser: what expressions mean, and what is said of those that mean nothing.
#include "core/expression/parse.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "core/expression/evaluate.h"

namespace locus::parse_test {
namespace {

/// Leaves x, y and z are 0, 1 and 2.
std::variant<std::int32_t, ExpressionFault> parsed(std::string_view text, Tree& tree) {
  return parse_expression(
      text,
      [&](std::string_view name) -> std::variant<std::int32_t, ExpressionFault> {
        if (name.size() == 1 && name[0] >= 'x' && name[0] <= 'z') return tree.leaf(Leaf::kTrace, name[0] - 'x');
        return ExpressionFault{1, 1, "has the unknown name \"" + std::string(name) + "\"", "names are x, y, z"};
      },
      tree);
}

double value(std::string_view text, double x = 0, double y = 0, double z = 0) {
  Tree tree;
  const auto root = parsed(text, tree);
  if (const auto* fault = std::get_if<ExpressionFault>(&root)) {
    ADD_FAILURE() << text << ": " << fault->found;
    return 0;
  }
  const double values[] = {x, y, z};
  return evaluate<double>(tree, std::get<std::int32_t>(root), [&](const Node& leaf) { return values[leaf.index]; });
}

std::string fault_of(std::string_view text) {
  Tree tree;
  const auto root = parsed(text, tree);
  const auto* fault = std::get_if<ExpressionFault>(&root);
  if (fault == nullptr) return "none";
  return std::to_string(fault->line) + ":" + std::to_string(fault->column) + " " + fault->found + "; " + fault->allowed;
}

TEST(Expressions, MeanWhatMathematicsMeans) {
  EXPECT_EQ(value("1 + 2*3"), 7);
  EXPECT_EQ(value("(1 + 2)*3"), 9);
  EXPECT_EQ(value("8 - 4 - 2"), 2);
  EXPECT_EQ(value("8/4/2"), 1);
  EXPECT_EQ(value("8/4*2"), 4);
  EXPECT_EQ(value("-x*y", 2, 3), -6);
  EXPECT_EQ(value("--x", 2), 2);
  EXPECT_EQ(value("2*-x", 3), -6);
  EXPECT_EQ(value("x - -y", 1, 2), 3);
  EXPECT_EQ(value(".5 + 1e-1 + 2.5E+1"), .5 + 1e-1 + 25);
  EXPECT_EQ(value("x\n + \ty", 1, 2), 3);
}

TEST(Expressions, HaveFunctions) {
  EXPECT_EQ(value("exp(x)", 1.5), std::exp(1.5));
  EXPECT_EQ(value("tanh(x)", 0.3), std::tanh(0.3));
  EXPECT_EQ(value("sqrt(x)", 2), std::sqrt(2.0));
  EXPECT_EQ(value("abs(x)", -2), 2);
  EXPECT_EQ(value("sign(x) + 10*sign(y) + 100*sign(z)", -3, 0, 4), -1 + 100);
  EXPECT_EQ(value("step(x) + 10*step(y) + 100*step(z)", -3, 0, 4), 100);
  EXPECT_EQ(value("min(x, y) + 10*max(x, y)", 2, 3), 32);
  EXPECT_EQ(value("clip(x, y, z)", 5, 1, 3), 3);
  EXPECT_EQ(value("clip(x, y, z)", -5, 1, 3), 1);
  EXPECT_EQ(value("clip(x, y, z)", 2, 1, 3), 2);
}

TEST(Expressions, SayWhereAndWhatIsWrong) {
  EXPECT_EQ(fault_of("x + q"), "1:5 has the unknown name \"q\"; names are x, y, z");
  EXPECT_EQ(fault_of("x +\n  y * q"), "2:7 has the unknown name \"q\"; names are x, y, z");
  EXPECT_EQ(fault_of(""), "1:1 ends where a value must stand; values are numbers, names, functions and parentheses");
  EXPECT_EQ(fault_of("x +"), "1:4 ends where a value must stand; values are numbers, names, functions and parentheses");
  EXPECT_EQ(fault_of("(x"), "1:3 ends without \")\"; ");
  EXPECT_EQ(fault_of("x)"), "1:2 has an unexpected \")\"; operators are + - * /, and parentheses");
  EXPECT_EQ(fault_of("x y"), "1:3 has an unexpected \"y\"; operators are + - * /, and parentheses");
  EXPECT_EQ(fault_of("x^2"), "1:2 has the unknown operator \"^\"; write x*x");
  EXPECT_EQ(fault_of("x**2"), "1:2 has the unknown operator \"**\"; write x*x");
  EXPECT_EQ(fault_of("x > 0"), "1:3 has the unknown operator \">\"; step(x) is 1 where x > 0, else 0");
  EXPECT_EQ(fault_of("2x"), "1:2 has a name right after a number; write * between them");
  EXPECT_EQ(fault_of("exp"), "1:1 has the function \"exp\" without arguments; write exp(...)");
  EXPECT_EQ(fault_of("exp(x, y)"), "1:1 exp has 2 arguments; must have 1");
  EXPECT_EQ(fault_of("clip(x)"), "1:1 clip has 1 arguments; must have 3");
  EXPECT_EQ(fault_of("f(x)"),
            "1:1 calls \"f\", which is no function; functions are exp, tanh, abs, sign, step, sqrt, min, max, clip");
  EXPECT_EQ(fault_of("1e999"), "1:1 has a number that is not finite or not whole; ");
  EXPECT_EQ(
      fault_of("x[t-3]"),
      "1:2 asks for \"x\" of another place or tick, which has no name; another neuron's would need GATHER or INFLUENCE, "
      "violations in space; an earlier tick's a replay over AXON with a lag, a violation in time; a trace keeps what it "
      "needs of the past");
}

TEST(Expressions, AreBounded) {
  EXPECT_EQ(fault_of(std::string(kMostCharacters + 1, 'x')), "1:1 has 2001 characters; must have at most 2000");
  const std::string deep = std::string(kMostDepth, '(') + "x" + std::string(kMostDepth, ')');
  EXPECT_NE(fault_of(deep).find("is nested too deeply"), std::string::npos);
  EXPECT_NE(fault_of(std::string(300, '-') + "x").find("is nested too deeply"), std::string::npos);
  const std::string fine = std::string(kMostDepth - 1, '(') + "x" + std::string(kMostDepth - 1, ')');
  EXPECT_EQ(fault_of(fine), "none");
}

TEST(Expressions, ThatAreEqualAreOneNode) {
  Tree tree;
  const auto one = std::get<std::int32_t>(parsed("x*y + x*y", tree));
  EXPECT_EQ(tree[one].arguments[0], tree[one].arguments[1]);
  EXPECT_EQ(tree.size(), 4);
  EXPECT_NE(tree.number(0.0), tree.number(-0.0));
}

}  // namespace
}  // namespace locus::parse_test
