#include "sim/report/write.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "sim/model/errors.h"
#include "sim/model/files.h"
#include "sim/report/report.h"
#include "sim/report/result_message.h"
#include "sim/report/weights_file.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw FileError(folder.string() + ": cannot make the folder: " + error.message());
  if (!fs::is_directory(folder, error)) throw FileError(folder.string() + ": is not a folder");
}

/// Writes the weights that do not fit into the result. Returns their paths, relative to the folder,
/// for each projection of each rule.
std::vector<std::vector<std::string>> write_weight_files(const RunResult& result, const fs::path& folder) {
  std::int64_t count = 0;
  for (const Outcome& outcome : result.outcomes) count += weights_in(outcome);
  std::vector<std::vector<std::string>> files;
  if (count <= kInlineWeights) return files;
  for (const Outcome& outcome : result.outcomes) {
    const fs::path place = fs::path("weights") / file_name(outcome.rule);
    make_folder(folder / place);
    clear_leftovers(folder / place);
    std::vector<std::string>& written = files.emplace_back();
    for (const ProjectionWeights& weights : outcome.weights) {
      const fs::path path = place / (file_name(weights.projection) + extension_of(weights));
      write_whole(folder / path, [&](Output& to) { write_weights(weights, to); });
      written.push_back(path.string());
    }
  }
  return files;
}

}  // namespace

void prepare_folder(const fs::path& folder) {
  make_folder(folder);
  clear_leftovers(folder);
  if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) == 0) return;
  throw FileError(
      fmt::format("{}: cannot write to the folder: {}", folder.string(), std::generic_category().message(errno)));
}

void write_result(const RunResult& result, const fs::path& folder) {
  make_folder(folder);
  LentLists lists;
  const v1::Result message = result_message(result, lists, Extent::kWhole, write_weight_files(result, folder));
  check_size(message, lists, folder);
  const bool evaluated = std::ranges::any_of(result.outcomes, [](const Outcome& one) { return !one.evaluations.empty(); });
  write_whole(folder / "losses.csv", [&](Output& to) { write_losses_csv(result, to); });
  if (evaluated) write_whole(folder / "evaluations.csv", [&](Output& to) { write_evaluations_csv(result, to); });
  write_whole(folder / "ledger.csv", [&](Output& to) { write_ledger_csv(result, to); });
  write_whole(folder / "report.html", [&](Output& to) { write_report_page(result, to); });
  write_whole(folder / "result.binpb", [&](Output& to) { write_wire(message, lists, to); });
  write_whole(folder / "result.json", [&](Output& to) { write_json(message, lists, JsonLayout::kLines, to); });
}

void write_json_line(const RunResult& result, Output& to) {
  LentLists lists;
  const v1::Result message = result_message(result, lists);
  write_json(message, lists, JsonLayout::kOneLine, to);
}

std::string json_line(const RunResult& result) {
  return text_of([&](Output& to) { write_json_line(result, to); });
}

}  // namespace locus
