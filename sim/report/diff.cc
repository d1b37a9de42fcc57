#include "sim/report/diff.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sim/model/errors.h"
#include "sim/model/files.h"
#include "sim/report/differences.h"
#include "sim/report/read_result.h"
#include "sim/report/result_message.h"
#include "sim/report/sweep_result.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

/// The folders of the two results; paths of weights are relative to them.
struct Folders {
  fs::path a;
  fs::path b;
};

ModelError unreadable(const fs::path& path, std::string what) {
  return ModelError({{.file = path.string(), .what = std::move(what), .allowed = "must be part of the result of a run"}});
}

template <class Numbers, class Place>
void numbers(const std::string& what, const Numbers& a, const Numbers& b, Place&& place, Findings& findings) {
  if (a.size() != b.size()) return findings.differ(fmt::format("{}: {} against {} numbers", what, a.size(), b.size()));
  Farthest farthest(findings);
  for (int i = 0; i < a.size(); ++i) farthest.see(i, a[i], b[i]);
  farthest.tell(what, a.size(), place, findings);
}

/// Throws if the file of weights is another one than when its result was written.
void check_hash(const fs::path& file, const std::string& sha256) {
  if (sha256.empty()) return;  // of an older program
  if (!fs::is_regular_file(file)) throw unreadable(file, "is named by a result as its weights and cannot be read");
  if (sha256_of_file(file) != sha256) throw unreadable(file, "was changed after the result that names it was written");
}

/// Files of weights next to a result (write.h). Dense files are compared number by number, blocks
/// of sparse ones byte by byte, whatever the tolerance.
void weight_files(const std::string& what, const fs::path& a, const fs::path& b, Findings& findings) {
  constexpr std::size_t kChunk = std::size_t{1} << 20;
  std::ifstream files[2] = {std::ifstream(a, std::ios::binary), std::ifstream(b, std::ios::binary)};
  if (!files[0] || !files[1])
    throw unreadable(files[0] ? b : a, "is named by a result as its weights and cannot be read");
  const auto size = fs::file_size(a);
  const bool dense = a.extension() == ".npy" && b.extension() == ".npy";
  std::size_t head = 0;  // bytes before the numbers: magic, version, length of the text, text
  if (dense) {
    std::array<std::string, 2> texts;
    for (std::size_t f = 0; f < 2; ++f) {
      std::array<unsigned char, 10> fixed = {};
      files[f].read(reinterpret_cast<char*>(fixed.data()), fixed.size());
      head = fixed.size() + fixed[8] + 256U * fixed[9];
      texts[f].resize(head - fixed.size());
      files[f].read(texts[f].data(), static_cast<std::streamsize>(texts[f].size()));
    }
    if (texts[0] != texts[1]) return findings.differ(what + ": of another shape in the other");
  }
  if (size != fs::file_size(b)) return findings.differ(what + ": of another size in the other");
  Farthest farthest(findings);
  std::vector<char> chunks[2] = {std::vector<char>(kChunk), std::vector<char>(kChunk)};
  for (std::size_t begin = head; begin < size; begin += kChunk) {
    const std::size_t length = std::min<std::size_t>(kChunk, size - begin);
    for (std::size_t f = 0; f < 2; ++f) files[f].read(chunks[f].data(), static_cast<std::streamsize>(length));
    if (!files[0] || !files[1]) throw unreadable(a, "could not be read to its end, or the other");
    if (std::memcmp(chunks[0].data(), chunks[1].data(), length) == 0) continue;
    if (!dense) return findings.differ(what + ": the files beside the results differ");
    for (std::size_t at = 0; at + sizeof(double) <= length; at += sizeof(double)) {
      double values[2] = {};
      for (std::size_t f = 0; f < 2; ++f) std::memcpy(&values[f], chunks[f].data() + at, sizeof(double));
      farthest.see(static_cast<std::int64_t>((begin - head + at) / sizeof(double)), values[0], values[1]);
    }
  }
  farthest.tell(
      what, static_cast<std::int64_t>((size - head) / sizeof(double)),
      [](std::int64_t i) { return fmt::format("number {} of the file", i); }, findings);
}

std::string update_at(std::int64_t index) { return fmt::format("at update {}", index); }

void weights(const std::string& rule, const v1::ProjectionWeights& a, const v1::ProjectionWeights& b,
             const Folders& folders, Findings& findings) {
  const std::string what = fmt::format("{}: weights {}", rule, a.projection());
  if (a.projection() != b.projection() || a.form_case() != b.form_case())
    return findings.differ(fmt::format("{}: of another projection or form in the other", what));
  if (a.form_case() == v1::ProjectionWeights::kFile) {
    check_hash(folders.a / a.file(), a.sha256());
    check_hash(folders.b / b.file(), b.sha256());
    if (!a.sha256().empty() && a.sha256() == b.sha256()) return;
    return weight_files(what, folders.a / a.file(), folders.b / b.file(), findings);
  }
  if (a.has_matrix()) {
    if (a.matrix().rows() != b.matrix().rows() || a.matrix().cols() != b.matrix().cols())
      return findings.differ(fmt::format("{}: {} x {} against {} x {}", what, a.matrix().rows(), a.matrix().cols(),
                                         b.matrix().rows(), b.matrix().cols()));
    const int cols = std::max(1, a.matrix().cols());
    const auto place = [&](std::int64_t i) { return fmt::format("[{},{}]", i / cols, i % cols); };
    return numbers(what, a.matrix().values(), b.matrix().values(), place, findings);
  }
  const v1::SparseMatrix& left = a.sparse();
  const v1::SparseMatrix& right = b.sparse();
  const bool same_place = std::ranges::equal(left.row(), right.row()) && std::ranges::equal(left.col(), right.col());
  if (!same_place || left.rows() != right.rows() || left.cols() != right.cols())
    return findings.differ(fmt::format("{}: other synapses exist", what));
  const auto place = [&](std::int64_t i) {
    return fmt::format("[{},{}]", left.row(static_cast<int>(i)), left.col(static_cast<int>(i)));
  };
  numbers(what, left.values(), right.values(), place, findings);
}

void counts(const std::string& rule, const v1::Ledger& a, const v1::Ledger& b, Findings& findings) {
  // messages of a and of b, by channel and lag
  std::map<std::pair<int, std::int32_t>, std::pair<std::int64_t, std::int64_t>> messages;
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

/// The differences in the comparisons along a rule's run.
void compared_changes(const std::string& rule, const v1::Run& a, const v1::Run& b, Findings& findings) {
  const auto differ = [&](std::string_view what, const auto& left, const auto& right, auto value) {
    google::protobuf::RepeatedField<double> ours;
    google::protobuf::RepeatedField<double> theirs;
    for (const auto& one : left) ours.Add(value(one));
    for (const auto& one : right) theirs.Add(value(one));
    const auto place = [&](std::int64_t i) { return update_at(left.Get(static_cast<int>(i)).update()); };
    numbers(fmt::format("{}: {}", rule, what), ours, theirs, place, findings);
  };
  differ("cosines of compared changes", a.alignment(), b.alignment(), [](const auto& one) { return one.cosine(); });
  differ("norms of compared changes", a.alignment(), b.alignment(), [](const auto& one) { return one.norm_ratio(); });
  differ("bias of compared changes", a.scatter(), b.scatter(), [](const auto& one) { return one.bias(); });
  differ("noise of compared changes", a.scatter(), b.scatter(), [](const auto& one) { return one.noise(); });
  differ("curvature", a.curvature(), b.curvature(), [](const auto& one) { return one.largest_eigenvalue(); });
}

/// The differences in a rule's evaluations, comparisons, rates and chip.
void other_values(const std::string& rule, const v1::Run& a, const v1::Run& b, Findings& findings) {
  google::protobuf::RepeatedField<double> left;
  google::protobuf::RepeatedField<double> right;
  for (const v1::Run::Evaluation& evaluation : a.evaluations()) left.Add(evaluation.loss());
  for (const v1::Run::Evaluation& evaluation : b.evaluations()) right.Add(evaluation.loss());
  const auto place = [&](std::int64_t i) { return update_at(a.evaluations(static_cast<int>(i)).update()); };
  numbers(rule + ": losses of evaluation trials", left, right, place, findings);
  left.Clear();
  right.Clear();
  for (const v1::Run::Evaluation& evaluation : a.evaluations()) left.Add(evaluation.accuracy());
  for (const v1::Run::Evaluation& evaluation : b.evaluations()) right.Add(evaluation.accuracy());
  if (left.size() == right.size()) numbers(rule + ": accuracies of evaluation trials", left, right, place, findings);
  compared_changes(rule, a, b, findings);
  for (int p = 0; p < std::min(a.rates_size(), b.rates_size()); ++p) {
    const v1::Run::Rate& one = a.rates(p);
    const v1::Run::Rate& other = b.rates(p);
    // another network, whose outline already differs
    if (one.population() != other.population()) continue;
    if (!findings.same(one.first_hz(), other.first_hz()) || !findings.same(one.last_hz(), other.last_hz())) {
      findings.differ(
          fmt::format("{}: rate of {} in the first and last update: {:.6g}, {:.6g} Hz against {:.6g}, {:.6g} Hz", rule,
                      one.population(), one.first_hz(), one.last_hz(), other.first_hz(), other.last_hz()));
    }
  }
  if (a.has_chip() != b.has_chip())
    return findings.differ(fmt::format("{}: only the {} was put on a chip", rule, a.has_chip() ? "first" : "second"));
  findings.values(rule + ": packets", a.chip().packets(), b.chip().packets());
  findings.values(rule + ": hops", a.chip().hops(), b.chip().hops());
  const auto cycles = [](const v1::ChipRun& chip) {
    return chip.network().forward().cycles() + chip.network().learning().cycles();
  };
  findings.values(rule + ": cycles of the mesh", cycles(a.chip()), cycles(b.chip()));
}

void runs(const v1::Run& a, const v1::Run& b, const Folders& folders, Findings& findings) {
  const std::string& rule = a.rule();
  findings.values(rule + ": kind", a.kind(), b.kind());
  findings.values(rule + ": status", v1::Run::Status_Name(a.status()), v1::Run::Status_Name(b.status()));
  findings.values(rule + ": updates", a.updates(), b.updates());
  numbers(rule + ": losses", a.losses(), b.losses(), update_at, findings);
  numbers(rule + ": accuracies", a.accuracies(), b.accuracies(), update_at, findings);
  if (a.weights_size() != b.weights_size()) {
    findings.differ(fmt::format("{}: weights of {} against {} projections", rule, a.weights_size(), b.weights_size()));
  } else {
    for (int p = 0; p < a.weights_size(); ++p) weights(rule, a.weights(p), b.weights(p), folders, findings);
  }
  counts(rule, a.ledger(), b.ledger(), findings);
  other_values(rule, a, b, findings);
}

/// What the results depend on. Results of older programs say nothing about it.
void provenance(const Provenance& a, const Provenance& b, Findings& findings) {
  if (a.level != b.level && !a.level.empty() && !b.level.empty())
    findings.note(
        fmt::format("computed at level {} and at level {}: numbers may differ in their last bits", a.level, b.level));
  if (a.schema.empty() || b.schema.empty()) return;
  for (const std::string& line : differences(a, b)) {
    // What options do to a result is found in its numbers: the transport, for example, to few of
    // them.
    if (line.starts_with("options: ")) {
      findings.note(line);
    } else {
      findings.differ(line);
    }
  }
}

/// Throws for a missing file, which must not look like a difference to a script.
v1::Result result_at(const fs::path& path) {
  try {
    return read_result(path);
  } catch (const FileError& error) {
    const std::string what = error.what();
    const std::string named = result_file(path).string() + ": ";
    throw unreadable(result_file(path), what.starts_with(named) ? what.substr(named.size()) : what);
  }
}

const v1::Run* run_of(const v1::Result& result, const std::string& rule) {
  const auto found = std::ranges::find(result.runs(), rule, [](const v1::Run& run) { return run.rule(); });
  return found == result.runs().end() ? nullptr : &*found;
}

}  // namespace

Difference difference(const std::filesystem::path& a_path, const std::filesystem::path& b_path, double tolerance) {
  const bool sweeps = is_sweep(a_path);
  if (sweeps != is_sweep(b_path)) throw unreadable(sweeps ? a_path : b_path, "is a sweep, and the other one is none");
  if (sweeps) return sweep_difference(a_path, b_path, tolerance);
  const v1::Result a = result_at(a_path);
  const v1::Result b = result_at(b_path);
  const Folders folders{result_file(a_path).parent_path(), result_file(b_path).parent_path()};
  Findings findings(tolerance);
  if (a.version() != b.version() || a.commit() != b.commit())
    findings.note(
        fmt::format("made by locus {} ({}) and by locus {} ({})", a.version(), a.commit(), b.version(), b.commit()));
  findings.values("model", a.model(), b.model());
  findings.values("model sha256", a.model_sha256(), b.model_sha256());
  provenance(provenance_of(a.provenance()), provenance_of(b.provenance()), findings);
  findings.values("seed", a.seed(), b.seed());
  findings.values("settings", fmt::format("{}", fmt::join(a.settings(), " ")),
                  fmt::format("{}", fmt::join(b.settings(), " ")));
  const auto changes = [](const v1::Result& result) {
    std::string text;
    for (const v1::SettingsChange& change : result.changes()) text += change.ShortDebugString() + "; ";
    return text;
  };
  findings.values("changes on the way", changes(a), changes(b));
  if (a.outline().SerializeAsString() != b.outline().SerializeAsString())
    findings.differ("outline: network or training differ");
  for (const v1::Run& run : a.runs()) {
    const v1::Run* const other = run_of(b, run.rule());
    if (other == nullptr) {
      findings.differ(run.rule() + ": only in the first");
    } else {
      runs(run, *other, folders, findings);
    }
  }
  for (const v1::Run& run : b.runs()) {
    if (run_of(a, run.rule()) == nullptr) findings.differ(run.rule() + ": only in the second");
  }
  if (findings.agree()) findings.note("the results agree: model, seed, losses, weights and counts");
  return std::move(findings).result();
}

}  // namespace locus
