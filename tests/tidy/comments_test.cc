// The checks of comments, pages, ids and classes flag what they are for, and let pass what is
// allowed.
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "tests/tidy/checks.h"
#include "tests/tidy/flagged.h"
#include "tests/tidy/tree.h"

namespace locus::tidy {
namespace {

TEST(Comments, AreWhatIsLeftWithoutCode) {
  EXPECT_EQ(comments_of("int a;  // one\n/* two\n3 */ b\n"), "        // one\n/* two\n3 */  \n");
  EXPECT_EQ(comments_of("f(\"// no\");"), "           ");
}

TEST(CommentWidth, IsBounded) {
  const std::string hundred = "// " + repeated("x", 97);
  EXPECT_EQ(flagged(check_comment_width, {{"core/base/a.h", hundred + "\n"}}), Lines{});
  EXPECT_EQ(flagged(check_comment_width, {{"core/base/a.h", "int x;\n" + hundred + "x\n"}}), Lines{2});
  EXPECT_EQ(flagged(check_comment_width, {{"tests/run/a_test.cc", "int x;  " + hundred + "\n"}}), Lines{1});
  EXPECT_EQ(flagged(check_comment_width, {{"core/base/a.h", "/*\n" + repeated("x", 101) + "\n*/\n"}}), Lines{2});
  // Code, strings with slashes in them, letters of two bytes, and other files are not meant.
  EXPECT_EQ(flagged(check_comment_width, {{"core/base/a.h", "int " + repeated("x", 110) + ";\n"}}), Lines{});
  EXPECT_EQ(flagged(check_comment_width, {{"core/base/a.h", "f(\"// " + repeated("x", 110) + "\");\n"}}), Lines{});
  EXPECT_EQ(flagged(check_comment_width, {{"core/base/a.h", "// " + repeated("\xc3\xa9", 97) + "\n"}}), Lines{});
  EXPECT_EQ(flagged(check_comment_width, {{"proto/locus/v1/a.proto", hundred + "x\n"}}), Lines{});
}

TEST(NamedFiles, Exist) {
  const std::pair<std::string, std::string> named = {"core/base/id.h", ""};
  EXPECT_EQ(flagged(check_named_files, {named, {"core/wire/a.h", "// Ids (core/base/id.h), or id.h.\n"}}), Lines{});
  EXPECT_EQ(flagged(check_named_files, {named, {"core/wire/a.h", "\n// See base/id.h.\n"}}), Lines{2});
  EXPECT_EQ(flagged(check_named_files, {named, {"core/wire/a.h", "int x;  // see tape.h's end\n"}}), Lines{1});
  EXPECT_EQ(flagged(check_named_files, {named, {"models/a.txtpb", "a: 1  # core/base/ids.cc draws it\n"}}), Lines{1});
  EXPECT_EQ(flagged(check_named_files, {named, {"core/CMakeLists.txt", "# product.cc may fuse\n"}}), Lines{1});
  EXPECT_EQ(flagged(check_named_files, {named, {"proto/locus/v1/a.proto", "// See core/none.md.\n"}}), Lines{1});
  // A file that the build makes, patterns, other people's headers, and code.
  EXPECT_EQ(flagged(check_named_files, {{"sim/report/version.cc.in", ""}, {"core/wire/a.h", "// version.cc\n"}}), Lines{});
  EXPECT_EQ(flagged(check_named_files, {{"core/wire/a.h", "// <stdio.h>, *.h, NAME.cc, .h, read_*.cc\n"}}), Lines{});
  EXPECT_EQ(flagged(check_named_files, {{"core/wire/a.cc", "f(\"tape.h\");\n"}}), Lines{});
  EXPECT_EQ(flagged(check_named_files, {{"core/wire/a.cc", "// tensorflow/core/util/event.proto of another project\n"}}),
            Lines{});
}

TEST(Links, LeadSomewhere) {
  const std::pair<std::string, std::string> page = {"docs/a.md", "# A page\n\n## What `it` costs, and why\n"};
  EXPECT_EQ(flagged(check_links, {{"README.md", "[a](docs/a.md) [b](docs) [c](https://example.org/x.md)\n"}, page}),
            Lines{});
  EXPECT_EQ(flagged(check_links, {page, {"docs/b.md", "\n[a](b.md) [up](../docs/a.md)\n[no](c.md)\n"}}), Lines{3});
  EXPECT_EQ(flagged(check_links, {page, {"docs/b.md", "[a](a.md#what-it-costs-and-why)\n[b](a.md#what)\n"}}), Lines{2});
  EXPECT_EQ(flagged(check_links, {{"docs/b.md", "# Here\n[a](#here) [b](#there)\n"}}), Lines{2});
  EXPECT_EQ(flagged(check_links, {{"README.md", "[out](../else.md)\n"}}), Lines{1});
  EXPECT_EQ(flagged(check_links, {page, {"docs/b.md", "```\n[a](none.md) `core/none`\n```\n"}}), Lines{});
}

TEST(Links, QuotedPathsExist) {
  const std::pair<std::string, std::string> source = {"core/base/id.h", ""};
  EXPECT_EQ(flagged(check_links, {source, {"docs/b.md", "`core/base`, `core/`, `core/base/id.h`, `read_*.cc`\n"}}),
            Lines{});
  EXPECT_EQ(flagged(check_links, {source, {"docs/b.md", "`core/cellar`\n`sim/run/none.h` and `core/base`\n"}}),
            (Lines{1, 2}));
  EXPECT_EQ(flagged(check_links, {{"CHANGELOG.md", "`core/cellar` went.\n[a](none.md)\n"}}), Lines{2});
}

TEST(IdCasts, AreNotMoreThanARoomHas) {
  const std::string cast = "auto k = static_cast<std::size_t>(id.value);\n";
  EXPECT_EQ(flagged(check_id_casts, {{"sim/run/a.cc", "\n" + cast}}), Lines{2});
  EXPECT_EQ(flagged(check_id_casts, {{"sim/run/a.cc", "f(static_cast<std::size_t>(a.b.value * lanes + 1));\n"}}), Lines{1});
  EXPECT_EQ(flagged(check_id_casts, {{"core/nonlocal/a.cc", cast}}), Lines{});
  EXPECT_EQ(flagged(check_id_casts, {{"core/nonlocal/a.cc", cast}, {"core/nonlocal/b.cc", cast}}), (Lines{1, 1}));
  EXPECT_EQ(flagged(check_id_casts, {{"sim/run/a.cc", "static_cast<std::size_t>(maybe.value());\n// " + cast}}), Lines{});
  EXPECT_EQ(flagged(check_id_casts, {{"tests/run/a_test.cc", cast}}), Lines{});
}

TEST(ClassSize, IsBounded) {
  const auto members = [](int functions) { return repeated("  int f() const { return f_; }\n", functions); };
  EXPECT_EQ(flagged(check_class_size, {{"core/base/a.h", "class A {\n" + members(30) + "};\n"}}), Lines{});
  EXPECT_EQ(flagged(check_class_size, {{"core/base/a.h", "\nclass A final {\n" + members(31) + "};\n"}}), Lines{2});
  EXPECT_EQ(flagged(check_class_size, {{"core/base/a.h", "template <class R>\nstruct A : B<R> {\n" +
                                                             repeated("  void f(R r);\n", 31) + "};\n"}}),
            Lines{1});
  // Fields, friends, aliases and what is deleted are no functions; a class within counts for
  // itself.
  EXPECT_EQ(flagged(check_class_size,
                    {{"core/base/a.h", "class A {\n" + members(29) +
                                           "  A(int x) : x_{x}, y_(x) {}\n  A(const A&) = delete;\n  int x_ = f(3);\n"
                                           "  std::function<void(int)> g_;\n  friend void h(A);\n  using B = int;\n"
                                           "  struct C {\n" +
                                           members(30) + "  };\n};\n"}}),
            Lines{});
}

}  // namespace
}  // namespace locus::tidy
