#include "sim/model/reading.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <limits>
#include <streambuf>
#include <system_error>
#include <unistd.h>

#include "sim/model/files.h"

namespace locus {

namespace {

/// Reads from bytes that outlive it.
class BytesStream final : private std::streambuf, public std::istream {
 public:
  explicit BytesStream(std::string& bytes) : std::istream(this) {
    setg(bytes.data(), bytes.data(), bytes.data() + bytes.size());
  }

 private:
  std::streambuf::pos_type seekoff(std::streambuf::off_type offset, std::ios::seekdir way, std::ios::openmode) override {
    const char* const from = way == std::ios::beg ? eback() : way == std::ios::cur ? gptr() : egptr();
    const std::streambuf::off_type at = from - eback() + offset;
    if (at < 0 || at > egptr() - eback()) return std::streambuf::pos_type(std::streambuf::off_type(-1));
    setg(eback(), eback() + at, egptr());
    return std::streambuf::pos_type(at);
  }
  std::streambuf::pos_type seekpos(std::streambuf::pos_type at, std::ios::openmode mode) override {
    return seekoff(std::streambuf::off_type(at), std::ios::beg, mode);
  }
};

/// True if the path is the value of a setting; of an archive (weights.npz:W), its file.
bool is_set(const std::string& name, const Reading& reading) {
  return std::ranges::any_of(reading.settings, [&](const Setting& setting) {
    return setting.value == name || setting.value.starts_with(name + ":");
  });
}

}  // namespace

FileBeside file_of(std::string& bytes) {
  return {std::make_unique<BytesStream>(bytes), static_cast<std::int64_t>(bytes.size())};
}

std::optional<FileBeside> file_beside(const std::string& name, const FieldPath& where, const Reading& reading) {
  namespace fs = std::filesystem;
  const auto refuse = [&](const std::string& what, const std::string& allowed) {
    reading.faults.refuse(where, "is " + shown(std::string_view(name)) + what, allowed);
    return std::nullopt;
  };
  const fs::path path = fs::path(name).lexically_normal();
  const bool has_zero = name.find('\0') != std::string::npos;
  const bool outside = path.is_absolute() || (!path.empty() && *path.begin() == "..");
  if (name.empty() || has_zero || (outside && !is_set(name, reading))) {
    return refuse("", "must be a path relative to the model's folder, and inside of it; --set may name a file elsewhere");
  }
  const fs::path file = reading.folder / path;
  if (reading.opened != nullptr) note_opened(name, file, *reading.opened);
  if (reading.carried != nullptr) {
    const auto kept = reading.carried->bytes.find(name);
    if (kept != reading.carried->bytes.end()) return file_of(kept->second);
    if (reading.carried->complete) return refuse(", which is not carried with the model", "");
  }
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (!fs::exists(status))
    return refuse(", which does not exist" + (error ? " (" + error.message() + ")" : std::string()),
                  "looked for at " + file.string());
  if (!fs::is_regular_file(status)) return refuse(", which is no regular file", "");
  if (::access(file.c_str(), R_OK) != 0)
    return refuse(", which cannot be opened: " + std::generic_category().message(errno), "");
  if (reading.carried != nullptr) reading.carried->named[name] = file;
  return FileBeside{std::make_unique<std::ifstream>(file, std::ios::binary),
                    static_cast<std::int64_t>(fs::file_size(file))};
}

}  // namespace locus
