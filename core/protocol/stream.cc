#include "core/protocol/stream.h"

#include "core/protocol/declaration.h"

namespace locus {

std::vector<StreamKeys> stream_keys(const LayerSizes& sizes) {
  std::vector<StreamKeys> keys;
  for (const StreamRow& stream : kStreamTable) keys.push_back({sizes.of(stream.key), stream.has_lags});
  return keys;
}

const PhaseRow& phase_of(Stream stream, const Rule& rule) {
  const Selection selection = selection_of(rule);
  const PhaseRow* first = nullptr;
  for (const PhaseRow& phase : kPhaseTable) {
    if (phase.stream != row(stream).name) continue;
    if (selection.selects(phase)) return phase;
    if (first == nullptr) first = &phase;
  }
  return *first;
}

}  // namespace locus
