#include "sim/compile/kernel_folder.h"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <system_error>
#include <unistd.h>

#include <sys/stat.h>

#include "sim/model/sha256.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDigest = 32;               // bytes of a SHA-256
constexpr off_t kLargestKernel = off_t{1} << 24;  // bytes

std::string reason() { return std::generic_category().message(errno); }

fs::path users_folder() {
  if (const char* const cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && fs::path(cache).is_absolute())
    return fs::path(cache) / "locus" / "kernels";
  if (const char* const home = std::getenv("HOME"); home != nullptr && fs::path(home).is_absolute())
    return fs::path(home) / ".cache" / "locus" / "kernels";
  return {};
}

/// Makes all folders of a path that are missing, each for the user alone.
bool make_folders(const fs::path& path) {
  fs::path present;
  for (const fs::path& part : path) {
    present /= part;
    struct stat found = {};
    if (stat(present.c_str(), &found) == 0) continue;
    if (mkdir(present.c_str(), 0700) != 0 && errno != EEXIST) return false;
  }
  return true;
}

/// Why others might write below a folder; empty: they cannot.
std::string openness(const fs::path& folder) {
  struct stat own = {};
  if (lstat(folder.c_str(), &own) != 0) return "cannot be read: " + reason();
  if (!S_ISDIR(own.st_mode)) return "is not a folder";
  if (own.st_uid != geteuid()) return "belongs to another user";
  if ((own.st_mode & 077) != 0) return "is open to other users; it must be 0700";
  for (fs::path above = folder.parent_path(); above != above.parent_path(); above = above.parent_path()) {
    struct stat found = {};
    if (stat(above.c_str(), &found) != 0) return "cannot be read: " + reason();
    const bool trusted = found.st_uid == geteuid() || found.st_uid == 0;
    if (!trusted || ((found.st_mode & 022) != 0 && (found.st_mode & S_ISVTX) == 0))
      return "is below " + above.string() + ", where other users can write";
  }
  return "";
}

/// The bytes of a file of the user's own; empty: it is none.
std::string own_bytes(const fs::path& path) {
  const int file = open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) return "";
  struct stat found = {};
  std::string bytes;
  if (fstat(file, &found) == 0 && S_ISREG(found.st_mode) && found.st_uid == geteuid() && (found.st_mode & 022) == 0 &&
      found.st_size <= kLargestKernel) {
    bytes.resize(static_cast<std::size_t>(found.st_size));
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t got = read(file, bytes.data() + done, bytes.size() - done);
      if (got <= 0) break;
      done += static_cast<std::size_t>(got);
    }
    if (done < bytes.size()) bytes.clear();
  }
  close(file);
  return bytes;
}

std::string digest_of(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.finish();
}

}  // namespace

KernelFolder::KernelFolder(const fs::path& folder) : folder_(folder.empty() ? users_folder() : folder) {
  if (!folder_.is_absolute()) {
    fault_ = "there is no folder for compiled rules: neither XDG_CACHE_HOME nor HOME is set";
    return;
  }
  if (!make_folders(folder_)) {
    fault_ = "the folder of compiled rules " + folder_.string() + " cannot be made: " + reason();
    return;
  }
  std::error_code error;
  const fs::path above = fs::canonical(folder_.parent_path(), error);
  if (!error) folder_ = above / folder_.filename();
  const std::string open = error ? "cannot be read: " + error.message() : openness(folder_);
  if (!open.empty()) fault_ = "the folder of compiled rules " + folder_.string() + " " + open;
}

bool KernelFolder::holds(const std::string& key) const {
  const std::string bytes = own_bytes(file_of(key));
  if (bytes.size() <= kDigest) return false;
  const std::size_t size = bytes.size() - kDigest;
  return digest_of(std::string_view(bytes).substr(0, size)) == std::string_view(bytes).substr(size);
}

fs::path KernelFolder::new_work_folder() {
  std::string name = (folder_ / "new-XXXXXX").string();
  if (mkdtemp(name.data()) != nullptr) return name;
  fault_ = "nothing can be written to the folder of compiled rules " + folder_.string() + ": " + reason();
  return {};
}

std::string KernelFolder::keep(const fs::path& library, const std::string& key) const {
  const std::string bytes = own_bytes(library);
  if (bytes.empty()) return "the compiler has left no library";
  std::ofstream end(library, std::ios::binary | std::ios::app);
  end << digest_of(bytes);
  end.close();
  if (!end) return "the library could not be written: " + reason();
  if (chmod(library.c_str(), 0600) != 0 || std::rename(library.c_str(), file_of(key).c_str()) != 0)
    return "the library could not be kept: " + reason();
  return "";
}

}  // namespace locus
