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
#include "sim/report/checksum.h"
#include "sim/report/network_table.h"
#include "sim/report/output.h"
#include "sim/report/report.h"
#include "sim/report/result_message.h"
#include "sim/report/weights_file.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

/// Paths of the weights that do not fit into the result, relative to the folder, for each
/// projection of each rule; empty if all fit.
std::vector<std::vector<std::string>> weight_files(const RunResult& result) {
  std::int64_t count = 0;
  for (const Outcome& outcome : result.outcomes) count += weights_in(outcome);
  std::vector<std::vector<std::string>> files;
  if (count <= kInlineWeights) return files;
  for (const Outcome& outcome : result.outcomes) {
    std::vector<std::string>& of_rule = files.emplace_back();
    for (const ProjectionWeights& weights : outcome.weights) {
      of_rule.push_back(fmt::format("weights/{}/{}{}", file_name(outcome.rule), file_name(weights.projection),
                                    extension_of(weights)));
    }
  }
  return files;
}

bool has_evaluations(const RunResult& result) {
  return std::ranges::any_of(result.outcomes, [](const Outcome& outcome) { return !outcome.evaluations.empty(); });
}

/// The tables of comparisons that this result has.
struct ComparisonTable {
  const char* file;
  bool (*is_there)(const Comparisons& comparisons);
  void (*write)(const RunResult& result, Output& to);
};
constexpr ComparisonTable kComparisonTables[] = {
    {"alignment.csv", [](const Comparisons& all) { return !all.alignment.empty(); }, write_alignment_csv},
    {"scatter.csv", [](const Comparisons& all) { return !all.scatter.empty(); }, write_scatter_csv},
    {"curvature.csv", [](const Comparisons& all) { return !all.curvature.empty(); }, write_curvature_csv},
};
std::vector<ComparisonTable> comparison_tables_of(const RunResult& result) {
  std::vector<ComparisonTable> tables;
  for (const ComparisonTable& table : kComparisonTables) {
    const auto has = [&](const Outcome& outcome) { return table.is_there(outcome.comparisons); };
    if (std::ranges::any_of(result.outcomes, has)) tables.push_back(table);
  }
  return tables;
}

/// Writes those weights and returns their paths.
std::vector<std::vector<std::string>> write_weight_files(const RunResult& result, const fs::path& folder) {
  auto files = weight_files(result);
  for (std::size_t r = 0; r < files.size(); ++r) {
    for (std::size_t p = 0; p < files[r].size(); ++p) {
      const fs::path path = folder / files[r][p];
      if (p == 0) prepare_folder(path.parent_path());
      write_whole(path, [&](Output& to) { write_weights(result.outcomes[r].weights[p], to); });
    }
  }
  return files;
}

/// Adds the hashes of the files of weights, which are in place, to the result that names them.
void add_hashes(const fs::path& folder, v1::Result& message) {
  for (v1::Run& run : *message.mutable_runs()) {
    for (v1::ProjectionWeights& weights : *run.mutable_weights()) {
      if (weights.has_file()) weights.set_sha256(sha256_of_file(folder / weights.file()));
    }
  }
}

}  // namespace

void prepare_folder(const fs::path& folder) {
  make_folder(folder);
  // An earlier process may have been killed between making the folder and bringing its name to the
  // disk. A folder above that cannot be read cannot be brought there.
  const fs::path named = folder.has_filename() ? folder : folder.parent_path();
  const fs::path above = named.has_parent_path() ? named.parent_path() : ".";
  if (::faccessat(AT_FDCWD, above.c_str(), R_OK, AT_EACCESS) == 0) sync_folder(above);
  clear_leftovers(folder);
  if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) == 0) return;
  throw FileError(
      fmt::format("{}: cannot write to the folder: {}", folder.string(), std::generic_category().message(errno)));
}

std::vector<std::string> result_files(const RunResult& result) {
  std::vector<std::string> files = {"losses.csv", "ledger.csv", "report.html", "result.binpb", "result.json"};
  if (has_evaluations(result)) files.emplace_back("evaluations.csv");
  if (is_replayed(result)) files.emplace_back("mesh.csv");
  for (const ComparisonTable& table : comparison_tables_of(result)) files.emplace_back(table.file);
  for (const auto& of_rule : weight_files(result)) files.insert(files.end(), of_rule.begin(), of_rule.end());
  return files;
}

void write_result(const RunResult& result, const fs::path& folder) {
  make_folder(folder);
  LentLists lists;
  v1::Result message = result_message(result, lists, Extent::kWhole, write_weight_files(result, folder));
  add_hashes(folder, message);
  message.set_checksum(checksum_of(message, lists));
  check_size(message, lists, folder);
  write_whole(folder / "losses.csv", [&](Output& to) { write_losses_csv(result, to); });
  if (has_evaluations(result))
    write_whole(folder / "evaluations.csv", [&](Output& to) { write_evaluations_csv(result, to); });
  if (is_replayed(result)) write_whole(folder / "mesh.csv", [&](Output& to) { write_network_csv(result, to); });
  for (const ComparisonTable& table : comparison_tables_of(result))
    write_whole(folder / table.file, [&](Output& to) { table.write(result, to); });
  write_whole(folder / "ledger.csv", [&](Output& to) { write_ledger_csv(result, to); });
  write_whole(folder / "report.html", [&](Output& to) { write_report_page(result, folder, to); });
  write_whole(folder / "result.binpb", [&](Output& to) { write_wire(message, lists, to); });
  write_whole(folder / "result.json", [&](Output& to) { write_json(message, lists, JsonLayout::kLines, to); });
}

void write_json_line(const RunResult& result, Output& to) {
  LentLists lists;
  v1::Result message = result_message(result, lists);
  message.set_checksum(checksum_of(message, lists));
  write_json(message, lists, JsonLayout::kOneLine, to);
}

std::string json_line(const RunResult& result) {
  return text_of([&](Output& to) { write_json_line(result, to); });
}

}  // namespace locus
