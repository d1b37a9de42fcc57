// Help, version and the generated documents: an example first, 80 columns, the texts of
// tests/data/golden.
#include "sim/cli/help.h"

#include <gtest/gtest.h>

#include "core/base/level.h"
#include "core/protocol/declaration.h"
#include "sim/cli/command.h"
#include "sim/cli/rule_text.h"
#include "sim/report/version.h"
#include "tests/cli/invoke.h"
#include "tests/support/golden_text.h"

namespace locus {
namespace {

TEST(Help, OfEveryCommandIsGolden) {
  for (const Command* command : commands()) {
    const std::string name(command->name);
    const Answer answer = invoke({name, "--help"});
    EXPECT_EQ(answer.code, 0);
    EXPECT_EQ(answer.err, "");
    expect_golden("help_" + name + ".txt", answer.out);
    EXPECT_EQ(invoke({name, "-h"}).out, answer.out);
    EXPECT_EQ(invoke({"help", name}).out, answer.out);
    EXPECT_EQ(invoke({name, "nothere", "--wrong", "--help"}).out, answer.out);
  }
}

TEST(Help, ShowsARunnableExampleFirstAndFits) {
  for (const Command* command : commands()) {
    const std::string text = help_of(*command);
    EXPECT_EQ(text.find("example:\n  locus " + std::string(command->name)), 0U) << text;
    expect_fits(text);
  }
  expect_fits(overview());
}

TEST(Help, OverviewIsGolden) {
  EXPECT_EQ(invoke({"--help"}).out, overview());
  EXPECT_EQ(invoke({"help"}).out, overview());
  expect_golden("help.txt", overview());
}

TEST(Help, WithoutACommandIsAnError) {
  const Answer answer = invoke({});
  EXPECT_EQ(answer.code, code_of(Exit::kUsage));
  EXPECT_EQ(answer.out, "");
  EXPECT_EQ(answer.err, overview());
}

TEST(Version, SaysVersionCommitAndBuild) {
  const Answer answer = invoke({"--version"});
  EXPECT_EQ(answer.code, 0);
  for (const std::string_view part : {version(), commit(), build_type(), level()}) {
    EXPECT_NE(answer.out.find(part), std::string::npos) << answer.out;
  }
}

TEST(Rules, EveryRuleFitsAndNamesItsChannels) {
  for (const Rule& rule : kRules) {
    const Answer answer = invoke({"rules", std::string(rule.name)});
    EXPECT_EQ(answer.code, 0);
    EXPECT_EQ(answer.out, text_of(rule));
    expect_fits(answer.out);
    for (const Channel channel : channels_of(rule)) EXPECT_NE(answer.out.find(name(channel)), std::string::npos);
  }
}

TEST(Rules, AllTogetherAreGolden) {
  const Answer answer = invoke({"rules"});
  EXPECT_EQ(answer.code, 0);
  expect_golden("rules.txt", answer.out);
}

TEST(Rules, TakeAShortFormWithItsArguments) {
  EXPECT_EQ(invoke({"rules", "tbptt:4:2"}).out, invoke({"rules", "tbptt"}).out);
  EXPECT_EQ(invoke({"rules", "rflo:0.5"}).out, invoke({"rules", "rflo"}).out);
}

TEST(Docs, NameEveryCommandOptionRuleAndExitCode) {
  const std::string cli = invoke({"help", "--markdown"}).out;
  for (const Command* command : commands())
    EXPECT_NE(cli.find("## `locus " + std::string(command->name) + "`"), std::string::npos);
  for (const char* part : {"`--rule NAME`", "`--transport KIND`", "| 130 |", "| 70 |"})
    EXPECT_NE(cli.find(part), std::string::npos) << part;
  const std::string rules = invoke({"rules", "--markdown"}).out;
  for (const Rule& rule : kRules) EXPECT_NE(rules.find("## `" + std::string(rule.name)), std::string::npos);
}

}  // namespace
}  // namespace locus
