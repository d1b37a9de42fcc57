// Findings and summaries as messages, in which a page gets them. Only sim/report sees this header,
// because of its generated code.
#pragma once

#include "locus/v1/finding.pb.h"
#include "locus/v1/result.pb.h"
#include "sim/report/finding.h"
#include "sim/report/sweep_result.h"

namespace locus {

v1::Finding message_of(const Finding& from);
/// Of the rules of a result that was read.
v1::Finding finding_in(const v1::Result& result);
/// Of a result whose message, with or without curves, is there already.
v1::Finding finding_in(const RunResult& result, const v1::Result& message);
v1::SweepSummary summary_message(const SweepResult& result, const ShownSettings& shown);

/// "," and the name and value of a part of a page's data, after the result or the sweep.
std::string page_part(const std::string& name, const google::protobuf::Message& message);

}  // namespace locus
