// The outline of a run names its task as the model file does.
#include "sim/run/outline.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "sim/model/load.h"

namespace locus {
namespace {

std::string text_of(const std::filesystem::path& file) {
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

/// The first field within `task { ... }`.
std::string task_field(const std::string& text) {
  const std::size_t task = text.find("\ntask {");
  const std::size_t begin = text.find_first_not_of(" \n", text.find('{', task) + 1);
  return text.substr(begin, text.find_first_of(" :{", begin) - begin);
}

TEST(Outline, NamesTheTaskAsTheFileDoes) {
  std::set<std::string> seen;
  for (const char* folder : {"", "digits", "tasks"}) {
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(LOCUS_MODELS) / folder)) {
      if (entry.path().extension() != ".txtpb") continue;
      const Spec spec = load(entry.path());
      const std::string task = outline_of(spec).task;
      EXPECT_EQ(task, task_field(text_of(entry.path()))) << entry.path();
      seen.insert(task);
    }
  }
  EXPECT_EQ(seen, (std::set<std::string>{"recorded", "student_teacher", "drawn", "add", "copy", "flip_flop", "delayed_match",
                                         "delayed_xor", "ready_set_go", "evidence", "mackey_glass", "mimic"}));
}

TEST(Outline, NamesTheRulesWhoseFeedbackIsGiven) {
  const auto given = [](const char* model) {
    return outline_of(load(std::string(LOCUS_MODELS) + "/" + model)).given_feedback;
  };
  EXPECT_EQ(given("student_teacher.txtpb"), (std::vector<std::string>{"rflo", "eprop:random"})) << "by modes";
  EXPECT_EQ(given("tiny.txtpb"), (std::vector<std::string>{"rflo", "eprop_random"})) << "written out";
  EXPECT_EQ(given("chip.txtpb"), std::vector<std::string>{}) << "drawn";
}

}  // namespace
}  // namespace locus
