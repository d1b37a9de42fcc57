// What two results differ in, as people read it: model, seed, and rule by rule status, losses,
// weights, counts, rates of spiking populations and traffic on a chip.
//
// Provenance (which program, which commit) is told and is no difference: results are compared to
// see whether another program gives the same. Numbers differ where their distance exceeds tolerance
// x the larger of the two; with tolerance 0, where any bit of their value differs. Cost: O(size of
// the results).
#pragma once

#include <filesystem>
#include <string>

namespace locus {

struct Difference {
  // lines, each at most kTextWidth wide where names allow it; ends with a newline
  std::string text;
  bool agree = true;  // nothing but provenance differs
};

/// Throws ModelError where a file is no result or cannot be read, files of weights beside it too.
Difference difference(const std::filesystem::path& a, const std::filesystem::path& b, double tolerance);

}  // namespace locus
