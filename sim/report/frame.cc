#include "sim/report/frame.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/base/check.h"
#include "sim/model/errors.h"
#include "sim/model/sha256.h"

namespace locus {
namespace {

constexpr std::size_t kMagic = 8;
constexpr std::size_t kHead = kMagic + 4 + 8;
constexpr std::size_t kChecksum = 32;

std::string little_endian(std::uint64_t number, std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes; ++i) text += static_cast<char>(number >> (8 * i) & 0xFF);
  return text;
}

std::uint64_t number_of(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    number |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  return number;
}

std::string version_and_length(const FrameKind& kind, std::uint64_t length) {
  return little_endian(kind.version, 4) + little_endian(length, 8);
}

[[noreturn]] void refuse_frame(const std::filesystem::path& path, std::string what, std::string allowed) {
  throw ModelError({{.file = path.string(), .what = std::move(what), .allowed = std::move(allowed)}});
}

/// SHA-256 of the next `length` bytes, followed by `behind`.
std::string digest_of(std::istream& stream, std::uint64_t length, std::string_view behind) {
  Sha256 digest;
  std::array<char, 1 << 16> block;
  while (length > 0 && stream) {
    stream.read(block.data(), static_cast<std::streamsize>(std::min<std::uint64_t>(length, block.size())));
    const auto count = static_cast<std::size_t>(stream.gcount());
    digest.add({block.data(), count});
    length -= count;
  }
  digest.add(behind);
  return digest.finish();
}

}  // namespace

FrameWriter::FrameWriter(const FrameKind& kind, const std::filesystem::path& path, FileCalls calls)
    : kind_(kind), file_(path, std::move(calls)) {
  CHECK(kind.magic.size() == kMagic, "a magic has eight bytes");
  file_.append(std::string(kind.magic) + version_and_length(kind, 0));
}

void FrameWriter::append(std::string_view bytes) {
  file_.append(bytes);
  digest_.add(bytes);
  length_ += bytes.size();
}

void FrameWriter::put_in_place() {
  const std::string facts = version_and_length(kind_, length_);
  digest_.add(facts);
  file_.append(digest_.finish());
  file_.overwrite(kMagic, facts);
  file_.put_in_place();
}

OpenFrame open_frame(const FrameKind& kind, const std::filesystem::path& path) {
  OpenFrame frame{std::ifstream(path, std::ios::binary), 0};
  std::error_code error;
  if (!frame.stream || std::filesystem::is_directory(path, error))
    throw FileError(path.string() +
                    ": cannot open: " + std::generic_category().message(error || frame.stream ? EISDIR : errno));
  std::string head(kHead, '\0');
  frame.stream.read(head.data(), static_cast<std::streamsize>(kHead));
  head.resize(static_cast<std::size_t>(frame.stream.gcount()));
  if (head.size() < kMagic || head.substr(0, kMagic) != kind.magic)
    refuse_frame(path, fmt::format("is no {} of locus", kind.name),
                 fmt::format("must be a file that locus wrote as a {}", kind.name));
  const std::string cut = fmt::format("is a {} that is cut short", kind.name);
  if (head.size() < kHead) refuse_frame(path, cut, fmt::format("its head alone has {} bytes", kHead));
  const std::uint64_t version = number_of(std::string_view(head).substr(kMagic, 4));
  if (version < kind.oldest || version > kind.version) {
    refuse_frame(path, fmt::format("is a {} of format {}", kind.name, version),
                 fmt::format("this program reads formats {} to {}; {}", kind.oldest, kind.version,
                             version > kind.version ? "a newer one wrote it" : "an older one wrote it"));
  }
  const std::uint64_t length = number_of(std::string_view(head).substr(kMagic + 4));
  const std::uint64_t there = std::filesystem::file_size(path, error);
  if (error) throw FileError(path.string() + ": cannot read: " + error.message());
  if (there < kHead + kChecksum || there - kHead - kChecksum < length)
    refuse_frame(path, cut, fmt::format("{} bytes are there, and its head says {}", there, kHead + length + kChecksum));
  if (there - kHead - kChecksum > length)
    refuse_frame(path, fmt::format("is a {} with bytes behind its end", kind.name),
                 fmt::format("its head says {}", kHead + length + kChecksum));
  const std::string digest = digest_of(frame.stream, length, std::string_view(head).substr(kMagic));
  std::string checksum(kChecksum, '\0');
  if (!frame.stream.read(checksum.data(), static_cast<std::streamsize>(kChecksum)))
    throw FileError(path.string() + ": cannot read: " + std::generic_category().message(EIO));
  if (checksum != digest)
    refuse_frame(path, fmt::format("is a {} that is damaged", kind.name), "its checksum is not that of its bytes");
  frame.stream.seekg(static_cast<std::streamoff>(kHead));
  frame.length = static_cast<std::int64_t>(length);
  return frame;
}

}  // namespace locus
