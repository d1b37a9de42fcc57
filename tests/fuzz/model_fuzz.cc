// Any bytes as a model file: it is loaded, validated, and built if it is a model.
//
// The first byte decides about the form (even: text, odd: wire), and the rest is the file. Faults
// are the normal result; the fuzzer looks for a crash, a sanitiser's report, a failing CHECK or
// unbounded memory.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "sim/model/build.h"
#include "sim/model/errors.h"
#include "sim/model/load.h"
#include "sim/model/network_size.h"
#include "sim/run/run.h"

namespace {

constexpr std::int64_t kMostSynapses = 10'000;  // of a network that runs here
constexpr std::int64_t kMostNeurons = 300;
constexpr std::int32_t kMostBatch = 16;

bool is_small(const locus::NetworkSpec& network) {
  std::int64_t synapses = 0;
  for (const locus::ProjectionSpec& projection : network.projections) {
    synapses += std::int64_t{network.populations[static_cast<std::size_t>(projection.source)].size} *
                network.populations[static_cast<std::size_t>(projection.target)].size;
  }
  std::int64_t neurons = 0;
  for (const locus::PopulationSpec& population : network.populations) neurons += population.size;
  return synapses <= kMostSynapses && neurons <= kMostNeurons;
}

/// Shortens a model to three ticks (unless matrices determine them), a few patterns and one update.
void shorten(locus::Spec& spec) {
  constexpr std::int32_t kTicks = 3;
  constexpr std::int32_t kPatterns = 4;
  if (spec.training.ticks > kTicks && std::holds_alternative<locus::StudentTeacherTask>(spec.task))
    spec.training.ticks = kTicks;
  if (auto* drawn = std::get_if<locus::DrawnTask>(&spec.task); drawn != nullptr && drawn->targets.size() < 2)
    drawn->patterns = std::min(drawn->patterns, kPatterns);
  spec.training.updates = 1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  try {
    std::vector<locus::Fault> warnings;
    locus::Spec spec = locus::load_bytes(bytes, data[0] % 2 == 0 ? "m.txtpb" : "m.binpb", warnings);
    if (locus::has_error(warnings)) throw std::logic_error("a model with errors was loaded");
    shorten(spec);
    const auto* taught = std::get_if<locus::StudentTeacherTask>(&spec.task);
    const bool small = is_small(spec.network) && (taught == nullptr || is_small(taught->teacher)) &&
                       spec.training.ticks <= 64 && spec.training.batch <= kMostBatch && spec.rules.size() <= 8;
    if (small) locus::run(spec, {.transport = locus::TransportKind::kBatched, .threads = 1});
  } catch (const locus::ModelError& error) {
    if (!locus::has_error(error.faults())) throw std::logic_error("a model was refused without an error");
    for (const locus::Fault& fault : error.faults()) locus::describe(fault);
  }
  return 0;
}
