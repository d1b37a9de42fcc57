// TensorBoard's event files: one directory for each rule, with its loss by update, its curves and a
// histogram of its lags.
//
// Format: records of TFRecord (length, masked CRC-32C of it, data, masked CRC-32C of it), each a
// tensorflow.Event in the wire form of protobuf. This file knows only the part of that schema that
// it writes (tensorflow/core/util/event.proto, framework/summary.proto; first record:
// "brain.Event:2"). The tags are `loss`, whose step k has the loss of update k, with the weights
// after k updates; the tags of the series, whose step is the number of updates; the same of
// comparisons with the exact gradient, cosine/<rule>, norm_ratio/<rule>, sign_agreement/<rule>,
// bias/<rule>, noise/<rule> (of all plastic synapses, and with /<projection> of one projection) and
// `curvature`; and `lags`, a histogram of the messages per trial over the whole run. The files
// contain no clock time, so that the same result gives the same bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sim/run/result.h"
#include "sim/run/series.h"

namespace locus {

/// Castagnoli's CRC-32 (RFC 3720, B.4: 0x8a9136aa for 32 zero bytes).
std::uint32_t crc32c(std::string_view bytes);

/// One record with these bytes.
std::string tf_record(std::string_view data);

/// The event file of one rule.
std::string event_file(const Outcome& outcome, const std::vector<Series>& series);

/// Writes folder/<model>/<rule>/events.out.tfevents.0.locus for each rule, each file whole or not
/// at all; other files stay. `series`: of the rules of the result, by name. Throws FileError.
void write_event_files(const RunResult& result, const std::vector<RuleSeries>& series, const std::filesystem::path& folder);

}  // namespace locus
