// Files: reading a whole file, writing a whole file or nothing, and files that grow.
//
// A reader must never see half a result. The bytes therefore go to a file beside the target, reach
// the disk, and are renamed over the target; then the folder reaches the disk too. A process that
// is killed leaves the old file whole, and a file beside it that clear_leftovers removes. The new
// file has the permissions of the one that it replaces. A target that is a symbolic link is itself
// replaced; the file that it names is never written.
// Errors: FileError with the path and the system's reason.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace locus {

/// Protobuf's limit for one message, and so for a file of one message [bytes].
inline constexpr std::int64_t kLargestMessage = 0x7fffffff;

/// The path that stands for standard input.
inline constexpr std::string_view kStandardInput = "-";
/// True for standard input, a device or a pipe that the shell has made (/dev/stdin, /dev/fd/63):
/// they can be read once, and their names say nothing about their form.
bool is_stream(const std::filesystem::path& path);

/// SHA-256 of a file's bytes, as 64 hex digits, in 64 KiB of memory.
std::string sha256_of_file(const std::filesystem::path& path);

/// The bytes of a file or pipe, or of standard input for "-". A file of more than `largest` bytes
/// is a FileError before memory is taken.
std::string read_file(const std::filesystem::path& path, std::int64_t largest = kLargestMessage);
/// The same; for a file that cannot be read nothing, with the words of the error in `why`.
std::optional<std::string> read_file_if_readable(const std::filesystem::path& path, std::string& why);

/// The calls of the system for writing a file, as in POSIX. A test passes other ones, which fail at
/// chosen places.
struct FileCalls {
  std::function<int(const char* path, int flags)> open;
  std::function<std::ptrdiff_t(int file, const void* bytes, std::size_t size)> write;
  std::function<std::ptrdiff_t(int file, const void* bytes, std::size_t size, std::int64_t offset)> write_at;
  std::function<int(int file, std::int64_t length)> truncate;
  std::function<int(int file)> sync;
  std::function<int(int file)> close;
  std::function<int(const char* from, const char* to)> rename;
  std::function<int(const char* path)> make_folder;
};
FileCalls system_calls();

/// A new file beside its target, written piece by piece; without put_in_place the destructor
/// removes it. Its folder must exist, and the target must not be a device, a pipe or a socket.
///
/// The file beside the target is "<target>.<draw>-<proof>.part". The draw is random. The proof is
/// the beginning of a SHA-256 of target and draw, so that only this program makes such names, and
/// clear_leftovers can tell them from those of others.
class NewFile {
 public:
  explicit NewFile(std::filesystem::path target, FileCalls calls = system_calls());
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void append(std::string_view bytes);
  /// Overwrites bytes that have been appended.
  void overwrite(std::int64_t offset, std::string_view bytes);
  /// Replaces the target. After an error before the last step, which is that of the folder, the
  /// target is unchanged.
  void put_in_place();

 private:
  [[noreturn]] void fail() const;

  std::filesystem::path target_;
  FileCalls calls_;
  std::string beside_;  // its temporary name; empty once it is in place
  int file_ = -1;
};

/// A file that grows while others read it; flushed bytes are visible to them. Pieces wait in memory
/// until they are worth a call.
class GrowingFile {
 public:
  /// Makes a new file in place of an old one, or (`keep` > 0) opens an existing one and removes
  /// everything after its first `keep` bytes; the existing one must not be a symbolic link.
  GrowingFile(std::filesystem::path path, std::int64_t keep, FileCalls calls = system_calls());
  ~GrowingFile();
  GrowingFile(const GrowingFile&) = delete;
  GrowingFile& operator=(const GrowingFile&) = delete;

  void append(std::string_view bytes);
  void flush();
  /// Overwrites bytes that have been flushed.
  void overwrite(std::int64_t offset, std::string_view bytes);
  /// Removes everything after the first `length` bytes.
  void cut(std::int64_t length);
  /// Brings the flushed bytes to the disk.
  void sync();
  /// Flushes, and throws if any bytes were not written.
  void close();
  std::int64_t length() const { return length_ + static_cast<std::int64_t>(waiting_.size()); }

 private:
  [[noreturn]] void fail() const;
  void write(std::int64_t offset, std::string_view bytes);

  std::filesystem::path path_;
  FileCalls calls_;
  int file_ = -1;
  std::int64_t length_ = 0;  // flushed bytes
  std::string waiting_;
};

/// Brings the names of new files in a folder to the disk.
void sync_folder(const std::filesystem::path& folder, const FileCalls& calls = system_calls());

/// Replaces the file at `path` by these bytes; its folder must exist. After an error the file is
/// unchanged.
void write_file_whole(const std::filesystem::path& path, std::string_view bytes);

/// Makes a folder and those above it that do not exist; their names reach the disk. A folder that
/// exists already is left as it is.
void make_folder(const std::filesystem::path& folder, const FileCalls& calls = system_calls());

/// Removes the leftovers of killed writers from a folder: files with names of NewFile that no
/// process has locked. Files of others stay, whatever their names.
void clear_leftovers(const std::filesystem::path& folder);

}  // namespace locus
