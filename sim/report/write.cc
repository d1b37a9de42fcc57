#include "sim/report/write.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include "core/base/check.h"
#include "sim/model/errors.h"
#include "sim/model/files.h"
#include "sim/report/checksum.h"
#include "sim/report/report.h"
#include "sim/report/result_message.h"
#include "sim/report/weights_file.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

std::string json_of(const v1::Result& message, bool lines) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.add_whitespace = lines;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text, options);
  CHECK(status.ok(), "a result can be printed as JSON: " + status.ToString());
  return text;
}

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

/// Writes those weights and returns their paths.
std::vector<std::vector<std::string>> write_weights(const RunResult& result, const fs::path& folder) {
  const auto files = weight_files(result);
  for (std::size_t r = 0; r < files.size(); ++r) {
    for (std::size_t p = 0; p < files[r].size(); ++p) {
      const fs::path path = folder / files[r][p];
      if (p == 0) prepare_folder(path.parent_path());
      write_file_whole(path, bytes_of(result.outcomes[r].weights[p]));
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
  if (std::ranges::any_of(result.outcomes, [](const Outcome& outcome) { return !outcome.evaluations.empty(); }))
    files.emplace_back("evaluations.csv");
  for (const auto& of_rule : weight_files(result)) files.insert(files.end(), of_rule.begin(), of_rule.end());
  return files;
}

void write_result(const RunResult& result, const fs::path& folder) {
  make_folder(folder);
  const auto files = write_weights(result, folder);
  v1::Result message = result_message(result, files);
  add_hashes(folder, message);
  message.set_checksum(checksum_of(message));
  std::string binary;
  if (message.ByteSizeLong() > static_cast<std::size_t>(kLargestMessage) || !message.SerializeToString(&binary)) {
    throw FileError(folder.string() + ": the result is larger than one protobuf message can be (2 GiB)");
  }
  write_file_whole(folder / "losses.csv", losses_csv(result));
  if (const std::string evaluations = evaluations_csv(result); !evaluations.empty())
    write_file_whole(folder / "evaluations.csv", evaluations);
  write_file_whole(folder / "ledger.csv", ledger_csv(result));
  write_file_whole(folder / "report.html", report_page(result));
  write_file_whole(folder / "result.binpb", binary);
  write_file_whole(folder / "result.json", json_of(message, true));
}

std::string json_line(const RunResult& result) {
  v1::Result message = result_message(result);
  message.set_checksum(checksum_of(message));
  return json_of(message, false);
}

}  // namespace locus
