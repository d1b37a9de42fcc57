#include "sim/report/result_folder.h"

#include <sstream>
#include <system_error>

#include <fmt/format.h>

#include "sim/model/errors.h"
#include "sim/model/files.h"
#include "sim/report/write.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

constexpr const char* kList = ".locus-files";
constexpr const char* kLock = ".locus-lock";
constexpr std::string_view kTitle = "# files of the results of locus ";
constexpr std::int64_t kLargestList = 1 << 28;  // bytes

/// The folder, once it can be written to.
const fs::path& prepared(const fs::path& folder) {
  prepare_folder(folder);
  return folder;
}

/// Whether every folder on the way to a file is a folder within the results, and no link out of
/// them.
bool is_within(const fs::path& folder, const fs::path& file) {
  if (file.is_absolute() || file.lexically_normal() != file) return false;
  std::error_code error;
  fs::path at = folder;
  for (auto part = file.begin(); part != file.end(); ++part) {
    if (*part == ".." || *part == ".") return false;
    at /= *part;
    const bool last = std::next(part) == file.end();
    if (!last && fs::symlink_status(at, error).type() != fs::file_type::directory) return false;
  }
  const fs::file_type type = fs::symlink_status(at, error).type();
  return type == fs::file_type::regular || type == fs::file_type::symlink;
}

}  // namespace

ResultFolder::ResultFolder(const fs::path& folder, std::string_view kind, Holding holding)
    : folder_(folder),
      kind_(kind),
      lock_(prepared(folder_) / kLock, folder_.string(), "wait for its end, or give another folder", holding) {
  std::error_code error;
  if (!fs::is_regular_file(fs::symlink_status(folder_ / kList, error))) return;
  list_ = read_file(folder_ / kList, kLargestList);
  std::istringstream lines(list_);
  std::string line;
  std::getline(lines, line);
  if (!line.starts_with(kTitle)) return;  // of somebody else
  const std::string there = line.substr(kTitle.size());
  while (std::getline(lines, line)) {
    if (!line.empty()) earlier_.insert(line);
  }
  if (there == kind_ || earlier_.empty()) return;
  throw FileError(fmt::format("{}: holds the results of locus {}; must be another folder, or one without them",
                              folder_.string(), there));
}

void ResultFolder::expect(const std::vector<std::string>& files) {
  expected_.insert(files.begin(), files.end());
  write_list();
}

void ResultFolder::remove_others() {
  for (const std::string& file : earlier_) {
    if (!expected_.contains(file)) remove(file);
  }
  earlier_.clear();
  write_list();
}

void ResultFolder::remove_earlier() {
  std::error_code error;
  const fs::perms usual = fs::symlink_status(folder_ / kLock, error).permissions();
  for (auto file = earlier_.begin(); file != earlier_.end();) {
    const bool changed = fs::symlink_status(folder_ / *file, error).permissions() != usual;
    if (!expected_.contains(*file) && changed && fs::exists(folder_ / *file, error)) {
      ++file;
      continue;
    }
    if (!expected_.contains(*file)) remove(*file);
    file = earlier_.erase(file);
  }
  write_list();
}

void ResultFolder::remove(const std::string& file) const {
  if (!is_within(folder_, file)) return;
  std::error_code error;
  if (!fs::remove(folder_ / file, error) && error) {
    throw FileError(fmt::format("{}: is of an earlier result and cannot be removed: {}", (folder_ / file).string(),
                                error.message()));
  }
  for (fs::path above = fs::path(file).parent_path(); !above.empty(); above = above.parent_path()) {
    if (!fs::remove(folder_ / above, error)) return;  // other files are in it
  }
}

void ResultFolder::write_list() {
  std::set<std::string> all = earlier_;
  all.insert(expected_.begin(), expected_.end());
  std::string text = fmt::format("{}{}\n", kTitle, kind_);
  for (const std::string& file : all) text += file + "\n";
  if (text == list_) return;
  write_file_whole(folder_ / kList, text);
  list_ = std::move(text);
}

}  // namespace locus
