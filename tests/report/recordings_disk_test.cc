// Recordings on disks that refuse, are full or write few bytes at a time.
#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <functional>
#include <unistd.h>

#include <gtest/gtest.h>

#include "sim/model/errors.h"
#include "sim/report/recordings.h"
#include "tests/support/folder.h"
#include "tests/support/random_model.h"
#include "tests/support/records.h"

namespace locus {
namespace {

class RecordingsOnDisk : public InFolder {};

Spec recorded_model() {
  Spec spec = odd_model(3);
  spec.records = every_record(spec);
  for (std::size_t r = 0; r < spec.records.size(); r += 2) spec.records[r].protobuf = true;
  return spec;
}

FileCalls calls_without_sync() {
  FileCalls calls = system_calls();
  calls.sync = [](int) { return 0; };
  return calls;
}

void run_all(const Spec& spec, Recordings& recordings) {
  const RunResult result = run(spec, {.threads = 1,
                                      .watch = [&](const Moment& moment) { recordings.observe(moment); },
                                      .look = [&](const Sample& sample) { recordings.look(sample); }});
  recordings.end(result);
}

TEST_F(RecordingsOnDisk, ThatCannotBeWrittenSayWhichAndWhy) {
  Spec spec = recorded_model();
  spec.rules.resize(2);
  struct Failure {
    const char* name;
    int code;
    std::function<void(FileCalls&, int& left)> inject;
  };
  const std::vector<Failure> failures = {
      {"open", EACCES,
       [](FileCalls& calls, int& left) {
         calls.open = [&left](const char* path, int flags) {
           return left-- == 0 ? (errno = EACCES, -1) : ::open(path, flags, 0666);
         };
       }},
      {"write", ENOSPC,
       [](FileCalls& calls, int& left) {
         calls.write_at = [&left](int file, const void* from, std::size_t size, std::int64_t offset) -> std::ptrdiff_t {
           if (left-- == 0) return errno = ENOSPC, -1;
           return ::pwrite(file, from, size, offset);
         };
       }},
      {"truncate", EIO,
       [](FileCalls& calls, int& left) {
         calls.truncate = [&left](int file, std::int64_t length) {
           return left-- == 0 ? (errno = EIO, -1) : ::ftruncate(file, length);
         };
       }},
      {"sync", EIO,
       [](FileCalls& calls, int& left) {
         calls.sync = [&left](int file) { return left-- == 0 ? (errno = EIO, -1) : ::fsync(file); };
       }},
      {"close", EDQUOT,
       [](FileCalls& calls, int& left) {
         calls.close = [&left](int file) { return left-- == 0 ? (::close(file), errno = EDQUOT, -1) : ::close(file); };
       }},
  };
  for (const Failure& failure : failures) {
    for (const int after : {0, 1, 5, 40}) {
      int left = after;
      FileCalls calls = calls_without_sync();
      failure.inject(calls, left);
      std::string said;
      try {
        Recordings recordings(spec, folder_, {}, calls);
        run_all(spec, recordings);
      } catch (const FileError& error) {
        said = error.what();
      }
      if (left >= 0) continue;  // there were fewer calls
      EXPECT_NE(said.find(folder_.string()), std::string::npos) << failure.name << ": " << said;
      EXPECT_NE(said.find("cannot write: " + std::generic_category().message(failure.code)), std::string::npos)
          << failure.name << " after " << after << ": " << said;
    }
  }
}

TEST_F(RecordingsOnDisk, AreWrittenThroughInterruptedAndPartialCalls) {
  const Spec spec = recorded_model();
  const Folder other;
  Recordings plain(spec, other.path(), {}, calls_without_sync());
  run_all(spec, plain);
  FileCalls calls = calls_without_sync();
  int turn = 0;
  calls.write_at = [&turn](int file, const void* from, std::size_t size, std::int64_t offset) -> std::ptrdiff_t {
    if (++turn % 3 == 0) return errno = EINTR, -1;
    return ::pwrite(file, from, std::min<std::size_t>(size, 53), offset);
  };
  Recordings hindered(spec, folder_, {}, calls);
  run_all(spec, hindered);
  for (const std::string& name : other.files()) EXPECT_EQ(text(name), other.text(name)) << name;
  EXPECT_EQ(files(), other.files());
}

}  // namespace
}  // namespace locus
