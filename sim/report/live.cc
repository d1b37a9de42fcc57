#include "sim/report/live.h"

#include <utility>

#include <fmt/format.h>

#include "core/base/check.h"
#include "sim/report/finding_message.h"
#include "sim/report/page.h"
#include "sim/report/report.h"
#include "sim/report/result_message.h"

namespace locus {
namespace {

std::string list_of(const std::vector<double>& numbers) { return fmt::format("[{}]", fmt::join(numbers, ",")); }

/// `message` contains no curves. `running`: index of the running rule; -1 without one.
std::string data_of(v1::Result message, const v1::Finding& finding, const LiveCurves& curves, bool over, int running,
                    const LivePlace& place) {
  std::string ends;
  for (int r = 0; r < message.runs_size(); ++r) {
    const LiveCurves::Rule& rule = curves.rules()[static_cast<std::size_t>(r)];
    v1::Run& run = *message.mutable_runs(r);
    const std::vector<double> points = rule.losses.points();
    run.mutable_losses()->Add(points.begin(), points.end());
    const std::vector<double> right = rule.accuracies.points();
    run.mutable_accuracies()->Add(right.begin(), right.end());
    for (const Evaluation& evaluation : rule.evaluations.points()) fill(evaluation, *run.add_evaluations());
    ends += fmt::format(R"({}{{"stretch":{},"first":{},"last":{}}})", r == 0 ? "" : ",", rule.losses.stretch(),
                        list_of(rule.losses.first()), list_of(rule.losses.last()));
  }
  const std::string json = text_of([&](Output& to) { write_json(message, JsonLayout::kOneLine, to); });
  return page_data("live",
                   fmt::format(R"({{"over":{},"model":{},"models":{},"running":{},"curves":[{}],"result":{}{}}})", over,
                               place.model, place.models, running, ends, json, page_part("finding", finding)));
}

}  // namespace

std::string snapshot(const RunResult& done, const Outcome* present, const Ledger* ledger, LiveCurves& curves,
                     const LivePlace& place) {
  curves.follow(done, present);
  LentLists none;
  v1::Result message = result_message(done, none, Extent::kWithoutCurves);
  const v1::Finding finding = finding_in(done, message);
  if (present == nullptr) return data_of(std::move(message), finding, curves, false, -1, place);
  fill_without_curves(*present, *ledger, done.outline.training.updates, *message.add_runs());
  const int index = message.runs_size() - 1;
  return data_of(std::move(message), finding, curves, false, index, place);
}

std::string last_snapshot(const RunResult& result, bool over, LiveCurves& curves, const LivePlace& place) {
  curves.follow(result, nullptr);
  LentLists none;
  v1::Result message = result_message(result, none, Extent::kWithoutCurves);
  const v1::Finding finding = finding_in(result, message);
  return data_of(std::move(message), finding, curves, over, -1, place);
}

std::string live_page(const std::string& name, const std::string& snapshot) {
  constexpr std::string_view kNowhere = "connect-src 'none'";
  std::string html = page(name + " - locus, live", snapshot);
  const std::size_t at = html.find(kNowhere);
  CHECK(at != std::string::npos, "the page's policy says where it may connect to");
  return html.replace(at, kNowhere.size(), "connect-src 'self'");
}

}  // namespace locus
