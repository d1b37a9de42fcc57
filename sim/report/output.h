// Output: where a writer of this folder puts its bytes, piece by piece, so that a text or a file
// takes the memory of a piece, whatever its length.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace locus {

class Output {
 public:
  /// `sink` gets the bytes in their order, in pieces of some 64 KiB. Its errors pass through.
  using Sink = std::function<void(std::string_view)>;
  explicit Output(Sink sink) : sink_(std::move(sink)) {}

  void put(char character) {
    piece_ += character;
    if (piece_.size() >= kPiece) flush();
  }
  void put(std::string_view bytes) {
    if (bytes.size() >= kPiece) {
      flush();
      return sink_(bytes);
    }
    piece_ += bytes;
    if (piece_.size() >= kPiece) flush();
  }
  template <class... Values>
  void print(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(piece_), format, std::forward<Values>(values)...);
    if (piece_.size() >= kPiece) flush();
  }
  /// Hands over the bytes that wait; the last call of every writer that made an Output.
  void flush() {
    if (!piece_.empty()) sink_(piece_);
    piece_.clear();
  }

 private:
  static constexpr std::size_t kPiece = 1 << 16;
  Sink sink_;
  std::string piece_;
};

/// Replaces the file by what `write` puts, whole or not at all. Throws FileError.
void write_whole(const std::filesystem::path& path, const std::function<void(Output&)>& write);

/// The output of `write`, as one string.
std::string text_of(const std::function<void(Output&)>& write);

}  // namespace locus
