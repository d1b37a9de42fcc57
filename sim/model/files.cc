#include "sim/model/files.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <openssl/evp.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "core/base/check.h"
#include "core/base/huge_pages.h"
#include "sim/model/errors.h"

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

/// A new file in the folder of `path`, with a name that nobody has: `made` tells it.
int open_beside(const std::filesystem::path& path, const FileCalls& calls, std::string& made) {
  // leftovers of killed writers of the same process id are stepped over
  constexpr int kTries = 1000;
  for (int i = 0; i < kTries; ++i) {
    made = path.string() + "." + std::to_string(::getpid()) + "-" + std::to_string(i) + ".part";
    const int number = calls.open(made.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC);
    if (number >= 0 || errno != EEXIST) return number;
  }
  return -1;
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

/// Whether a file has the name that open_beside gives: "<target>.<process>-<number>.part".
bool is_part(std::string_view name) {
  static constexpr std::string_view kEnd = ".part";
  if (!name.ends_with(kEnd)) return false;
  name.remove_suffix(kEnd.size());
  const std::size_t dot = name.rfind('.');
  const std::size_t dash = name.rfind('-');
  if (dot == std::string_view::npos || dash == std::string_view::npos || dash < dot) return false;
  const auto number = [](std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return number(name.substr(dot + 1, dash - dot - 1)) && number(name.substr(dash + 1));
}

}  // namespace

bool is_stream(const std::filesystem::path& path) {
  const std::string name = path.string();
  return name == kStandardInput || name.starts_with("/dev/") || name.starts_with("/proc/self/fd/");
}

std::string read_file(const std::filesystem::path& path, std::int64_t largest) {
  const bool standard = path.string() == kStandardInput;
  const OpenFile file(standard ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) fail(path, "cannot open", errno);
  struct stat state = {};
  if (::fstat(file.number(), &state) != 0) fail(path, "cannot open", errno);
  if (S_ISDIR(state.st_mode)) fail(path, "cannot read", EISDIR);
  std::string bytes;
  if (S_ISREG(state.st_mode) && state.st_size <= largest) bytes.reserve(static_cast<std::size_t>(state.st_size));
  ask_for_huge_pages(bytes.data(), bytes.capacity());
  std::array<char, 1 << 16> buffer;
  while (true) {
    const ::ssize_t count = ::read(file.number(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path, "cannot read", errno);
    if (count == 0) return bytes;
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
    if (static_cast<std::int64_t>(bytes.size()) > largest || state.st_size > largest) {
      throw FileError(path.string() + ": is larger than the " + std::to_string(largest) +
                      " bytes of one protobuf message; put large weights into files beside the model");
    }
  }
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
          .rename = ::rename};
}

NewFile::NewFile(std::filesystem::path target, FileCalls calls)
    : target_(std::move(target)), calls_(std::move(calls)), file_(open_beside(target_, calls_, beside_)) {
  if (file_ < 0) fail();
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
  file_ = calls_.open(path_.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC);
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

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest = {};
  unsigned int size = 0;
  CHECK(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1, "OpenSSL has SHA-256");
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += kHex[digest[i] >> 4];
    text += kHex[digest[i] & 15];
  }
  return text;
}

}  // namespace locus
