// What two results differ in, as people read it: model, seed, and rule by rule status, losses, weights and counts.
//
// Provenance (which program, which commit) is told and is no difference: results are compared to see whether another program gives the same.
// Numbers differ where their distance exceeds tolerance x the larger of the two; with tolerance 0, where any bit of their value differs.
// Cost: O(size of the results).
#pragma once

#include <filesystem>
#include <string>

namespace locus {

struct Difference {
  std::string text;   // lines, each at most kTextWidth wide where names allow it; ends with a newline
  bool agree = true;  // nothing but provenance differs
};

/// Throws FileError, or ModelError where a file is no result.
Difference difference(const std::filesystem::path& a, const std::filesystem::path& b, double tolerance);

}  // namespace locus
