#include "tests/model/folder.h"

#include <fstream>
#include <stdexcept>
#include <stdlib.h>

namespace locus {

Folder::Folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "locus-model-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a folder for the test");
  path_ = pattern;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path Folder::write(std::string_view name, std::string_view bytes) const {
  const std::filesystem::path file = path_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream stream(file, std::ios::binary);
  stream << bytes;
  return file;
}

std::string ModelText::text() const {
  if (!whole.empty()) return whole;
  std::string all = head + "\nnetwork {\n";
  for (const std::string* part : {&populations, &b, &w, &a}) all += "  " + *part + "\n";
  all += "}\n";
  for (const std::string* part : {&task, &training, &rules, &more}) all += *part + "\n";
  return all;
}

}  // namespace locus
