// The sentences of a comparison: a table of cases with what they must say.
#include "sim/report/finding.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace locus {
namespace {

/// A digest of a rule; `losses` of its seeds come later.
struct RuleCase {
  std::string rule;
  std::vector<double> losses;  // one for each seed
  double spatial = 0;
  double temporal = 0;
  double messages = -1;  // -1: 1000 and the violations
  double start = 8;
  std::optional<double> accuracy = {};
};

Contender contender(const RuleCase& from) {
  std::vector<Digest> digests;
  std::vector<SeedDigest> runs;
  for (const double loss : from.losses) {
    Digest& digest = digests.emplace_back();
    digest.rule = digest.kind = from.rule;
    digest.status = "COMPLETED";
    digest.first = from.start;
    digest.last = loss;
    digest.spatial = from.spatial;
    digest.temporal = from.temporal;
    digest.violations = std::max(from.spatial, from.temporal);
    digest.messages = from.messages < 0 ? 1000 + from.spatial + from.temporal : from.messages;
    digest.accuracy = from.accuracy;
  }
  for (std::size_t k = 0; k < digests.size(); ++k) runs.push_back({k, &digests[k]});
  return contender_of(runs);
}

std::vector<Contender> contenders(const std::vector<RuleCase>& cases) {
  std::vector<Contender> rules;
  for (const RuleCase& one : cases) rules.push_back(contender(one));
  return rules;
}

std::string headline(const std::vector<RuleCase>& cases) { return finding_of(contenders(cases), {}).headline; }

constexpr double kNoLoss = std::numeric_limits<double>::quiet_NaN();

struct Said {
  std::string what;
  std::vector<RuleCase> rules;
  std::string says;
};

const std::vector<Said>& cases() {
  static const std::vector<Said> kCases = {
      {"nothing has run", {}, ""},
      {"a rule that learns nothing", {{"none", {kNoLoss}}}, ""},
      {"one rule, local", {{"rflo", {2}}}, "rflo ends at a loss of 2, with no message that breaks locality."},
      {"the best breaks locality, and nothing cheaper is near",
       {{"bptt", {1}, 500, 900}, {"eprop", {1.5}, 40, 0}, {"rflo", {2}}},
       "bptt ends lowest, at a loss of 1, with 900 messages a trial that break locality; no rule with fewer comes within 10 % of "
       "it. Beside bptt, giving up messages back in time costs 1.50 times the loss (eprop); giving up non-local wires as well "
       "costs 2 times the loss (rflo); at the start the loss is 8 times that."},
      {"a local rule comes near",
       {{"bptt", {1}, 500, 900}, {"rflo", {1.08}}},
       "rflo is the cheapest rule within 10 % of the lowest loss, 1 (bptt): it sends no message that breaks locality, against 900 "
       "of bptt. Beside bptt, giving up messages back in time and non-local wires costs 1.08 times the loss (rflo); at the start "
       "the loss is 8 times that."},
      {"a rule with fewer violations comes near, and one seed does not tell the two apart",
       {{"bptt", {1}, 500, 900}, {"eprop", {1.02}, 40, 0}},
       "eprop is the cheapest rule within 10 % of the lowest loss, 1 (bptt): it sends 40 messages a trial that break locality, "
       "against 900 of bptt. Beside bptt, giving up messages back in time costs nothing that this seed shows (eprop: 1.02 times "
       "the loss); at the start the loss is 8 times that."},
      {"the local rule ends lowest",
       {{"bptt", {2}, 500, 900}, {"rflo", {1}}},
       "rflo ends lowest, at a loss of 1, with no message that breaks locality. Beside bptt, giving up messages back in time and "
       "non-local wires costs nothing: rflo ends at 0.50 times the loss; at the start the loss is 4 times that."},
      {"two local rules: the one with fewer messages is the cheaper",
       {{"rflo", {1}, 0, 0, 2000}, {"eprop:random", {1.05}, 0, 0, 1000}},
       "eprop:random is the cheapest rule within 10 % of the lowest loss, 1 (rflo): it sends 1.00k messages a trial against "
       "2.00k."},
      {"equal losses but for rounding: the cheaper rule holds the step",
       {{"tbptt:9", {1 - 1e-9}, 0, 900, 9000}, {"bptt", {1}, 0, 800, 4000}, {"rflo", {2}}},
       "bptt ends lowest, at a loss of 1, with 800 messages a trial that break locality; no rule with fewer comes within 10 % of "
       "it. Beside bptt, giving up messages back in time and non-local wires costs 2 times the loss (rflo); at the start the "
       "loss is 8 times that."},
      {"losses that are nothing but rounding are equal",
       {{"bptt", {1e-29}, 500, 900}, {"rflo", {1e-31}}},
       "rflo ends lowest, at a loss of 1e-31 (nothing but rounding of its start), with no message that breaks locality. Beside "
       "bptt, giving up messages back in time and non-local wires costs nothing that this seed shows (rflo: 1.00 times the loss); "
       "at the start the loss is 1.0e+12 times that."},
      {"nothing was learnt", {{"bptt", {7.95}, 500, 900}, {"rflo", {8}}}, "No rule lowered the loss by as much as 1 %."},
      {"the only rule has not learnt", {{"rflo", {9}}}, "rflo did not lower the loss by as much as 1 %."},
      {"seeds: factors have quartiles, of ratios under the same seed",
       {{"bptt", {1, 2, 4, 1, 2}, 500, 900}, {"rflo", {2, 4, 8, 3, 5}}},
       "bptt ends lowest, at a median loss of 2 over 5 seeds, with 900 messages a trial that break locality; no rule with fewer "
       "comes within 10 % of it. Beside bptt, giving up messages back in time and non-local wires costs 2 times the loss "
       "(rflo; quartiles 2 to 2.50); at the start the loss is 4 times that."},
      {"seeds that disagree show no cost",
       {{"bptt", {1, 1, 1, 1}, 500, 900}, {"rflo", {0.8, 0.9, 1.3, 1.5}}},
       "rflo is the cheapest rule within 10 % of the lowest median loss, 1 (bptt): it sends no message that breaks locality, "
       "against 900 of bptt. Beside bptt, giving up messages back in time and non-local wires costs nothing that the seeds show "
       "(rflo: 1.10 times the loss, quartiles 0.88 to 1.35); at the start the loss is 8 times that."},
      {"only non-local wires are given up where nobody looks back",
       {{"rtrl", {1}, 900, 0}, {"rflo", {3}}},
       "rtrl ends lowest, at a loss of 1, with 900 messages a trial that break locality; no rule with fewer comes within 10 % of "
       "it. Beside rtrl, giving up non-local wires costs 3 times the loss (rflo); at the start the loss is 8 times that."},
      {"a step is held by its best rule",
       {{"bptt", {1}, 500, 900}, {"tbptt:1", {4}, 40, 0}, {"eprop", {2}, 40, 0}, {"rflo", {6}}, {"eprop:random", {5}}},
       "bptt ends lowest, at a loss of 1, with 900 messages a trial that break locality; no rule with fewer comes within 10 % of "
       "it. Beside bptt, giving up messages back in time costs 2 times the loss (eprop); giving up non-local wires as well "
       "costs 5 times the loss (eprop:random); at the start the loss is 8 times that."},
      {"classes: the best says its accuracy",
       {{"bptt", {0.1}, 500, 900, -1, 2, 0.971}},
       "bptt ends at a loss of 0.1 and an accuracy of 97.1 %, with 900 messages a trial that break locality."},
      {"a rule without losses bears on nothing",
       {{"none", {kNoLoss}}, {"rflo", {2}}},
       "rflo ends at a loss of 2, with no message that breaks locality."},
  };
  return kCases;
}

TEST(Finding, SaysWhatItsFiguresSay) {
  for (const Said& said : cases()) EXPECT_EQ(headline(said.rules), said.says) << said.what;
}

TEST(Finding, HasCaveats) {
  const std::vector<Contender> rules = contenders({{"bptt", {1}, 1, 1}, {"rflo", {2}}});
  const auto begins = [&](const Conditions& conditions) {
    std::vector<std::string> made;
    for (const std::string& caveat : finding_of(rules, conditions).caveats)
      made.push_back(caveat.substr(0, caveat.find_first_of(":;,")));
    return made;
  };
  using Texts = std::vector<std::string>;
  EXPECT_EQ(begins({.seeds = 5}), Texts{});
  EXPECT_EQ(begins({.seeds = 1}), Texts{"One seed"});
  EXPECT_EQ(begins({.seeds = 3}), Texts{"3 seeds"});
  EXPECT_EQ(begins({.seeds = 5, .choice = Choice::kShown}),
            Texts{"Each rule stands at the setting that does best among those shown"});
  EXPECT_EQ(finding_of(rules, {.seeds = 5, .choice = Choice::kHeldOut, .choosing_seeds = {1, 2}}).caveats,
            Texts{"Each rule stands at its best setting, chosen by the loss of evaluation trials under seeds 1, 2, which are not "
                  "among those shown."});
  EXPECT_NE(finding_of(rules, {.seeds = 5, .choice = Choice::kHeldOut, .by_accuracy = true, .choosing_seeds = {1}})
                .caveats[0]
                .find("chosen by the accuracy of evaluation trials under seed 1"),
            std::string::npos);
  EXPECT_EQ(begins({.seeds = 5, .incomplete = {{"rflo", 4, 5}}}), Texts{"rflo completed under 4 of 5 seeds"});
  EXPECT_EQ(begins({.seeds = 5, .given_feedback = {"rflo", "other"}}), Texts{"The feedback of rflo is given by the model"});
  // A rule alone is compared with nothing, and without a finding there is nothing to believe.
  EXPECT_EQ(finding_of(contenders({{"rflo", {2}}}), {.seeds = 1}).caveats, Texts{});
  EXPECT_EQ(finding_of(std::vector<Contender>{}, {.seeds = 1, .given_feedback = {"rflo"}}).caveats, Texts{});
}

TEST(Finding, ComparesSeedBySeed) {
  const Contender one = contender({"bptt", {1, 10, 100}});
  const Contender other = contender({"rflo", {3, 20, 500}});
  const LossRatio ratio = ratio_of(other, one);
  EXPECT_EQ(ratio.seeds, 3);
  EXPECT_DOUBLE_EQ(ratio.median, 3);
  EXPECT_DOUBLE_EQ(ratio.q25, 2.5);
  EXPECT_DOUBLE_EQ(ratio.q75, 4);
  // Only seeds that both have are compared.
  Contender fewer = one;
  fewer.by_seed.pop_back();
  EXPECT_DOUBLE_EQ(ratio_of(other, fewer).median, 2.5);
}

TEST(Finding, HasAStepForEachClassThatARuleHolds) {
  const std::vector<LadderStep> steps = ladder(contenders({{"bptt", {1}, 5, 9}, {"eprop", {2}, 4, 0}, {"rflo", {3}}}));
  ASSERT_EQ(steps.size(), 4U);
  EXPECT_EQ(name(steps[0].step), "past");
  EXPECT_EQ(name(steps[1].step), "wires");
  EXPECT_EQ(name(steps[2].step), "local");
  EXPECT_EQ(name(steps[3].step), "nothing");
  EXPECT_FALSE(steps[0].ratio.has_value());
  EXPECT_DOUBLE_EQ(steps[2].ratio->median, 3);
  EXPECT_DOUBLE_EQ(steps[3].ratio->median, 8);
  EXPECT_EQ(ladder(contenders({{"rflo", {3}}})).size(), 2U);
  EXPECT_TRUE(ladder({}).empty());
}

}  // namespace
}  // namespace locus
