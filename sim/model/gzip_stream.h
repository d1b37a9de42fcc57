// GzipStream: the contents of a gzip file, inflated while they are read.
//
// Cost: two buffers of 64 kB and zlib's window, whatever the file contains.
#pragma once

#include <array>
#include <istream>
#include <memory>
#include <streambuf>

namespace locus {

class GzipStream final : private std::streambuf, public std::istream {
 public:
  /// `from` must outlive it.
  explicit GzipStream(std::istream& from);
  ~GzipStream() override;

  /// True if the file has been read to its end, and its checksums are right.
  bool is_whole() const { return whole_; }

 private:
  struct Inflation;

  std::streambuf::int_type underflow() override;
  bool refill();

  std::istream& from_;
  std::unique_ptr<Inflation> inflation_;
  std::array<char, 1 << 16> packed_;
  std::array<char, 1 << 16> plain_;
  bool whole_ = false;
};

}  // namespace locus
