// The shipped texts of pair and triplet STDP against Brian2, which integrates the published
// equations: tests/data/stdp has its weights, and the script that made them.
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/model/builder.h"
#include "sim/model/load.h"
#include "tests/support/agreement.h"

namespace locus::brian {
namespace {

struct Case {
  std::int32_t ticks = 0;
  std::vector<std::int32_t> pre;  // ticks of spikes
  std::vector<std::int32_t> post;
  double weight = 0;  // at the end, from 0
};

std::vector<std::int32_t> list_of(const std::string& text) {
  std::vector<std::int32_t> numbers;
  std::istringstream stream(text);
  for (std::string number; std::getline(stream, number, ',');) numbers.push_back(std::stoi(number));
  return numbers;
}

std::vector<Case> cases_of(const std::string& file) {
  std::ifstream lines(std::string(LOCUS_TEST_DATA) + "/stdp/" + file);
  std::vector<Case> cases;
  Case one;
  for (std::string pre, post; lines >> one.ticks >> pre >> post >> one.weight;) {
    one.pre = list_of(pre);
    one.post = list_of(post);
    cases.push_back(one);
  }
  return cases;
}

/// One synapse with a weight of 0, and a target that a second input makes spike.
Spec model_of(const Case& one, const LocalText& text) {
  DenseMatrix input{one.ticks, 2, std::vector<double>(static_cast<std::size_t>(2 * one.ticks), 0.0)};
  for (const std::int32_t tick : one.pre) input.values[static_cast<std::size_t>(2 * (tick - 1))] = 1;
  for (const std::int32_t tick : one.post) input.values[static_cast<std::size_t>(2 * (tick - 1) + 1)] = 1;
  Model model("stdp", 1);
  model.input("pre", 1);
  model.input("drive", 1);
  model.lif("post", 1, {.leak = {.tau_m = 0.5}, .threshold = 1.0});
  model.connect("pre", "post", constant(0));
  model.connect("drive", "post", constant(2.5), {.plastic = false});
  model.recorded({trial(input)});
  model.training({.loss = Loss::kSum, .updates = 1, .learning_rate = 1});
  model.rule(local(text));
  return model.finish();
}

void compare(const std::string& rule, const std::string& file) {
  const Spec shipped = load(std::string(LOCUS_MODELS) + "/rules/" + rule + ".txtpb");
  const std::vector<Case> cases = cases_of(file);
  ASSERT_GE(cases.size(), 10U);
  for (const Case& one : cases) {
    const Spec spec = model_of(one, shipped.rules[0].local);
    for (const TransportKind transport : kTransports) {
      const Outcome outcome = run_with(spec, transport).outcomes[0];
      ASSERT_EQ(outcome.status, Status::kCompleted) << outcome.message;
      EXPECT_NEAR(weights_of(outcome)[0][0], one.weight, 1e-9) << name(transport) << ", " << one.ticks << " ticks";
    }
  }
}

TEST(PairStdp, HasTheWeightsOfBrian) { compare("stdp", "pairs.txt"); }
TEST(TripletStdp, HasTheWeightsOfBrian) { compare("triplet_stdp", "triplets.txt"); }

}  // namespace
}  // namespace locus::brian
