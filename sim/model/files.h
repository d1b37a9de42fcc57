// Files as a whole: read all of one, write all of one or nothing; and files that grow.
//
// Why whole-or-nothing: a reader must never meet half a result. The bytes go to a file beside the
// target, reach the disk, and are renamed over it; then the folder reaches the disk as well. Who is
// killed on the way leaves the old file whole, and a file beside it that clear_leftovers takes
// away. Errors: FileError with the path and the system's reason.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace locus {

/// Protobuf's limit of one message, and so of a file that is one [bytes].
inline constexpr std::int64_t kLargestMessage = 0x7fffffff;

/// The bytes of a file or pipe. A file of more than `largest` bytes is a FileError, met before
/// memory is taken for them.
std::string read_file(const std::filesystem::path& path, std::int64_t largest = kLargestMessage);

/// Why a file cannot be read, as read_file's error says it; nothing where it can.
std::optional<std::string> unreadable(const std::filesystem::path& path);

/// The system's calls that writing a file takes, as POSIX has them. A test hands in others, which
/// fail where it wants them to.
struct FileCalls {
  std::function<int(const char* path, int flags)> open;
  std::function<std::ptrdiff_t(int file, const void* bytes, std::size_t size)> write;
  std::function<std::ptrdiff_t(int file, const void* bytes, std::size_t size, std::int64_t offset)> write_at;
  std::function<int(int file, std::int64_t length)> truncate;
  std::function<int(int file)> sync;
  std::function<int(int file)> close;
  std::function<int(const char* from, const char* to)> rename;
};
FileCalls system_calls();

/// A file that is being written beside its target, piece by piece; without put_in_place it goes
/// away with this. Its folder must exist.
class NewFile {
 public:
  explicit NewFile(std::filesystem::path target, FileCalls calls = system_calls());
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void append(std::string_view bytes);
  /// Over bytes that have been appended.
  void overwrite(std::int64_t offset, std::string_view bytes);
  /// Replaces the target. On any error before the last step, that of the folder, the target is as
  /// it was.
  void put_in_place();

 private:
  [[noreturn]] void fail() const;

  std::filesystem::path target_;
  FileCalls calls_;
  std::string beside_;  // its name for now; empty once it is in place
  int file_ = -1;
};

/// A file that grows while others read it: what has been flushed is there for them. Pieces wait in
/// memory until they are worth a call.
class GrowingFile {
 public:
  /// Makes the file, or opens one that is there; all behind its first `keep` bytes goes.
  GrowingFile(std::filesystem::path path, std::int64_t keep, FileCalls calls = system_calls());
  ~GrowingFile();
  GrowingFile(const GrowingFile&) = delete;
  GrowingFile& operator=(const GrowingFile&) = delete;

  void append(std::string_view bytes);
  void flush();
  /// Over bytes that have been flushed.
  void overwrite(std::int64_t offset, std::string_view bytes);
  /// All behind the first `length` bytes goes.
  void cut(std::int64_t length);
  /// What has been flushed reaches the disk.
  void sync();
  /// Flushes, and says if anything was not written after all.
  void close();
  std::int64_t length() const { return length_ + static_cast<std::int64_t>(waiting_.size()); }

 private:
  [[noreturn]] void fail() const;
  void write(std::int64_t offset, std::string_view bytes);

  std::filesystem::path path_;
  FileCalls calls_;
  int file_ = -1;
  std::int64_t length_ = 0;  // flushed
  std::string waiting_;
};

/// The names of what was made in a folder reach the disk.
void sync_folder(const std::filesystem::path& folder, const FileCalls& calls = system_calls());

/// Replaces the file at `path` by these bytes; its folder must exist. On any error the file is as
/// it was.
void write_file_whole(const std::filesystem::path& path, std::string_view bytes);

/// Removes from a folder what writers left there that were killed before they were done: files
/// named as NewFile names them that nobody holds a lock on.
void clear_leftovers(const std::filesystem::path& folder);

/// SHA-256 of bytes, as 64 hex digits.
std::string sha256(std::string_view bytes);

}  // namespace locus
