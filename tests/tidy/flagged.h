// What a check finds in a tree that a test writes out: the form in which every test of a check says
// what is expected.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/tidy/checks.h"

namespace locus::tidy {

using Texts = std::vector<std::pair<std::string, std::string>>;  // path, text
using Lines = std::vector<int>;

inline Tree tree_of(const Texts& texts) {
  Tree tree;
  for (const auto& [path, text] : texts) tree.files.push_back(make_file(path, text));
  return tree;
}

/// The lines of the faults that a check finds, in its order.
inline Lines flagged(Faults (*check)(const Tree&), const Texts& texts) {
  Lines lines;
  for (const Fault& fault : check(tree_of(texts))) lines.push_back(fault.line);
  return lines;
}

inline std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace locus::tidy
