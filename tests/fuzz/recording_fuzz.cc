// Any bytes as a recording that a resumed run continues (sim/report/recordings.h).
//
// The first byte of the input decides about the form (even: .npy, odd: protobuf), and its bit 1
// says whether the checkpoint has a hash of exactly these bytes. The next two are the length at the
// checkpoint, and the rest is the file. A refused file must stay as it was; a continued file must
// keep its contents, except for the head of an .npy. The fuzzer looks for anything else, a crash, a
// sanitiser's report or a failing CHECK.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

#include "sim/model/errors.h"
#include "sim/model/load.h"
#include "sim/model/sha256.h"
#include "sim/report/recordings.h"
#include "sim/report/weights_file.h"
#include "sim/report/write.h"
#include "tests/support/folder.h"

namespace {

constexpr std::string_view kModel = R"(
network {
  populations { name: "in" size: 2 input {} }
  populations { name: "rec" size: 2 rate {} }
  populations { name: "out" size: 1 readout {} }
  projections { name: "B" source: "in" target: "rec" weights { constant { value: 0.5 } } }
  projections { name: "A" source: "rec" target: "out" weights { constant { value: 0.5 } } }
}
task { recorded { trials { input { rows: 2 cols: 2 values: [1, 0, 0, 1] } target { rows: 2 cols: 1 values: [1, 0] } } } }
training { updates: 2 learning_rate: 0.1 }
rules { name: "rflo" rflo { feedback { weights { constant { value: 1 } } } } }
record { name: "seen" quantity: ACTIVITY population: "rec" })";

/// Continues the file. Returns false if it was refused.
bool go_on(const locus::Spec& spec, const locus::Folder& folder, const locus::RecordingState& state) {
  locus::FileCalls calls = locus::system_calls();
  calls.sync = [](int) { return 0; };
  try {
    locus::Recordings recordings(spec, folder.path(), {state}, calls);
    const locus::RunResult result =
        locus::run(spec, {.threads = 1,
                          .watch = [&](const locus::Moment& moment) { recordings.observe(moment); },
                          .look = [&](const locus::Sample& sample) { recordings.look(sample); }});
    recordings.end(result);
  } catch (const locus::ModelError&) {
    return false;
  } catch (const locus::FileError&) {
    return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const bool npy = (data[0] & 1U) == 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 3, size - 3);
  std::vector<locus::Fault> warnings;
  locus::Spec spec = locus::load_bytes(kModel, "m.txtpb", warnings);
  spec.records[0].protobuf = !npy;

  const std::string file = npy ? "record/rflo/seen.npy" : "record/rflo/seen.pb";
  // reading a checkpoint refuses shorter lengths
  const std::int64_t length = std::max(1, data[1] | data[2] << 8);
  const std::size_t head = npy ? locus::kNpyHead : 0;
  const auto kept = [&](std::string_view all) {
    return std::string(all.substr(std::min(all.size(), head), std::max(static_cast<std::size_t>(length), head) - head));
  };
  const bool seen = (data[0] & 2U) != 0 && static_cast<std::size_t>(length) <= bytes.size();
  const locus::Folder folder;
  std::filesystem::create_directories(folder.path("record/rflo"));
  folder.write(file, bytes);
  const bool went_on = go_on(spec, folder, {file, length, seen ? locus::sha256(kept(bytes)) : std::string(64, '0')});
  const std::string after = folder.text(file);
  if (!went_on && after != bytes) throw std::logic_error("a recording was refused and changed");
  if (went_on && !seen) throw std::logic_error("another recording was gone on with");
  if (went_on && kept(after) != kept(bytes)) throw std::logic_error("a recording lost what it had");
  return 0;
}
