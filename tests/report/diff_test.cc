// Every kind of difference between two results is found and named, numbers with their place;
// nothing else is a difference.
#include "sim/report/diff.h"

#include <fstream>
#include <functional>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/model/errors.h"
#include "sim/report/weights_file.h"
#include "sim/report/write.h"
#include "sim/run/run.h"
#include "tests/report/sample.h"
#include "tests/support/folder.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

/// A result with every part that a comparison reads.
RunResult rich_result() {
  RunResult result = sample_result();
  for (Outcome& outcome : result.outcomes) {
    outcome.evaluations = {{0, 0.5}, {10, 0.25}};
    outcome.rates = {{"rec", 12.5, 30}};
  }
  return result;
}

class Diff : public InFolder {
 protected:
  Difference between(const RunResult& a, const RunResult& b, double tolerance = 0) {
    write_result(a, folder_ / "a");
    write_result(b, folder_ / "b");
    return difference(folder_ / "a", folder_ / "b", tolerance);
  }
};

TEST_F(Diff, EqualResultsAgree) {
  const Difference found = between(rich_result(), rich_result());
  EXPECT_TRUE(found.agree);
  EXPECT_EQ(found.text, "the results agree: model, seed, losses, weights and counts\n");
}

TEST_F(Diff, EachKindIsFoundAndPlaced) {
  struct Case {
    std::function<void(RunResult&)> change;
    std::string says;
  };
  const std::vector<Case> cases = {
      {[](RunResult& r) { r.model_sha256[0] = 'f'; }, "model sha256: 0123"},
      {[](RunResult& r) { r.settings = {"training.ticks=9"}; }, "settings: "},
      {[](RunResult& r) { r.outcomes[0].losses[7] = 0.5; },
       "bptt: losses: 1 of 20 differ, most by 0.75 of its size, at update 7: 0.125 against 0.5"},
      {[](RunResult& r) { std::get<DenseMatrix>(r.outcomes[0].weights[0].matrix).values[3] = 9; },
       "bptt: weights W: 1 of 4 differ, most by 0.5 of its size, [1,1]: 4.5 against 9"},
      {[](RunResult& r) { std::get<SparseMatrix>(r.outcomes[1].weights[1].matrix).values[1] = -2; },
       "rflo: weights A: 1 of 2 differ, most by 0.5 of its size, [0,0]: -1 against -2"},
      {[](RunResult& r) {
         std::get<SparseMatrix>(r.outcomes[1].weights[1].matrix).col = {1, 0};
       },
       "rflo: weights A: other synapses exist"},
      {[](RunResult& r) { r.outcomes[1].weights.pop_back(); }, "rflo: weights of 2 against 1 projections"},
      {[](RunResult& r) {
         r.outcomes[0].ledger.add(Channel::kAdjoint, 3, {1, 1});
       },
       "bptt: messages: 1 of 2 channels and lags differ, first ADJOINT of lag 3: 800 against 801"},
      {[](RunResult& r) { r.outcomes[1].ledger.set_memory(0, 121); }, "rflo: trace bytes: 120 against 121"},
      {[](RunResult& r) { r.outcomes[1].evaluations[1].loss = 0.125; },
       "rflo: losses of evaluation trials: 1 of 2 differ, most by 0.5 of its size, at update 10: 0.25 against 0.125"},
      {[](RunResult& r) { r.outcomes[0].rates[0].last = 31; },
       "bptt: rate of rec in the first and last update: 12.5, 30 Hz against 12.5, 31 Hz"},
      {[](RunResult& r) { r.outcomes.pop_back(); }, "rflo: only in the first"},
  };
  for (const Case& one : cases) {
    RunResult changed = rich_result();
    one.change(changed);
    const Difference found = between(rich_result(), changed);
    EXPECT_FALSE(found.agree) << one.says;
    std::string unwrapped;  // lines are broken at spaces
    for (std::size_t at = 0; at < found.text.size(); ++at) {
      const bool broken = found.text[at] == '\n' && found.text.compare(at + 1, 4, "    ") == 0;
      unwrapped += broken ? ' ' : found.text[at];
      if (broken) at += 4;
    }
    EXPECT_NE(unwrapped.find(one.says), std::string::npos) << found.text << "does not say\n" << one.says;
  }
}

TEST_F(Diff, PacketsOfAChipAreCompared) {
  Spec spec = model_on_two_cores();
  const RunResult a = run(spec, {.threads = 1});
  EXPECT_EQ(between(a, run(spec, {.threads = 1})).text, "the results agree: model, seed, losses, weights and counts\n");
  spec.chip->cores = {0, 0, 1};
  const RunResult b = run(spec, {.threads = 1});
  const ChipCounts& one = a.outcomes[0].chip->report.total;
  const ChipCounts& other = b.outcomes[0].chip->report.total;
  ASSERT_NE(one.packets, other.packets);
  ASSERT_NE(one.hops, other.hops);
  const Difference moved = between(a, b);
  EXPECT_FALSE(moved.agree);
  EXPECT_EQ(moved.text, fmt::format("bptt: packets: {} against {}\nbptt: hops: {} against {}\n", one.packets,
                                    other.packets, one.hops, other.hops))
      << "the same messages, which go elsewhere";
  spec.chip.reset();
  const RunResult none = run(spec, {.threads = 1});
  EXPECT_EQ(between(a, none).text, "bptt: only the first was put on a chip\n");
  EXPECT_EQ(between(none, a).text, "bptt: only the second was put on a chip\n");
}

/// Weights in files, because they are too many for a result.
RunResult large_result() {
  RunResult result = sample_result();
  result.outcomes.resize(1);
  DenseMatrix dense{1000, 1000, std::vector<double>(1'000'000, 0.5)};
  SparseMatrix sparse{10, 1000, {}, {}, {}};
  for (int k = 0; k < 1000; ++k) {
    sparse.row.push_back(k % 10);
    sparse.col.push_back(k);
    sparse.values.push_back(0.25 * k);
  }
  result.outcomes[0].weights = {{"W", std::move(dense)}, {"A", std::move(sparse)}};
  return result;
}

TEST_F(Diff, WeightsInFilesAreCompared) {
  const RunResult a = large_result();
  EXPECT_TRUE(between(a, a).agree);
  ASSERT_TRUE(std::filesystem::exists(folder_ / "a" / "weights" / "bptt" / "W.npy"));
  ASSERT_TRUE(std::filesystem::exists(folder_ / "a" / "weights" / "bptt" / "A.blocks"));
  RunResult b = a;
  auto& values = std::get<DenseMatrix>(b.outcomes[0].weights[0].matrix).values;
  values[0] = 0.5000001;
  values[999'999] = 1;
  const Difference found = between(a, b);
  EXPECT_FALSE(found.agree);
  EXPECT_TRUE(found.text.starts_with("bptt: weights W: 2 of 1000000 differ, most by 0.5 of its size, number"))
      << found.text;
  EXPECT_FALSE(between(a, b, 0.1).agree);
  values[999'999] = 0.5;
  EXPECT_TRUE(between(a, b, 1e-6).agree);
  b = a;
  std::get<SparseMatrix>(b.outcomes[0].weights[1].matrix).values[7] = 1;
  EXPECT_EQ(between(a, b).text, "bptt: weights A: the files beside the results differ\n");
  b = a;
  std::get<DenseMatrix>(b.outcomes[0].weights[0].matrix) = {500, 2000, std::vector<double>(1'000'000, 0.5)};
  EXPECT_EQ(between(a, b).text, "bptt: weights W: of another shape in the other\n");
}

TEST_F(Diff, FilesThatAreGoneOrCutAreNoDifference) {
  write_result(large_result(), folder_ / "a");
  write_result(large_result(), folder_ / "b");
  std::filesystem::resize_file(folder_ / "b" / "weights" / "bptt" / "W.npy", 100'000);
  EXPECT_THROW(difference(folder_ / "a", folder_ / "b", 0), ModelError);
  std::filesystem::remove(folder_ / "b" / "weights" / "bptt" / "W.npy");
  EXPECT_THROW(difference(folder_ / "a", folder_ / "b", 0), ModelError);
  EXPECT_THROW(difference(folder_ / "b", folder_ / "a", 0), ModelError);
  EXPECT_THROW(difference(folder_ / "a", folder_ / "nowhere", 0), ModelError);
}

}  // namespace
}  // namespace locus
