// Checkpoint files: reading gives what was written, a file that is not whole is refused, and an
// error on the way loses nothing.
#include "sim/report/checkpoint.h"

#include <cerrno>
#include <fstream>
#include <sstream>
#include <unistd.h>

#include <gtest/gtest.h>

#include "core/base/level.h"
#include "locus/v1/checkpoint.pb.h"
#include "sim/model/errors.h"
#include "sim/model/load.h"
#include "sim/report/version.h"
#include "sim/report/write.h"
#include "tests/support/folder.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

std::int64_t neurons_to_place(const Spec& spec) {
  std::int64_t neurons = 0;
  for (const PopulationSpec& population : spec.network.populations) {
    if (population.kind != PopulationKind::kInput) neurons += population.size;
  }
  return neurons;
}

Spec model_with_chip(std::uint64_t seed) {
  Spec spec = odd_model(seed);
  spec.training.updates = 3;
  spec.chip = ChipSpec{.width = 2, .height = 2, .neurons_per_core = static_cast<std::int32_t>(neurons_to_place(spec))};
  if (seed % 2 == 0) spec.chip->network = ChipNetworkSpec{.queue_flits = 2, .every = 2};
  return spec;
}

class Checkpoints : public InFolder {
 protected:
  std::string bytes() const { return text(file_); }
  void put(const std::string& bytes) const { std::ofstream(file_, std::ios::binary | std::ios::trunc) << bytes; }

  /// Runs the model and writes the checkpoint of its moment number `at`.
  void write_at(const Spec& spec, int at) const {
    int moments = 0;
    run(spec, {.threads = 1, .watch = [&](const Moment& moment) {
                 if (moments++ == at) write_checkpoint(request_, moment, file_);
               }});
    ASSERT_GT(moments, at);
  }

  /// The error for the file; empty if it can be read.
  std::string refusal() const {
    try {
      read_checkpoint(file_);
    } catch (const ModelError& error) {
      return error.what();
    }
    return "";
  }

  std::size_t files() const { return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), {})); }

  RunRequest request_ = {
      .arguments = {"m.txtpb", "--out", "a folder"},
      .model = "m.txtpb",
      .bytes = std::string("model\0bytes", 11),
      .files = {.complete = false, .bytes = {{"w.npy", std::string(20'000'000, 'w')}, {"empty.blocks", ""}}}};
  const fs::path file_ = folder_ / "run.ckpt";
};

TEST_F(Checkpoints, HoldAllThatTheResultDependsOn) {
  request_.files.bytes.clear();
  for (const Precision precision : {Precision::kFloat64, Precision::kFloat32}) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      Spec spec = model_with_chip(seed);
      spec.precision = precision;
      const std::string whole = json_line(run(spec, {.threads = 1}));
      for (int at = 0; at < 12; ++at) {
        write_at(spec, at);
        Checkpoint read = read_checkpoint(file_);
        ASSERT_EQ(misfit(spec, topology_of(spec), read.state), "");
        ASSERT_EQ(json_line(run(spec, {.threads = 2, .from = &read.state})), whole)
            << "moment " << at << " of " << describe(spec);
      }
    }
  }
}

TEST_F(Checkpoints, HoldMomentsCarriedStatesAndEvaluations) {
  request_.files.bytes.clear();
  for (const Precision precision : {Precision::kFloat64, Precision::kFloat32}) {
    Spec spec = odd_model(4);
    spec.rules.erase(spec.rules.begin() + 4, spec.rules.end());  // as many as moments need
    spec.training.updates = 3;
    spec.precision = precision;
    spec.training.optimizer.adam = Optimizer::Adam{};
    spec.rules.back().optimizer = Optimizer{.momentum = 0.5, .weight_decay = 0.125};
    spec.rules.back().learning_rate = 0.0625;
    spec.training.carry_state = true;
    std::get<RecordedTask>(spec.task).evaluation_trials = std::get<RecordedTask>(spec.task).trials;
    spec.training.evaluation = EvaluationSpec{2, 1};
    spec.compare = CompareSpec{2, {}, 2, true};
    const std::string whole = json_line(run(spec, {.threads = 1}));
    for (int at = 0; at < 12; ++at) {
      write_at(spec, at);
      Checkpoint read = read_checkpoint(file_);
      ASSERT_EQ(misfit(spec, topology_of(spec), read.state), "");
      ASSERT_EQ(json_line(run(spec, {.threads = 2, .from = &read.state})), whole) << "moment " << at;
    }
  }
}

/// The file of an earlier program, which kept no moments of Adam and refused runs with it.
TEST_F(Checkpoints, OfFormatOneAreReadAsTheyWere) {
  const std::string kept = text(fs::path(LOCUS_TREE) / "tests/fuzz/corpus/checkpoint/framed.bin");
  put(kept.substr(1));  // the first byte belongs to the fuzzer
  ASSERT_EQ(bytes().at(8), 1);
  Checkpoint read = read_checkpoint(file_);
  std::vector<Fault> warnings;
  const Spec spec = load_bytes(read.request.bytes, "m.txtpb", {}, warnings, &read.request.files);
  EXPECT_EQ(misfit(spec, topology_of(spec), read.state), "");
  EXPECT_TRUE(read.state.running);
  EXPECT_GT(read.state.rules.back().updates, 0);
  // The file was written at another level of core's arithmetic: the counts are the same, and so are
  // the numbers except for their last bits.
  const RunResult resumed = run(spec, {.threads = 1, .from = &read.state});
  const RunResult whole = run(spec, {.threads = 1});
  ASSERT_EQ(resumed.outcomes.size(), whole.outcomes.size());
  for (std::size_t i = 0; i < whole.outcomes.size(); ++i) {
    EXPECT_EQ(resumed.outcomes[i].ledger, whole.outcomes[i].ledger);
    ASSERT_EQ(resumed.outcomes[i].losses.size(), whole.outcomes[i].losses.size());
    for (std::size_t k = 0; k < whole.outcomes[i].losses.size(); ++k)
      EXPECT_NEAR(resumed.outcomes[i].losses[k], whole.outcomes[i].losses[k], 1e-12 * whole.outcomes[i].losses[k]);
  }
}

TEST_F(Checkpoints, HoldWhatWasAskedByteByByte) {
  write_at(model_with_chip(1), 2);
  Checkpoint read = read_checkpoint(file_);
  EXPECT_EQ(read.request.arguments, request_.arguments);
  EXPECT_EQ(read.request.model, request_.model);
  EXPECT_EQ(read.request.bytes, request_.bytes);
  EXPECT_EQ(read.request.files.bytes, request_.files.bytes);
  EXPECT_TRUE(read.request.files.complete);
  EXPECT_EQ(read.version, version());
  EXPECT_EQ(read.commit, commit());
  EXPECT_EQ(read.level, level());
  EXPECT_EQ(files(), 1U);
}

TEST_F(Checkpoints, CutShortAtAnyByteAreRefused) {
  request_.files.bytes.clear();
  write_at(odd_model(3), 1);
  const std::string whole = bytes();
  for (std::size_t length = 0; length < whole.size(); length += length < 64 ? 1U : 37U) {
    put(whole.substr(0, length));
    const std::string what = refusal();
    ASSERT_NE(what.find(length < 8 ? "is no checkpoint of locus" : "is a checkpoint that is cut short"), std::string::npos)
        << length << ": " << what;
  }
  put(whole + "x");
  EXPECT_NE(refusal().find("bytes behind its end"), std::string::npos) << refusal();
  put(whole);
  EXPECT_EQ(refusal(), "");
}

TEST_F(Checkpoints, WithAnyBitFlippedAreRefused) {
  request_.files.bytes.clear();
  write_at(odd_model(3), 1);
  const std::string whole = bytes();
  for (std::size_t k = 0; k < whole.size(); k += k < 64 || k + 64 > whole.size() ? 1U : 29U) {
    for (const int bit : {0, 3, 7}) {
      std::string flipped = whole;
      flipped[k] = static_cast<char>(flipped[k] ^ (1 << bit));
      put(flipped);
      ASSERT_NE(refusal(), "") << "byte " << k << ", bit " << bit;
    }
  }
}

TEST_F(Checkpoints, OfAnotherKindOrVersionAreNamed) {
  put("");
  EXPECT_NE(refusal().find("is no checkpoint of locus"), std::string::npos);
  put("name: \"a model\"\nseed: 3 network { }");
  EXPECT_NE(refusal().find("is no checkpoint of locus"), std::string::npos);
  write_at(odd_model(3), 1);
  std::string newer = bytes();
  newer[8] = 9;
  put(newer);
  EXPECT_NE(refusal().find("is a checkpoint of format 9; this program reads formats 1 to 3; a newer one wrote it"),
            std::string::npos)
      << refusal();
  EXPECT_THROW(read_checkpoint(folder_ / "nowhere"), FileError);
  EXPECT_THROW(read_checkpoint(folder_), FileError);
}

/// Delimited parts, as in a frame.
std::string parts_of(const std::vector<v1::CheckpointPart>& parts) {
  std::string bytes;
  for (const v1::CheckpointPart& part : parts) {
    const std::string message = part.SerializeAsString();
    bytes += static_cast<char>(message.size());  // below 128: one byte of varint
    bytes += message;
  }
  return bytes;
}

TEST(CheckpointParts, OutOfOrderAreRefused) {
  v1::CheckpointPart head;
  head.mutable_head()->set_rules(1);
  v1::CheckpointPart rule;
  rule.mutable_rule()->set_status(v1::Run::COMPLETED);
  v1::CheckpointPart losses;
  losses.mutable_losses()->add_losses(1);
  v1::CheckpointPart weights;
  weights.mutable_weights()->set_projection(1);
  v1::CheckpointPart counts;
  counts.mutable_counts()->set_stream(0);
  v1::CheckpointPart kept;
  kept.mutable_kept()->set_index(0);
  v1::CheckpointPart nothing;
  v1::CheckpointPart end;
  end.mutable_end();
  v1::CheckpointPart unknown_status;
  unknown_status.mutable_rule();
  v1::CheckpointPart ragged = rule;
  ragged.mutable_rule()->mutable_curves()->add_curves()->add_updates(1);
  v1::CheckpointPart uncounted = rule;
  uncounted.mutable_rule()->mutable_curves()->add_messages(1);
  const auto refusal_of = [](const std::vector<v1::CheckpointPart>& parts) -> std::string {
    const std::string bytes = parts_of(parts);
    std::istringstream stream(bytes);
    try {
      read_checkpoint_parts(stream, static_cast<std::int64_t>(bytes.size()), "x");
    } catch (const ModelError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(refusal_of({head, rule, losses, end}), "");
  EXPECT_NE(refusal_of({}).find("has no end"), std::string::npos);
  EXPECT_NE(refusal_of({rule, end}).find("does not begin with what was request"), std::string::npos);
  EXPECT_NE(refusal_of({head, losses, end}).find("numbers of no rule"), std::string::npos);
  EXPECT_NE(refusal_of({head, rule, weights, end}).find("weights of projection 1"), std::string::npos);
  EXPECT_NE(refusal_of({head, rule, counts, end}).find("without a peak"), std::string::npos);
  EXPECT_NE(refusal_of({head, rule, kept, end}).find("keeps numbers of kind 0"), std::string::npos);
  EXPECT_NE(refusal_of({head, rule, nothing, end}).find("does not know"), std::string::npos);
  EXPECT_NE(refusal_of({head, unknown_status, end}).find("status 0"), std::string::npos);
  EXPECT_NE(refusal_of({head, ragged, end}).find("a curve of 0 values at 1 updates"), std::string::npos);
  EXPECT_NE(refusal_of({head, uncounted, end}).find("counts messages of 1 classes along its curves"), std::string::npos);
  EXPECT_NE(refusal_of({head, end}).find("0 rules of 1"), std::string::npos);
  EXPECT_NE(refusal_of({head, rule, end, end}).find("behind its last part"), std::string::npos);
  EXPECT_NE(refusal_of({head, rule}).find("has no end"), std::string::npos);
}

TEST_F(Checkpoints, ThatCannotBeWrittenLeaveTheOldOneWhole) {
  request_.files.bytes.clear();
  const Spec spec = odd_model(3);
  write_at(spec, 1);
  const std::string before = bytes();
  struct Failure {
    const char* name;
    int code;
    std::function<void(FileCalls&, int& left)> inject;
  };
  const std::vector<Failure> failures = {
      {"open", EACCES, [](FileCalls& calls, int&) { calls.open = [](const char*, int) { return errno = EACCES, -1; }; }},
      {"write", ENOSPC,
       [](FileCalls& calls, int& left) {
         calls.write = [&left](int file, const void* from, std::size_t size) -> std::ptrdiff_t {
           if (left-- == 0) return errno = ENOSPC, -1;
           // the system may write fewer bytes than requested
           return ::write(file, from, std::min<std::size_t>(size, 7));
         };
       }},
      {"write_at", EIO,
       [](FileCalls& calls, int&) {
         calls.write_at = [](int, const void*, std::size_t, std::int64_t) -> std::ptrdiff_t { return errno = EIO, -1; };
       }},
      {"sync", EIO, [](FileCalls& calls, int&) { calls.sync = [](int) { return errno = EIO, -1; }; }},
      {"close", EDQUOT,
       [](FileCalls& calls, int&) { calls.close = [](int file) { return ::close(file), errno = EDQUOT, -1; }; }},
      {"rename", EROFS,
       [](FileCalls& calls, int&) { calls.rename = [](const char*, const char*) { return errno = EROFS, -1; }; }},
  };
  for (const Failure& failure : failures) {
    for (const int after : {0, 1, 2, 20}) {
      int left = after;
      FileCalls calls = system_calls();
      failure.inject(calls, left);
      std::string said;
      run(spec, {.threads = 1, .watch = [&](const Moment& moment) {
                   if (!said.empty()) return;
                   try {
                     write_checkpoint(request_, moment, file_, calls);
                   } catch (const FileError& error) {
                     said = error.what();
                   }
                 }});
      EXPECT_EQ(said, file_.string() + ": cannot write: " + std::generic_category().message(failure.code)) << failure.name;
      EXPECT_EQ(bytes(), before) << failure.name << " after " << after;
      EXPECT_EQ(files(), 1U) << failure.name << " left something";
    }
  }
}

TEST_F(Checkpoints, AreWrittenThroughInterruptedAndPartialCalls) {
  const Spec spec = odd_model(3);
  write_at(spec, 1);
  const std::string expected = bytes();
  fs::remove(file_);
  FileCalls calls = system_calls();
  int turn = 0;
  calls.write = [&turn](int file, const void* from, std::size_t size) -> std::ptrdiff_t {
    if (++turn % 3 == 0) return errno = EINTR, -1;
    return ::write(file, from, std::min<std::size_t>(size, 100'003));
  };
  int moments = 0;
  run(spec, {.threads = 1, .watch = [&](const Moment& moment) {
               if (moments++ == 1) write_checkpoint(request_, moment, file_, calls);
             }});
  EXPECT_EQ(bytes(), expected);
}

}  // namespace
}  // namespace locus
