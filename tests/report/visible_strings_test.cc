// Texts from results and checkpoints that would move a terminal's cursor, and names that a
// spreadsheet would take for a formula.
#include "sim/report/visible_strings.h"

#include <sstream>

#include <google/protobuf/util/delimited_message_util.h>
#include <gtest/gtest.h>

#include "locus/v1/checkpoint.pb.h"
#include "sim/model/characters.h"
#include "sim/model/errors.h"
#include "sim/report/checkpoint.h"
#include "sim/report/read_result.h"
#include "sim/report/text.h"
#include "sim/report/write.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

class VisibleStrings : public InFolder {
 protected:
  /// The error of reading a result; empty if it can be read.
  std::string refusal(v1::Result result, bool json = false) const {
    result.set_schema("locus.v1.Result");
    try {
      read_result(file(json ? "result.json" : "result.binpb", json ? json_ : result.SerializeAsString()));
    } catch (const ModelError& error) {
      return error.what();
    }
    return "";
  }

  std::string json_;
};

TEST_F(VisibleStrings, AreWhatAResultMayHold) {
  v1::Result result;
  result.set_model("ñandú 神経");
  result.add_runs()->set_message("two\nlines");
  EXPECT_EQ(refusal(result), "");
  result.set_model("\x1b]0;title\x07");
  const std::string said = refusal(result);
  EXPECT_NE(said.find("model is \"\\x1b]0;title\\x07\""), std::string::npos) << said;
  EXPECT_EQ(printable_lines(said), said);
  result.set_model("m");
  result.mutable_runs(0)->set_rule("\u202e");
  EXPECT_NE(refusal(result).find("runs[0].rule is \"\\u202e\""), std::string::npos);
}

TEST_F(VisibleStrings, AreWhatJsonMayHold) {
  json_ = R"({"schema": "locus.v1.Result", "model": "\u001b[31m"})";
  EXPECT_NE(refusal({}, true).find("model is \"\\x1b[31m\""), std::string::npos);
}

TEST(VisibleStringsOfCheckpoints, AreWhatARuleMayBeCalled) {
  const auto refused = [](const std::string& rule, const std::string& recording) {
    std::ostringstream bytes;
    const auto put = [&](const v1::CheckpointPart& part) {
      google::protobuf::util::SerializeDelimitedToOstream(part, &bytes);
    };
    v1::CheckpointPart part;
    part.mutable_head()->set_rules(1);
    put(part);
    part.mutable_rule()->set_rule(rule);
    part.mutable_rule()->set_status(v1::Run::COMPLETED);
    put(part);
    part.mutable_recording()->set_file(recording);
    part.mutable_recording()->set_length(1);
    put(part);
    part.mutable_end();
    put(part);
    std::istringstream stream(bytes.str());
    try {
      read_checkpoint_parts(stream, std::ssize(bytes.str()), "c.ckpt");
    } catch (const ModelError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(refused("bptt", "record/bptt/x.npy"), "");
  EXPECT_NE(refused("\x1b[2J", "record/bptt/x.npy").find("rule is \"\\x1b[2J\""), std::string::npos);
  EXPECT_NE(refused("bptt", "record/\u202e").find("file is \"record/\\u202e\""), std::string::npos);
}

TEST(CsvCells, AreNoFormulas) {
  for (const char* name : {"=1+1", "+x", "-x", "@SUM(1)", "'x", "＝1", "=HYPERLINK(\"http://x/\"&A1)", "--1"}) {
    const std::string cell = csv_cell(name);
    ASSERT_TRUE(cell.starts_with("\"'")) << cell;
    std::string read;  // RFC 4180: between the quotes, two of which are one
    for (std::size_t i = 1; i + 1 < cell.size(); ++i) {
      read += cell[i];
      if (cell[i] == '"') ++i;
    }
    EXPECT_EQ(read.substr(1), name);
  }
}

TEST(CsvCells, StayAsTheyAreWhereNoSpreadsheetErrs) {
  for (const char* text : {"bptt", "0.5", "-0.5", "-1e-05", "tbptt:1", "a=b", "", "神経"})
    EXPECT_EQ(csv_cell(text), text);
  EXPECT_EQ(csv_cell("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_cell("a\"b"), "\"a\"\"b\"");
}

TEST(Tables, CountTheColumnsOfWideNames) {
  EXPECT_EQ(width("神経"), 4U);
  EXPECT_EQ(head("神経網", 5), "神経");
  EXPECT_EQ(pad("神", 4, Align::kLeft), "神  ");
  EXPECT_EQ(shorten("神経神経神経神経", 9), "神経..経");
  EXPECT_EQ(width(shorten("e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301", 6)), 6U);
}

}  // namespace
}  // namespace locus
