#include "sim/report/diff.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "sim/report/read_result.h"
#include "sim/report/text.h"

namespace locus {
namespace {

/// Gathers what differs, a line each.
class Findings {
 public:
  explicit Findings(double tolerance) : tolerance_(tolerance) {}

  void note(const std::string& line) { text_ += wrap(line, 4, 0); }
  void differ(const std::string& line) {
    note(line);
    agree_ = false;
  }
  template <class T>
  void values(const std::string& what, const T& a, const T& b) {
    if (a != b) differ(fmt::format("{}: {} against {}", what, a, b));
  }
  bool same(double a, double b) const {
    if (a == b || (std::isnan(a) && std::isnan(b))) return true;
    return std::abs(a - b) <= tolerance_ * std::max(std::abs(a), std::abs(b));
  }
  bool agree() const { return agree_; }
  Difference result() && { return {std::move(text_), agree_}; }

 private:
  double tolerance_;
  std::string text_;
  bool agree_ = true;
};

/// How far two columns of numbers are from one another; `place` says where number i stands.
template <class Numbers, class Place>
void numbers(const std::string& what, const Numbers& a, const Numbers& b, Place&& place, Findings& findings) {
  if (a.size() != b.size()) return findings.differ(fmt::format("{}: {} against {} numbers", what, a.size(), b.size()));
  std::int64_t count = 0;
  double largest = 0;
  int at = 0;
  for (int i = 0; i < a.size(); ++i) {
    if (findings.same(a[i], b[i])) continue;
    const double relative = std::abs(a[i] - b[i]) / std::max(std::abs(a[i]), std::abs(b[i]));
    if (count == 0 || relative > largest) {
      largest = relative;
      at = i;
    }
    ++count;
  }
  if (count == 0) return;
  findings.differ(fmt::format("{}: {} of {} differ, most by {:.2g} of its size, {}: {} against {}", what, count,
                              a.size(), largest, place(at), a[at], b[at]));
}

std::string update_at(int index) { return fmt::format("at update {}", index); }

void weights(const std::string& rule, const v1::ProjectionWeights& a, const v1::ProjectionWeights& b, Findings& findings) {
  const std::string what = fmt::format("{}: weights {}", rule, a.projection());
  if (a.projection() != b.projection() || a.form_case() != b.form_case())
    return findings.differ(fmt::format("{}: of another projection or form in the other", what));
  if (a.form_case() == v1::ProjectionWeights::kFile)
    return findings.note(fmt::format("{}: in files beside the results, which are not compared", what));
  if (a.has_matrix()) {
    if (a.matrix().rows() != b.matrix().rows() || a.matrix().cols() != b.matrix().cols())
      return findings.differ(fmt::format("{}: {} x {} against {} x {}", what, a.matrix().rows(), a.matrix().cols(),
                                         b.matrix().rows(), b.matrix().cols()));
    const int cols = std::max(1, a.matrix().cols());
    const auto place = [&](int i) { return fmt::format("[{},{}]", i / cols, i % cols); };
    return numbers(what, a.matrix().values(), b.matrix().values(), place, findings);
  }
  const v1::SparseMatrix& left = a.sparse();
  const v1::SparseMatrix& right = b.sparse();
  const bool same_place = std::ranges::equal(left.row(), right.row()) && std::ranges::equal(left.col(), right.col());
  if (!same_place || left.rows() != right.rows() || left.cols() != right.cols())
    return findings.differ(fmt::format("{}: other synapses exist", what));
  numbers(
      what, left.values(), right.values(), [&](int i) { return fmt::format("[{},{}]", left.row(i), left.col(i)); },
      findings);
}

void counts(const std::string& rule, const v1::Ledger& a, const v1::Ledger& b, Findings& findings) {
  std::map<std::pair<int, std::int32_t>, std::pair<std::int64_t, std::int64_t>> messages;  // by channel and lag
  for (const v1::Ledger::Entry& entry : a.entries()) messages[{entry.channel(), entry.lag()}].first += entry.messages();
  for (const v1::Ledger::Entry& entry : b.entries())
    messages[{entry.channel(), entry.lag()}].second += entry.messages();
  std::int64_t differ = 0;
  std::string first;
  for (const auto& [key, count] : messages) {
    if (count.first == count.second) continue;
    if (++differ > 1) continue;
    const auto channel = static_cast<v1::Ledger::Channel>(key.first);
    first = fmt::format("{} of lag {}: {} against {}", v1::Ledger::Channel_Name(channel), key.second, count.first,
                        count.second);
  }
  if (differ > 0) {
    findings.differ(fmt::format("{}: messages: {} of {} channels and lags differ, first {}; in all {} against {}", rule,
                                differ, messages.size(), first, a.messages(), b.messages()));
  }
  findings.values(rule + ": trials", a.trials(), b.trials());
  findings.values(rule + ": stalled ticks", a.stalled_ticks(), b.stalled_ticks());
  findings.values(rule + ": history bytes", a.history_bytes(), b.history_bytes());
  findings.values(rule + ": trace bytes", a.trace_bytes(), b.trace_bytes());
}

void runs(const v1::Run& a, const v1::Run& b, Findings& findings) {
  const std::string& rule = a.rule();
  findings.values(rule + ": kind", a.kind(), b.kind());
  findings.values(rule + ": status", v1::Run::Status_Name(a.status()), v1::Run::Status_Name(b.status()));
  findings.values(rule + ": updates", a.updates(), b.updates());
  numbers(rule + ": losses", a.losses(), b.losses(), update_at, findings);
  if (a.weights_size() != b.weights_size()) {
    findings.differ(fmt::format("{}: weights of {} against {} projections", rule, a.weights_size(), b.weights_size()));
  } else {
    for (int p = 0; p < a.weights_size(); ++p) weights(rule, a.weights(p), b.weights(p), findings);
  }
  counts(rule, a.ledger(), b.ledger(), findings);
}

const v1::Run* run_of(const v1::Result& result, const std::string& rule) {
  const auto found = std::ranges::find(result.runs(), rule, [](const v1::Run& run) { return run.rule(); });
  return found == result.runs().end() ? nullptr : &*found;
}

}  // namespace

Difference difference(const std::filesystem::path& a_path, const std::filesystem::path& b_path, double tolerance) {
  const v1::Result a = read_result(a_path);
  const v1::Result b = read_result(b_path);
  Findings findings(tolerance);
  if (a.version() != b.version() || a.commit() != b.commit())
    findings.note(
        fmt::format("made by locus {} ({}) and by locus {} ({})", a.version(), a.commit(), b.version(), b.commit()));
  findings.values("model", a.model(), b.model());
  findings.values("model sha256", a.model_sha256(), b.model_sha256());
  findings.values("seed", a.seed(), b.seed());
  findings.values("settings", fmt::format("{}", fmt::join(a.settings(), " ")),
                  fmt::format("{}", fmt::join(b.settings(), " ")));
  if (a.outline().SerializeAsString() != b.outline().SerializeAsString())
    findings.differ("outline: network or training differ");
  for (const v1::Run& run : a.runs()) {
    const v1::Run* const other = run_of(b, run.rule());
    if (other == nullptr) {
      findings.differ(run.rule() + ": only in the first");
    } else {
      runs(run, *other, findings);
    }
  }
  for (const v1::Run& run : b.runs()) {
    if (run_of(a, run.rule()) == nullptr) findings.differ(run.rule() + ": only in the second");
  }
  if (findings.agree()) findings.note("the results agree: model, seed, losses, weights and counts");
  return std::move(findings).result();
}

}  // namespace locus
