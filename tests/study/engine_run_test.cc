// A rule on an engine beside the rule: it learns, the same bits every time, and what would be
// another run than the rule's is refused.
#include "sim/study/engine_run.h"

#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/model/engine.h"
#include "sim/model/errors.h"
#include "sim/model/load.h"
#include "sim/model/overrides.h"

namespace locus {
namespace {

Spec student_under(const std::string& rule) {
  Spec spec = load(LOCUS_MODELS "/student_teacher.txtpb");
  apply({.rules = {rule}, .updates = {}, .seed = {}, .locality = {}}, spec);
  return spec;
}

double mean(const std::vector<double>& losses, std::size_t begin, std::size_t end) {
  const auto at = [&](std::size_t k) { return losses.begin() + static_cast<std::ptrdiff_t>(k); };
  return std::accumulate(at(begin), at(end), 0.0) / static_cast<double>(end - begin);
}

TEST(EngineRuns, LearnAShippedTaskWithTheIntegersOfLoihi2) {
  const EngineSpec engine = load_engine(LOCUS_MODELS "/engines/loihi2.txtpb");
  for (const char* rule : {"rflo", "eprop:random"}) {
    const Spec spec = student_under(rule);
    const EngineRun run = run_on_engine(spec, spec.rules.front(), engine, 200, {});
    ASSERT_EQ(run.engine.size(), 200U);
    EXPECT_LT(mean(run.engine, 180, 200), 0.1 * mean(run.engine, 0, 20)) << rule;
    // the integers cost something
    EXPECT_LT(mean(run.exact, 180, 200), mean(run.engine, 180, 200)) << rule;
    EXPECT_EQ(run_on_engine(spec, spec.rules.front(), engine, 200, {}).engine, run.engine) << rule;
  }
}

/// The more bits, the nearer the rule: an engine of wide numbers learns what a rule learns that
/// keeps nothing at its synapses, which an engine would read a tick late.
TEST(EngineRuns, ComeNearTheRuleWithManyBits) {
  EngineSpec wide = load_engine(LOCUS_MODELS "/engines/loihi2.txtpb");
  for (EngineAccess& access : wide.source.accesses) access.bits = 20;
  for (EngineAccess& access : wide.target.accesses) access.bits = 20;
  for (EngineVariable& variable : wide.variables) variable.bits = 24;
  wide.update.mantissa_bits = 20;
  wide.update.least_exponent = -100;
  wide.update.sum_bits = 40;
  const EngineSpec narrow = load_engine(LOCUS_MODELS "/engines/loihi2.txtpb");
  Spec spec = load(LOCUS_MODELS "/rules/surrogate.txtpb");
  apply({.rules = {"delta"}, .updates = {}, .seed = {}, .locality = {}}, spec);
  const auto distance = [&](const EngineSpec& engine) {
    const EngineRun run = run_on_engine(spec, spec.rules.front(), engine, 20, {{"signal", {-20, 20, false}}});
    double sum = 0;
    for (std::size_t k = 0; k < 20; ++k) sum += std::abs(run.engine[k] - run.exact[k]) / run.exact[k];
    return sum / 20;
  };
  EXPECT_LT(distance(wide), 1e-3);
  EXPECT_GT(distance(narrow), 1e-3);
}

TEST(EngineRuns, RefuseWhatIsAnotherRun) {
  const EngineSpec engine = load_engine(LOCUS_MODELS "/engines/loihi2.txtpb");
  const auto told = [&](const Spec& spec) -> std::string {
    try {
      run_on_engine(spec, spec.rules.front(), engine, 2, {});
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(told(student_under("bptt")).find("does not fit Loihi 2"), std::string::npos);
  EXPECT_NE(told(student_under("none")).find("has none"), std::string::npos);
  Spec scheduled = student_under("rflo");
  scheduled.training.schedule = ScheduleSpec{};
  EXPECT_NE(told(scheduled).find("schedule"), std::string::npos);
}

}  // namespace
}  // namespace locus
