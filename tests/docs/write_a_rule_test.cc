// docs/write-a-rule.md: every example loads and runs, and the page's fault is the loader's.
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

#include "sim/model/load.h"
#include "sim/run/run.h"

namespace locus::write_a_rule {
namespace {

/// The blocks of the page with the mark `textproto`.
std::vector<std::string> blocks() {
  std::ifstream page(std::filesystem::path(LOCUS_MODELS).parent_path() / "docs" / "write-a-rule.md");
  std::vector<std::string> found;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("```")) {
      inside = line == "```textproto";
      if (inside) found.emplace_back();
    } else if (inside) {
      found.back() += line + '\n';
    }
  }
  return found;
}

/// The model with its top-level parts of these names left out.
std::string without(const std::string& model, const std::set<std::string>& names) {
  std::string text;
  bool kept = true;
  for (std::size_t begin = 0; begin < model.size();) {
    const std::size_t end = model.find('\n', begin) + 1;
    const std::string line = model.substr(begin, end - begin);
    begin = end;
    if (line[0] >= 'a' && line[0] <= 'z') kept = !names.contains(line.substr(0, line.find_first_of(" :{")));
    if (kept) text += line;
  }
  return text;
}

class WriteARule : public testing::Test {
 protected:
  ~WriteARule() override { std::filesystem::remove(file_); }
  Spec loaded(const std::string& text) const {
    std::ofstream(file_) << text;
    return load(file_);
  }
  std::filesystem::path file_ =
      std::filesystem::temp_directory_path() / ("locus-write-a-rule-" + std::to_string(::getpid()) + ".txtpb");
};

TEST_F(WriteARule, EveryExampleRuns) {
  const std::vector<std::string> examples = blocks();
  ASSERT_GE(examples.size(), 5U);
  for (std::size_t i = 0; i < examples.size(); ++i) {
    std::string text = examples[0];
    if (i > 0) {
      const bool network = examples[i].find("\nnetwork {") != std::string::npos || examples[i].starts_with("network {");
      text = without(text, network ? std::set<std::string>{"network", "task", "training", "rules"}
                                   : std::set<std::string>{"rules"}) +
             examples[i];
    }
    const RunResult result = run(loaded(text), {.threads = 1});
    ASSERT_EQ(result.outcomes.size(), 1U);
    EXPECT_EQ(result.outcomes[0].status, Status::kCompleted) << text << result.outcomes[0].message;
    EXPECT_EQ(result.outcomes[0].ledger.spatial_violations(), 0) << text;
  }
}

TEST_F(WriteARule, TheFaultIsThatOfThePage) {
  std::string text = blocks()[0];
  const std::string change = "-activity*pre";
  text.replace(text.find(change), change.size(), "pre*weights");
  try {
    loaded(text);
    ADD_FAILURE() << "the model has loaded";
  } catch (const ModelError& error) {
    std::ifstream page(std::filesystem::path(LOCUS_MODELS).parent_path() / "docs" / "write-a-rule.md");
    const std::string whole{std::istreambuf_iterator<char>(page), std::istreambuf_iterator<char>()};
    const std::string told = describe(error.faults().front());
    const std::size_t place = told.find(".txtpb:");  // the line and the column too
    const std::string shown = told.substr(place, told.find('\n') - place);
    EXPECT_NE(whole.find(shown), std::string::npos) << told;
  }
}

}  // namespace
}  // namespace locus::write_a_rule
