#include "sim/model/gzip_stream.h"

#include <zlib.h>

#include "core/base/check.h"

namespace locus {

struct GzipStream::Inflation {
  z_stream state = {};
  bool between_parts = false;  // a file may have several parts, one behind the other
};

GzipStream::GzipStream(std::istream& from)
    : std::istream(this), from_(from), inflation_(std::make_unique<Inflation>()) {
  constexpr int kGzip = 16 + MAX_WBITS;
  CHECK(inflateInit2(&inflation_->state, kGzip) == Z_OK, "zlib inflates gzip");
}

GzipStream::~GzipStream() { inflateEnd(&inflation_->state); }

/// Reads more of the packed bytes; false at their end.
bool GzipStream::refill() {
  z_stream& state = inflation_->state;
  if (state.avail_in > 0) return true;
  from_.read(packed_.data(), static_cast<std::streamsize>(packed_.size()));
  state.next_in = reinterpret_cast<Bytef*>(packed_.data());
  state.avail_in = static_cast<uInt>(from_.gcount());
  return state.avail_in > 0;
}

std::streambuf::int_type GzipStream::underflow() {
  z_stream& state = inflation_->state;
  state.next_out = reinterpret_cast<Bytef*>(plain_.data());
  state.avail_out = static_cast<uInt>(plain_.size());
  while (state.avail_out == plain_.size()) {
    if (!refill()) {
      whole_ = inflation_->between_parts;
      return std::streambuf::traits_type::eof();
    }
    if (inflation_->between_parts) inflateReset(&state);
    inflation_->between_parts = false;
    const int result = inflate(&state, Z_NO_FLUSH);
    if (result == Z_STREAM_END) {
      inflation_->between_parts = true;
    } else if (result != Z_OK) {
      return std::streambuf::traits_type::eof();
    }
  }
  setg(plain_.data(), plain_.data(), plain_.data() + (plain_.size() - state.avail_out));
  return std::streambuf::traits_type::to_int_type(plain_[0]);
}

}  // namespace locus
