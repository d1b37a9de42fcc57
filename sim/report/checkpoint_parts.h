// Parts of a checkpoint as protobuf messages: curves, and changes of settings. Only sim/report sees
// this header, because of its generated code.
#pragma once

#include "locus/v1/checkpoint.pb.h"
#include "sim/run/result.h"
#include "sim/run/series.h"

namespace locus {

void fill(const PopulationRate& from, v1::Run::Rate& to);
void fill(const RuleSeries& from, v1::CheckpointPart::Curves& to);
SettingsChange change_of(const v1::SettingsChange& from);

}  // namespace locus
