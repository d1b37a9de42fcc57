// Any bytes as a checkpoint: it is read, compared with its model, and resumed if it is small.
//
// The first byte decides about the rest (even: the parts within the frame, odd: a file with its
// frame). Faults are the normal result; the fuzzer looks for a crash, a sanitiser's report, a
// failing CHECK or unbounded memory.
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <string>
#include <unistd.h>

#include <sys/mman.h>

#include "sim/model/errors.h"
#include "sim/model/load.h"
#include "sim/report/checkpoint.h"
#include "sim/run/run.h"

namespace {

constexpr std::int64_t kMostNeurons = 100;

/// A file in memory that has a path.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : file_(::memfd_create("checkpoint", MFD_CLOEXEC)) {
    if (file_ < 0 || ::write(file_, bytes.data(), bytes.size()) != static_cast<::ssize_t>(bytes.size()))
      throw std::logic_error("no file in memory can be made");
  }
  ~MemoryFile() { ::close(file_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

 private:
  int file_;
};

bool is_small(const locus::Spec& spec) {
  std::int64_t neurons = 0;
  for (const locus::PopulationSpec& population : spec.network.populations) neurons += population.size;
  const auto* taught = std::get_if<locus::StudentTeacherTask>(&spec.task);
  if (taught != nullptr) {
    for (const locus::PopulationSpec& population : taught->teacher.populations) neurons += population.size;
  }
  const auto* drawn = std::get_if<locus::DrawnTask>(&spec.task);
  if (drawn != nullptr && drawn->patterns > 16) return false;
  return neurons <= kMostNeurons && spec.training.ticks <= 16 && spec.training.batch <= 4 &&
         spec.training.updates <= 20 && spec.rules.size() <= 8;
}

void go_on(locus::Checkpoint checkpoint) {
  std::vector<locus::Fault> warnings;
  const locus::Spec spec = locus::load_bytes(checkpoint.request.bytes, "m.txtpb", {}, warnings, &checkpoint.request.files);
  if (!is_small(spec) || !locus::misfit(spec, locus::topology_of(spec), checkpoint.state).empty()) return;
  locus::run(spec, {.transport = locus::TransportKind::kBatched, .threads = 1, .from = &checkpoint.state});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  try {
    if (data[0] % 2 == 0) {
      std::istringstream stream(bytes);
      go_on(locus::read_checkpoint_parts(stream, static_cast<std::int64_t>(bytes.size()), "x.ckpt"));
    } else {
      const MemoryFile file(bytes);
      go_on(locus::read_checkpoint(file.path()));
    }
  } catch (const locus::ModelError& error) {
    if (!locus::has_error(error.faults())) throw std::logic_error("a checkpoint was refused without an error");
  }
  return 0;
}
