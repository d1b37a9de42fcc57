// The protobuf message of a result, which result.binpb and result.json contain. Only sim/report
// sees this header, because of its generated code.
//
// Losses, evaluations and weights are not copied into it but lent to it (message_writer.h), so that
// a message is small whatever the run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "locus/v1/result.pb.h"
#include "sim/report/message_writer.h"
#include "sim/run/result.h"

namespace locus {

/// The part of a result in a message: everything; no weights; or neither weights nor losses nor
/// evaluations, so that its size does not grow with the updates.
enum class Extent { kWhole, kWithoutWeights, kWithoutCurves };

/// The message without its long lists, which stay in `result`; `lists` gets them.
/// `files[r][p]`: path, relative to the result, of the file with the weights of projection p of
/// outcome r. By default all weights are in the message.
v1::Result result_message(const RunResult& result, LentLists& lists, Extent extent = Extent::kWhole,
                          const std::vector<std::vector<std::string>>& files = {});

/// Fills in a running rule and its ledger as for kWithoutCurves. `present` has no chip and no
/// ranks, because these come at the end of a rule. `updates`: of the whole run.
void fill_without_curves(const Outcome& present, const Ledger& ledger, std::int64_t updates, v1::Run& to);

/// Parts of results and checkpoints: ledger, ranks, evaluations of a rule, provenance.
void fill(const Ledger& from, v1::Ledger& to);
void fill(const RankReport& from, v1::Rank& to);
void fill(const RankOmission& from, v1::RankOmission& to);
void fill(const SettingsChange& from, v1::SettingsChange& to);
void fill(const Provenance& from, v1::Provenance& to);
Provenance provenance_of(const v1::Provenance& message);
void fill(const Evaluation& from, v1::Run::Evaluation& to);
void fill(const Confusion& from, v1::Confusion& to);
Confusion confusion_of(const v1::Confusion& message);
v1::Run::Status status_of(Status status);

/// Throws FileError, naming `file`, where a result is more than one protobuf message can be.
void check_size(const v1::Result& message, const LentLists& lists, const std::filesystem::path& file);

}  // namespace locus
