#include "sim/report/live.h"

#include <algorithm>

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include "core/base/check.h"
#include "sim/report/page.h"
#include "sim/report/report.h"
#include "sim/report/result_message.h"

namespace locus {
namespace {

/// Updates a point of the curve stands for, so that there are at most kLivePoints.
std::size_t stretch_of(std::size_t losses) {
  return std::max<std::size_t>(1, (losses + kLivePoints - 1) / kLivePoints);
}

void thin(google::protobuf::RepeatedField<double>& losses, std::size_t stretch) {
  if (stretch == 1) return;
  const auto count = static_cast<std::size_t>(losses.size());
  std::size_t kept = 0;
  for (std::size_t begin = 0; begin < count; begin += stretch, ++kept) {
    const std::size_t end = std::min(begin + stretch, count);
    double sum = 0;
    for (std::size_t k = begin; k < end; ++k) sum += losses[static_cast<int>(k)];
    losses[static_cast<int>(kept)] = sum / static_cast<double>(end - begin);
  }
  losses.Truncate(static_cast<int>(kept));
}

/// `running`: index of the run that goes on; -1: none.
std::string data_of(v1::Result message, bool over, int running, const LivePlace& place) {
  std::string stretches;
  for (v1::Run& run : *message.mutable_runs()) {
    const std::size_t stretch = stretch_of(static_cast<std::size_t>(run.losses_size()));
    thin(*run.mutable_losses(), stretch);
    if (const int many = run.evaluations_size() - static_cast<int>(kLivePoints); many > 0)
      run.mutable_evaluations()->DeleteSubrange(0, many);
    stretches += fmt::format("{}{}", stretches.empty() ? "" : ",", stretch);
  }
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  CHECK(status.ok(), "a result can be printed as JSON: " + status.ToString());
  return page_data("live", fmt::format(R"({{"over":{},"model":{},"models":{},"running":{},"stretches":[{}],"result":{}}})",
                                       over, place.model, place.models, running, stretches, json));
}

}  // namespace

std::string snapshot(const RunResult& done, const Outcome* present, const Ledger* ledger, const LivePlace& place) {
  v1::Result message = result_message(done, {}, WeightsIn::kNothing);
  if (present == nullptr) return data_of(std::move(message), false, -1, place);
  RunResult running{.model = {}, .model_sha256 = {}, .settings = {}, .outline = {}, .outcomes = {*present}};
  running.outcomes.front().ledger = *ledger;
  *message.add_runs() = result_message(running, {}, WeightsIn::kNothing).runs(0);
  const int index = message.runs_size() - 1;
  return data_of(std::move(message), false, index, place);
}

std::string last_snapshot(const RunResult& result, bool over, const LivePlace& place) {
  return data_of(result_message(result, {}, WeightsIn::kNothing), over, -1, place);
}

std::string live_page(const std::string& name, const std::string& snapshot) {
  constexpr std::string_view kNowhere = "connect-src 'none'";
  std::string html = page(name + " - locus, live", snapshot);
  const std::size_t at = html.find(kNowhere);
  CHECK(at != std::string::npos, "the page's policy says where it may connect to");
  return html.replace(at, kNowhere.size(), "connect-src 'self'");
}

}  // namespace locus
