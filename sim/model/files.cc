#include "sim/model/files.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <openssl/evp.h>
#include <sys/stat.h>

#include "core/base/check.h"
#include "sim/model/errors.h"

namespace locus {
namespace {

/// An open file descriptor; closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }
  /// False if the system lost what was written; to be asked before a written file is trusted.
  bool close() { return ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what, int code) {
  throw FileError(path.string() + ": " + what + ": " + std::generic_category().message(code));
}

bool write_all(int number, std::string_view bytes) {
  while (!bytes.empty()) {
    const ::ssize_t written = ::write(number, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// A new file in the folder of `path`, with a name that nobody has: `made` tells it.
int open_beside(const std::filesystem::path& path, std::string& made) {
  constexpr int kTries = 1000;  // leftovers of killed writers of the same process id are stepped over
  for (int i = 0; i < kTries; ++i) {
    made = path.string() + "." + std::to_string(::getpid()) + "-" + std::to_string(i) + ".part";
    const int number = ::open(made.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    if (number >= 0 || errno != EEXIST) return number;
  }
  return -1;
}

}  // namespace

std::string read_file(const std::filesystem::path& path, std::int64_t largest) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) fail(path, "cannot open", errno);
  struct stat state = {};
  if (::fstat(file.number(), &state) != 0) fail(path, "cannot open", errno);
  if (S_ISDIR(state.st_mode)) fail(path, "cannot read", EISDIR);
  std::string bytes;
  if (S_ISREG(state.st_mode) && state.st_size <= largest) bytes.reserve(static_cast<std::size_t>(state.st_size));
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

std::optional<std::string> unreadable(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_fifo(path, ignored)) return std::nullopt;  // a pipe can be read once
  try {
    read_file(path);
    return std::nullopt;
  } catch (const FileError& error) {
    return error.what();
  }
}

void write_file_whole(const std::filesystem::path& path, std::string_view bytes) {
  std::string beside;
  Descriptor file(open_beside(path, beside));
  if (file.number() < 0) fail(path, "cannot write", errno);
  if (write_all(file.number(), bytes) && ::fsync(file.number()) == 0 && file.close() &&
      ::rename(beside.c_str(), path.c_str()) == 0)
    return;
  const int code = errno;
  ::unlink(beside.c_str());
  fail(path, "cannot write", code);
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
