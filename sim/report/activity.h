// The activity that a page shows: of each recording of a result that is an .npy of ticks, the first
// recorded trial of the last recorded update.
//
// The result names its recordings (Outline.recordings), so that files of an earlier run in the same
// folder are not taken for this one's. Files may come from elsewhere: a head that does not say what
// a recording's says, or more values than the file has, leave the recording out.
// Cost: reads that one trial. Internal to sim/report.
#pragma once

#include <filesystem>

#include "locus/v1/result.pb.h"
#include "sim/report/output.h"

namespace locus {

/// At most so many neurons and ticks of a recording are in a page: the first ones.
inline constexpr std::int64_t kShownNeurons = 100;
inline constexpr std::int64_t kShownTicks = 1000;

/// A JSON array of {"run", "recording", "ticks": [...], "all", "values": [[...], ...]}: indices of
/// the run and of the recording in the result, the ticks, the number of neurons, and for each tick
/// the values of the shown ones. "[]" without any.
void write_activity(const v1::Result& result, const std::filesystem::path& folder, Output& to);

}  // namespace locus
