// Compiled kernels give the bits of the interpreter: over random rules and networks, dense and
// sparse, rate and spiking, in both precisions, with several lanes, on one thread and on three.
#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "sim/compile/compiler.h"
#include "sim/compile/kernel_library.h"
#include "tests/support/agreement.h"
#include "tests/support/folder.h"
#include "tests/support/random_local.h"
#include "tests/support/random_model.h"
#include "tests/support/spiking_model.h"

namespace locus::kernels_test {
namespace {

RunResult run_by(const Spec& spec, Compile compile, const Folder& folder, int threads) {
  RunOptions options{.threads = threads, .compile = {compile, folder.path("kernels")}};
  options.interpreted = [](const std::string& rule, const std::string& reason) {
    ADD_FAILURE() << rule << ": " << reason;
  };
  return run(spec, options);
}

/// Interpreted, compiled, and compiled on three threads. Returns the number of compared rules.
int compare(Spec spec, std::uint64_t seed, const Folder& folder) {
  Dice dice(seed);
  spec.rules.clear();
  spec.records.clear();
  spec.compare.reset();
  add_rewards(spec, dice);
  for (const auto& [signal, reward] : kThirdFactors) {
    const bool given = signal == LocalSignal::kReward && reward == RewardFrom::kTrials;
    if (given && !std::holds_alternative<RecordedTask>(spec.task)) continue;
    if ((static_cast<std::uint64_t>(signal) + static_cast<std::uint64_t>(reward) + seed) % 3 != 0) continue;
    spec.rules.push_back(random_local_rule(spec, dice, signal, reward));
    spec.rules.back().name += std::to_string(static_cast<int>(signal)) + std::to_string(static_cast<int>(reward));
  }
  const RunResult interpreted = run_by(spec, Compile::kNever, folder, 1);
  for (const int threads : {1, 3}) {
    const RunResult compiled = run_by(spec, Compile::kAlways, folder, threads);
    EXPECT_EQ(compiled.outcomes.size(), interpreted.outcomes.size());
    for (std::size_t k = 0; k < compiled.outcomes.size(); ++k)
      EXPECT_TRUE(identical(interpreted.outcomes[k], compiled.outcomes[k]))
          << describe(spec) << ", " << threads << " threads";
  }
  return static_cast<int>(spec.rules.size());
}

TEST(Kernels, GiveTheBitsOfTheInterpreterOnAnyNumberOfThreads) {
  if (!find_compiler()) GTEST_SKIP() << "there is no compiler";
  const Folder folder;
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 12 && !HasFailure(); ++seed) {
    Spec spec = odd_model(seed);
    if (seed % 3 == 0) spec.precision = Precision::kFloat32;
    compared += compare(spec, seed, folder);
    if (seed % 2 == 0) compared += compare(odd_spiking_model(seed), seed, folder);
  }
  EXPECT_GT(compared, 15);
}

LocalRule compiled(const LocalText& text) {
  Compiled made = compile_local(text);
  EXPECT_TRUE(made.rule.has_value());
  return *made.rule;
}

LocalText secret(double value) {
  return {.constants = {{"zanzibar", value}},
          .traces = {{"ouagadougou", "zanzibar*ouagadougou + gain*pre"}},
          .changes = {{"activity*ouagadougou*exp(-weight)"}}};
}

/// No name and no number of a model stands in what a compiler gets, so rules that differ in a
/// constant have one text.
TEST(Kernels, AreMadeOfATextWithoutAWordOfTheModel) {
  const std::string source = kernel_source<double>(compiled(secret(0.8125)), 1, 10);
  EXPECT_EQ(source.find("zanzibar"), std::string::npos);
  EXPECT_EQ(source.find("ouagadougou"), std::string::npos);
  EXPECT_EQ(source.find("8125"), std::string::npos);
  EXPECT_NE(source.find("exp_of"), std::string::npos);
  EXPECT_EQ(source, kernel_source<double>(compiled(secret(0.5)), 1, 10));
  EXPECT_NE(source, kernel_source<float>(compiled(secret(0.5)), 1, 10));
}

TEST(Kernels, OfTooManyOperationsAreLeftToTheInterpreter) {
  std::string sum = "pre";
  for (int i = 0; i < 300; ++i) sum += "+pre";
  LocalText text;
  for (int i = 0; i < 8; ++i) text.changes.push_back({"weight*(" + sum + ")"});
  const LocalRule rule = compiled(text);
  EXPECT_EQ(kernel_source<double>(rule, 1, 10), "");
  const Folder folder;
  const KernelAttempt attempt = kernels_of<double>(rule, 1, 10, folder.path("kernels"));
  EXPECT_FALSE(attempt.library.is_loaded());
  EXPECT_NE(attempt.fault.find("2000 operations"), std::string::npos) << attempt.fault;
}

}  // namespace
}  // namespace locus::kernels_test
