#include "sim/model/zip_archive.h"

#include <algorithm>
#include <array>
#include <istream>
#include <limits>
#include <streambuf>

#include <minizip/unzip.h>

namespace locus {
namespace {

constexpr std::size_t kLongestMember = 1 << 12;  // bytes of a member's name

// What minizip reads with, over a std::istream.

void* open_stream(void* opaque, const void*, int) { return opaque; }

uLong read_stream(void*, void* stream, void* bytes, uLong size) {
  auto& from = *static_cast<std::istream*>(stream);
  from.clear();
  from.read(static_cast<char*>(bytes), static_cast<std::streamsize>(size));
  return static_cast<uLong>(from.gcount());
}

uLong write_stream(void*, void*, const void*, uLong) { return 0; }

ZPOS64_T tell_stream(void*, void* stream) {
  auto& from = *static_cast<std::istream*>(stream);
  from.clear();
  return static_cast<ZPOS64_T>(from.tellg());
}

long seek_stream(void*, void* stream, ZPOS64_T offset, int origin) {
  if (offset > static_cast<ZPOS64_T>(std::numeric_limits<std::streamoff>::max())) return -1;
  auto& from = *static_cast<std::istream*>(stream);
  from.clear();
  const std::ios_base::seekdir way = origin == ZLIB_FILEFUNC_SEEK_CUR   ? std::ios::cur
                                     : origin == ZLIB_FILEFUNC_SEEK_END ? std::ios::end
                                                                        : std::ios::beg;
  from.seekg(static_cast<std::streamoff>(offset), way);
  return from ? 0 : -1;
}

int close_stream(void*, void*) { return 0; }
int error_of_stream(void*, void*) { return 0; }

/// Inflates the open member of an archive.
class MemberStream final : private std::streambuf, public std::istream {
 public:
  explicit MemberStream(unzFile file) : std::istream(this), file_(file) {}

 private:
  std::streambuf::int_type underflow() override {
    const int count = unzReadCurrentFile(file_, buffer_.data(), static_cast<unsigned>(buffer_.size()));
    if (count <= 0) return std::streambuf::traits_type::eof();
    setg(buffer_.data(), buffer_.data(), buffer_.data() + count);
    return std::streambuf::traits_type::to_int_type(buffer_[0]);
  }

  unzFile file_;
  std::array<char, 1 << 16> buffer_;
};

}  // namespace

struct ZipArchive::Handle {
  unzFile file = nullptr;
  bool reads_member = false;
};

ZipArchive::ZipArchive(const FileBeside& file) : handle_(std::make_unique<Handle>()), length_(file.length) {
  zlib_filefunc64_def calls = {.zopen64_file = open_stream,
                               .zread_file = read_stream,
                               .zwrite_file = write_stream,
                               .ztell64_file = tell_stream,
                               .zseek64_file = seek_stream,
                               .zclose_file = close_stream,
                               .zerror_file = error_of_stream,
                               .opaque = file.stream.get()};
  handle_->file = unzOpen2_64(nullptr, &calls);
  if (handle_->file == nullptr) return;
  int state = unzGoToFirstFile(handle_->file);
  for (; state == UNZ_OK; state = unzGoToNextFile(handle_->file)) {
    std::array<char, kLongestMember> name = {};
    unz_file_info64 info = {};
    const int read = unzGetCurrentFileInfo64(handle_->file, &info, name.data(), name.size() - 1, nullptr, 0, nullptr, 0);
    if (read != UNZ_OK || info.size_filename >= name.size() || names_.size() == kMostMembers) break;
    names_.emplace_back(name.data());
  }
  if (state == UNZ_END_OF_LIST_OF_FILE || (state != UNZ_OK && names_.empty())) return;
  unzClose(handle_->file);
  handle_->file = nullptr;
}

ZipArchive::~ZipArchive() {
  if (handle_->file == nullptr) return;
  close();
  unzClose(handle_->file);
}

bool ZipArchive::is_open() const { return handle_->file != nullptr; }

FileBeside ZipArchive::open(std::string_view name) {
  close();
  const auto at = std::ranges::find(names_, name);
  if (at == names_.end() || unzGoToFirstFile(handle_->file) != UNZ_OK) return {};
  for (auto i = names_.begin(); i != at; ++i) {
    if (unzGoToNextFile(handle_->file) != UNZ_OK) return {};
  }
  unz_file_info64 info = {};
  if (unzGetCurrentFileInfo64(handle_->file, &info, nullptr, 0, nullptr, 0, nullptr, 0) != UNZ_OK) return {};
  constexpr uLong kEncrypted = 1;
  constexpr ZPOS64_T kMostInflation = 1040;  // of deflate: 1032 and a little
  const bool possible = info.compressed_size <= static_cast<ZPOS64_T>(length_) &&
                        info.uncompressed_size / kMostInflation <= info.compressed_size;
  if ((info.flag & kEncrypted) != 0 || !possible) return {};
  if (unzOpenCurrentFile(handle_->file) != UNZ_OK) return {};
  handle_->reads_member = true;
  return {std::make_unique<MemberStream>(handle_->file), static_cast<std::int64_t>(info.uncompressed_size)};
}

bool ZipArchive::close() {
  if (!handle_->reads_member) return false;
  handle_->reads_member = false;
  const bool at_end = unzeof(handle_->file) == 1;
  return unzCloseCurrentFile(handle_->file) == UNZ_OK && at_end;
}

}  // namespace locus
