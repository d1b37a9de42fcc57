// Places of fields in text, for any layout.
#include "sim/model/text_walk.h"

#include <string>

#include <gtest/gtest.h>

namespace locus {
namespace {

/// The place of @ in a text, and the text without it.
struct MarkedText {
  std::string text;
  std::size_t offset = 0;
};
MarkedText unmark_text(std::string text) {
  const std::size_t at = text.find('@');
  return {text.erase(at, 1), at};
}

void expect_at(const std::string& marked, const FieldPath& path) {
  const MarkedText wanted = unmark_text(marked);
  EXPECT_EQ(locate(wanted.text, {path})[0], wanted.offset) << path.text() << " in " << wanted.text;
}

const FieldPath kRoot;

TEST(TextWalk, FindsFieldsInAnyLayout) {
  expect_at("a: 1 @b: 2", kRoot.at("b"));
  expect_at("# b: 1\nx: 1 @b: 2", kRoot.at("b"));
  expect_at("a: \"b: {\" , @b: 2;", kRoot.at("b"));
  expect_at("a: 'it\\'s { ' \"b: 1\" @b: 2", kRoot.at("b"));
  expect_at("a < b: 1 @c: -inf > c: 2", kRoot.at("a").at("c"));
  expect_at("a: { b: 1 } c { @b: 2 }", kRoot.at("c").at("b"));
  expect_at("a: 1e-5 @b: - 2", kRoot.at("b"));
  expect_at("a:1.5E+3;@b:2", kRoot.at("b"));
}

TEST(TextWalk, CountsElementsOverAllTheirStatements) {
  expect_at("v: [1, 2, @3]", kRoot.at("v", 2));
  expect_at("v: 1 v: [2, 3] @v: 4", kRoot.at("v", 3));
  expect_at("v: [] v: [-1, # 7\n @-2]", kRoot.at("v", 1));
  expect_at("m { v: 1 } m { v: 2 } m { @v: 3 }", kRoot.at("m", 2).at("v"));
  expect_at("m: [{ v: 1 }, { v: 2 }, { @v: 3 }] m { v: 4 }", kRoot.at("m", 2).at("v"));
}

TEST(TextWalk, WhatIsNotThereHasThePlaceAroundIt) {
  expect_at("a: 1 @b { c: 2 }", kRoot.at("b").at("absent").at("deeper"));
  expect_at("@a: 1", kRoot.at("absent"));
  expect_at("a { x: 1 } @a { y: 2 }", kRoot.at("a", 1).at("x"));
}

TEST(TextWalk, FindsManyInOneWalk) {
  const std::string text = "a { b: 1 } a { b: 2 c: [5, 6] }\nd: 3";
  const std::vector<FieldPath> paths = {kRoot.at("d"), kRoot.at("a", 1).at("c", 1), kRoot.at("a", 0).at("b"), kRoot,
                                        kRoot.at("a", 1).at("c", 1)};
  const std::vector<std::size_t> offsets = locate(text, paths);
  EXPECT_EQ(offsets, (std::vector<std::size_t>{32, 27, 4, 0, 27}));
  const std::vector<TextPlace> places = places_of(text, offsets);
  EXPECT_EQ(places[0].line, 2);
  EXPECT_EQ(places[0].column, 1);
  EXPECT_EQ(places[1].line, 1);
  EXPECT_EQ(places[1].column, 28);
}

TEST(TextWalk, KnowsTheStatementAroundAByte) {
  const MarkedText marked = unmark_text("a { b: 1 } a { c: [5, @6] }");
  const Statement found = statements_at(marked.text, {marked.offset})[0];
  ASSERT_TRUE(found.found);
  EXPECT_EQ(found.path.text(), "a[1].c[1]");
  EXPECT_EQ(marked.text.substr(found.begin, found.end - found.begin), "c: [5, 6]");
  EXPECT_FALSE(found.has_message);
  EXPECT_FALSE(statements_at("a: 1  b: 2", {5})[0].found);
}

TEST(TextWalk, EndsOnAnything) {
  for (const char* text : {"", "a", "a:", "a: [", "a: [1,", "a {", "a: <", "}", "]]", "a: \"", "a: '\\",
                           "[x.y/z] { a: 1 }", "a: [[[", "a:::: 1", "\xff\xfe"}) {
    EXPECT_EQ(locate(text, {kRoot.at("b")}).size(), 1U);
    EXPECT_EQ(statements_at(text, {0}).size(), 1U);
  }
  EXPECT_EQ(nesting("a { b < c: [", 10), 3);
  EXPECT_EQ(nesting("# {{{\n'{{'", 10), 0);
  EXPECT_EQ(nesting(std::string(1000, '{'), 10), 10);
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "a { ";
  EXPECT_EQ(locate(deep, {kRoot.at("b")})[0], 0U);
}

}  // namespace
}  // namespace locus
