// Result, as protobuf: what result.binpb and result.json hold. Seen by sim/report only, with its
// generated code.
#pragma once

#include <cstdint>
#include <vector>

#include "locus/v1/result.pb.h"
#include "sim/run/result.h"

namespace locus {

/// How much of a result a message holds: all; no weights; neither weights nor losses nor
/// evaluations, and so nothing that grows with the updates.
enum class Extent { kWhole, kWithoutWeights, kWithoutCurves };

/// `files[r][p]`: path of the file, relative to the result, that holds the weights of projection p
/// of outcome r; without any (the default) all weights stand in the message.
v1::Result result_message(const RunResult& result, const std::vector<std::vector<std::string>>& files = {},
                          Extent extent = Extent::kWhole);

/// A rule that runs, so far, and its ledger: as kWithoutCurves says. `present`: without chip or
/// ranks, as they come with a rule's end.
void fill_without_curves(const Outcome& present, const Ledger& ledger, v1::Run& to);

/// One rule's ledger, ranks and evaluations, as a result and a checkpoint hold them.
void fill(const Ledger& from, v1::Ledger& to);
void fill(const RankReport& from, v1::Rank& to);
void fill(const Evaluation& from, v1::Run::Evaluation& to);
v1::Run::Status status_of(Status status);

}  // namespace locus
