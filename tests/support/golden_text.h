// Golden texts: printed output is compared with a file of tests/data/golden. On a difference the
// new text is written next to the file as .new; a person looks at it and moves it over the old one
// if it is right.
#pragma once

#include <string>

namespace locus {

/// Fails the test (without ending it) if tests/data/golden/<name> is not `text`.
void expect_golden(const std::string& name, const std::string& text);

/// Fails the test for every line of `text` that is wider than `columns` characters or ends with a
/// space.
void expect_fits(const std::string& text, std::size_t columns = 80);

}  // namespace locus
