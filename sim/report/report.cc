#include "sim/report/report.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include "core/base/check.h"
#include "core/wire/channel.h"
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

std::string page_of(v1::Result message) {
  for (v1::Run& run : *message.mutable_runs()) run.clear_weights();
  message.clear_checksum();  // which is over the weights too
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  CHECK(status.ok(), "a result can be printed as JSON: " + status.ToString());
  return data_page(message.model(), "result", json);
}

}  // namespace

std::string page_data(const std::string& kind, const std::string& json) {
  return fmt::format(R"({{"kind":"{}","channels":{},"{}":{}}})", kind, channels_json(), kind, json);
}

std::string data_page(const std::string& name, const std::string& kind, const std::string& json) {
  return page(name + " - locus", page_data(kind, json));
}

std::string report_page(const RunResult& result) {
  return page_of(result_message(result, {}, Extent::kWithoutWeights));
}

std::string report_page(const std::filesystem::path& result) { return page_of(read_result(result)); }

std::filesystem::path default_report_path(const std::filesystem::path& result) {
  return result_file(result).parent_path() / "report.html";
}

}  // namespace locus
