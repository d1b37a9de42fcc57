#include "sim/report/recording_file.h"

#include <algorithm>
#include <bit>
#include <fstream>
#include <numeric>

#include <fmt/format.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/delimited_message_util.h>

#include "core/base/check.h"
#include "locus/v1/recording.pb.h"
#include "sim/model/errors.h"
#include "sim/report/version.h"

namespace locus {
namespace {

static_assert(std::endian::native == std::endian::little, "an .npy file is written as the numbers stand in memory");

void append_delimited(const v1::RecordingPart& part, std::string& bytes) {
  google::protobuf::io::StringOutputStream stream(&bytes);
  CHECK(google::protobuf::util::SerializeDelimitedToZeroCopyStream(part, &stream), "a part can be written to memory");
}

std::int64_t product(const std::vector<std::int64_t>& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

/// Fills in the record with all its defaults.
void fill(const Spec& spec, const RecordSpec& record, v1::Record& message) {
  message.set_name(record.name);
  v1::Record::Quantity quantity = v1::Record::UNSPECIFIED;
  v1::Record::Quantity_Parse(std::string(name(record.quantity)), &quantity);
  message.set_quantity(quantity);
  const auto of = static_cast<std::size_t>(record.of);
  if (is_of_projection(record.quantity)) {
    message.set_projection(spec.network.projections[of].name);
  } else {
    message.set_population(spec.network.populations[of].name);
  }
  message.set_every_updates(static_cast<std::int32_t>(record.every_updates));
  message.set_first_update(static_cast<std::int32_t>(record.first_update));
  message.set_evaluation(record.evaluation);
  const std::int64_t last = spec.training.updates - (record.evaluation ? 0 : 1);
  message.set_last_update(static_cast<std::int32_t>(std::min(record.last_update, last)));
  if (is_of_ticks(record.quantity)) {
    message.set_every_ticks(record.every_ticks);
    message.set_first_tick(record.first_tick);
    message.set_last_tick(record.last_tick);
    if (record.trial) message.set_trial(*record.trial);
  }
  message.set_form(record.protobuf ? v1::Record::PROTOBUF : v1::Record::NPY);
  message.set_numbers(record.numbers == Precision::kFloat32 ? v1::Record::FLOAT32 : v1::Record::FLOAT64);
}

/// The bytes of a stream before what it holds of the evaluation after so many updates. `length`: of
/// the stream.
std::int64_t length_before(const std::filesystem::path& path, std::int64_t length, std::int64_t update) {
  std::ifstream file(path, std::ios::binary);
  google::protobuf::io::IstreamInputStream stream(&file);
  std::int64_t begin = 0;
  for (v1::RecordingPart part; begin < length; begin = stream.ByteCount()) {
    bool ends = false;
    part.Clear();
    if (!google::protobuf::util::ParseDelimitedFromZeroCopyStream(&part, &stream, &ends))
      throw ModelError({{.file = path.string(),
                         .what = fmt::format("has no part at byte {}", begin),
                         .allowed = "must be the recording that the checkpoint goes on with"}});
    if (part.has_sample() && part.sample().update() >= update) break;
    if (part.part_case() == v1::RecordingPart::kUpdates && part.updates() > update) break;
  }
  return begin;
}

/// The bytes of an update, or evaluation, in an .npy.
std::int64_t bytes_of_row(const Spec& spec, const RecordSpec& record) {
  return ticks_of(record) * product(sample_shape(spec, record)) * scalar_bytes(record.numbers);
}

/// The bytes that are kept of an earlier part of the run.
std::int64_t length_of(const Spec& spec, const RecordSpec& record, const std::filesystem::path& path,
                       const RecordingFile::Kept& kept) {
  if (!record.evaluation || !kept.ended || !record.takes_update(*kept.ended)) return kept.length;
  return record.protobuf ? length_before(path, kept.length, *kept.ended) : kept.length - bytes_of_row(spec, record);
}

}  // namespace

std::string_view extension_of(const RecordSpec& record) { return record.protobuf ? ".pb" : ".npy"; }

double bytes_of(const Spec& spec, const RecordSpec& record, std::int64_t updates) {
  const auto values = static_cast<double>(product(sample_shape(spec, record)));
  const double samples =
      static_cast<double>(samples_of(record, spec.training, updates)) * static_cast<double>(ticks_of(record));
  const double of_sample = record.protobuf ? 20 : 0;  // its length, update and tick
  return static_cast<double>(kNpyHead) + samples * (values * scalar_bytes(record.numbers) + of_sample);
}

RecordingFile::RecordingFile(const Spec& spec, const RecordSpec& record, const RuleSpec& rule,
                             const std::filesystem::path& path, Kept kept, const FileCalls& calls)
    : record_(record),
      shape_(sample_shape(spec, record)),
      file_(path, length_of(spec, record, path, kept), calls),
      rows_(record.evaluation ? 0 : updates_of(record, kept.updates)),
      length_(file_.length()) {
  if (record.evaluation && !record.protobuf && length_ > 0) rows_ = (length_ - kNpyHead) / bytes_of_row(spec, record);
  if (kept.length > 0) return;
  file_.append(record.protobuf ? stream_head(spec, rule) : npy_head(0));
  file_.flush();
  length_ = file_.length();
}

std::int64_t RecordingFile::rows_after(std::int64_t updates) const {
  return record_.evaluation ? rows_ + added_ / ticks_of(record_) : updates_of(record_, updates);
}

std::string RecordingFile::npy_head(std::int64_t rows) const {
  std::string shape = fmt::format("{}, ", rows);
  if (is_of_ticks(record_.quantity)) shape += fmt::format("{}, ", ticks_of(record_));
  for (const std::int64_t side : shape_) shape += fmt::format("{}, ", side);
  std::string text =
      fmt::format("{{'descr': '<f{}', 'fortran_order': False, 'shape': ({}), }}", scalar_bytes(record_.numbers), shape);
  constexpr std::size_t kPreamble = 10;  // magic, version, length of the rest
  constexpr std::size_t kText = static_cast<std::size_t>(kNpyHead) - kPreamble;
  CHECK(text.size() < kText, "five sizes have their place");
  // the same length for every shape, because the shape changes as the file grows
  text.append(kText - 1 - text.size(), ' ');
  text += '\n';
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(kText) + '\0' + text;
}

std::string RecordingFile::stream_head(const Spec& spec, const RuleSpec& rule) const {
  v1::RecordingPart part;
  v1::RecordingPart::Head& head = *part.mutable_head();
  fill(spec, record_, *head.mutable_record());
  head.set_rule(rule.name);
  head.mutable_shape()->Add(shape_.begin(), shape_.end());
  head.set_model(spec.name);
  head.set_model_sha256(spec.sha256);
  head.set_seed(spec.seed);
  head.set_version(std::string(version()));
  head.set_commit(std::string(commit()));
  std::string bytes;
  append_delimited(part, bytes);
  return bytes;
}

void RecordingFile::add(const Sample& sample) {
  bytes_.clear();
  if (record_.protobuf) {
    add_part(sample);
  } else {
    add_values(sample.values);
  }
  file_.append(bytes_);
  ++added_;
}

void RecordingFile::add_values(std::span<const double> values) {
  if (record_.numbers == Precision::kFloat64) {
    bytes_.assign(reinterpret_cast<const char*>(values.data()), values.size_bytes());
    return;
  }
  for (const double value : values) {
    const auto rounded = static_cast<float>(value);
    bytes_.append(reinterpret_cast<const char*>(&rounded), sizeof rounded);
  }
}

void RecordingFile::add_part(const Sample& sample) {
  v1::RecordingPart part;
  v1::RecordingPart::Sample& seen = *part.mutable_sample();
  seen.set_update(sample.update);
  seen.set_tick(sample.tick);
  const auto zeros = std::ranges::count(sample.values, 0.0);
  const auto ones = std::ranges::count(sample.values, 1.0);
  const auto size = std::ssize(sample.values);
  if (zeros == size) return;
  const bool sparse = 2 * zeros >= size;
  const bool events = sparse && zeros + ones == size;  // spikes
  for (std::int64_t k = 0; k < size; ++k) {
    const double value = sample.values[static_cast<std::size_t>(k)];
    if (sparse && value == 0) continue;
    if (sparse) seen.add_index(k);
    if (events) continue;
    if (record_.numbers == Precision::kFloat32) {
      seen.add_float32(static_cast<float>(value));
    } else {
      seen.add_float64(value);
    }
  }
  append_delimited(part, bytes_);
}

void RecordingFile::show(std::int64_t updates) {
  const std::int64_t rows = rows_after(updates);
  if (record_.protobuf && rows > rows_) {
    v1::RecordingPart part;
    part.set_updates(record_.evaluation ? updates + 1 : updates);
    bytes_.clear();
    append_delimited(part, bytes_);
    file_.append(bytes_);
  }
  file_.flush();
  length_ = file_.length();
  rows_ = rows;
  added_ = 0;
  if (!record_.protobuf) file_.overwrite(0, npy_head(rows));
}

void RecordingFile::cut() {
  file_.cut(length_);
  added_ = 0;
}

}  // namespace locus
