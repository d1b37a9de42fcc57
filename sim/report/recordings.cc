#include "sim/report/recordings.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "sim/model/errors.h"
#include "sim/model/sha256.h"
#include "sim/report/weights_file.h"
#include "sim/report/write.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kTail = 1 << 16;  // bytes

/// SHA-256 of the last bytes before `length`, without the head of an .npy, which changes.
std::string tail_of(const fs::path& path, std::int64_t length, std::int64_t head) {
  const std::int64_t begin = std::max(head, length - kTail);
  std::string bytes(static_cast<std::size_t>(std::max<std::int64_t>(length - begin, 0)), '\0');
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  stream.seekg(begin);
  if (!stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size())))
    throw FileError(path.string() + ": cannot read: " + std::generic_category().message(errno != 0 ? errno : EIO));
  return sha256(bytes);
}

std::int64_t head_of(std::string_view file) { return file.ends_with(".npy") ? kNpyHead : 0; }

void check_kept(const fs::path& path, const RecordingState& state) {
  std::error_code error;
  if (fs::is_symlink(path, error)) {
    throw ModelError({{.file = path.string(),
                       .what = "is a symbolic link",
                       .allowed = "must be the recording itself; nothing is written through links"}});
  }
  const auto size = fs::file_size(path, error);
  if (error) throw FileError(path.string() + ": cannot go on with the recording: " + error.message());
  const auto refuse = [&](std::string what, std::string allowed) {
    throw ModelError({{.file = path.string(), .what = std::move(what), .allowed = std::move(allowed)}});
  };
  if (std::cmp_less(size, state.length)) {
    refuse(fmt::format("is a recording of {} bytes", size),
           fmt::format("must have the {} bytes that it had when the checkpoint was written", state.length));
  }
  if (tail_of(path, state.length, head_of(state.file)) != state.tail)
    refuse("is another recording than when the checkpoint was written", "must be the one that the checkpoint goes on with");
}

std::string name_of(const RuleSpec& rule, const RecordSpec& record) {
  return fmt::format("record/{}/{}{}", file_name(rule.name), file_name(record.name), extension_of(record));
}

}  // namespace

std::vector<std::string> recording_files(const Spec& spec) {
  std::vector<std::string> files;
  for (const RuleSpec& rule : spec.rules) {
    for (const RecordSpec& record : spec.records) {
      if (has_record(rule.kind, record)) files.push_back(name_of(rule, record));
    }
  }
  return files;
}

Recordings::Recordings(const Spec& spec, fs::path folder, const std::vector<RecordingState>& states, FileCalls calls)
    : spec_(spec), folder_(std::move(folder)), calls_(std::move(calls)) {
  for (const RecordingState& state : states) {
    check_kept(folder_ / state.file, state);
    states_[state.file] = state;
  }
  for (const RuleSpec& rule : spec.rules) {
    const fs::path place = folder_ / "record" / file_name(rule.name);
    bool made = false;
    for (const RecordSpec& record : spec.records) {
      const std::string name = name_of(rule, record);
      if (!has_record(rule.kind, record) || states_.contains(name)) continue;
      if (!made) prepare_folder(place);
      made = true;
      RecordingFile file(spec, record, rule, folder_ / name, {}, calls_);
      heads_[name] = file.length();
      file.close();
    }
    if (made) sync_folder(place, calls_);
  }
  if (fs::exists(folder_ / "record")) {
    sync_folder(folder_ / "record", calls_);
    sync_folder(folder_, calls_);
  }
}

void Recordings::begin_rule(std::size_t rule, const RuleState* from) {
  rule_ = rule;
  updates_ = from != nullptr ? from->updates : 0;
  const auto ended = from != nullptr ? ended_evaluation(*from, spec_.training) : std::nullopt;
  for (const RecordSpec& record : spec_.records) {
    auto& file = files_.emplace_back();
    if (!has_record(spec_.rules[rule].kind, record)) continue;
    const std::string name = name_of(spec_.rules[rule], record);
    const auto kept = states_.find(name);
    file = std::make_unique<RecordingFile>(spec_, record, spec_.rules[rule], folder_ / name,
                                           kept == states_.end()
                                               ? RecordingFile::Kept{updates_, heads_.at(name)}
                                               : RecordingFile::Kept{updates_, kept->second.length, ended},
                                           calls_);
  }
}

void Recordings::look(const Sample& sample) {
  if (files_[sample.record]) files_[sample.record]->add(sample);
}

void Recordings::observe(const Moment& moment) {
  const std::size_t ended = moment.done.outcomes.size();
  if (!files_.empty() && ended > rule_) end_rule(moment.done.outcomes[rule_].updates);
  if (moment.builds != nullptr) begin_rule(ended, moment.waiting.empty() ? nullptr : &moment.waiting.front());
  if (moment.present == nullptr) return;
  updates_ = moment.present->updates;
  for (const auto& file : files_) {
    if (file) file->show(updates_);
  }
}

void Recordings::end(const RunResult& result) {
  if (!files_.empty()) end_rule(result.outcomes[rule_].updates);
}

/// Ends the files of a rule. Samples of an update that does not count (it diverged, or broke a
/// budget) are no part of its recordings.
void Recordings::end_rule(std::int64_t updates) {
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (!files_[i]) continue;
    if (updates > updates_) {
      files_[i]->show(updates);
    } else {
      files_[i]->cut();
    }
    note(i);
    files_[i]->close();
  }
  files_.clear();
}

void Recordings::note(std::size_t record) {
  files_[record]->sync();
  const std::string name = name_of(spec_.rules[rule_], spec_.records[record]);
  const std::int64_t length = files_[record]->length();
  states_[name] = {name, length, tail_of(folder_ / name, length, head_of(name))};
}

std::vector<RecordingState> Recordings::states() {
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (files_[i]) note(i);
  }
  std::vector<RecordingState> states;
  for (const auto& [name, state] : states_) states.push_back(state);
  return states;
}

}  // namespace locus
