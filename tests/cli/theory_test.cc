// locus theory and locus reproduce, called directly: their output and their end.
#include <array>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "tests/cli/invoke.h"

namespace locus {
namespace {

std::string model(const std::string& name) { return std::string(LOCUS_MODELS) + "/" + name + ".txtpb"; }

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t found = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
  return found;
}

TEST(Theory, PrintsModesRulesAndThreeEigenvalues) {
  const Answer said = invoke({"theory", model("student_teacher"), "--json", "--no-simulation", "--rule", "bptt",
                              "--rule", "rflo", "--at", "0.9"});
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(count(said.out, "\"teacher\":{\"a\":1.5,\"b\":1.5,\"w\":0.8}"), 1U);
  EXPECT_EQ(count(said.out, "\"optimum\":{\"s\":0.9,\"trace\":"), 8U);  // 4 modes, 2 rules
  EXPECT_EQ(count(said.out, "{\"re\":"), 24U);
  EXPECT_EQ(count(said.out, "{\"re\":0,\"im\":0}"), 8U);  // along the manifold
  EXPECT_EQ(count(said.out, "\"stable\":true"), 8U);
  EXPECT_EQ(count(said.out, "\n"), 1U);
}

using TheoryOfAFile = InFolder;

/// A student of two neurons and a teacher of one, both constant.
std::string one_neuron_of_rate(const std::string& rate) {
  const auto network = [](const std::string& neurons, const std::string& weight) {
    const std::string weights = " weights { constant { value: " + weight + " } } }\n";
    return "populations { name: \"in\" size: 2 input {} }\npopulations { name: \"rec\" size: " + neurons +
           " rate {} }\npopulations { name: \"out\" size: 1 readout {} }\n"
           "projections { name: \"B\" source: \"in\" target: \"rec\"" +
           weights + "projections { name: \"A\" source: \"rec\" target: \"out\"" + weights;
  };
  return "network {\n" + network("2", "0.5") + "}\ntask { student_teacher { teacher {\n" + network("1", "1") +
         "} } }\ntraining { ticks: 3 batch: 5 learning_rate: " + rate + " }\nrules { name: \"bptt\" bptt {} }\n";
}

void expect_fits_a_screen(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

TEST(Theory, FitsAScreen) {
  expect_fits_a_screen(invoke({"theory", model("unaligned"), "--updates", "5"}).out);
  expect_fits_a_screen(invoke({"theory", model("student_teacher"), "--updates", "5"}).out);
  expect_fits_a_screen(invoke({"theory", model("student_teacher"), "--no-simulation", "--at", "-1.5"}).out);
  const Answer said = invoke({"theory", model("student_teacher"), "--updates", "20", "--rule", "bptt", "--rule", "eprop"});
  ASSERT_EQ(said.code, 0) << said.err;
  expect_fits_a_screen(said.out);
  EXPECT_NE(said.out.find("to (1.5, 1.5, 0.8)"), std::string::npos) << said.out;
  EXPECT_NE(said.out.find("modes couple"), std::string::npos) << said.out;
}

/// The larger the learning rate, the longer the flow: it ends all the same, and says how.
TEST_F(TheoryOfAFile, EndsForAnyLearningRate) {
  struct Large {
    const char* rate;
    bool overshoots, too_long, diverged;
  };
  for (const Large& large :
       {Large{"0.001", false, false, false}, Large{"1e3", true, false, false}, Large{"1e6", true, true, false},
        Large{"1e9", true, true, false}, Large{"1e300", true, true, true}}) {
    const std::string file = this->file("model.txtpb", one_neuron_of_rate(large.rate));
    const Answer said = invoke({"theory", file, "--updates", "2"});
    ASSERT_EQ(said.code, 0) << said.err;
    expect_fits_a_screen(said.out);
    EXPECT_EQ(count(said.out, "overshoots: eta > 0.7") == 1, large.overshoots) << said.out;
    EXPECT_EQ(count(said.out, "too long") == 1, large.too_long) << said.out;
    EXPECT_EQ(count(said.out, "diverged") > 0, large.diverged) << said.out;
    EXPECT_EQ(invoke({"theory", file, "--updates", "2", "--json"}).code, 0);
  }
}

TEST(Theory, RefusesWhatItCannotSpeakOf) {
  const Answer said = invoke({"theory", model("tiny")});
  EXPECT_EQ(said.code, 2);
  EXPECT_NE(said.err.find("the task has no teacher"), std::string::npos) << said.err;
  EXPECT_EQ(invoke({"theory", model("student_teacher"), "--at", "0"}).code, 2);
}

using Reproduce = InFolder;

TEST_F(Reproduce, WritesClaimsAndTheirData) {
  const Answer said = invoke({"reproduce", "rates", "--json", "--out", folder_.string()});
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(said.out.find("{\"claims\":[{\"id\":\"rates\",\"pass\":true,"), 0U) << said.out;
  for (const char* field : {"\"measured\":{", "\"expected\":{", "\"parameters\":{"})
    EXPECT_EQ(count(said.out, field), 1U) << field;
  EXPECT_EQ(text("rates.rates.csv").find("rule,s,trace,determinant,re1,im1,re2,im2,rate\n"), 0U);
  EXPECT_EQ(text("claims.json"), said.out);
}

TEST_F(Reproduce, NamesTheNearestClaim) {
  const Answer said = invoke({"reproduce", "detuor"});
  EXPECT_EQ(said.code, 2);
  EXPECT_NE(said.err.find("did you mean \"detour\"?"), std::string::npos) << said.err;
}

}  // namespace
}  // namespace locus
