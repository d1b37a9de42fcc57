#include "sim/report/checkpoint.h"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/delimited_message_util.h>

#include "core/base/check.h"
#include "core/base/level.h"
#include "core/protocol/stream.h"
#include "locus/v1/checkpoint.pb.h"
#include "sim/model/errors.h"
#include "sim/report/checkpoint_parts.h"
#include "sim/report/chip_message.h"
#include "sim/report/comparison_message.h"
#include "sim/report/frame.h"
#include "sim/report/network_message.h"
#include "sim/report/result_message.h"
#include "sim/report/version.h"
#include "sim/report/visible_strings.h"

namespace locus {
namespace {

using Part = v1::CheckpointPart;

constexpr FrameKind kKind = {.magic = "\x89locus\r\n", .version = 3, .oldest = 1, .name = "checkpoint"};
constexpr std::size_t kNumbersAPart = 1 << 20;
constexpr std::size_t kBytesAPart = 1 << 23;

class Writer {
 public:
  Writer(const std::filesystem::path& path, const FileCalls& calls) : frame_(kKind, path, calls) {}

  void head(const RunRequest& request, const Moment& moment, std::size_t rules) {
    Part part;
    Part::Head& head = *part.mutable_head();
    head.set_version(std::string(version()));
    head.set_commit(std::string(commit()));
    head.set_level(request.level.empty() ? std::string(level()) : request.level);
    head.mutable_arguments()->Add(request.arguments.begin(), request.arguments.end());
    head.set_model(request.model);
    head.set_rules(static_cast<std::int32_t>(rules));
    head.set_running(moment.present != nullptr);
    head.set_waiting(static_cast<std::int32_t>(moment.waiting.size()));
    for (const SettingsChange& change : request.changes) fill(change, *head.add_changes());
    fill(moment.done.provenance, *head.mutable_provenance());
    put(part);
  }

  void file(const std::string& name, std::string_view bytes) {
    std::size_t begin = 0;
    do {  // an empty file is a part too
      Part part;
      part.mutable_file()->set_name(name);
      part.mutable_file()->set_bytes(std::string(bytes.substr(begin, kBytesAPart)));
      put(part);
      begin += kBytesAPart;
    } while (begin < bytes.size());
  }

  /// `curves` may be null.
  void rule(const RuleState& state, Precision precision, const RuleSeries* curves) {
    Part part;
    Part::Rule& rule = *part.mutable_rule();
    rule.set_rule(state.rule);
    rule.set_status(status_of(state.status));
    rule.set_message(state.message);
    rule.set_updates(state.updates);
    rule.set_fingerprint(state.fingerprint);
    rule.set_commits(state.commits);
    fill_evaluations(state, rule);
    fill_counts(state, *rule.mutable_ledger());
    if (curves != nullptr) fill(*curves, *rule.mutable_curves());
    for (const RankReport& rank : state.ranks) fill(rank, *rule.add_rank());
    for (const RankOmission& omission : state.rank_omissions) fill(omission, *rule.add_rank_omissions());
    for (const PopulationRate& rate : state.rates) fill(rate, *rule.add_rates());
    fill(state.comparisons, rule);
    if (state.traffic) {
      fill_peaks(state.traffic->peak, state.traffic->loads, rule);
    }
    if (state.network) fill(*state.network, *rule.mutable_network());
    put(part);
    each_part(state.losses, [](auto numbers, Part& losses) { add(numbers, *losses.mutable_losses()->mutable_losses()); });
    if (!state.accuracies.empty()) {
      each_part(state.accuracies,
                [](auto numbers, Part& losses) { add(numbers, *losses.mutable_losses()->mutable_accuracies()); });
    }
    for (std::size_t p = 0; p < state.weights.size(); ++p) {
      each_part(state.weights[p], [&](auto numbers, Part& weights) {
        weights.mutable_weights()->set_projection(static_cast<std::int32_t>(p));
        add_exactly(numbers, precision, *weights.mutable_weights());
      });
    }
    for (const Kept& one : state.kept) {
      each_part(one.values, [&](auto numbers, Part& kept) {
        kept.mutable_kept()->set_what(static_cast<Part::Kept::What>(static_cast<int>(one.what) + 1));
        kept.mutable_kept()->set_index(one.index);
        add_exactly(numbers, precision, *kept.mutable_kept());
      });
    }
    for (std::size_t s = 0; state.traffic && s < kStreams; ++s) {
      each_part(state.traffic->messages[s], [&](auto numbers, Part& counts) {
        counts.mutable_counts()->set_stream(static_cast<std::int32_t>(s));
        add(numbers, *counts.mutable_counts()->mutable_messages());
      });
    }
  }

  void recording(const RecordingState& state) {
    Part part;
    part.mutable_recording()->set_file(state.file);
    part.mutable_recording()->set_length(state.length);
    part.mutable_recording()->set_tail(state.tail);
    put(part);
  }

  void put_in_place() {
    Part part;
    part.mutable_end();
    put(part);
    frame_.put_in_place();
  }

 private:
  template <class Number, class Field>
  static void add(std::span<const Number> numbers, google::protobuf::RepeatedField<Field>& field) {
    field.Reserve(static_cast<int>(numbers.size()));
    for (const Number number : numbers) field.AddAlreadyReserved(static_cast<Field>(number));
  }

  /// Adds the numbers in the precision of the actors, so that every bit is kept.
  template <class Message>
  static void add_exactly(std::span<const double> numbers, Precision precision, Message& message) {
    if (precision == Precision::kFloat32) {
      add(numbers, *message.mutable_float32());
    } else {
      add(numbers, *message.mutable_float64());
    }
  }

  /// Calls make(numbers, part) for runs of bounded length; once for an empty column, so that it has
  /// a part too.
  template <class Number, class Make>
  void each_part(const std::vector<Number>& numbers, Make make) {
    std::size_t begin = 0;
    do {
      Part part;
      make(std::span(numbers).subspan(begin, std::min(kNumbersAPart, numbers.size() - begin)), part);
      put(part);
      begin += kNumbersAPart;
    } while (begin < numbers.size());
  }

  void put(const Part& part) {
    std::string bytes;
    bytes.reserve(part.ByteSizeLong() + 10);  // and its length
    {
      google::protobuf::io::StringOutputStream stream(&bytes);
      CHECK(google::protobuf::util::SerializeDelimitedToZeroCopyStream(part, &stream), "a part can be written to memory");
    }
    frame_.append(bytes);
  }

  FrameWriter frame_;
};

class Reader {
 public:
  Reader(std::istream& stream, std::int64_t length, const std::filesystem::path& path)
      : stream_(&stream), input_(&stream_, length), path_(path) {}

  Checkpoint read() && {
    Part part;
    read(part);
    if (!part.has_head()) refuse("does not begin with what was request");
    take(part.head());
    for (read(part); !part.has_end(); read(part)) {
      switch (part.part_case()) {
        case Part::kFile: take(*part.mutable_file()); break;
        case Part::kRule: take(part.rule()); break;
        case Part::kLosses:
          add(part.losses().losses(), last().losses);
          add(part.losses().accuracies(), last().accuracies);
          break;
        case Part::kWeights: take(part.weights()); break;
        case Part::kCounts: take(part.counts()); break;
        case Part::kRecording: take(part.recording()); break;
        case Part::kKept: take(part.kept()); break;
        default: refuse("holds a part that this version does not know");
      }
    }
    bool ended = false;
    if (google::protobuf::util::ParseDelimitedFromZeroCopyStream(&part, &input_, &ended) || !ended)
      refuse("goes on behind its last part");
    if (std::ssize(checkpoint_.state.rules) != rules_)
      refuse(fmt::format("holds {} rules of {}", checkpoint_.state.rules.size(), rules_));
    checkpoint_.request.files.complete = true;
    return std::move(checkpoint_);
  }

 private:
  [[noreturn]] void refuse(std::string what) const {
    throw ModelError({{.file = path_.string(),
                       .what = "is a checkpoint that " + std::move(what),
                       .allowed = fmt::format("part {} of it", index_)}});
  }

  void read(Part& part) {
    ++index_;
    part.Clear();
    bool ended = false;
    const google::protobuf::LogSilencer silence;
    if (!google::protobuf::util::ParseDelimitedFromZeroCopyStream(&part, &input_, &ended))
      refuse(ended ? "has no end" : "holds bytes that are no part");
    const bool given = part.has_head() || part.has_file();  // by the user
    if (const auto hidden = given ? "" : invisible_string(part); !hidden.empty()) refuse("has a part whose " + hidden);
  }

  RuleState& last() {
    if (checkpoint_.state.rules.empty()) refuse("holds numbers of no rule");
    return checkpoint_.state.rules.back();
  }

  void take(const Part::Head& head) {
    checkpoint_.version = head.version();
    checkpoint_.commit = head.commit();
    checkpoint_.level = head.level();
    checkpoint_.provenance = provenance_of(head.provenance());
    checkpoint_.request.arguments.assign(head.arguments().begin(), head.arguments().end());
    checkpoint_.request.model = head.model();
    checkpoint_.state.running = head.running();
    if (head.waiting() < 0) refuse(fmt::format("has {} rules that wait", head.waiting()));
    checkpoint_.state.waiting = static_cast<std::size_t>(head.waiting());
    for (const v1::SettingsChange& change : head.changes()) checkpoint_.request.changes.push_back(change_of(change));
    rules_ = head.rules();
  }

  void take(Part::FileBytes& file) {
    std::string& bytes = file.name().empty() ? checkpoint_.request.bytes : checkpoint_.request.files.bytes[file.name()];
    if (bytes.empty()) {
      bytes = std::move(*file.mutable_bytes());
    } else {
      bytes += file.bytes();
    }
  }

  void take(const Part::Rule& rule) {
    RuleState& state = checkpoint_.state.rules.emplace_back();
    state.rule = rule.rule();
    state.status = status_of(rule.status());
    state.message = rule.message();
    state.updates = rule.updates();
    state.fingerprint = rule.fingerprint();
    state.commits = rule.commits();
    state.comparisons = comparisons_of(rule);
    take_evaluations(rule, state);
    state.trials = rule.ledger().trials();
    state.stalled_ticks = rule.ledger().stalled_ticks();
    state.history_bytes = rule.ledger().history_bytes();
    state.trace_bytes = rule.ledger().trace_bytes();
    for (const v1::Ledger::Entry& entry : rule.ledger().entries()) {
      const auto channel = channel_named(v1::Ledger::Channel_Name(entry.channel()));
      if (!channel)
        refuse(fmt::format("counts messages over a channel of number {}", static_cast<int>(entry.channel())));
      state.messages.push_back({*channel, entry.lag(), {entry.messages(), entry.scalars(), entry.spikes()}});
    }
    for (const v1::Rank& rank : rule.rank()) {
      state.ranks.push_back({rank.projection(),
                             {rank.singular_values().begin(), rank.singular_values().end()},
                             rank.rank(),
                             rank.effective_rank(),
                             rank.tolerance()});
    }
    for (const v1::RankOmission& omission : rule.rank_omissions())
      state.rank_omissions.push_back({omission.projection(), omission.reason()});
    if (rule.has_curves()) take(rule.rule(), rule.curves());
    for (const v1::Run::Rate& rate : rule.rates())
      state.rates.push_back({rate.population(), rate.first_hz(), rate.last_hz()});
    if (rule.has_network()) state.network = figures_of(rule.network());
    if (!rule.has_peak()) return;
    state.traffic.emplace();
    state.traffic->messages.resize(kStreams);
    if (!take_peaks(rule, *state.traffic)) refuse("has loads of different numbers of ticks");
  }

  void take(const std::string& rule, const Part::Curves& curves) {
    RuleSeries& seen = checkpoint_.curves.emplace_back();
    seen.rule = rule;
    for (const Part::Curves::Curve& curve : curves.curves()) {
      if (curve.updates_size() != curve.values_size())
        refuse(fmt::format("has a curve of {} values at {} updates", curve.values_size(), curve.updates_size()));
      seen.series.push_back({.tag = curve.tag(),
                             .updates = {curve.updates().begin(), curve.updates().end()},
                             .values = {curve.values().begin(), curve.values().end()}});
    }
    seen.last = curves.last();
    if (curves.messages_size() != std::ssize(seen.counted.messages))
      refuse(fmt::format("counts messages of {} classes along its curves", curves.messages_size()));
    std::ranges::copy(curves.messages(), seen.counted.messages.begin());
    seen.counted.spatial = curves.spatial_violations();
    seen.counted.temporal = curves.temporal_violations();
    seen.counted.trials = curves.trials();
  }

  Status status_of(v1::Run::Status status) const {
    for (const Status known : {Status::kCompleted, Status::kDiverged, Status::kLocalityBroken, Status::kInterrupted}) {
      if (locus::status_of(known) == status) return known;
    }
    refuse(fmt::format("has a rule of status {}", static_cast<int>(status)));
  }

  void take(const Part::Weights& weights) {
    auto& all = last().weights;
    const auto p = static_cast<std::size_t>(weights.projection());
    if (weights.projection() < 0 || p > all.size() || p + 1 < all.size())
      refuse(fmt::format("has weights of projection {} behind those of {}", weights.projection(), std::ssize(all) - 1));
    if (p == all.size()) all.emplace_back();
    add(weights.float64(), all[p]);
    add(weights.float32(), all[p]);
  }

  void take(const Part::Counts& counts) {
    if (counts.stream() < 0 || counts.stream() >= kStreams)
      refuse(fmt::format("counts messages of stream {}", counts.stream()));
    if (!last().traffic) refuse("counts messages by neuron of a rule without a peak");
    add(counts.messages(), last().traffic->messages[static_cast<std::size_t>(counts.stream())]);
  }

  void take(const Part::Recording& recording) {
    if (recording.length() < 1) refuse(fmt::format("has a recording of {} bytes", recording.length()));
    checkpoint_.recordings.push_back({recording.file(), recording.length(), recording.tail()});
  }

  /// misfit (sim/run/state.h) checks that the numbers are complete and belong to the model.
  void take(const Part::Kept& kept) {
    const int what = kept.what() - Part::Kept::FIRST_MOMENT;
    if (what < 0 || what > static_cast<int>(Kept::What::kFeedbackSecond))
      refuse(fmt::format("keeps numbers of kind {}", static_cast<int>(kept.what())));
    auto& all = last().kept;
    const auto kind = static_cast<Kept::What>(what);
    if (all.empty() || all.back().what != kind || all.back().index != kept.index())
      all.push_back({kind, kept.index(), {}});
    add(kept.float64(), all.back().values);
    add(kept.float32(), all.back().values);
  }

  template <class Field, class Number>
  static void add(const google::protobuf::RepeatedField<Field>& from, std::vector<Number>& to) {
    to.insert(to.end(), from.begin(), from.end());
  }

  google::protobuf::io::IstreamInputStream stream_;
  google::protobuf::io::LimitingInputStream input_;
  std::filesystem::path path_;
  std::int64_t index_ = -1;  // of the last part
  std::int32_t rules_ = 0;   // according to the head
  Checkpoint checkpoint_;
};

}  // namespace

void write_checkpoint(const RunRequest& request, const Moment& moment, const std::filesystem::path& path,
                      const FileCalls& calls, const RunExtras& extras) {
  const bool running = moment.present != nullptr;
  const std::vector<Outcome>& ended = moment.done.outcomes;
  Writer writer(path, calls);
  writer.head(request, moment, ended.size() + (running ? 1 : 0) + moment.waiting.size());
  writer.file("", request.bytes);
  for (const auto& [name, bytes] : request.files.bytes) writer.file(name, bytes);
  const auto curves_of = [&](std::size_t r) { return r < extras.curves.size() ? &extras.curves[r] : nullptr; };
  for (std::size_t r = 0; r < ended.size(); ++r) writer.rule(state_of(ended[r]), moment.done.precision, curves_of(r));
  if (running) writer.rule(moment.state(), moment.done.precision, curves_of(ended.size()));
  for (const RuleState& waiting : moment.waiting) writer.rule(waiting, moment.done.precision, nullptr);
  for (const RecordingState& recording : extras.recordings) writer.recording(recording);
  writer.put_in_place();
}

Checkpoint read_checkpoint(const std::filesystem::path& path) {
  OpenFrame frame = open_frame(kKind, path);
  return read_checkpoint_parts(frame.stream, frame.length, path);
}

Checkpoint read_checkpoint_parts(std::istream& stream, std::int64_t length, const std::filesystem::path& path) {
  return Reader(stream, length, path).read();
}

}  // namespace locus
