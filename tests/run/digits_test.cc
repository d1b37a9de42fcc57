// BPTT on the shipped digits is that of PyTorch: thirty updates, losses and weights to 1e-13.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "sim/run/run.h"

namespace locus {
namespace {

constexpr std::int32_t kRows = 8;  // of a picture, and its columns

std::string bytes_of(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

/// The numbers of an array of bytes, without its header.
std::string numbers_of(const std::string& name) {
  const std::string bytes = bytes_of(std::string(LOCUS_MODELS) + "/digits/" + name + ".npy");
  if (bytes.size() < 10) return {};
  const auto header = static_cast<unsigned char>(bytes[8]) + 256U * static_cast<unsigned char>(bytes[9]);
  EXPECT_NE(bytes.find("'|u1'"), std::string::npos);
  return bytes.substr(10 + header);
}

DenseMatrix matrix(std::istringstream& words, const std::string& name) {
  std::string word;
  DenseMatrix result;
  words >> word >> result.rows >> result.cols;
  EXPECT_EQ(word, name);
  result.values.resize(static_cast<std::size_t>(result.rows * result.cols));
  for (double& value : result.values) words >> value;
  EXPECT_TRUE(words.good());
  return result;
}

/// A row of the picture a tick, and a 1 beside it.
RecordedTask digits() {
  const std::string pixels = numbers_of("rows_learnt");
  const std::string classes = numbers_of("classes_learnt");
  EXPECT_EQ(pixels.size(), 64 * classes.size());
  RecordedTask task;
  for (std::size_t k = 0; k < classes.size(); ++k) {
    DenseMatrix input{kRows, kRows + 1, {}};
    for (std::size_t cell = 0; cell < 64; ++cell) {
      input.values.push_back(pixels[64 * k + cell] / 16.0);
      if (cell % kRows == kRows - 1) input.values.push_back(1);
    }
    RecordedTrial trial;
    trial.input = input;
    trial.target = target_of_class(classes[k], kRows, 10);
    task.trials.push_back(trial);
  }
  return task;
}

TEST(Digits, AreLearntAsByPyTorch) {
  std::istringstream words;
  {
    std::istringstream lines(bytes_of(std::string(LOCUS_TEST_DATA) + "/golden_digits.txt"));
    std::string text;
    for (std::string line; std::getline(lines, line);) text += line.starts_with('#') ? "" : line + '\n';
    words.str(text + "end\n");
  }
  Spec spec;
  spec.name = "digits";
  spec.network.populations = {
      {.name = "in", .kind = PopulationKind::kInput, .size = kRows + 1},
      {.name = "rec", .kind = PopulationKind::kRate, .size = 16, .activation = Activation::kTanh, .leak = 0.5},
      {.name = "out", .kind = PopulationKind::kReadout, .size = 10}};
  const DenseMatrix b = matrix(words, "B"), w = matrix(words, "W"), a = matrix(words, "A");
  spec.network.projections = {{.name = "B", .source = 0, .target = 1, .weights = b},
                              {.name = "W", .source = 1, .target = 1, .weights = w},
                              {.name = "A", .source = 1, .target = 2, .weights = a}};
  spec.task = digits();
  ASSERT_EQ(std::get<RecordedTask>(spec.task).trials.size(), 1200U);
  spec.training = {.loss = Loss::kCrossEntropy, .ticks = kRows, .batch = 40, .updates = 30, .learning_rate = 0.2};
  spec.training.window = 1;
  spec.rules = {{.name = "bptt", .kind = RuleKind::kBptt}};
  const RunResult result = run(spec, {.threads = 1});
  const Outcome& outcome = result.outcomes.at(0);
  const DenseMatrix losses = matrix(words, "losses");
  ASSERT_EQ(outcome.losses.size(), losses.values.size());
  for (std::size_t k = 0; k < outcome.losses.size(); ++k) EXPECT_NEAR(outcome.losses[k], losses.values[k], 1e-13) << k;
  for (const char* name : {"B", "W", "A"}) {
    const DenseMatrix wanted = matrix(words, name);
    const auto found = std::ranges::find(outcome.weights, name, &ProjectionWeights::projection);
    ASSERT_NE(found, outcome.weights.end());
    const auto& present = std::get<DenseMatrix>(found->matrix);
    for (std::size_t k = 0; k < wanted.values.size(); ++k)
      ASSERT_NEAR(present.values[k], wanted.values[k], 1e-13) << name;
  }
}

}  // namespace
}  // namespace locus
