// A trace as a file: CSV for scripts, Perfetto's protobuf for ui.perfetto.dev.
//
// CSV: one line for each message. The columns are first those of SANA-FE's messages.csv that have a
// meaning here (timestep, mid, src_neuron, src_hw, dest_hw, hops, spikes), then dest_neuron,
// replica, rule, channel, lag and payload_bits. Perfetto: one process for each rule, with one track
// for the conductor, the host and every core. A tick is a slice on the track of the conductor, and
// its deliveries are slices within it. Each message is a slice on its sender's core and one on its
// receiver's; a flow joins them if they differ. A message that violates locality is an instant with
// its arguments. Time is the order of deliveries, one microsecond for each, because the model has
// no finer time. A rule whose messages exceed the limit says so at their end: in CSV by one more
// line, whose source neuron and channel are LEFT_OUT, whose tick is that of the first message left
// out and whose `spikes` is their number; in Perfetto by an instant of that name.
// Source: Boyle et al., SANA-FE (ICONS 2023), src/chip.cpp; the field numbers come from
// perfetto/protos/perfetto/trace/{trace_packet, track_event/*}.proto.
#pragma once

#include <filesystem>
#include <string>

#include "sim/run/result.h"

namespace locus {

/// Writes the format of the path's extension, .csv or .pftrace. Replaces the whole file.
void write_trace(const Spec& spec, const RunResult& result, const std::filesystem::path& path);

/// The reason for a warning if the trace of a rule has reached its limit; otherwise empty.
std::string limit_text(const Outcome& outcome);

std::string trace_csv(const Spec& spec, const RunResult& result);
std::string trace_perfetto(const Spec& spec, const RunResult& result);

/// "rec.3", "W.0.2" (target, source within their populations), "agent", "environment".
std::string name_of(const NetworkSpec& network, const TracedEnd& end);

/// The place of an actor, for its messages: kHost for all actors except neurons and synapses; core
/// 0 without a chip.
std::int32_t place_of(const Outcome& outcome, const NetworkSpec& network, const TracedEnd& end);

}  // namespace locus
