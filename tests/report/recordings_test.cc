// Files of recordings: whole at the end of every update, continued byte by byte, and with clear
// errors for files that cannot be written.
#include "sim/report/recordings.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/delimited_message_util.h>
#include <gtest/gtest.h>

#include "locus/v1/recording.pb.h"
#include "sim/model/errors.h"
#include "tests/support/agreement.h"
#include "tests/support/folder.h"
#include "tests/support/random_model.h"
#include "tests/support/records.h"
#include "tests/support/spiking_model.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

/// The contents of an .npy file, read as NumPy does: as many numbers as its shape says, whatever
/// follows them.
struct Array {
  std::vector<std::int64_t> shape;
  std::vector<double> values;
};

Array read_array(const std::string& bytes) {
  Array array;
  EXPECT_EQ(bytes.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
  const std::size_t text = static_cast<unsigned char>(bytes[8]) + 256U * static_cast<unsigned char>(bytes[9]);
  EXPECT_EQ((10 + text) % 64, 0U);
  const std::string head = bytes.substr(10, text);
  EXPECT_EQ(head.back(), '\n');
  const bool wide = head.find("'descr': '<f8'") != std::string::npos;
  EXPECT_TRUE(wide || head.find("'descr': '<f4'") != std::string::npos) << head;
  std::size_t count = 1;
  std::size_t at = head.find("'shape': (") + 10;
  while (head[at] != ')') {
    std::size_t used = 0;
    array.shape.push_back(std::stoll(head.substr(at), &used));
    count *= static_cast<std::size_t>(array.shape.back());
    at = head.find_first_not_of(", ", at + used);
  }
  for (std::size_t k = 0; k < count; ++k) {
    double number = 0;
    float narrow = 0;
    const std::size_t size = wide ? sizeof number : sizeof narrow;
    if (10 + text + (k + 1) * size > bytes.size()) {
      ADD_FAILURE() << "the shape says more than there is";
      break;
    }
    std::memcpy(wide ? static_cast<void*>(&number) : &narrow, bytes.data() + 10 + text + k * size, size);
    array.values.push_back(wide ? number : static_cast<double>(narrow));
  }
  return array;
}

/// The whole parts of a stream.
std::vector<v1::RecordingPart> read_parts(const std::string& bytes) {
  google::protobuf::io::ArrayInputStream stream(bytes.data(), static_cast<int>(bytes.size()));
  std::vector<v1::RecordingPart> parts;
  bool ended = false;
  for (v1::RecordingPart part; google::protobuf::util::ParseDelimitedFromZeroCopyStream(&part, &stream, &ended);
       part.Clear())
    parts.push_back(part);
  return parts;
}

/// The values of a sample by the rules of the schema.
std::vector<double> values_of(const v1::RecordingPart::Sample& sample, std::size_t size) {
  std::vector<double> given(sample.float64().begin(), sample.float64().end());
  given.insert(given.end(), sample.float32().begin(), sample.float32().end());
  if (sample.index().empty()) return given;
  std::vector<double> values(size, 0);
  for (int k = 0; k < sample.index_size(); ++k)
    values.at(static_cast<std::size_t>(sample.index(k))) = given.empty() ? 1 : given.at(static_cast<std::size_t>(k));
  return values;
}

/// Calls that leave out the slow synchronisation with the disk, which these tests do not need.
FileCalls calls_without_disk() {
  FileCalls calls = system_calls();
  calls.sync = [](int) { return 0; };
  return calls;
}

class RecordingFiles : public InFolder {
 protected:
  static Spec with_records(Spec spec, bool protobuf) {
    spec.records = every_record(spec);
    for (RecordSpec& record : spec.records) record.protobuf = protobuf;
    return spec;
  }

  /// Runs the model into a folder; `at` is called at every moment, after the recordings.
  RunResult run_into(const Spec& spec, Recordings& recordings, const std::function<void(const Moment&)>& at = {},
                     RunState* from = nullptr) const {
    RunResult result = run(spec, {.threads = 1,
                                  .watch =
                                      [&](const Moment& moment) {
                                        recordings.observe(moment);
                                        if (at) at(moment);
                                      },
                                  .look = [&](const Sample& sample) { recordings.look(sample); },
                                  .from = from});
    recordings.end(result);
    return result;
  }

  std::string file_of(const RuleSpec& rule, const RecordSpec& record) const {
    return "record/" + rule.name + "/" + record.name + (record.protobuf ? ".pb" : ".npy");
  }
};

TEST_F(RecordingFiles, ArraysHoldWhatWasSeen) {
  for (const std::uint64_t seed : {2U, 5U, 8U}) {
    for (const Precision numbers : {Precision::kFloat64, Precision::kFloat32}) {
      Spec spec = with_records(odd_model(seed), false);
      for (RecordSpec& record : spec.records) record.numbers = numbers;
      Recordings recordings(spec, folder_, {}, calls_without_disk());
      run_into(spec, recordings);
      const Recorded expected = record(spec, TransportKind::kBatched);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        for (std::size_t r = 0; r < spec.records.size(); ++r) {
          const RecordSpec& wanted = spec.records[r];
          if (!has_quantity(spec.rules[k].kind, wanted.quantity)) {
            EXPECT_FALSE(fs::exists(folder_ / file_of(spec.rules[k], wanted)));
            continue;
          }
          const std::string bytes = text(file_of(spec.rules[k], wanted));
          const Array array = read_array(bytes);
          std::vector<std::int64_t> shape = {expected.result.outcomes[k].updates};
          if (is_of_ticks(wanted.quantity)) shape.push_back(spec.training.ticks);
          for (const std::int64_t side : sample_shape(spec, wanted)) shape.push_back(side);
          EXPECT_EQ(array.shape, shape) << wanted.name;
          std::vector<double> values;
          for (const Seen& seen : expected.seen[k][r]) {
            for (const double value : seen.values)
              values.push_back(numbers == Precision::kFloat32 ? static_cast<double>(static_cast<float>(value)) : value);
          }
          EXPECT_EQ(array.values, values) << wanted.name << " of " << spec.rules[k].name;
          EXPECT_EQ(static_cast<double>(bytes.size()), bytes_of(spec, wanted, expected.result.outcomes[k].updates));
        }
      }
      fs::remove_all(folder_ / "record");
    }
  }
}

TEST_F(RecordingFiles, StreamsHoldWhatWasSeenSparsely) {
  int left_out = 0;
  int events = 0;
  int dense = 0;
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const Spec spec = with_records(odd_spiking_model(seed), true);
    Recordings recordings(spec, folder_, {}, calls_without_disk());
    run_into(spec, recordings);
    const Recorded expected = record(spec, TransportKind::kBatched);
    for (std::size_t k = 0; k < spec.rules.size(); ++k) {
      for (std::size_t r = 0; r < spec.records.size(); ++r) {
        if (expected.seen[k][r].empty()) continue;
        const std::string bytes = text(file_of(spec.rules[k], spec.records[r]));
        EXPECT_LE(static_cast<double>(bytes.size()), bytes_of(spec, spec.records[r], spec.training.updates) + 500);
        const std::vector<v1::RecordingPart> parts = read_parts(bytes);
        ASSERT_FALSE(parts.empty());
        ASSERT_TRUE(parts[0].has_head());
        EXPECT_EQ(parts[0].head().rule(), spec.rules[k].name);
        EXPECT_EQ(parts[0].head().model(), spec.name);
        EXPECT_EQ(parts[0].head().record().name(), spec.records[r].name);
        const std::vector<std::int64_t> shape = sample_shape(spec, spec.records[r]);
        EXPECT_EQ(std::vector<std::int64_t>(parts[0].head().shape().begin(), parts[0].head().shape().end()), shape);
        std::map<std::pair<std::int64_t, std::int32_t>, v1::RecordingPart::Sample> samples;
        std::int64_t whole = 0;
        for (const v1::RecordingPart& part : parts) {
          if (part.has_sample()) {
            EXPECT_EQ(part.sample().update(), whole) << "an update's samples stand before its end";
            EXPECT_TRUE(samples.emplace(std::pair(part.sample().update(), part.sample().tick()), part.sample()).second);
          } else if (part.part_case() == v1::RecordingPart::kUpdates) {
            EXPECT_EQ(part.updates(), ++whole);
          }
        }
        EXPECT_EQ(whole, expected.result.outcomes[k].updates);
        for (const Seen& seen : expected.seen[k][r]) {
          const auto found = samples.find({seen.update, seen.tick});
          const bool silent = std::ranges::count(seen.values, 0.0) == std::ssize(seen.values);
          ASSERT_EQ(found == samples.end(), silent);
          left_out += silent;
          if (silent) continue;
          std::vector<double> values = values_of(found->second, seen.values.size());
          std::vector<double> wanted = seen.values;
          if (spec.precision == Precision::kFloat32) {
            for (double& value : wanted) value = static_cast<double>(static_cast<float>(value));
          }
          EXPECT_EQ(values, wanted);
          events += !found->second.index().empty() && found->second.float64().empty() && found->second.float32().empty();
          dense += found->second.index().empty();
        }
      }
    }
    fs::remove_all(folder_ / "record");
  }
  EXPECT_GT(left_out, 0);
  EXPECT_GT(events, 0);
  EXPECT_GT(dense, 0);
}

/// A reader at the end of an update, or after a kill there, finds all whole updates.
TEST_F(RecordingFiles, CanBeReadAtEveryBorder) {
  Spec spec = with_records(odd_model(2), false);
  spec.training.updates = 4;
  for (std::size_t r = 0; r < spec.records.size(); r += 2) spec.records[r].protobuf = true;
  Recordings recordings(spec, folder_, {}, calls_without_disk());
  int borders = 0;
  run_into(spec, recordings, [&](const Moment& moment) {
    if (moment.present == nullptr) return;
    const RuleSpec& rule = spec.rules[moment.done.outcomes.size()];
    for (const RecordSpec& wanted : spec.records) {
      if (!has_quantity(rule.kind, wanted.quantity)) continue;
      const std::string bytes = text(file_of(rule, wanted));
      if (wanted.protobuf) {
        const auto parts = read_parts(bytes);
        EXPECT_EQ(parts.back().updates(), moment.present->updates);
      } else {
        EXPECT_EQ(read_array(bytes).shape[0], moment.present->updates);
      }
    }
    ++borders;
  });
  EXPECT_GE(borders, 5 * static_cast<int>(spec.rules.size()) - 5);
}

RunState state_at(const Moment& moment) {
  RunState state;
  for (const Outcome& outcome : moment.done.outcomes) state.rules.push_back(state_of(outcome));
  state.running = moment.present != nullptr;
  if (state.running) state.rules.push_back(moment.state());
  return state;
}

std::map<std::string, std::string> contents(const Folder& folder) {
  std::map<std::string, std::string> all;
  for (const std::string& name : folder.files()) all[name] = folder.text(name);
  return all;
}

/// Resumes from every moment, with files that contain later updates too.
TEST_F(RecordingFiles, AreGoneOnWithByteByByte) {
  Spec spec = with_records(odd_model(3), false);
  spec.training.updates = 3;
  spec.rules.resize(4);
  for (std::size_t r = 0; r < spec.records.size(); r += 2) spec.records[r].protobuf = true;
  const Folder whole;
  Recordings unbroken(spec, whole.path(), {}, calls_without_disk());
  run_into(spec, unbroken);
  const auto expected = contents(whole);
  struct Kept {
    RunState state;
    std::vector<RecordingState> recordings;
  };
  std::vector<Kept> moments;
  Recordings first(spec, folder_, {}, calls_without_disk());
  run_into(spec, first, [&](const Moment& moment) { moments.push_back({state_at(moment), first.states()}); });
  for (std::size_t m = 0; m < moments.size(); ++m) {
    Recordings resumed(spec, folder_, moments[m].recordings, calls_without_disk());
    run_into(spec, resumed, {}, &moments[m].state);
    std::map<std::string, std::string> all;
    for (const std::string& name : files()) all[name] = text(name);
    EXPECT_EQ(all, expected) << "from moment " << m;
  }
  EXPECT_GE(moments.size(), 12U);
}

TEST_F(RecordingFiles, ThatAreNotWhatTheyWereAreRefused) {
  Spec spec = with_records(odd_model(3), false);
  spec.rules.resize(1);
  Recordings recordings(spec, folder_, {}, calls_without_disk());
  run_into(spec, recordings);
  const std::vector<RecordingState> states = recordings.states();
  ASSERT_FALSE(states.empty());
  const fs::path file = folder_ / states[0].file;
  const std::string bytes = text(states[0].file);
  const auto refusal = [&] {
    try {
      const Recordings resumed(spec, folder_, states);
    } catch (const ModelError& error) {
      return std::string(error.what());
    } catch (const FileError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  const auto expect = [&](const std::string& words) {
    const std::string said = refusal();
    EXPECT_NE(said.find(file.string()), std::string::npos) << said;
    EXPECT_NE(said.find(words), std::string::npos) << said;
  };
  const auto write = [&](const std::string& other) { std::ofstream(file, std::ios::binary) << other; };
  write(bytes.substr(0, bytes.size() - 1));
  expect("is a recording of " + std::to_string(bytes.size() - 1) + " bytes; must have the " + std::to_string(bytes.size()));
  std::string changed = bytes;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  write(changed);
  expect("is another recording");
  fs::remove(file);
  expect("cannot go on with the recording: No such file or directory");
  write(bytes);
  EXPECT_EQ(refusal(), "");
}

/// After divergence or a stop the files contain exactly the updates that count.
TEST_F(RecordingFiles, EndWithTheLastUpdateThatCounts) {
  Style style;
  Spec spec = small_model({2, 3, 1, 5}, style, 11);
  spec.training.updates = 400;
  spec.training.learning_rate = 100;
  spec = with_records(spec, false);
  Recordings recordings(spec, folder_, {}, calls_without_disk());
  const RunResult result = run_into(spec, recordings);
  int diverged = 0;
  for (std::size_t k = 0; k < spec.rules.size(); ++k) {
    diverged += result.outcomes[k].status == Status::kDiverged;
    for (const RecordSpec& wanted : spec.records) {
      if (!has_quantity(spec.rules[k].kind, wanted.quantity)) continue;
      const std::string bytes = text(file_of(spec.rules[k], wanted));
      EXPECT_EQ(read_array(bytes).shape[0], result.outcomes[k].updates) << spec.rules[k].name;
      EXPECT_EQ(static_cast<double>(bytes.size()), bytes_of(spec, wanted, result.outcomes[k].updates));
    }
  }
  EXPECT_GT(diverged, 0);
}

}  // namespace
}  // namespace locus
