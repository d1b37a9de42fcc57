// FileLock: one process at a time works on a folder of results or a checkpoint.
//
// Two processes that write the same files would mix them. The lock is the system's on a file
// (flock), so that it ends with its process, however that ends. The file says who holds it, and is
// removed with the lock; a killed process leaves it, which does no harm.
// Limits: file systems without locks give none, and two processes there are not kept apart.
#pragma once

#include <filesystem>
#include <string>

namespace locus {

class FileLock {
 public:
  /// Takes the lock or throws FileError: "<what>: is in use by process 12 on HOST since ...;
  /// <remedy>". The folder of `file` must exist.
  FileLock(std::filesystem::path file, const std::string& what, const std::string& remedy);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  std::filesystem::path file_;
  int number_ = -1;  // file descriptor; -1 without a lock
};

}  // namespace locus
