// A trace as a file: CSV for scripts, Perfetto's protobuf for ui.perfetto.dev.
//
// CSV: first the columns of SANA-FE's messages.csv that have a meaning here (timestep, mid,
// src_neuron, src_hw, dest_hw, hops, spikes), then dest_neuron, replica, rule, channel, lag and
// payload_bits. A line is a message. Perfetto: a process a rule; the conductor, the host and every
// core a track. A tick is a slice on the conductor's track, its deliveries are slices within it;
// each message is a slice on its sender's core and one on its receiver's, joined by a flow where it
// changes its place; messages that violate locality are instants with their arguments. Time is the
// order of deliveries, a microsecond each: the model has no finer. Source: Boyle et al., SANA-FE
// (ICONS 2023), src/chip.cpp; perfetto/protos/perfetto/trace/{trace_packet, track_event/*}.proto
// for field numbers.
#pragma once

#include <filesystem>
#include <string>

#include "sim/run/result.h"

namespace locus {

/// By the end of the file's name: .csv or .pftrace. Replaces the file whole.
void write_trace(const Spec& spec, const RunResult& result, const std::filesystem::path& path);

std::string trace_csv(const Spec& spec, const RunResult& result);
std::string trace_perfetto(const Spec& spec, const RunResult& result);

/// "rec.3", "W.0.2" (target, source within their populations), "agent", "environment".
std::string name_of(const NetworkSpec& network, const TracedEnd& end);

/// Where an actor sits, and what its message needs: kHost for all that are no neurons or synapses;
/// core 0 without a chip.
std::int32_t place_of(const Outcome& outcome, const NetworkSpec& network, const TracedEnd& end);

}  // namespace locus
