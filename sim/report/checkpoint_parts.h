// Parts of a checkpoint as protobuf messages: curves, counts and so on. Only sim/report sees
// this header, because of its generated code.
#pragma once

#include "locus/v1/checkpoint.pb.h"
#include "sim/run/result.h"
#include "sim/run/series.h"
#include "sim/run/state.h"

namespace locus {

void fill(const PopulationRate& from, v1::Run::Rate& to);
void fill(const RuleSeries& from, v1::CheckpointPart::Curves& to);
/// Evaluations and confusions of a rule so far.
void fill_evaluations(const RuleState& from, v1::CheckpointPart::Rule& to);
void take_evaluations(const v1::CheckpointPart::Rule& from, RuleState& to);
/// The peak, and the loads by tick, as fill_peaks (chip_message.h) writes them. False if the lists
/// of loads are not of the same ticks.
bool take_peaks(const v1::CheckpointPart::Rule& from, Traffic::Counts& to);
/// Messages, trials, stalled ticks and bytes.
void fill_counts(const RuleState& from, v1::Ledger& to);
SettingsChange change_of(const v1::SettingsChange& from);

}  // namespace locus
