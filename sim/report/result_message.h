// Result, as protobuf: what result.binpb and result.json hold. Seen by sim/report only, with its generated code.
#pragma once

#include <cstdint>
#include <vector>

#include "locus/v1/result.pb.h"
#include "sim/run/result.h"

namespace locus {

/// What a message says of the weights: all of them, or nothing.
enum class WeightsIn { kMessage, kNothing };

/// `files[r][p]`: path of the file, relative to the result, that holds the weights of projection p of outcome r; without any (the default) all
/// weights stand in the message.
v1::Result result_message(const RunResult& result, const std::vector<std::vector<std::string>>& files = {},
                          WeightsIn weights = WeightsIn::kMessage);

/// One rule's ledger and ranks, as a result and a checkpoint hold them.
void fill(const Ledger& from, v1::Ledger& to);
void fill(const RankReport& from, v1::Rank& to);
v1::Run::Status status_of(Status status);

}  // namespace locus
