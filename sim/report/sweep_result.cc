#include "sim/report/sweep_result.h"

#include <algorithm>
#include <system_error>

#include "sim/model/files.h"
#include "sim/report/finding_message.h"
#include "sim/report/message_writer.h"
#include "sim/report/output.h"
#include "sim/report/report.h"
#include "sim/report/sweep_message.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

/// `result`: the sweep in the message.
void write_sweep_page(const v1::Sweep& message, const SweepResult& result, const fs::path& page) {
  const ShownSettings shown = shown_settings(result);
  const auto data = [&](Output& json) {
    write_json(message, JsonLayout::kOneLine, json);
    json.put(page_part("summary", summary_message(result, shown)));
    json.put(page_part("finding", message_of(finding_of(result, shown))));
  };
  write_whole(page, [&](Output& to) { write_data_page(message.model(), "sweep", data, to); });
}

/// Members that ran, with a result in a file.
std::size_t kept_members(const SweepResult& result) {
  return static_cast<std::size_t>(std::ranges::count_if(
      result.members, [](const SweepMember& member) { return !member.rules.empty() && !member.file.empty(); }));
}

/// The pages of members that have none yet, or ran again.
void write_member_pages(const SweepResult& result, const fs::path& folder) {
  for (const SweepMember& member : result.members) {
    const std::string page = member.rules.empty() ? "" : member_page(member.file);
    std::error_code error;
    if (page.empty() || (fs::exists(folder / page, error) && !member.replaced)) continue;
    write_report_page(folder / member.file, folder / page);
  }
}

}  // namespace

std::vector<std::string> sweep_files(const SweepResult& result) {
  std::vector<std::string> files = {"curves.csv",  "members.csv", "report.html",
                                    "summary.csv", "sweep.binpb", "sweep.json"};
  if (result.best) files.insert(files.begin(), "best.csv");
  return files;
}

void write_sweep(const SweepResult& result, const fs::path& folder) {
  const bool pages = kept_members(result) <= kMostMemberPages;
  if (pages) write_member_pages(result, folder);
  const std::vector<SweepCurve> curves = curves_of(result);
  const v1::Sweep message = sweep_message(result, curves, pages);
  write_file_whole(folder / "members.csv", members_csv(result));
  write_file_whole(folder / "summary.csv", summary_csv(result));
  write_file_whole(folder / "curves.csv", curves_csv(curves, result.axes));
  if (result.best) write_file_whole(folder / "best.csv", best_csv(result));
  write_sweep_page(message, result, folder / "report.html");
  write_whole(folder / "sweep.binpb", [&](Output& to) { write_wire(message, {}, to); });
  write_whole(folder / "sweep.json", [&](Output& to) { write_json(message, JsonLayout::kLines, to); });
}

std::size_t write_sweep_pages(const fs::path& sweep, const fs::path& page) {
  v1::Sweep message = read_sweep(sweep);
  const fs::path folder = sweep_file(sweep).parent_path();
  // A page elsewhere would not reach those of the members.
  std::error_code unknown;
  const bool beside =
      fs::equivalent(page.parent_path().empty() ? "." : page.parent_path(), folder.empty() ? "." : folder, unknown);
  std::size_t pages = 0;
  for (v1::Sweep::Member& member : *message.mutable_members()) {
    const std::string written = member_page(member.file());
    member.clear_page();
    std::error_code error;
    if (!beside || written.empty() || !fs::is_regular_file(folder / member.file(), error)) continue;
    write_report_page(folder / member.file(), folder / written);
    member.set_page(written);
    ++pages;
  }
  write_sweep_page(message, sweep_result_of(message), page);
  return pages;
}

}  // namespace locus
