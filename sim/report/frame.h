// Frame: magic, version, length and checksum around the bytes of a file that must be whole.
//
//     8 bytes magic | version (4, little-endian) | length n (8, little-endian) | n bytes |
//     SHA-256 of bytes, version and length (32)
//
// A file that is cut short, changed by a bit, of another kind or from a newer program is refused
// before any byte of it counts. The magic has a byte above 0x7f and a line end of each kind, so
// that a transfer as text breaks it (as in PNG).
// Cost: one SHA-256 of the file.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "sim/model/files.h"
#include "sim/model/sha256.h"

namespace locus {

/// A kind of file and its name in errors.
struct FrameKind {
  std::string_view magic;     // 8 bytes
  std::uint32_t version = 1;  // the version that is written
  std::uint32_t oldest = 1;   // the oldest version that is read
  std::string_view name;      // "checkpoint"
};

class FrameWriter {
 public:
  explicit FrameWriter(const FrameKind& kind, const std::filesystem::path& path, FileCalls calls = system_calls());

  void append(std::string_view bytes);
  /// Replaces the file at the path; without this call the old file stays.
  void put_in_place();

 private:
  FrameKind kind_;
  NewFile file_;
  Sha256 digest_;  // of the appended bytes
  std::uint64_t length_ = 0;
};

/// A framed file with a correct checksum, open at the first byte within the frame.
struct OpenFrame {
  std::ifstream stream;
  std::int64_t length = 0;  // bytes within the frame
};

/// Throws ModelError if the file is no whole file of this kind, FileError if it cannot be read.
/// Reads the file once, 64 KiB at a time.
OpenFrame open_frame(const FrameKind& kind, const std::filesystem::path& path);

}  // namespace locus
