// The protobuf message of a sweep, which sweep.binpb and sweep.json contain. Only sim/report sees
// this header, because of its generated code.
#pragma once

#include <filesystem>
#include <optional>

#include "locus/v1/sweep.pb.h"
#include "sim/report/sweep_result.h"

namespace locus {

/// `pages`: whether the members with a file have a page beside it.
v1::Sweep sweep_message(const SweepResult& result, const std::vector<SweepCurve>& curves, bool pages);

/// The sweep in a message, without the curves of its members.
SweepResult sweep_result_of(const v1::Sweep& from);

/// The file of a sweep at a path: the path itself, or for a folder its sweep.binpb (sweep.json if
/// that is missing).
std::filesystem::path sweep_file(const std::filesystem::path& path);
/// Throws FileError if the file cannot be read, ModelError if it is no sweep, or was changed.
v1::Sweep read_sweep(const std::filesystem::path& path);

/// The page of a member beside its result: "members/KEY/report.html"; empty if `file` is not the
/// path of a member's result, as in a sweep from elsewhere.
std::string member_page(const std::string& file);

}  // namespace locus
