// Streams: the phases whose messages may leave a core of a chip, with their names and counts in
// results.
//
// A stream is the messages of one kind of sender over one block of projections; its key is the
// neuron whose messages of a tick go together (core/wire/traffic.h). The compiler computes this
// table from the table of phases (core/protocol/phase_table.h): phases with the same name are one
// stream, and streams are numbered in the order of their first phases. Checkpoints rely on these
// numbers.
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
  std::string_view name = {};  // in results: "AXON_B"
  Channel channel = Channel::kAxon;
  // the kind of the key neurons: the senders, or the receivers if payloads differ
  Party key = Party::kRate;
  bool has_lags = false;  // true: sent by sweeps, and therefore with lags beyond 0
  // the messages of one event have the same payload, so that one packet serves all receivers on a
  // core
  bool multicast = false;
};

namespace phase_table {

/// True if the phase is the first of its stream.
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

/// True if messages of the channel may leave a core of a chip: those of its phases have a stream.
constexpr bool leaves_core(Channel channel) {
  for (const StreamRow& stream : kStreamTable) {
    if (stream.channel == channel) return true;
  }
  return false;
}

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

/// The stream of a phase whose messages may leave a core.
constexpr Stream stream_of(Phase phase) { return phase_table::kStreamOfPhase[static_cast<std::size_t>(phase)]; }

/// The number of keys of each stream, for Traffic.
std::vector<StreamKeys> stream_keys(const LayerSizes& sizes);

/// The phase of a stream: of all phases with its name the one that the rule selects, or the first
/// if it selects none.
const PhaseRow& phase_of(Stream stream, const Rule& rule);

}  // namespace locus
