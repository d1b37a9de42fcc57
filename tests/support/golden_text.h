// Golden texts: what is printed is compared with a file of tests/data/golden. On a mismatch the new
// text is written beside it as .new, to be looked at and, if it is meant, moved over the old one.
#pragma once

#include <string>

namespace locus {

/// Fails the test (without ending it) where tests/data/golden/<name> is not `text`.
void expect_golden(const std::string& name, const std::string& text);

/// Fails the test for every line of `text` that is wider than `columns` characters, or ends in a
/// space.
void expect_fits(const std::string& text, std::size_t columns = 80);

}  // namespace locus
