#include "tests/support/golden.h"

#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>

namespace locus {
namespace {

/// The words of the file without its comments.
std::istringstream words_of(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot open " + path);
  std::string text;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with('#')) text += line + '\n';
  }
  return std::istringstream(text);
}

template <class T>
T next(std::istringstream& words) {
  T value{};
  if (!(words >> value)) throw std::runtime_error("golden figures end too early or hold a word where a number belongs");
  return value;
}

void expect(std::istringstream& words, const std::string& name) {
  const auto word = next<std::string>(words);
  if (word != name) throw std::runtime_error("golden figures: expected " + name + ", found " + word);
}

DenseMatrix matrix(std::istringstream& words, const std::string& name) {
  expect(words, name);
  DenseMatrix result;
  result.rows = next<std::int64_t>(words);
  result.cols = next<std::int64_t>(words);
  for (std::int64_t k = 0; k < result.rows * result.cols; ++k) result.values.push_back(next<double>(words));
  return result;
}

bool full(const DenseMatrix& present) {
  for (const double entry : present.values) {
    if (entry == 0) return false;
  }
  return true;
}

/// The present entries, row by row; dense if all are present.
WeightsSpec masked(const DenseMatrix& values, const DenseMatrix& present) {
  if (full(present)) return values;
  SparseMatrix result{values.rows, values.cols, {}, {}, {}};
  for (std::int64_t k = 0; k < values.rows * values.cols; ++k) {
    const auto at = static_cast<std::size_t>(k);
    if (present.values[at] == 0) continue;
    result.row.push_back(static_cast<std::int32_t>(k / values.cols));
    result.col.push_back(static_cast<std::int32_t>(k % values.cols));
    result.values.push_back(values.values[at]);
  }
  return result;
}

std::vector<double> masked_values(const DenseMatrix& values, const DenseMatrix& present) {
  std::vector<double> result;
  for (std::size_t k = 0; k < values.values.size(); ++k) {
    if (present.values[k] != 0) result.push_back(values.values[k]);
  }
  return result;
}

Activation activation_named(const std::string& word) {
  for (const Activation candidate : {Activation::kIdentity, Activation::kTanh, Activation::kRelu, Activation::kSigmoid}) {
    if (name(candidate) == word) return candidate;
  }
  throw std::runtime_error("golden figures: no activation " + word);
}

RuleSpec read_rule(std::istringstream& words, const DenseMatrix& feedback_weights) {
  RuleSpec rule;
  const auto kind = next<std::string>(words);
  rule.depth = next<std::int32_t>(words);
  rule.stride = next<std::int32_t>(words);
  const auto decay = next<double>(words);
  const auto feedback = next<std::string>(words);
  const bool random = feedback == "random";
  if (kind == "bptt") rule.kind = RuleKind::kBptt;
  if (kind == "tbptt") rule.kind = RuleKind::kTbptt;
  if (kind == "rflo") rule.kind = RuleKind::kRflo;
  if (kind == "eprop") rule.kind = random ? RuleKind::kEpropRandom : RuleKind::kEprop;
  if (kind == "rtrl") rule.kind = RuleKind::kRtrl;
  if (rule.kind == RuleKind::kNone) throw std::runtime_error("golden figures: no rule " + kind);
  if (rule.kind == RuleKind::kRflo) rule.trace_decay = decay;
  if (random) rule.feedback.push_back({1, feedback_weights});
  rule.name = kind + (random ? "_random" : "") +
              (rule.depth > 0 ? "_" + std::to_string(rule.depth) + "_" + std::to_string(rule.stride) : "");
  if (rule.kind != RuleKind::kTbptt) rule.stride = 1;
  return rule;
}

struct Masks {
  DenseMatrix w, b;
};

GoldenRule read_figures(std::istringstream& words, RuleSpec rule, const Masks& present) {
  GoldenRule golden;
  golden.rule = std::move(rule);
  expect(words, "history_bytes");
  golden.history_bytes = next<std::int64_t>(words);
  expect(words, "trace_bytes");
  golden.trace_bytes = next<std::int64_t>(words);
  expect(words, "stalled_ticks");
  golden.stalled_ticks = next<std::int64_t>(words);
  expect(words, "loss");
  golden.loss = next<double>(words);
  const DenseMatrix a = matrix(words, "dA");
  const DenseMatrix w = matrix(words, "dW");
  const DenseMatrix b = matrix(words, "dB");
  golden.delta = {masked_values(b, present.b), masked_values(w, present.w), a.values};
  expect(words, "messages");
  const auto lines = next<int>(words);
  for (int line = 0; line < lines; ++line) {
    const auto word = next<std::string>(words);
    const std::optional<Channel> channel = channel_named(word);
    if (!channel) throw std::runtime_error("golden figures: no channel " + word);
    const auto lag = next<std::int32_t>(words);
    golden.messages[{*channel, lag}] = next<std::int64_t>(words);
  }
  return golden;
}

GoldenCase read_case(std::istringstream& words) {
  GoldenCase golden;
  Spec& spec = golden.spec;
  spec.name = next<std::string>(words);
  const Activation activation = activation_named(next<std::string>(words));
  const auto leak = next<double>(words);
  spec.training.loss = next<std::string>(words) == "FINAL" ? Loss::kFinal : Loss::kSequence;
  spec.training.ticks = next<std::int32_t>(words);
  spec.training.learning_rate = 1;
  const DenseMatrix a = matrix(words, "A");
  const DenseMatrix w = matrix(words, "W");
  const DenseMatrix b = matrix(words, "B");
  const DenseMatrix r = matrix(words, "R");
  Masks present;
  present.w = matrix(words, "W_present");
  present.b = matrix(words, "B_present");
  const DenseMatrix input = matrix(words, "input");
  const DenseMatrix target = matrix(words, "target");
  spec.network.populations = {
      {"in", PopulationKind::kInput, static_cast<std::int32_t>(b.cols), Activation::kIdentity, 1},
      {"rec", PopulationKind::kRate, static_cast<std::int32_t>(b.rows), activation, leak},
      {"out", PopulationKind::kReadout, static_cast<std::int32_t>(a.rows), Activation::kIdentity, 1}};
  spec.network.projections = {{"B", 0, 1, masked(b, present.b), true, std::nullopt},
                              {"W", 1, 1, masked(w, present.w), true, std::nullopt},
                              {"A", 1, 2, a, true, std::nullopt}};
  spec.task = RecordedTask{{RecordedTrial{input, target}}};
  for (auto word = next<std::string>(words); word != "end"; word = next<std::string>(words)) {
    if (word != "rule") throw std::runtime_error("golden figures: expected rule or end, found " + word);
    golden.rules.push_back(read_figures(words, read_rule(words, r), present));
    spec.rules.push_back(golden.rules.back().rule);
  }
  return golden;
}

}  // namespace

std::vector<GoldenCase> read_golden(const std::string& path) {
  std::istringstream words = words_of(path);
  std::vector<GoldenCase> cases;
  for (std::string word; words >> word;) {
    if (word != "case") throw std::runtime_error("golden figures: expected case, found " + word);
    cases.push_back(read_case(words));
  }
  return cases;
}

}  // namespace locus
