// FileLock: one process at a time works on a folder of results or a checkpoint.
//
// Two processes that write the same files would mix them. The lock is the system's on a file
// (flock), so that it ends with its process, however that ends. The file says who holds it (of
// several that share it: the last), and is removed with the lock; a killed process leaves it, which
// does no harm.
// Limits: file systems without locks give none, and two processes there are not kept apart.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

namespace locus {

/// Shared: others may hold the lock at the same time, if they share it too.
enum class Holding { kAlone, kShared };

class FileLock {
 public:
  /// Takes the lock or throws FileError: "<what>: is in use by process 12 on HOST since ...;
  /// <remedy>". The folder of `file` must exist.
  FileLock(std::filesystem::path file, const std::string& what, const std::string& remedy,
           Holding holding = Holding::kAlone);
  /// Takes the lock alone, or returns null where another holder has it. Throws FileError if the
  /// file cannot be written.
  static std::unique_ptr<FileLock> attempt(std::filesystem::path file);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  explicit FileLock(std::filesystem::path file) : file_(std::move(file)) {}

  /// Takes the lock. Returns false, with words for its holder, where another one has it.
  bool take(Holding holding, std::string& holder);

  std::filesystem::path file_;
  int number_ = -1;  // file descriptor; -1 without a lock
};

}  // namespace locus
