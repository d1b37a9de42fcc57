// The behaviour signature: the messages of every model in models/ under every rule, and the
// fingerprint of its learning, in tests/data/signature.txt.
//
// A change of behaviour must be deliberate. If the signature differs, the test writes the present
// one next to the file as signature.txt.new; if the change is intended, move it over the old one
// and say so in the commit. Counts are exact on every machine. Fingerprints depend on every last
// bit of losses and weights, and these on the machine's exp, tanh, log, sin and cos: the file names
// the mathematics of its fingerprints, and with other mathematics they are not compared.
#include <bit>
#include <cmath>
#include <fstream>
#include <span>
#include <sstream>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/signature/workload.h"

namespace locus {
namespace {

// of each model: enough for learning, few enough for a build with sanitisers
constexpr std::int64_t kUpdates = 20;
constexpr std::string_view kMathematics = "# mathematics: ";

/// FNV-1a over the bits of the results of the mathematical library at some thousand points; the
/// calls go through pointers, because compilers would otherwise evaluate them.
std::string mathematics() {
  std::uint64_t hash = 0xcbf29ce484222325U;
  const auto add = [&](double value) { hash = (hash ^ std::bit_cast<std::uint64_t>(value)) * 0x100000001b3U; };
  using Function = double (*)(double);
  for (const volatile Function function :
       {Function{std::exp}, Function{std::tanh}, Function{std::log}, Function{std::sin}, Function{std::cos}}) {
    for (int k = 1; k <= 1000; ++k) add(function(0.00737 * k));
  }
  return fmt::format("{:016x}", hash);
}

/// Those of the table that have a column; REDUCE is in the sums alone, so that older lines stay.
constexpr auto kColumns = std::span(kChannelTable).first<12>();

std::string line_of(const std::string& model, const Outcome& outcome) {
  std::string line = fmt::format("{:<24}{:<13}", model, outcome.rule);
  const Ledger& ledger = outcome.ledger;
  for (const ChannelRow& channel : kColumns) line += fmt::format("{:>10}", ledger.messages(channel.channel));
  line += fmt::format("{:>10}{:>11}{:>10}{:>10}{:>10}", ledger.messages(), ledger.scalars(),
                      ledger.spatial_violations(), ledger.temporal_violations(), ledger.violations());
  line += fmt::format("{:>8}{:>8}{:>8}{:>7}  {}\n", ledger.max_lag(), ledger.stalled_ticks(), ledger.history_bytes(),
                      ledger.trace_bytes(), outcome.fingerprint);
  return line;
}

std::string head() {
  std::string text = "# The behaviour signature; tests/signature/signature_test.cc says what it is for.\n";
  text += fmt::format(
      "# Totals over the first {} updates of each shipped model of up to 10^6 synapses; bytes are of one replica.\n",
      kUpdates);
  text += fmt::format("{}{}\n", kMathematics, mathematics());
  text += fmt::format("{:<24}{:<13}", "model", "rule");
  for (const ChannelRow& channel : kColumns) text += fmt::format("{:>10}", channel.name);
  text += fmt::format("{:>10}{:>11}{:>10}{:>10}{:>10}", "messages", "scalars", "spatial", "temporal", "either");
  text += fmt::format("{:>8}{:>8}{:>8}{:>7}  {}\n", "max_lag", "stalled", "history", "traces", "fingerprint");
  return text;
}

/// The text without the parts that depend on the machine's mathematics: its own line, and the last
/// word of every other line.
std::string counts_of(const std::string& text) {
  std::istringstream lines(text);
  std::string counts;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(kMathematics)) counts += line.substr(0, line.rfind(' ')) + '\n';
  }
  return counts;
}

std::string mathematics_of(const std::string& text) {
  const std::size_t begin = text.find(kMathematics);
  if (begin == std::string::npos) return "";
  return text.substr(begin + kMathematics.size(), text.find('\n', begin) - begin - kMathematics.size());
}

TEST(Signature, IsTheFiles) {
  std::string present = head();
  for (const auto& file : small_shipped_models()) {
    const RunResult result = run_shipped(file, kUpdates);
    for (const Outcome& outcome : result.outcomes) {
      EXPECT_EQ(outcome.status, Status::kCompleted) << result.model << ' ' << outcome.rule << ": " << outcome.message;
      present += line_of(result.model, outcome);
    }
  }
  const std::string path = std::string(LOCUS_TEST_DATA) + "/signature.txt";
  std::stringstream file;
  file << std::ifstream(path).rdbuf();
  const bool comparable = mathematics_of(file.str()) == mathematics();
  if (comparable ? file.str() == present : counts_of(file.str()) == counts_of(present)) return;
  std::ofstream(path + ".new") << present;
  ADD_FAILURE() << (comparable ? "behaviour" : "counts") << " of " << path
                << " differ from the present ones, beside it as .new:\n"
                << present;
}

/// One update of every model in models/, message by message: the same counts as in bulk, and losses
/// that agree to rounding.
TEST(Signature, IsThatOfSingleMessages) {
  for (const auto& file : small_shipped_models()) {
    const RunResult bulk = run_shipped(file, 1);
    const RunResult single = run_shipped(file, 1, TransportKind::kMailbox);
    ASSERT_EQ(bulk.outcomes.size(), single.outcomes.size());
    for (std::size_t r = 0; r < bulk.outcomes.size(); ++r) {
      const Outcome& outcome = bulk.outcomes[r];
      SCOPED_TRACE(bulk.model + ' ' + outcome.rule);
      EXPECT_EQ(outcome.ledger, single.outcomes[r].ledger);
      ASSERT_EQ(outcome.losses.size(), single.outcomes[r].losses.size());
      for (std::size_t k = 0; k < outcome.losses.size(); ++k) {
        EXPECT_NEAR(outcome.losses[k], single.outcomes[r].losses[k], 1e-12 * outcome.losses[k]);
      }
    }
  }
}

}  // namespace
}  // namespace locus
