// Files of recorded evaluation trials: what was seen, continued byte by byte, also where an
// evaluation at the end of a shorter run is none of a longer one.
#include <cstring>
#include <functional>
#include <map>

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/delimited_message_util.h>
#include <gtest/gtest.h>

#include "locus/v1/recording.pb.h"
#include "sim/report/recordings.h"
#include "tests/support/folder.h"
#include "tests/support/random_model.h"
#include "tests/support/records.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

class EvaluationRecordings : public InFolder {
 protected:
  /// A model of three rules, with two evaluation trials at every second update, recorded as .npy
  /// and as a stream.
  static Spec model(std::int64_t updates) {
    Spec spec = small_model({2, 3, 2, 4}, {.activation = Activation::kTanh, .loss = Loss::kSequence}, 5);
    spec.training.updates = updates;
    spec.training.learning_rate = 0.0625;
    spec.rules = {rule_spec(RuleKind::kBptt), rule_spec(RuleKind::kEprop), rule_spec(RuleKind::kNone)};
    auto& task = std::get<RecordedTask>(spec.task);
    task.evaluation_trials = {task.trials[0], task.trials[0]};
    std::get<DenseMatrix>(task.evaluation_trials[1].input).values[0] += 1;
    spec.training.evaluation = EvaluationSpec{2, 2};
    for (const bool protobuf : {false, true}) {
      RecordSpec record = {.name = protobuf ? "stream" : "array", .quantity = Quantity::kOutput, .of = 2};
      record.last_tick = 4;
      record.last_update = 100;
      record.evaluation = true;
      record.protobuf = protobuf;
      spec.records.push_back(record);
    }
    return spec;
  }

  RunResult run_into(const Spec& spec, const fs::path& folder, const std::vector<RecordingState>& states,
                     RunState* from, const std::function<void(const Moment&, Recordings&)>& at = {}) const {
    FileCalls calls = system_calls();
    calls.sync = [](int) { return 0; };
    Recordings recordings(spec, folder, states, calls);
    RunResult result = run(spec, {.threads = 1,
                                  .watch =
                                      [&](const Moment& moment) {
                                        recordings.observe(moment);
                                        if (at) at(moment, recordings);
                                      },
                                  .look = [&](const Sample& sample) { recordings.look(sample); },
                                  .may_go_on = true,
                                  .from = from});
    recordings.end(result);
    kept_ = recordings.states();
    return result;
  }

  static std::vector<double> numbers_in(const std::string& bytes) {
    std::vector<double> numbers((bytes.size() - static_cast<std::size_t>(kNpyHead)) / sizeof(double));
    std::memcpy(numbers.data(), bytes.data() + kNpyHead, numbers.size() * sizeof(double));
    return numbers;
  }

  mutable std::vector<RecordingState> kept_;  // after the last run
};

std::map<std::string, std::string> bytes_by_name(const Folder& folder) {
  std::map<std::string, std::string> all;
  for (const std::string& name : folder.files()) all[name] = folder.text(name);
  return all;
}

TEST_F(EvaluationRecordings, HoldWhatWasSeen) {
  const Spec spec = model(5);
  EXPECT_EQ(recording_files(spec), (std::vector<std::string>{"record/bptt/array.npy", "record/bptt/stream.pb",
                                                             "record/eprop/array.npy", "record/eprop/stream.pb"}));
  run_into(spec, folder_, {}, nullptr);
  EXPECT_EQ(files(), recording_files(spec)) << "none has no evaluation";
  const Recorded expected = record(spec, TransportKind::kBatched);
  for (std::size_t k = 0; k < 2; ++k) {
    const std::string folder = "record/" + spec.rules[k].name;
    const std::string array = text(folder + "/array.npy");
    EXPECT_NE(array.find("'shape': (4, 4, 2, 2, )"), std::string::npos) << array.substr(10, 100);
    EXPECT_EQ(static_cast<double>(array.size()), bytes_of(spec, spec.records[0], 5));
    std::vector<double> values;
    for (const Seen& seen : expected.seen[k][0]) values.insert(values.end(), seen.values.begin(), seen.values.end());
    EXPECT_EQ(numbers_in(array), values);

    const std::string bytes = text(folder + "/stream.pb");
    google::protobuf::io::ArrayInputStream stream(bytes.data(), static_cast<int>(bytes.size()));
    std::size_t next = 0;
    std::vector<std::int64_t> whole;
    for (v1::RecordingPart part; google::protobuf::util::ParseDelimitedFromZeroCopyStream(&part, &stream, nullptr);
         part.Clear()) {
      if (part.has_head()) {
        EXPECT_TRUE(part.head().record().evaluation());
      }
      if (part.part_case() == v1::RecordingPart::kUpdates) whole.push_back(part.updates());
      if (!part.has_sample()) continue;
      const Seen& seen = expected.seen[k][1].at(next++);
      EXPECT_EQ(part.sample().update(), seen.update);
      EXPECT_EQ(part.sample().tick(), seen.tick);
      EXPECT_EQ(std::vector<double>(part.sample().float64().begin(), part.sample().float64().end()), seen.values);
    }
    EXPECT_EQ(next, expected.seen[k][1].size());
    EXPECT_EQ(whole, (std::vector<std::int64_t>{1, 3, 5, 6})) << "below these all is there";
  }
}

struct KeptMoment {
  RunState state;
  std::vector<RecordingState> recordings;
};

TEST_F(EvaluationRecordings, AreGoneOnWithByteByByte) {
  const Spec spec = model(5);
  const Folder whole;
  run_into(spec, whole.path(), {}, nullptr);
  const auto expected = bytes_by_name(whole);
  std::vector<KeptMoment> moments;
  run_into(spec, folder_, {}, nullptr, [&](const Moment& moment, Recordings& recordings) {
    KeptMoment& one = moments.emplace_back();
    for (const Outcome& outcome : moment.done.outcomes) one.state.rules.push_back(state_of(outcome));
    one.state.running = moment.present != nullptr;
    if (one.state.running) one.state.rules.push_back(moment.state());
    one.recordings = recordings.states();
  });
  ASSERT_GE(moments.size(), 12U);
  for (std::size_t m = 0; m < moments.size(); ++m) {
    run_into(spec, folder_, moments[m].recordings, &moments[m].state);
    for (const auto& [name, bytes] : expected) EXPECT_EQ(text(name), bytes) << name << " from moment " << m;
    EXPECT_EQ(files().size(), expected.size());
  }
}

/// A file without its head: that of a stream keeps the updates that were first asked for.
std::string samples_in(const std::string& name, const std::string& bytes) {
  if (name.ends_with(".npy")) return bytes;
  std::uint32_t head = 0;
  google::protobuf::io::CodedInputStream stream(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                                static_cast<int>(bytes.size()));
  EXPECT_TRUE(stream.ReadVarint32(&head));
  return bytes.substr(static_cast<std::size_t>(stream.CurrentPosition()) + head);
}

/// A run of 3 updates evaluates its end; one of 5 has no evaluation there.
TEST_F(EvaluationRecordings, OfALongerRunHaveNoEvaluationOfItsEarlierEnd) {
  for (const std::int64_t first : {2, 3}) {
    const Spec longer = model(5);
    const Folder whole;
    run_into(longer, whole.path(), {}, nullptr);
    const RunResult done = run_into(model(first), folder_, {}, nullptr);
    RunState state;
    for (const Outcome& outcome : done.outcomes) state.rules.push_back(state_of(outcome));
    const RunResult result = run_into(longer, folder_, std::vector(kept_), &state);
    EXPECT_EQ(result.outcomes[0].evaluations.size(), 4U);
    for (const auto& [name, bytes] : bytes_by_name(whole))
      EXPECT_EQ(samples_in(name, text(name)), samples_in(name, bytes)) << name << ", first " << first;
  }
}

}  // namespace
}  // namespace locus
