// TensorBoard's event files: a run directory a rule, with its loss by update, the curves that came
// with it, and a histogram of its lags.
//
// Format: records of TFRecord (length, masked CRC-32C of it, data, masked CRC-32C of it), each a
// tensorflow.Event in the wire form of protobuf; of that schema only what is written is known here
// (tensorflow/core/util/event.proto, framework/summary.proto; first record: "brain.Event:2"). Tags:
// loss, whose step k is that of update k, as met: with the weights after k updates; the series'
// own, whose step is the updates made; and lags, whose histogram counts messages per trial over the
// whole run, at its end. Nothing of the clock goes in: the same result gives the same bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sim/run/result.h"
#include "sim/run/series.h"

namespace locus {

/// Castagnoli's CRC-32 (RFC 3720, B.4: of 32 zero bytes 0x8a9136aa).
std::uint32_t crc32c(std::string_view bytes);

/// One record around these bytes.
std::string tf_record(std::string_view data);

/// The event file of one rule.
std::string event_file(const Outcome& outcome, const std::vector<Series>& series);

/// `series`: of the rules of the result, by name.
/// folder/<model>/<rule>/events.out.tfevents.0.locus, each whole or not at all; others are left
/// alone. Throws FileError.
void write_event_files(const RunResult& result, const std::vector<RuleSeries>& series, const std::filesystem::path& folder);

}  // namespace locus
