#include "sim/run/fingerprint.h"

#include <array>
#include <bit>

#include "sim/model/sha256.h"

namespace locus {
namespace {

/// A running SHA-256 of 64-bit words, little endian whatever the machine.
class Digest {
 public:
  void add(std::uint64_t word) {
    std::array<char, 8> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(word >> (8 * i));
    digest_.add({bytes.data(), bytes.size()});
  }
  void add(double value) { add(std::bit_cast<std::uint64_t>(value)); }
  void add(const std::vector<double>& values) {
    add(static_cast<std::uint64_t>(values.size()));
    for (const double value : values) add(value);
  }

  std::string first_16_digits() { return hex_digits(digest_.finish()).substr(0, 16); }

 private:
  Sha256 digest_;
};

}  // namespace

std::string fingerprint(const Outcome& outcome) {
  Digest digest;
  digest.add(outcome.losses);
  const auto add = [&](const ProjectionWeights& weights) {
    std::visit([&](const auto& matrix) { digest.add(matrix.values); }, weights.matrix);
    if (const auto* sparse = std::get_if<SparseMatrix>(&weights.matrix)) {
      for (std::size_t k = 0; k < sparse->values.size(); ++k) {
        digest.add(static_cast<std::uint64_t>(sparse->row[k]));
        digest.add(static_cast<std::uint64_t>(sparse->col[k]));
      }
    }
  };
  for (const ProjectionWeights& weights : outcome.weights) add(weights);
  // of rules whose feedback learns
  for (const ProjectionWeights& weights : outcome.feedback) add(weights);
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
