// Files as a whole: read all of one, write all of one or nothing.
//
// Why whole-or-nothing: a reader must never meet half a result. The bytes go to a file beside the target, reach the disk, and are renamed over it.
// Errors: FileError with the path and the system's reason.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace locus {

/// Protobuf's limit of one message, and so of a file that is one [bytes].
inline constexpr std::int64_t kLargestMessage = 0x7fffffff;

/// The bytes of a file or pipe. A file of more than `largest` bytes is a FileError, met before memory is taken for them.
std::string read_file(const std::filesystem::path& path, std::int64_t largest = kLargestMessage);

/// Why a file cannot be read, as read_file's error says it; nothing where it can.
std::optional<std::string> unreadable(const std::filesystem::path& path);

/// Replaces the file at `path` by these bytes; its folder must exist. On any error the file is as it was.
void write_file_whole(const std::filesystem::path& path, std::string_view bytes);

/// SHA-256 of bytes, as 64 hex digits.
std::string sha256(std::string_view bytes);

}  // namespace locus
