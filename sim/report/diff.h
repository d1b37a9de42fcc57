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

/// Throws ModelError if a file is no result or cannot be read, including its files of weights.
Difference difference(const std::filesystem::path& a, const std::filesystem::path& b, double tolerance);

}  // namespace locus
