#include "sim/report/event_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <map>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "sim/model/files.h"
#include "sim/report/weights_file.h"
#include "sim/report/write.h"

namespace locus {
namespace {

constexpr std::uint32_t kCastagnoli = 0x82f63b78;  // reflected
constexpr std::uint32_t kMaskDelta = 0xa282ead8;

constexpr std::array<std::uint32_t, 256> table_of_crc() {
  std::array<std::uint32_t, 256> table = {};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t remainder = i;
    for (int bit = 0; bit < 8; ++bit) remainder = (remainder >> 1U) ^ ((remainder & 1U) != 0 ? kCastagnoli : 0U);
    table[i] = remainder;
  }
  return table;
}

/// Little-endian bytes of a number.
template <class Number>
std::string fixed(Number number) {
  std::string bytes;
  for (std::size_t i = 0; i < sizeof number; ++i) bytes += static_cast<char>((number >> (8 * i)) & 0xffU);
  return bytes;
}

std::string masked(std::string_view bytes) { return fixed(std::rotr(crc32c(bytes), 15) + kMaskDelta); }

/// Fields of a message in protobuf's wire form.
class Fields {
 public:
  Fields& number(unsigned field, std::uint64_t value) {
    tag(field, 0);
    varint(value);
    return *this;
  }
  Fields& real(unsigned field, double value) {
    tag(field, 1);
    bytes_ += fixed(std::bit_cast<std::uint64_t>(value));
    return *this;
  }
  Fields& small_real(unsigned field, float value) {
    tag(field, 5);
    bytes_ += fixed(std::bit_cast<std::uint32_t>(value));
    return *this;
  }
  Fields& text(unsigned field, std::string_view value) {
    tag(field, 2);
    varint(value.size());
    bytes_ += value;
    return *this;
  }
  Fields& reals(unsigned field, const std::vector<double>& values) {
    std::string packed;
    for (const double value : values) packed += fixed(std::bit_cast<std::uint64_t>(value));
    return text(field, packed);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  void tag(unsigned field, unsigned kind) { varint((field << 3U) | kind); }
  void varint(std::uint64_t value) {
    for (; value > 127; value >>= 7U) bytes_ += static_cast<char>((value & 127U) | 128U);
    bytes_ += static_cast<char>(value);
  }
  std::string bytes_;
};

/// Event { step = 2; summary = 5 { value = 1 } }. The time (1) of an event is no part of a result
/// and stays 0.
std::string event(std::int64_t step, const Fields& value) {
  const Fields summary = Fields().text(1, value.bytes());
  return tf_record(Fields().real(1, 0).number(2, static_cast<std::uint64_t>(step)).text(5, summary.bytes()).bytes());
}

/// Summary.Value { tag = 1; simple_value = 2 }
std::string scalar(std::string_view tag, std::int64_t step, double value) {
  return event(step, Fields().text(1, tag).small_real(2, static_cast<float>(value)));
}

/// Summary.Value { tag = 1; histo = 5 }, HistogramProto { min max num sum sum_squares bucket_limit
/// bucket }, with one bucket for each lag, up to lag + 1/2.
std::string lags(const Outcome& outcome) {
  const double trials = static_cast<double>(std::max<std::int64_t>(1, outcome.ledger.trials()));
  std::vector<double> limits;
  std::vector<double> counts;
  double count = 0;
  double sum = 0;
  double squares = 0;
  std::map<std::int32_t, double> by_lag;
  for (const LedgerEntry& entry : outcome.ledger.entries())
    by_lag[entry.lag] += static_cast<double>(entry.tally.messages) / trials;
  if (by_lag.empty()) return {};
  for (const auto& [lag, messages] : by_lag) {
    while (static_cast<std::int32_t>(limits.size()) <= lag) {
      limits.push_back(static_cast<double>(limits.size()) + 0.5);
      counts.push_back(0);
    }
    counts.back() = messages;
    count += messages;
    sum += messages * lag;
    squares += messages * lag * lag;
  }
  const Fields histogram =
      Fields().real(1, by_lag.begin()->first).real(2, by_lag.rbegin()->first).real(3, count).real(4, sum).real(5, squares);
  const std::string bytes = histogram.bytes() + Fields().reals(6, limits).reals(7, counts).bytes();
  return event(outcome.updates, Fields().text(1, "lags").text(5, bytes));
}

/// Each compared rule beside the exact gradient, which is the other rule of the first alignment.
std::string comparisons(const Comparisons& all) {
  std::string file;
  const auto add = [&](std::string_view what, const auto& one, const std::optional<double>& value) {
    const std::string of = one.projection.empty() ? one.rule : one.rule + '/' + one.projection;
    if (value) file += scalar(fmt::format("{}/{}", what, of), one.update, *value);
  };
  for (const Alignment& one : all.alignment) {
    if (one.with != all.alignment.front().with) continue;
    add("cosine", one, one.cosine);
    add("norm_ratio", one, one.norm_ratio);
    add("sign_agreement", one, one.sign_agreement);
  }
  for (const Scatter& one : all.scatter) {
    add("bias", one, one.bias);
    add("noise", one, one.noise);
  }
  for (const Curvature& one : all.curvature) file += scalar("curvature", one.update, one.largest_eigenvalue);
  return file;
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  static constexpr std::array<std::uint32_t, 256> kTable = table_of_crc();
  std::uint32_t crc = 0xffffffff;
  for (const char byte : bytes) crc = (crc >> 8U) ^ kTable[(crc ^ static_cast<unsigned char>(byte)) & 0xffU];
  return ~crc;
}

std::string tf_record(std::string_view data) {
  const std::string length = fixed(static_cast<std::uint64_t>(data.size()));
  return length + masked(length) + std::string(data) + masked(data);
}

std::string event_file(const Outcome& outcome, const std::vector<Series>& series) {
  std::string file = tf_record(Fields().real(1, 0).text(3, "brain.Event:2").bytes());
  for (std::size_t k = 0; k < outcome.losses.size(); ++k)
    file += scalar("loss", static_cast<std::int64_t>(k), outcome.losses[k]);
  for (std::size_t k = 0; k < outcome.accuracies.size(); ++k) {
    if (!std::isnan(outcome.accuracies[k]))
      file += scalar("accuracy", static_cast<std::int64_t>(k), outcome.accuracies[k]);
  }
  for (const Evaluation& evaluation : outcome.evaluations) {
    if (evaluation.accuracy) file += scalar("evaluation/accuracy", evaluation.update, *evaluation.accuracy);
  }
  for (const Series& one : series) {
    for (std::size_t k = 0; k < one.values.size(); ++k) file += scalar(one.tag, one.updates[k], one.values[k]);
  }
  return file + comparisons(outcome.comparisons) + lags(outcome);
}

void write_event_files(const RunResult& result, const std::vector<RuleSeries>& series, const std::filesystem::path& folder) {
  for (const Outcome& outcome : result.outcomes) {
    const auto found = std::ranges::find(series, outcome.rule, &RuleSeries::rule);
    const std::filesystem::path place = folder / file_name(result.model) / file_name(outcome.rule);
    prepare_folder(place);
    write_file_whole(place / "events.out.tfevents.0.locus",
                     event_file(outcome, found == series.end() ? std::vector<Series>{} : found->series));
  }
}

}  // namespace locus
