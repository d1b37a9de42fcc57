#include "tests/model/text_parts.h"

namespace locus {

std::string ModelText::text() const {
  if (!whole.empty()) return whole;
  std::string all = head + "\nnetwork {\n";
  for (const std::string* part : {&populations, &b, &w, &a}) all += "  " + *part + "\n";
  all += "}\n";
  for (const std::string* part : {&task, &training, &rules, &more}) all += *part + "\n";
  return all;
}

}  // namespace locus
