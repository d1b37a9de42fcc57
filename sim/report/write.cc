#include "sim/report/write.h"

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

std::string json_of(const v1::Result& message, bool lines) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.add_whitespace = lines;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text, options);
  CHECK(status.ok(), "a result can be printed as JSON: " + status.ToString());
  return text;
}

/// Writes the weights that do not fit into the result. Returns their paths, relative to the folder,
/// for each projection of each rule.
std::vector<std::vector<std::string>> write_weights(const RunResult& result, const fs::path& folder) {
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
      write_file_whole(folder / path, bytes_of(weights));
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
  const auto files = write_weights(result, folder);
  const v1::Result message = result_message(result, files);
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

std::string json_line(const RunResult& result) { return json_of(result_message(result), false); }

}  // namespace locus
