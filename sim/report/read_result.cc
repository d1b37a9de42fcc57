#include "sim/report/read_result.h"

#include <system_error>

#include <google/protobuf/util/json_util.h>

#include "sim/model/characters.h"
#include "sim/model/errors.h"
#include "sim/model/fault_list.h"
#include "sim/model/files.h"
#include "sim/report/checksum.h"
#include "sim/report/visible_strings.h"

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
  for (const char* name : {"result.binpb", "result.json"}) {
    if (fs::exists(path / name, error)) return path / name;
  }
  if (fs::exists(path / "sweep.json", error))
    throw ModelError({{.file = path.string(),
                       .what = "holds a sweep, not the result of one run",
                       .allowed = "`locus report` makes its page; members/ holds the results of its runs"}});
  std::string inside;  // results of several models lie in a folder each
  for (fs::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
    if (!fs::exists(entry->path() / "result.binpb", error)) continue;
    inside += (inside.empty() ? "" : ", ") + shown(std::string_view(entry->path().filename().string()));
  }
  throw ModelError({{.file = path.string(),
                     .what = inside.empty() ? "holds no result" : "holds the results of several models",
                     .allowed = inside.empty() ? "`locus run MODEL --out FOLDER` writes one"
                                               : "one of them must be named: " + inside}});
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
  if (std::string hidden = invisible_string(result); !hidden.empty())
    throw ModelError({{.file = file.string(), .what = "holds a result whose " + hidden, .allowed = visible_text()}});
  return result;
}

}  // namespace locus
