// Frame: what stands around the bytes of a file that must be whole or be refused: magic, version,
// length, checksum.
//
//     8 bytes magic | version (4, little-endian) | length n (8, little-endian) | n bytes | SHA-256
//     of bytes, version and length (32)
//
// Why: a file cut short, changed by a bit, from elsewhere or from a newer program is told apart
// before a byte of it is believed. The magic has a byte above 0x7f and a line end of each kind, so
// that a transfer as text breaks it (as PNG's). Cost: a SHA-256 of the file.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "sim/model/files.h"

namespace locus {

/// What a kind of file is, and what it says when it is not.
struct FrameKind {
  std::string_view magic;     // 8 bytes
  std::uint32_t version = 1;  // that is written
  std::uint32_t oldest = 1;   // that is read
  std::string_view name;      // "checkpoint"
};

class FrameWriter {
 public:
  explicit FrameWriter(const FrameKind& kind, const std::filesystem::path& path, FileCalls calls = system_calls());
  ~FrameWriter();

  void append(std::string_view bytes);
  /// Replaces the file at the path; without this it stays as it was.
  void put_in_place();

 private:
  struct Digest;
  FrameKind kind_;
  NewFile file_;
  std::unique_ptr<Digest> digest_;
  std::uint64_t length_ = 0;
};

/// A framed file whose checksum is right, open at the first byte within.
struct OpenFrame {
  std::ifstream stream;
  std::int64_t length = 0;  // bytes within
};

/// Throws ModelError where the file is no whole one of this kind, FileError where it cannot be
/// read. Reads the file once, 64 KiB at a time.
OpenFrame open_frame(const FrameKind& kind, const std::filesystem::path& path);

}  // namespace locus
