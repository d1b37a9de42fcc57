#include "sim/model/file_lock.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "sim/model/errors.h"

namespace locus {
namespace {

constexpr std::string_view kBegin = "held by process ";

/// "process 12 on HOST since 2026-11-30 10:00:00 UTC", of this process.
std::string self() {
  std::array<char, 256> host = {};
  if (::gethostname(host.data(), host.size() - 1) != 0) host = {"an unknown host"};
  const auto now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  return fmt::format("process {} on {} since {:%Y-%m-%d %H:%M:%S} UTC", ::getpid(), host.data(),
                     fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
}

/// What the holder of a lock has written about itself.
std::string holder_in(int file) {
  std::array<char, 512> bytes = {};
  const ::ssize_t count = ::pread(file, bytes.data(), bytes.size(), 0);
  std::string text(bytes.data(), static_cast<std::size_t>(count > 0 ? count : 0));
  text = text.substr(0, text.find('\n'));
  constexpr std::string_view kHeld = "held by ";
  return text.starts_with(kBegin) ? text.substr(kHeld.size()) : "another process";
}

/// Whether the open file is still the one of this name: its last holder may have removed it.
bool is_still(int file, const std::filesystem::path& path) {
  struct stat open = {};
  struct stat named = {};
  return ::fstat(file, &open) == 0 && ::stat(path.c_str(), &named) == 0 && open.st_ino == named.st_ino &&
         open.st_dev == named.st_dev;
}

}  // namespace

FileLock::FileLock(std::filesystem::path file, const std::string& what, const std::string& remedy, Holding holding)
    : FileLock(std::move(file)) {
  std::string holder;
  if (!take(holding, holder)) throw FileError(fmt::format("{}: is in use by {}; {}", what, holder, remedy));
}

std::unique_ptr<FileLock> FileLock::attempt(std::filesystem::path file) {
  std::unique_ptr<FileLock> lock(new FileLock(std::move(file)));
  std::string holder;
  return lock->take(Holding::kAlone, holder) ? std::move(lock) : nullptr;
}

bool FileLock::take(Holding holding, std::string& holder) {
  int refusals = 0;
  while (number_ < 0) {
    number_ = ::open(file_.c_str(), O_CREAT | O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (number_ < 0)
      throw FileError(fmt::format("{}: cannot write: {}", file_.string(), std::generic_category().message(errno)));
    if (::flock(number_, (holding == Holding::kShared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0) {
      const bool held = errno == EWOULDBLOCK;
      if (held) holder = holder_in(number_);
      ::close(std::exchange(number_, -1));
      // One who shares it has it alone for a moment while leaving.
      if (held && holding == Holding::kShared && ++refusals < 20) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        continue;
      }
      return !held;  // otherwise there are no locks here
    }
    if (!is_still(number_, file_)) ::close(std::exchange(number_, -1));
  }
  // On a full disk nobody learns who holds the lock; it holds all the same.
  const std::string text = "held by " + self() + "\n";
  if (::ftruncate(number_, 0) != 0 || ::pwrite(number_, text.data(), text.size(), 0) < 0) return true;
  return true;
}

FileLock::~FileLock() {
  if (number_ < 0) return;
  // The file goes while it is held by nobody else: whoever waits for it sees that it is gone.
  if (::flock(number_, LOCK_EX | LOCK_NB) == 0) ::unlink(file_.c_str());
  ::close(number_);
}

}  // namespace locus
