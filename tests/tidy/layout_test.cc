// The checks of headers and of what lies where flag what they are for; and the reader of text that
// they all stand on.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/tidy/checks.h"
#include "tests/tidy/flagged.h"

namespace locus::tidy {
namespace {

using Paths = std::vector<std::string>;

/// The paths of the faults that a check finds, each once.
Paths flagged_paths(Faults (*check)(const Tree&), const Texts& texts) {
  Paths paths;
  for (const Fault& fault : check(tree_of(texts))) paths.push_back(fault.path);
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

TEST(Headers, BeginWithACommentAndAreIncludedOnce) {
  EXPECT_EQ(flagged_paths(check_headers, {{"core/base/a.h", "// A: what it is.\n#pragma once\n"}}), Paths{});
  EXPECT_EQ(flagged_paths(check_headers, {{"core/base/a.h", "#pragma once\n// Too late.\n"}}), Paths{"core/base/a.h"});
  EXPECT_EQ(flagged_paths(check_headers, {{"core/base/a.h", "// A.\n// #pragma once\n"}}), Paths{"core/base/a.h"});
  EXPECT_EQ(flagged_paths(check_headers, {{"core/base/a.h", "// A.\n#pragma once\nusing namespace std;\n"}}),
            Paths{"core/base/a.h"});
  EXPECT_EQ(flagged_paths(check_headers, {{"core/base/a.h", ""}}), Paths{"core/base/a.h"});
  EXPECT_EQ(flagged_paths(check_headers, {{"core/base/a.cc", "using namespace std;\n"}}), Paths{});
}

TEST(TopLevel, HoldsWhatTheHouseNames) {
  Tree tree;
  tree.top_entries = {".ci",          ".git",     "core",  "docs",    "README.md",
                      "CHANGELOG.md", "examples", "cmake", "scripts", "main.cc"};
  Paths paths;
  for (const Fault& fault : check_top_level(tree)) paths.push_back(fault.path);
  EXPECT_EQ(paths, (Paths{"cmake", "scripts", "main.cc"}));
}

TEST(Places, AreThoseThatTargetsTakeSourcesFrom) {
  const std::pair<std::string, std::string> cmake = {"core/CMakeLists.txt",
                                                     "locus_layer(core/base SEES x)\nlocus_layer(core/wire)\n"};
  EXPECT_EQ(flagged_paths(check_places, {cmake, {"core/base/a.cc", ""}, {"core/wire/a.h", ""}}), Paths{});
  EXPECT_EQ(flagged_paths(check_places, {cmake, {"core/cellar/a.cc", ""}}), Paths{"core/cellar/a.cc"});
  EXPECT_EQ(flagged_paths(check_places, {cmake, {"core/bas/a.cc", ""}}), Paths{"core/bas/a.cc"});
  EXPECT_EQ(flagged_paths(check_places, {cmake, {"core/a.cc", ""}, {"core/base/deep/a.cc", ""}}),
            (Paths{"core/a.cc", "core/base/deep/a.cc"}));
  EXPECT_EQ(flagged_paths(check_places, {{"sim/run/a.cc", ""}}), Paths{"sim/run/a.cc"});
  EXPECT_EQ(
      flagged_paths(check_places, {{"tests/run/a_test.cc", ""}, {"tests/run/help.cc", ""}, {"tests/support/a.cc", ""}}),
      Paths{});
  EXPECT_EQ(flagged_paths(check_places, {{"tests/run/help.cc", ""}}), Paths{"tests/run/help.cc"});
  EXPECT_EQ(flagged_paths(check_places, {{"tests/fuzz/a_fuzz.cc", ""}, {"tests/fuzz/a.cc", ""}}), Paths{"tests/fuzz/a.cc"});
  EXPECT_EQ(flagged_paths(check_places, {{"models/a.cc", ""}}), Paths{"models/a.cc"});
  EXPECT_EQ(flagged_paths(check_places, {{"examples/a.cc", ""}, {"examples/deep/a.cc", ""}}), Paths{"examples/deep/a.cc"});
  EXPECT_EQ(flagged_paths(check_places, {{"proto/locus/v1/a.proto", ""}, {"proto/a.proto", ""}}), Paths{"proto/a.proto"});
}

TEST(DeadHeaders, AreThoseThatOnlyTheirOwnSourceIncludes) {
  const std::string include = "#include \"core/base/a.h\"\n";
  EXPECT_EQ(flagged_paths(check_dead_headers, {{"core/base/a.h", ""}, {"core/base/a.cc", include}}),
            Paths{"core/base/a.h"});
  EXPECT_EQ(flagged_paths(check_dead_headers, {{"core/base/a.h", include}}), Paths{"core/base/a.h"});
  EXPECT_EQ(flagged_paths(check_dead_headers, {{"core/base/a.h", ""}, {"core/base/b.cc", "// " + include}}),
            Paths{"core/base/a.h"});
  EXPECT_EQ(flagged_paths(check_dead_headers, {{"core/base/a.h", ""}, {"tests/base/a_test.cc", include}}), Paths{});
}

TEST(DeadData, IsNamedByNoTest) {
  const Texts data = {{"tests/data/a.txt", ""}, {"tests/data/bad/b.txtpb", ""}};
  const auto with = [&](std::string test) {
    Texts texts = data;
    texts.emplace_back("tests/model/a_test.cc", std::move(test));
    return texts;
  };
  EXPECT_EQ(flagged_paths(check_dead_data, data), (Paths{"tests/data/a.txt", "tests/data/bad/b.txtpb"}));
  EXPECT_EQ(flagged_paths(check_dead_data, with("open(\"a.txt\"), open(\"bad/b.txtpb\")")), Paths{});
  EXPECT_EQ(flagged_paths(check_dead_data, with("open(\"a.txt\"), all_of(\"bad\")")), Paths{});
  EXPECT_EQ(flagged_paths(check_dead_data, with("all_of(\"bad/\")")), Paths{"tests/data/a.txt"});
  EXPECT_EQ(flagged_paths(check_dead_data, {{"tests/data/a.txt", ""}, {"sim/model/a.cc", "\"a.txt\""}}),
            Paths{"tests/data/a.txt"});
  EXPECT_EQ(flagged_paths(check_dead_data, {{"tests/fuzz/corpus/load/1", ""}, {"tests/fuzz/load_fuzz.cc", ""}}), Paths{});
  EXPECT_EQ(flagged_paths(check_dead_data, {{"tests/fuzz/corpus/load/1", ""}}), Paths{"tests/fuzz/corpus/load/1"});
}

TEST(Words, LeaveNothingUndoneAndNameNobodysMachine) {
  EXPECT_EQ(flagged_paths(check_words, {{"core/base/a.h",
                                         "// TO"
                                         "DO: later\n"}}),
            Paths{"core/base/a.h"});
  EXPECT_EQ(flagged_paths(check_words, {{"docs/a.md",
                                         "FIX"
                                         "ME\n"}}),
            Paths{"docs/a.md"});
  EXPECT_EQ(flagged_paths(check_words, {{"docs/a.md",
                                         "see `/ho"
                                         "me/somebody/notes`\n"}}),
            Paths{"docs/a.md"});
  EXPECT_EQ(flagged_paths(check_words, {{".ci/run",
                                         "cd /wo"
                                         "rk/main\n"}}),
            Paths{".ci/run"});
  EXPECT_EQ(flagged_paths(check_words, {{"docs/a.md", "the path core/home/work is relative; mastodon, fixmend\n"}}),
            Paths{});
}

TEST(Models, OpenWithTheirSchemaAndWhatTheyShow) {
  const std::string schema = "# proto-file: proto/locus/v1/model.proto\n# proto-message: locus.v1.Model\n";
  EXPECT_EQ(flagged_paths(check_models, {{"models/a.txtpb",
                                          schema + "# The smallest network that shows every channel.\nname: \"a\"\n"}}),
            Paths{});
  EXPECT_EQ(flagged_paths(check_models, {{"models/a.txtpb", schema + "name: \"a b c d e f g h\"\n"}}),
            Paths{"models/a.txtpb"});
  EXPECT_EQ(
      flagged_paths(check_models, {{"models/a.txtpb", "# The smallest network that shows every channel.\n" + schema}}),
      Paths{"models/a.txtpb"});
  EXPECT_EQ(flagged_paths(check_models, {{"models/a.txtpb", ""}}), Paths{"models/a.txtpb"});
}

TEST(WithoutComments, BlanksCommentsAndLiteralsAndKeepsColumns) {
  EXPECT_EQ(without_comments("a; // b\nc"), "a;     \nc");
  EXPECT_EQ(without_comments("a /* b\nc */ d"), "a     \n     d");
  EXPECT_EQ(without_comments(R"(f("a\"b", 'c', '\'');)"), R"(f("    ", ' ', '  ');)");
  EXPECT_EQ(without_comments("n = 1'000'000; // x"), "n = 1'000'000;     ");
  EXPECT_EQ(without_comments("\"// not a comment\" x"), "\"                \" x");
  EXPECT_EQ(without_comments("R\"x(a\n\"b)x\" y"), "R    \n    \" y");
}

}  // namespace
}  // namespace locus::tidy
