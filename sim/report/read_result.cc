#include "sim/report/read_result.h"

#include <system_error>

#include <google/protobuf/util/json_util.h>

#include "sim/model/errors.h"
#include "sim/model/files.h"
#include "sim/report/checksum.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& path, std::string what) {
  throw ModelError(
      {{.file = path.string(), .what = std::move(what), .allowed = "must be the result.binpb or result.json of a run"}});
}

}  // namespace

fs::path result_file(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return path;
  const fs::path binary = path / "result.binpb";
  return fs::exists(binary, error) ? binary : path / "result.json";
}

v1::Result read_result(const fs::path& path) {
  const fs::path file = result_file(path);
  const std::string bytes = read_file(file);
  v1::Result result;
  if (file.extension() == ".json") {
    const auto status = google::protobuf::util::JsonStringToMessage(bytes, &result);
    if (!status.ok()) refuse(file, "is no result: " + std::string(status.message()));
  } else if (!result.ParseFromString(bytes)) {
    refuse(file, "is no result: its bytes are no message");
  }
  if (result.schema() != result.GetDescriptor()->full_name())
    refuse(file, "is no result: its schema is \"" + result.schema() + "\"");
  if (!result.checksum().empty() && result.checksum() != checksum_of(result)) {
    throw ModelError({{.file = file.string(),
                       .what = "is a result that was changed after it was written",
                       .allowed = "its checksum is not that of its values"}});
  }
  return result;
}

}  // namespace locus
