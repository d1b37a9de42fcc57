#include "sim/report/text.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace locus {
namespace {

TEST(Human, KeepsWholeNumbersUpTo999) {
  EXPECT_EQ(human(0), "0");
  EXPECT_EQ(human(7), "7");
  EXPECT_EQ(human(999), "999");
}

TEST(Human, SaysThreeDigitsAndAPrefix) {
  EXPECT_EQ(human(7.5), "7.50");
  EXPECT_EQ(human(73.25), "73.2");
  EXPECT_EQ(human(1000), "1.00k");
  EXPECT_EQ(human(12345), "12.3k");
  EXPECT_EQ(human(4.5e6), "4.50M");
  EXPECT_EQ(human(-12345), "-12.3k");
  EXPECT_EQ(human(9.2e18), "9.20E");
}

TEST(Human, NeverShowsAFourthDigitAfterRounding) {
  EXPECT_EQ(human(999.6), "1.00k");
  EXPECT_EQ(human(999960), "1.00M");
  EXPECT_EQ(human(99.96), "100");
}

TEST(Human, StaysShortWhateverTheNumber) {
  for (double number = 1e-320; number < 1e300; number *= 7.3) EXPECT_LE(human(number).size(), 8U) << number;
  EXPECT_EQ(human(std::numeric_limits<double>::quiet_NaN()), "-");
  EXPECT_EQ(human(std::numeric_limits<double>::infinity()), "-");
}

TEST(Human, SaysBytes) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(512), "512 B");
  EXPECT_EQ(human_bytes(12300), "12.3 kB");
  EXPECT_EQ(human_bytes(4.5e9), "4.50 GB");
}

TEST(Human, SaysLosses) {
  EXPECT_EQ(human_loss(0.041234), "0.04123");
  EXPECT_EQ(human_loss(1.23456e-123), "1.235e-123");
  EXPECT_EQ(human_loss(std::nan("")), "-");
}

TEST(Shorten, LeavesWhatFits) { EXPECT_EQ(shorten("bptt", 4), "bptt"); }

TEST(Shorten, TakesTheMiddleOut) {
  EXPECT_EQ(shorten("a_very_long_rule_name", 12), "a_very_..ame");
  EXPECT_EQ(width(shorten("a_very_long_rule_name", 12)), 12U);
}

TEST(Shorten, CountsCharactersNotBytes) {
  EXPECT_EQ(width("\u03bb\u03bb\u03bb"), 3U);
  EXPECT_EQ(shorten("\u03bb\u03bb\u03bb", 3), "\u03bb\u03bb\u03bb");
  EXPECT_EQ(head("\u03bb\u03bb\u03bb", 2), "\u03bb\u03bb");
}

TEST(Wrap, FlowsWords) {
  EXPECT_EQ(wrap("one two three", 2, 0, 8), "one two\n  three\n");
  EXPECT_EQ(wrap("", 2), "");
}

TEST(Wrap, BreaksAWordThatNoLineHolds) { EXPECT_EQ(wrap("abcdefgh", 0, 0, 5), "abcde\nfgh\n"); }

}  // namespace
}  // namespace locus
