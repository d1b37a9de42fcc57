#include "sim/model/files.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <random>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include <sys/file.h>
#include <sys/stat.h>

#include "core/base/huge_pages.h"
#include "sim/model/errors.h"
#include "sim/model/sha256.h"

namespace locus {
namespace {

/// An open file descriptor; closed at the end.
class OpenFile {
 public:
  explicit OpenFile(int number) : number_(number) {}
  ~OpenFile() {
    if (number_ >= 0) ::close(number_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what, int code) {
  throw FileError(path.string() + ": " + what + ": " + std::generic_category().message(code));
}

OpenFile open_to_read(const std::filesystem::path& path) {
  const bool standard = path.string() == kStandardInput;
  const int number = standard ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (number < 0) fail(path, "cannot open", errno);
  return OpenFile(number);
}

/// Calls take(bytes) for each piece of a file, in order.
template <class Take>
void read_all(const std::filesystem::path& path, const OpenFile& file, Take take) {
  std::array<char, 1 << 16> buffer;
  while (true) {
    const ::ssize_t count = ::read(file.number(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path, "cannot read", errno);
    if (count == 0) return;
    take(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
  }
}

constexpr std::string_view kPartEnd = ".part";
constexpr std::size_t kPartDigits = 12;    // of the draw, and of the proof
constexpr std::size_t kLongestName = 255;  // bytes of a name in a folder

/// The digits that only this program puts behind a name and a draw.
std::string proof_of(std::string_view name, std::string_view draw) {
  return sha256("locus part\n" + std::string(name) + "\n" + std::string(draw)).substr(0, kPartDigits);
}

/// The name of a file beside one of this name; the name is cut where the new one would be too long.
std::string part_name(std::string_view name, std::string_view draw) {
  name = name.substr(0, kLongestName - 2 * (1 + kPartDigits) - kPartEnd.size());
  return std::string(name) + "." + std::string(draw) + "-" + proof_of(name, draw) + std::string(kPartEnd);
}

/// Whether part_name has made this name.
bool is_part(std::string_view name) {
  constexpr std::size_t kBehind = 2 * (1 + kPartDigits) + kPartEnd.size();
  if (name.size() < kBehind) return false;
  const std::string_view draw = name.substr(name.size() - kBehind + 1, kPartDigits);
  return name == part_name(name.substr(0, name.size() - kBehind), draw);
}

std::string random_digits() {
  std::random_device random;
  std::string bytes;
  while (2 * bytes.size() < kPartDigits) bytes += static_cast<char>(random() & 0xFF);
  return hex_digits(bytes);
}

/// A new file in the folder of `path`, with a name that nobody has: `made` tells it.
int open_beside(const std::filesystem::path& path, const FileCalls& calls, std::string& made) {
  constexpr int kTries = 100;
  for (int i = 0; i < kTries; ++i) {
    made = (path.parent_path() / part_name(path.filename().string(), random_digits())).string();
    const int number = calls.open(made.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC);
    if (number >= 0 || errno != EEXIST) return number;
  }
  return -1;
}

/// The state of the file of this name, a symbolic link included; empty if there is none.
std::optional<struct stat> state_of(const std::filesystem::path& path) {
  struct stat state = {};
  if (::lstat(path.c_str(), &state) != 0) return std::nullopt;
  return state;
}

/// Gives a new file the permissions of the regular file that it replaces. File systems without
/// permissions refuse, which is no error.
void keep_permissions(int file, const std::optional<struct stat>& replaced) {
  constexpr ::mode_t kPermissions = 0777;
  if (replaced && S_ISREG(replaced->st_mode)) static_cast<void>(::fchmod(file, replaced->st_mode & kPermissions));
}

/// A file that grows from nothing, in place of whatever file had its name.
int open_anew(const std::filesystem::path& path, const FileCalls& calls) {
  const std::optional<struct stat> replaced = state_of(path);
  if (replaced && ::unlink(path.c_str()) != 0) return -1;
  const int file = calls.open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC);
  if (file >= 0) keep_permissions(file, replaced);
  return file;
}

/// Calls transfer(bytes left, offset) until all are written; false where the system refuses.
template <class Transfer>
bool write_all(std::string_view bytes, Transfer transfer) {
  for (std::size_t done = 0; done < bytes.size();) {
    const std::ptrdiff_t written = transfer(bytes.substr(done), done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    done += static_cast<std::size_t>(written);
  }
  return true;
}

/// The name of a new file reaches the disk with its folder. Some file systems have no such thing,
/// and say EINVAL.
bool reaches_disk(const std::filesystem::path& folder, const FileCalls& calls) {
  const int number = calls.open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (number < 0) return false;
  const bool done = calls.sync(number) == 0 || errno == EINVAL;
  const int code = errno;
  calls.close(number);
  errno = code;
  return done;
}

}  // namespace

bool is_stream(const std::filesystem::path& path) {
  const std::string name = path.string();
  return name == kStandardInput || name.starts_with("/dev/") || name.starts_with("/proc/self/fd/");
}

std::string read_file(const std::filesystem::path& path, std::int64_t largest) {
  const OpenFile file = open_to_read(path);
  struct stat state = {};
  if (::fstat(file.number(), &state) != 0) fail(path, "cannot open", errno);
  if (S_ISDIR(state.st_mode)) fail(path, "cannot read", EISDIR);
  std::string bytes;
  if (S_ISREG(state.st_mode) && state.st_size <= largest) bytes.reserve(static_cast<std::size_t>(state.st_size));
  ask_for_huge_pages(bytes.data(), bytes.capacity());
  read_all(path, file, [&](std::string_view piece) {
    bytes += piece;
    if (static_cast<std::int64_t>(bytes.size()) > largest || state.st_size > largest) {
      throw FileError(path.string() + ": is larger than the " + std::to_string(largest) +
                      " bytes of one protobuf message; put large weights into files beside the model");
    }
  });
  return bytes;
}

std::string sha256_of_file(const std::filesystem::path& path) {
  const OpenFile file = open_to_read(path);
  Sha256 digest;
  read_all(path, file, [&](std::string_view piece) { digest.add(piece); });
  return hex_digits(digest.finish());
}

std::optional<std::string> read_file_if_readable(const std::filesystem::path& path, std::string& why) {
  try {
    return read_file(path);
  } catch (const FileError& error) {
    why = error.what();
    return std::nullopt;
  }
}

FileCalls system_calls() {
  return {.open = [](const char* path, int flags) { return ::open(path, flags, 0666); },
          .write = [](int file, const void* bytes, std::size_t size) { return ::write(file, bytes, size); },
          .write_at = [](int file, const void* bytes, std::size_t size,
                         std::int64_t offset) { return ::pwrite(file, bytes, size, offset); },
          .truncate = [](int file, std::int64_t length) { return ::ftruncate(file, length); },
          .sync = ::fsync,
          .close = ::close,
          .rename = ::rename,
          .make_folder = [](const char* path) { return ::mkdir(path, 0777); }};
}

NewFile::NewFile(std::filesystem::path target, FileCalls calls) : target_(std::move(target)), calls_(std::move(calls)) {
  const std::optional<struct stat> replaced = state_of(target_);
  if (replaced && !S_ISREG(replaced->st_mode) && !S_ISLNK(replaced->st_mode) && !S_ISDIR(replaced->st_mode))
    throw FileError(target_.string() + ": cannot write: is a device, a pipe or a socket; must be a file");
  file_ = open_beside(target_, calls_, beside_);
  if (file_ < 0) {
    beside_.clear();
    fail();
  }
  keep_permissions(file_, replaced);
  // says that somebody still writes; a file system without locks keeps its leftovers
  ::flock(file_, LOCK_EX | LOCK_NB);
}

NewFile::~NewFile() {
  if (file_ >= 0) calls_.close(file_);
  if (!beside_.empty()) ::unlink(beside_.c_str());
}

void NewFile::fail() const { locus::fail(target_, "cannot write", errno); }

void NewFile::append(std::string_view bytes) {
  if (!write_all(bytes,
                 [this](std::string_view left, std::size_t) { return calls_.write(file_, left.data(), left.size()); }))
    fail();
}

void NewFile::overwrite(std::int64_t offset, std::string_view bytes) {
  const auto transfer = [this, offset](std::string_view left, std::size_t done) {
    return calls_.write_at(file_, left.data(), left.size(), offset + static_cast<std::int64_t>(done));
  };
  if (!write_all(bytes, transfer)) fail();
}

void NewFile::put_in_place() {
  if (calls_.sync(file_) != 0 || calls_.close(std::exchange(file_, -1)) != 0 ||
      calls_.rename(beside_.c_str(), target_.c_str()) != 0)
    fail();
  beside_.clear();
  if (!reaches_disk(target_.has_parent_path() ? target_.parent_path() : ".", calls_)) fail();
}

GrowingFile::GrowingFile(std::filesystem::path path, std::int64_t keep, FileCalls calls)
    : path_(std::move(path)), calls_(std::move(calls)) {
  file_ = keep > 0 ? calls_.open(path_.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC) : open_anew(path_, calls_);
  if (file_ < 0 && errno == ELOOP)
    throw FileError(path_.string() + ": cannot write: is a symbolic link; must be the file itself");
  if (file_ < 0) fail();
  cut(keep);
}

GrowingFile::~GrowingFile() {
  if (file_ >= 0) calls_.close(file_);
}

void GrowingFile::fail() const { locus::fail(path_, "cannot write", errno); }

void GrowingFile::write(std::int64_t offset, std::string_view bytes) {
  const auto transfer = [this, offset](std::string_view left, std::size_t done) {
    return calls_.write_at(file_, left.data(), left.size(), offset + static_cast<std::int64_t>(done));
  };
  if (!write_all(bytes, transfer)) fail();
}

void GrowingFile::append(std::string_view bytes) {
  constexpr std::size_t kWorthACall = 1 << 18;
  waiting_ += bytes;
  if (waiting_.size() >= kWorthACall) flush();
}

void GrowingFile::flush() {
  write(length_, waiting_);
  length_ += static_cast<std::int64_t>(waiting_.size());
  waiting_.clear();
}

void GrowingFile::overwrite(std::int64_t offset, std::string_view bytes) { write(offset, bytes); }

void GrowingFile::cut(std::int64_t length) {
  waiting_.clear();
  if (calls_.truncate(file_, length) != 0) fail();
  length_ = length;
}

void GrowingFile::sync() {
  if (calls_.sync(file_) != 0) fail();
}

void GrowingFile::close() {
  flush();
  if (calls_.close(std::exchange(file_, -1)) != 0) fail();
}

void sync_folder(const std::filesystem::path& folder, const FileCalls& calls) {
  if (!reaches_disk(folder, calls)) fail(folder, "cannot write", errno);
}

void make_folder(const std::filesystem::path& folder, const FileCalls& calls) {
  std::error_code error;
  // from the folder upwards
  std::vector<std::filesystem::path> missing;
  // "out/" is "out"
  std::filesystem::path at = folder.has_filename() ? folder : folder.parent_path();
  while (!at.empty() && !std::filesystem::exists(std::filesystem::symlink_status(at, error))) {
    missing.push_back(at);
    at = at.parent_path();
  }
  for (; !missing.empty(); missing.pop_back()) {
    const std::filesystem::path& made = missing.back();
    // another process may have made it meanwhile
    if (calls.make_folder(made.c_str()) != 0 && errno != EEXIST) fail(folder, "cannot make the folder", errno);
    const std::filesystem::path above = made.has_parent_path() ? made.parent_path() : ".";
    // a folder that may be written to and not read cannot be brought to the disk
    if (!reaches_disk(above, calls) && errno != EACCES) fail(folder, "cannot make the folder", errno);
  }
  if (!std::filesystem::is_directory(folder, error)) fail(folder, "cannot make the folder", ENOTDIR);
}

void write_file_whole(const std::filesystem::path& path, std::string_view bytes) {
  NewFile file(path);
  file.append(bytes);
  file.put_in_place();
}

void clear_leftovers(const std::filesystem::path& folder) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (!is_part(entry->path().filename().string())) continue;
    const OpenFile file(::open(entry->path().c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (file.number() >= 0 && ::flock(file.number(), LOCK_EX | LOCK_NB) == 0) ::unlink(entry->path().c_str());
  }
}

}  // namespace locus
