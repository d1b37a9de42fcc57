// docs/tasks.md and docs/benchmarks.md say of the models in models/tasks and models/digits what is
// true of them: chance level, loss of the best constant, and the learning rates that were chosen.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/model/load.h"
#include "sim/task/task.h"
#include "tests/signature/workload.h"

namespace locus {
namespace {

/// The lines of a page.
std::vector<std::string> page(const std::string& name) {
  std::ifstream stream(std::filesystem::path(LOCUS_MODELS).parent_path() / "docs" / name);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// "| a | b |": a and b.
std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream rest(line.substr(1));
  for (std::string cell; std::getline(rest, cell, '|');) {
    const std::size_t begin = cell.find_first_not_of(' ');
    cells.push_back(begin == std::string::npos ? "" : cell.substr(begin, cell.find_last_not_of(' ') + 1 - begin));
  }
  return cells;
}

std::vector<std::filesystem::path> task_models() {
  std::vector<std::filesystem::path> files = shipped_models();
  std::erase_if(files, [](const std::filesystem::path& file) {
    const std::string folder = file.parent_path().filename();
    return folder != "tasks" && folder != "digits";
  });
  return files;
}

/// The line of each model in the table of docs/tasks.md, without the name.
std::map<std::string, std::vector<std::string>> lines_of_tasks() {
  std::map<std::string, std::vector<std::string>> lines;
  for (const std::string& line : page("tasks.md")) {
    if (!line.starts_with("| [")) continue;
    std::vector<std::string> cells = cells_of(line);
    const std::string name = cells[0].substr(1, cells[0].find(']') - 1);
    cells.erase(cells.begin());
    EXPECT_TRUE(lines.emplace(name, cells).second) << name << " has two lines";
  }
  return lines;
}

/// The loss of the best constant outputs for classes that are as frequent as among these trials.
double entropy_of(const std::vector<RecordedTrial>& trials) {
  std::map<std::int32_t, double> counts;
  for (const RecordedTrial& trial : trials) ++counts[trial.label];
  double entropy = 0;
  for (const auto& [label, count] : counts)
    entropy -= count / static_cast<double>(trials.size()) * std::log(count / static_cast<double>(trials.size()));
  return entropy;
}

TEST(TasksPage, SaysChanceLevelAndBestConstantOfEachModel) {
  const auto lines = lines_of_tasks();
  EXPECT_EQ(lines.size(), task_models().size());
  for (const auto& file : task_models()) {
    const Spec spec = load(file);
    SCOPED_TRACE(spec.name);
    ASSERT_TRUE(lines.contains(spec.name));
    const std::vector<std::string>& line = lines.at(spec.name);
    const TaskFigures figures = figures_of(spec);
    if (const auto* recorded = std::get_if<RecordedTask>(&spec.task)) {
      EXPECT_EQ(line[1], fmt::format("{:.4g} %", 100.0 / spec.network.populations.back().size));
      EXPECT_EQ(line[2], fmt::format("{:.6g}", entropy_of(recorded->evaluation_trials)));
    } else if (std::holds_alternative<SyntheticTask>(spec.task)) {
      EXPECT_EQ(line[1], figures.chance ? fmt::format("{:.4g} %", 100 * *figures.chance) : "–");
      EXPECT_EQ(line[2], fmt::format("{:.6g}", figures.constant_loss.value()));
    } else {  // a drawn teacher has neither in closed form
      EXPECT_EQ(line[1], "–");
      EXPECT_EQ(line[2], "–");
    }
  }
}

/// The rule and the rate in bold of each line of the table `<!-- table NAME rates -->`.
std::map<std::string, double> chosen_rates(const std::string& model) {
  std::map<std::string, double> chosen;
  std::vector<std::string> rates;
  bool inside = false;
  for (const std::string& line : page("benchmarks.md")) {
    if (line == "<!-- end -->") inside = false;
    if (inside && line.starts_with("| ")) {
      const std::vector<std::string> cells = cells_of(line);
      const auto bold = std::ranges::find_if(cells, [](const std::string& cell) { return cell.starts_with("**"); });
      if (rates.empty()) {
        rates = cells;
      } else if (bold != cells.end()) {
        chosen[cells[0]] = std::stod(rates.at(static_cast<std::size_t>(bold - cells.begin())));
      }
    }
    if (line == fmt::format("<!-- table {} rates -->", model)) inside = true;
  }
  return chosen;
}

TEST(RatesPage, HasTheRatesOfTheModels) {
  for (const auto& file : task_models()) {
    const Spec spec = load(file);
    SCOPED_TRACE(spec.name);
    std::map<std::string, double> rates;
    for (const RuleSpec& rule : spec.rules) {
      ASSERT_TRUE(rule.learning_rate) << rule.name;
      rates[rule.name] = *rule.learning_rate;
    }
    EXPECT_EQ(chosen_rates(spec.name), rates);
  }
}

}  // namespace
}  // namespace locus
