// Streams: the phases whose messages may leave a core of a chip, as results name and count them.
//
// A stream is what one kind of sender says over one block of projections; its key is the neuron
// whose messages of a tick go together (core/wire/traffic.h). The table is computed from that of
// phases (core/protocol/phase_table.h) when the program is compiled: phases of one name are one
// stream, and streams are numbered in the order of their first phases, which checkpoints rely on.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "core/protocol/phase_table.h"
#include "core/wire/topology.h"
#include "core/wire/traffic.h"

namespace locus {

struct StreamRow {
  Stream stream = Stream{0};
  std::string_view name = {};  // as written in results: "AXON_B"
  Channel channel = Channel::kAxon;
  // kind of the neuron that messages are counted by: a source, or where payloads differ a receiver
  Party key = Party::kRate;
  bool has_lags = false;  // sent by sweeps, so of lags beyond 0
  // the messages of one event carry one payload: one packet serves all that sit on a core
  bool multicast = false;
};

namespace phase_table {

/// Whether the phase is the first of its stream.
constexpr bool opens_stream(const PhaseRow& row) {
  if (row.stream.empty()) return false;
  for (const PhaseRow& other : kRows) {
    if (other.stream == row.stream) return other.phase == row.phase;
  }
  return false;
}

constexpr int count_streams() {
  int streams = 0;
  for (const PhaseRow& row : kRows) streams += opens_stream(row) ? 1 : 0;
  return streams;
}

}  // namespace phase_table

inline constexpr int kStreams = phase_table::count_streams();

inline constexpr std::array<StreamRow, kStreams> kStreamTable = [] {
  std::array<StreamRow, kStreams> table{};
  std::size_t next = 0;
  for (const PhaseRow& row : kPhaseTable) {
    if (!phase_table::opens_stream(row)) continue;
    table[next] = {static_cast<Stream>(next), row.stream, row.channel, row.key, row.revisits(), row.multicast};
    ++next;
  }
  return table;
}();

constexpr const StreamRow& row(Stream stream) { return kStreamTable[static_cast<std::size_t>(stream)]; }

namespace phase_table {

inline constexpr std::array<Stream, kPhases> kStreamOfPhase = [] {
  std::array<Stream, kPhases> streams{};
  for (std::size_t phase = 0; phase < streams.size(); ++phase) {
    for (const StreamRow& stream : kStreamTable) {
      if (stream.name == kRows[phase].stream) streams[phase] = stream.stream;
    }
  }
  return streams;
}();

}  // namespace phase_table

/// Of a phase whose messages may leave a core.
constexpr Stream stream_of(Phase phase) { return phase_table::kStreamOfPhase[static_cast<std::size_t>(phase)]; }

/// How many neurons each stream is counted by, for Traffic.
std::vector<StreamKeys> stream_keys(const LayerSizes& sizes);

/// The phase by which a stream's messages go, of those that have its name: the one that the rule
/// selects, or the first where it selects none.
const PhaseRow& phase_of(Stream stream, const Rule& rule);

}  // namespace locus
