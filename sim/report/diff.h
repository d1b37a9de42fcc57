// The differences between two results in readable form: model, seed, and for each rule status,
// losses, weights, counts, rates of spiking populations and traffic on a chip.
//
// The program and commit of a result are printed but are no difference, because a comparison often
// asks whether another program gives the same result. Two numbers differ if their distance exceeds
// tolerance x the larger of the two; with tolerance 0, if any bit differs.
// Cost: O(size of the results).
#pragma once

#include <filesystem>
#include <string>

namespace locus {

struct Difference {
  // lines, each at most kTextWidth wide if names allow it; ends with a newline
  std::string text;
  bool agree = true;  // true: nothing differs except program and commit
};

/// Of two results, or of two sweeps. Throws ModelError if a file is neither or cannot be read,
/// including the files of weights of results, and for one of each.
Difference difference(const std::filesystem::path& a, const std::filesystem::path& b, double tolerance);

/// Of two sweeps: members by settings and seed, and the columns of members.csv. Throws ModelError if
/// a file is no sweep, or was changed.
Difference sweep_difference(const std::filesystem::path& a, const std::filesystem::path& b, double tolerance);

}  // namespace locus
