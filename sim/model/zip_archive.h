// ZipArchive: the members of a .zip file, read from a stream, each as a stream of its own.
//
// NumPy's .npz files are such archives. The directory is read at once; a member is inflated while
// it is read.
// Cost: a buffer of 64 kB beside minizip's own. Source: minizip, of zlib.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/reading.h"

namespace locus {

class ZipArchive {
 public:
  static constexpr std::size_t kMostMembers = 10'000;

  /// The file's stream must be seekable, and must outlive the archive and its members.
  explicit ZipArchive(const FileBeside& file);
  ~ZipArchive();
  ZipArchive(const ZipArchive&) = delete;
  ZipArchive& operator=(const ZipArchive&) = delete;

  /// False if the stream is no archive, is damaged, or has more than kMostMembers members.
  bool is_open() const;
  /// The names of the members, in the order of the archive.
  const std::vector<std::string>& names() const { return names_; }

  /// Opens a member; its stream is null if the member cannot be read, or has a size that nothing in
  /// the archive can inflate to. Only one can be open at a time: the next opening closes it.
  FileBeside open(std::string_view name);
  /// True if the open member has been read to its end and has its checksum. Closes it.
  bool close();

 private:
  struct Handle;

  std::unique_ptr<Handle> handle_;
  std::int64_t length_;  // of the archive [bytes]
  std::vector<std::string> names_;
};

}  // namespace locus
