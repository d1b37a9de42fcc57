// The page contains its data, and nothing in the data can leave its place; a report from a run
// equals one from the run's files.
#include "sim/report/page.h"

#include <fstream>

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "locus/v1/result.pb.h"
#include "sim/model/errors.h"
#include "sim/report/report.h"
#include "sim/report/write.h"
#include "tests/report/sample.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDataBegins = "<script type=\"application/json\" id=\"data\">";

/// The text between the element's tags, as a browser sees it.
std::string data_of(const std::string& html) {
  const std::size_t begin = html.find(kDataBegins) + kDataBegins.size();
  return html.substr(begin, html.find("</script", begin) - begin);
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string_view::npos; at += part.size()) ++found;
  return found;
}

std::string with_escapes_undone(std::string text) {
  for (std::size_t at = 0; (at = text.find("\\u003c", at)) != std::string::npos;) text.replace(at, 6, "<");
  return text;
}

TEST(Page, KeepsDataAndTitleInTheirPlaces) {
  const std::string hostile = R"({"name":"</script><script>alert(1)</script><!-- <b>"})";
  const std::string html = page("</title><script>alert(2)</script> & <b>", hostile);
  EXPECT_EQ(count(html, "</script"), count(page_bundle(), "</script"));
  EXPECT_EQ(count(html, "<script"), count(page_bundle(), "<script"));
  EXPECT_EQ(count(html, "<!--"), count(page_bundle(), "<!--"));
  EXPECT_EQ(count(html, "</title"), 1U);
  EXPECT_NE(html.find("<title>&lt;/title&gt;&lt;script&gt;alert(2)&lt;/script&gt; &amp; &lt;b&gt;</title>"),
            std::string::npos);
  EXPECT_EQ(with_escapes_undone(data_of(html)), hostile);
}

TEST(Page, AllowsNoScriptButItsOwnAndNoConnection) {
  const std::string_view bundle = page_bundle();
  EXPECT_NE(bundle.find("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-"), std::string_view::npos);
  EXPECT_NE(bundle.find("connect-src 'none'"), std::string_view::npos);
  EXPECT_EQ(bundle.find(" src="), std::string_view::npos);  // nothing is loaded
  EXPECT_EQ(bundle.find("<link"), std::string_view::npos);
}

class Report : public InFolder {
 protected:
  std::string again(const fs::path& result) {
    write_report_page(result, folder_ / "again.html");
    return text("again.html");
  }
};

TEST_F(Report, IsTheSameFromTheRunAndFromItsFiles) {
  write_result(sample_result(), folder_);
  const std::string written = text("report.html");
  EXPECT_EQ(written, text_of([](Output& to) { write_report_page(sample_result(), to); }));
  EXPECT_EQ(written, again(folder_));
  EXPECT_EQ(written, again(folder_ / "result.binpb"));
  EXPECT_EQ(written, again(folder_ / "result.json"));
  EXPECT_EQ(default_report_path(folder_), folder_ / "report.html");
  EXPECT_EQ(default_report_path(folder_ / "result.json"), folder_ / "report.html");
  fs::remove(folder_ / "result.binpb");
  EXPECT_EQ(written, again(folder_));
}

TEST_F(Report, HoldsTheResultWithoutItsWeights) {
  write_result(sample_result(), folder_);
  const std::string data = data_of(text("report.html"));
  const std::string begins = "\"result\":";
  const std::size_t begin = data.find(begins) + begins.size();
  const std::size_t end = data.rfind(",\"finding\":");
  ASSERT_NE(end, std::string::npos);
  v1::Result shown;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(data.substr(begin, end - begin), &shown).ok());
  v1::Result whole;
  ASSERT_TRUE(whole.ParseFromString(text("result.binpb")));
  for (v1::Run& run : *whole.mutable_runs()) run.clear_weights();
  whole.clear_checksum();
  EXPECT_EQ(shown.SerializeAsString(), whole.SerializeAsString());
  EXPECT_NE(data.find(R"({"name":"GATHER","wires":"non-local","from":"rate neuron","to":"a synapse that is not its own"})"),
            std::string::npos);
}

TEST_F(Report, RefusesWhatIsNoResult) {
  std::ofstream(folder_ / "result.json") << R"({"model": "x", "losses": 3})";
  EXPECT_THROW(again(folder_), ModelError);
  std::ofstream(folder_ / "result.json") << R"({"model": "x"})";  // parses, but names no schema
  EXPECT_THROW(again(folder_), ModelError);
  std::ofstream(folder_ / "result.binpb") << "\xff\xff";
  EXPECT_THROW(again(folder_), ModelError);
  EXPECT_THROW(again(folder_ / "nothere"), FileError);
}

}  // namespace
}  // namespace locus
