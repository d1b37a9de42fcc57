// The chip's part of a result, as protobuf: written for result.json and result.binpb, read back for
// `locus place`.
#pragma once

#include "locus/v1/result.pb.h"
#include "sim/run/result.h"

namespace locus {

/// The schema spells channels as the program does.
v1::Ledger::Channel channel_of(Channel channel);

/// `cost`: what the chip charges, null where it does not say.
void fill(const Outcome& outcome, const ChipOutcome& from, const CostSpec* cost, v1::ChipRun& to);

/// Chip, cost and wiring of the result as a whole; there is a chip.
void fill_chip(const RunResult& from, v1::Result& to);

ChipSpec chip_of(const v1::Result& from);
/// Without the entries of a sparse projection.
Projection ends_of(const v1::Wires& from);
v1::Wires message_of(const Projection& from);

}  // namespace locus
