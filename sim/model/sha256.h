// SHA-256 (FIPS 180-4), computed by OpenSSL: of bytes as a whole, or piece by piece.
//
// All hashes of the program are this one: fingerprints, checksums of files, provenance.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace locus {

/// A running SHA-256. After finish it must not be used again.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void add(std::string_view bytes);
  /// The 32 bytes of the digest.
  std::string finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// Bytes as hexadecimal digits, two for each byte.
std::string hex_digits(std::string_view bytes);

/// SHA-256 of bytes, as 64 hex digits.
std::string sha256(std::string_view bytes);

}  // namespace locus
