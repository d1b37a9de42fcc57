#include "tests/support/golden_text.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace locus {

void expect_golden(const std::string& name, const std::string& text) {
  const std::filesystem::path path = std::filesystem::path(LOCUS_TEST_DATA) / "golden" / name;
  std::stringstream golden;
  golden << std::ifstream(path).rdbuf();
  if (golden.str() == text) return;
  const std::string beside = path.string() + ".new";
  std::ofstream(beside) << text;
  ADD_FAILURE() << path.string() << " differs from what is printed now; see " << beside << "\n" << text;
}

void expect_fits(const std::string& text, std::size_t columns) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto width =
        std::ranges::count_if(line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
    EXPECT_LE(static_cast<std::size_t>(width), columns) << line;
    EXPECT_FALSE(line.ends_with(' ')) << '"' << line << '"';
  }
}

}  // namespace locus
