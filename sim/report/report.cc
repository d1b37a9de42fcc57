#include "sim/report/report.h"

#include <utility>

#include <fmt/format.h>

#include "core/wire/channel.h"
#include "sim/report/activity.h"
#include "sim/report/finding_message.h"
#include "sim/report/page.h"
#include "sim/report/read_result.h"
#include "sim/report/result_message.h"

namespace locus {
namespace {

/// The program's table of channels, for the page.
std::string channels_json() {
  std::string json;
  for (const ChannelRow& row : kChannelTable) {
    json += fmt::format(R"({}{{"name":"{}","wires":"{}","from":"{}","to":"{}"}})", json.empty() ? "" : ",", row.name,
                        name(row.spatial), row.from, row.to);
  }
  return "[" + json + "]";
}

/// `folder`: of the recordings; may be empty.
void write_page_of(const v1::Result& message, const LentLists& lists, const v1::Finding& finding,
                   const std::filesystem::path& folder, Output& to) {
  const auto json = [&](Output& data) {
    write_json(message, lists, JsonLayout::kOneLine, data);
    data.put(page_part("finding", finding));
    const std::string activity =
        folder.empty() ? "[]" : text_of([&](Output& text) { write_activity(message, folder, text); });
    if (activity != "[]") data.put(R"(,"activity":)" + activity);
  };
  write_data_page(message.model(), "result", json, to);
}

/// What stands before and after the JSON of a value in the data of a page.
std::pair<std::string, std::string> around(const std::string& kind) {
  return {fmt::format(R"({{"kind":"{}","channels":{},"{}":)", kind, channels_json(), kind), "}"};
}

}  // namespace

std::string page_data(const std::string& kind, const std::string& json) {
  const auto [before, after] = around(kind);
  return before + json + after;
}

void write_data_page(const std::string& name, const std::string& kind, const std::function<void(Output&)>& write_json,
                     Output& to) {
  const auto data = [&](Output& json) {
    const auto [before, after] = around(kind);
    json.put(before);
    write_json(json);
    json.put(after);
  };
  write_page(name + " - locus", data, to);
}

void write_report_page(const RunResult& result, const std::filesystem::path& folder, Output& to) {
  LentLists lists;
  const v1::Result message = result_message(result, lists, Extent::kWithoutWeights);
  write_page_of(message, lists, finding_in(result, message), folder, to);
}

void write_report_page(const RunResult& result, Output& to) { write_report_page(result, {}, to); }

void write_report_page(const std::filesystem::path& result, const std::filesystem::path& page) {
  v1::Result message = read_result(result);
  for (v1::Run& run : *message.mutable_runs()) run.clear_weights();
  message.clear_checksum();  // which is over the weights too
  const std::filesystem::path folder = result_file(result).parent_path();
  const v1::Finding finding = finding_in(message);
  write_whole(page, [&](Output& to) { write_page_of(message, {}, finding, folder.empty() ? "." : folder, to); });
}

std::filesystem::path default_report_path(const std::filesystem::path& result) {
  return result_file(result).parent_path() / "report.html";
}

}  // namespace locus
