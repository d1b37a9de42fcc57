// The chip's part of a result as protobuf: written for result.json and result.binpb, and read for
// `locus place`.
#pragma once

#include <span>

#include "core/wire/traffic.h"
#include "locus/v1/result.pb.h"
#include "sim/run/result.h"

namespace locus {

/// The channel of the schema, which has the same name as the program's.
v1::Ledger::Channel channel_of(Channel channel);

/// The peak and the loads by tick, for a result or a checkpoint, whose fields have the same names.
template <class Message>
void fill_peaks(const Peak& peak, std::span<const TickLoad> loads, Message& to) {
  to.mutable_peak()->set_packets(peak.packets);
  to.mutable_peak()->set_tick(peak.tick.value);
  to.mutable_peak()->set_lag(peak.lag);
  for (const TickLoad& load : loads) {
    to.add_tick_packets(load.packets);
    to.add_stage_packets(load.stage_packets);
    to.add_tick_peaks(load.peak);
  }
}

/// `cost`: the costs of the chip, or null without them.
void fill(const Outcome& outcome, const ChipOutcome& from, const CostSpec* cost, v1::ChipRun& to);

/// Chip, costs and wiring of the whole result, which must have a chip.
void fill_chip(const RunResult& from, v1::Result& to);

ChipSpec chip_of(const v1::Result& from);
/// The projection without the entries of a sparse one.
Projection ends_of(const v1::Wires& from);
v1::Wires message_of(const Projection& from);

}  // namespace locus
