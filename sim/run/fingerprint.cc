#include "sim/run/fingerprint.h"

#include <array>
#include <bit>
#include <memory>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "core/base/check.h"

namespace locus {
namespace {

/// A running SHA-256 of 64-bit words, little endian whatever the machine.
class Digest {
 public:
  Digest() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    CHECK(context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1, "SHA-256 is not there");
  }

  void add(std::uint64_t word) {
    std::array<unsigned char, 8> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<unsigned char>(word >> (8 * i));
    CHECK(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1, "SHA-256 failed");
  }
  void add(double value) { add(std::bit_cast<std::uint64_t>(value)); }
  void add(const std::vector<double>& values) {
    add(static_cast<std::uint64_t>(values.size()));
    for (const double value : values) add(value);
  }

  std::string first_16_digits() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    CHECK(EVP_DigestFinal_ex(context_.get(), bytes.data(), &size) == 1, "SHA-256 failed");
    std::string digits;
    for (std::size_t i = 0; i < 8; ++i) digits += fmt::format("{:02x}", bytes[i]);
    return digits;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

}  // namespace

std::string fingerprint(const Outcome& outcome) {
  Digest digest;
  digest.add(outcome.losses);
  for (const ProjectionWeights& weights : outcome.weights) {
    std::visit([&](const auto& matrix) { digest.add(matrix.values); }, weights.matrix);
    if (const auto* sparse = std::get_if<SparseMatrix>(&weights.matrix)) {
      for (std::size_t k = 0; k < sparse->values.size(); ++k) {
        digest.add(static_cast<std::uint64_t>(sparse->row[k]));
        digest.add(static_cast<std::uint64_t>(sparse->col[k]));
      }
    }
  }
  for (const LedgerEntry& entry : outcome.ledger.entries()) {
    digest.add(static_cast<std::uint64_t>(entry.channel));
    digest.add(static_cast<std::uint64_t>(entry.lag));
    digest.add(static_cast<std::uint64_t>(entry.tally.messages));
    digest.add(static_cast<std::uint64_t>(entry.tally.scalars));
  }
  digest.add(static_cast<std::uint64_t>(outcome.ledger.stalled_ticks()));
  digest.add(static_cast<std::uint64_t>(outcome.ledger.ticks()));
  return digest.first_16_digits();
}

}  // namespace locus
