// Characters as a terminal shows them, the places of faults among them, and texts that must not
// reach a terminal. The expected columns are those of a terminal, counted by hand.
#include "sim/model/characters.h"

#include <string>

#include <gtest/gtest.h>

#include "sim/model/check.h"
#include "sim/model/cost.h"
#include "sim/model/errors.h"
#include "sim/model/load.h"
#include "tests/model/text_parts.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

TEST(Characters, HaveTheColumnsOfATerminal) {
  EXPECT_EQ(columns_of("rec"), 3U);
  EXPECT_EQ(columns_of("ñandú"), 5U);
  EXPECT_EQ(columns_of("神経"), 4U);
  EXPECT_EQ(columns_of("e\u0301te\u0301"), 3U) << "a combining accent stands over its letter";
  EXPECT_EQ(columns_of("\U0001f9e0"), 2U);
  EXPECT_EQ(columns_of("\uff21"), 2U) << "full width";
  EXPECT_EQ(columns_of(""), 0U);
}

TEST(Characters, AreInvisibleWhereATerminalObeysThem) {
  for (const char* text :
       {"\x1b[31m", "a\nb", "\t", "\x7f", "\u0085", "\u009b31m", "\u202eabc", "\u2066", "\u200f", "\u061c", "\u2028",
        "\ufeff", "\u200b", "\U000e0041", "\xff", "\xc3", "\xed\xa0\x80", "\xc0\xaf", "\xf5\x80\x80\x80"})
    EXPECT_FALSE(is_visible(text)) << printable(text);
  for (const char* text : {"", "rec", "ñandú 神経", "e\u0301", "שלום", "क\u200dष", "\U0001f9e0"})
    EXPECT_TRUE(is_visible(text)) << text;
}

TEST(Characters, AreEscapedInMessages) {
  EXPECT_EQ(printable("a\x1b[31m\n\u202e\u009b\xff z"), "a\\x1b[31m\\x0a\\u202e\\u009b\\xff z");
  EXPECT_EQ(printable_lines("a\tb\nc\x1b"), "a\tb\nc\\x1b");
  EXPECT_EQ(printable("ñ神"), "ñ神");
}

/// What stands above the caret in a description, to the end of the line.
std::string above_caret(const std::string& description) {
  const std::size_t line = description.find('\n') + 1;
  const std::size_t below = description.find('\n', line) + 1;
  std::size_t at = line;
  std::size_t left = description.size() - 1 - below;  // columns before the caret
  while (left > 0) {
    const Character character = character_at(description, at);
    left -= std::min(left, static_cast<std::size_t>(character.code == '\t' ? 1 : character.columns));
    at += character.bytes;
  }
  while (character_at(description, at).columns == 0) ++at;
  return description.substr(at, below - 1 - at);
}

struct Place {
  std::string line;
  int column = 0;
};

TEST(Places, AreColumnsOfATerminal) {
  for (const Place& place : {Place{"name: \"x\" seeed: 1", 11},
                             {"\xEF\xBB\xBFname: \"x\" seeed: 1", 11},
                             {"name: \"ñandú 神経\" seeed: 1", 20},
                             {"name: \"e\u0301\" seeed: 1", 11},
                             {"\tname: \"x\"\tseeed: 1", 12},
                             {"# ñ\n\n  name: \"ñ\" seeed: 1", 13}}) {
    ModelText model;
    model.head = place.line;
    std::vector<Fault> warnings;
    try {
      load_bytes(model.text(), "m.txtpb", warnings);
      FAIL() << place.line;
    } catch (const ModelError& error) {
      ASSERT_EQ(error.faults().size(), 1U);
      EXPECT_EQ(error.faults()[0].column, place.column) << error.what();
      EXPECT_TRUE(above_caret(describe(error.faults()[0])).starts_with("seeed: 1")) << error.what();
    }
  }
}

/// The errors of a model with this text as its name, or as the path of its weights.
std::string refusal(const std::string& name, bool as_path) {
  ModelText model;
  model.head = "name: \"" + (as_path ? std::string("x") : name) + "\"";
  if (as_path)
    model.b = "projections { name: \"B\" source: \"in\" target: \"rec\" weights { file { path: \"" + name + ".npy\" } } }";
  std::vector<Fault> warnings;
  try {
    load_bytes(model.text(), "m.txtpb", warnings);
  } catch (const ModelError& error) {
    return error.what();
  }
  return "";
}

TEST(Names, ThatATerminalWouldObeyAreRefusedInEveryField) {
  for (const bool as_path : {false, true}) {
    for (const char* name : {"\\033[31mred", "\\342\\200\\256abc", "a\\nb", "\\302\\233", "\u202eabc"}) {
      const std::string said = refusal(name, as_path);
      EXPECT_NE(said.find("must have no control characters"), std::string::npos) << said;
      EXPECT_EQ(printable_lines(said), said) << name;
    }
    const std::string said = refusal("\\351", as_path);
    EXPECT_NE(said.find("is not UTF-8"), std::string::npos) << said;
  }
}

TEST(Names, ThatATerminalWouldObeyAreRefusedInASpecMadeByHand) {
  std::vector<Fault> warnings;
  Spec spec = load_bytes(ModelText().text(), "m.txtpb", warnings);
  for (const char* name : {"\x1b[31m", "\u202e", "\xe9"}) {
    spec.network.populations[0].name = name;
    EXPECT_THROW(require_valid(spec), ModelError) << printable(name);
  }
}

TEST(Names, ThatATerminalWouldObeyAreRefusedInACostFile) {
  for (const char* name : {"\\033[31mRED\\033]0;pwned\\007\\nline2", "Lo\\351hi", "\\342\\200\\256"}) {
    try {
      read_cost("name: \"" + std::string(name) + "\"", "c.txtpb");
      FAIL() << name;
    } catch (const ModelError& error) {
      ASSERT_EQ(error.faults().size(), 1U) << error.what();
      EXPECT_EQ(error.faults()[0].field, "name");
      EXPECT_EQ(printable_lines(error.what()), error.what());
    }
  }
  EXPECT_THROW(read_cost("", "\x1b[31m.txtpb"), ModelError) << "a file without a name has that of the file";
}

}  // namespace
}  // namespace locus
