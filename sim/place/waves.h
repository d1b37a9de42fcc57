// Waves: the order in which the packets of one step enter the mesh.
//
// Messages of a step depend on each other: readouts hear their neurons after these have heard
// theirs, and learning follows from errors. A wave is the packets that depend on none of the others
// of that wave; it begins when the last packet of the wave before has arrived. The order is that of
// the conductor (sim/run/trial.h), except that INFLUENCE, which no output needs, waits for the
// forward packets.
#pragma once

#include "core/protocol/phase.h"

namespace locus {

inline constexpr int kWaves = 7;
inline constexpr int kForwardWaves = 2;  // the first ones; the others are learning

/// The wave of a phase whose messages may leave a core.
constexpr int wave_of(const PhaseRow& phase) {
  switch (phase.when) {
    case When::kArrival: return phase.over == Over::kA ? 1 : 0;
    // factors go with activities
    case When::kLaterTick: return phase.channel == Channel::kAxon ? 0 : 2;
    case When::kError:
      if (phase.from == Party::kEnvironment || phase.over == Over::kReadoutPairs) return 3;
      return phase.over == Over::kForeignSynapses ? 5 : 4;
    case When::kTellBack: return 6;
    case When::kTick:
      if (phase.from == Party::kAgent) return 6;  // after what neurons send it
      [[fallthrough]];
    case When::kTrialEnd: return phase.from == Party::kEnvironment ? 4 : 5;
    case When::kStage:
    case When::kRecall:
    case When::kCommit: return 5;
  }
  return 5;
}

}  // namespace locus
