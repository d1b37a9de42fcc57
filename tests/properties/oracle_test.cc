// The oracle itself: compared with the golden figures and with the identities of docs/rules.md, and
// its brute-force counts with the closed forms. The simulator does not run here.
#include "tests/support/oracle.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/golden.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

using oracle::Answer;
using oracle::ByProjection;

double largest(const ByProjection& values) {
  double result = 0;
  for (const auto& projection : values) {
    for (const double value : projection) result = std::max(result, std::abs(value));
  }
  return result;
}

/// Expects every entry within tolerance times the largest of the reference.
void expect_near(const ByProjection& actual, const ByProjection& reference, double tolerance, const std::string& what) {
  ASSERT_EQ(actual.size(), reference.size()) << what;
  ASSERT_GT(largest(reference), 0) << "nothing is learnt, so nothing is compared, " << what;
  const double bound = tolerance * largest(reference);
  for (std::size_t p = 0; p < actual.size(); ++p) {
    ASSERT_EQ(actual[p].size(), reference[p].size()) << what;
    for (std::size_t k = 0; k < actual[p].size(); ++k) {
      EXPECT_NEAR(actual[p][k], reference[p][k], bound) << what << ", projection " << p << ", entry " << k;
    }
  }
}

RuleSpec of_kind(RuleKind kind, std::int32_t depth = 0, std::int32_t stride = 1) {
  RuleSpec result;
  result.kind = kind;
  result.depth = depth;
  result.stride = stride;
  return result;
}

std::int64_t sent(const Answer& answer, Channel channel, bool replayed = false) {
  std::int64_t messages = 0;
  for (const auto& [key, count] : answer.counts) {
    if (key.first == channel && (key.second >= 1 || !replayed)) messages += count.messages;
  }
  return messages;
}

const Activation kActivations[] = {Activation::kIdentity, Activation::kTanh, Activation::kRelu, Activation::kSigmoid};

/// Calls visit(spec) for models of every activation and loss, with two leaks, dense and sparse.
template <class Visitor>
void for_models(Visitor&& visit) {
  std::uint64_t seed = 1;
  for (const Activation activation : kActivations) {
    for (const Loss loss : {Loss::kFinal, Loss::kSequence}) {
      for (const double leak : {1.0, 0.375}) {
        for (const bool sparse : {false, true}) {
          Style style;
          style.activation = activation;
          style.leak = leak;
          style.loss = loss;
          style.sparse = sparse;
          visit(smooth_model({2, 4, 2, 5}, style, seed++));
        }
      }
    }
  }
}

TEST(Oracle, AgreesWithGoldenFigures) {
  const std::vector<GoldenCase> cases = read_golden(LOCUS_TEST_DATA "/golden_rate.txt");
  ASSERT_EQ(cases.size(), 4U);
  for (const GoldenCase& golden : cases) {
    ASSERT_EQ(golden.rules.size(), 9U);
    for (const GoldenRule& expected : golden.rules) {
      const std::string what = golden.spec.name + " " + expected.rule.name;
      const Answer answer = oracle::solve(golden.spec, expected.rule);
      expect_near(answer.delta, expected.delta, 1e-12, what);
      EXPECT_NEAR(answer.losses.at(0), expected.loss, 1e-12 * expected.loss) << what;
      std::map<std::pair<Channel, std::int32_t>, std::int64_t> messages;
      for (const auto& [key, count] : answer.counts) messages[key] = count.messages;
      EXPECT_EQ(messages, expected.messages) << what;
      EXPECT_EQ(answer.history_bytes, expected.history_bytes) << what;
      EXPECT_EQ(answer.trace_bytes, expected.trace_bytes) << what;
      EXPECT_EQ(answer.stalled_ticks, expected.stalled_ticks) << what;
    }
  }
}

TEST(Oracle, BpttIsRtrlIsCentralDifferences) {
  for_models([](const Spec& spec) {
    const ByProjection bptt = oracle::solve(spec, of_kind(RuleKind::kBptt)).delta;
    expect_near(bptt, oracle::solve(spec, of_kind(RuleKind::kRtrl)).delta, 1e-13, "BPTT = RTRL, " + describe(spec));
    expect_near(bptt, oracle::central_differences(spec), 1e-9, "BPTT = central differences, " + describe(spec));
  });
}

TEST(Oracle, FullDepthTruncationIsBpttForEveryStride) {
  for_models([](const Spec& spec) {
    const ByProjection bptt = oracle::solve(spec, of_kind(RuleKind::kBptt)).delta;
    for (std::int32_t stride = 1; stride <= spec.training.ticks + 1; ++stride) {
      const RuleSpec whole = of_kind(RuleKind::kTbptt, spec.training.ticks, stride);
      expect_near(oracle::solve(spec, whole).delta, bptt, 1e-13,
                  "stride " + std::to_string(stride) + ", " + describe(spec));
    }
  });
}

/// A of a small model as feedback: R = A, entry for entry.
std::vector<FeedbackSpec> readout_weights(const Spec& spec) { return {{1, spec.network.projections.at(2).weights}}; }

TEST(Oracle, RfloWithoutDecayAndWithAIsOneStepTruncation) {
  for_models([](const Spec& spec) {
    RuleSpec rflo = of_kind(RuleKind::kRflo);
    rflo.trace_decay = 0;
    rflo.feedback = readout_weights(spec);
    expect_near(oracle::solve(spec, rflo).delta, oracle::solve(spec, of_kind(RuleKind::kTbptt, 1, 1)).delta, 1e-13,
                describe(spec));
  });
}

TEST(Oracle, SymmetricEpropIsBpttForDiagonalW) {
  for_models([](Spec spec) {
    WeightsSpec& weights = spec.network.projections.at(1).weights;
    const std::int64_t n = spec.network.populations.at(1).size;
    SparseMatrix diagonal{n, n, {}, {}, {}};
    for (std::int32_t i = 0; i + 1 < n; ++i) {  // the last neuron has no autapse
      diagonal.row.push_back(i);
      diagonal.col.push_back(i);
      diagonal.values.push_back(0.25 * (i + 2) * (i % 2 == 0 ? 1 : -1));
    }
    weights = diagonal;
    expect_near(oracle::solve(spec, of_kind(RuleKind::kEprop)).delta,
                oracle::solve(spec, of_kind(RuleKind::kBptt)).delta, 1e-13, describe(spec));
  });
}

TEST(Oracle, RandomFeedbackEqualToAIsSymmetricEprop) {
  for_models([](const Spec& spec) {
    RuleSpec random = of_kind(RuleKind::kEpropRandom);
    random.feedback = readout_weights(spec);
    expect_near(oracle::solve(spec, random).delta, oracle::solve(spec, of_kind(RuleKind::kEprop)).delta, 1e-13,
                describe(spec));
  });
}

/// The table of docs/locality.md: one trial, final loss, everything plastic, no value is 0.
class ClosedForms : public testing::TestWithParam<std::pair<Activation, bool>> {
 protected:
  ClosedForms() {
    Style style;
    style.activation = GetParam().first;
    style.sparse = GetParam().second;
    spec_ = small_model({3, 4, 2, T}, style, 11);
    if (style.sparse) make_stored_zeros_generic();
    const oracle::Net net = oracle::flatten(spec_, of_kind(RuleKind::kNone));
    b = static_cast<std::int64_t>(net.b.size());
    w = static_cast<std::int64_t>(net.w.size());
    a = static_cast<std::int64_t>(net.a.size());
    N = b + w;
    autapses = std::count_if(net.w.begin(), net.w.end(), [](const oracle::Synapse& s) { return s.source == s.target; });
  }

  void make_stored_zeros_generic() {
    for (ProjectionSpec& projection : spec_.network.projections) {
      for (double& value : std::get<SparseMatrix>(projection.weights).values) value = value == 0 ? 0.5 : value;
    }
  }

  Answer solved(RuleSpec rule) {
    if (rule.kind == RuleKind::kRflo || rule.kind == RuleKind::kEpropRandom) {
      DenseMatrix feedback{2, 4, std::vector<double>(8, 0.5)};
      rule.feedback = {{1, feedback}};
    }
    const Answer answer = oracle::solve(spec_, rule);
    EXPECT_EQ(answer.counts.at({Channel::kAxon, 0}).messages, T * (a + b) + (T - 1) * w + replayed_now_);
    EXPECT_EQ(sent(answer, Channel::kTarget), o);
    return answer;
  }

  static constexpr std::int64_t T = 5, n = 4, o = 2, r = 8;
  Spec spec_;
  std::int64_t b = 0, w = 0, a = 0, N = 0, autapses = 0;
  std::int64_t replayed_now_ = 0;  // AXON of a sweep's first stage, which also has lag 0
};

TEST_P(ClosedForms, Sweeps) {
  replayed_now_ = N;
  const Answer bptt = solved(of_kind(RuleKind::kBptt));
  EXPECT_EQ(sent(bptt, Channel::kTransport), a + (T - 1) * w);
  EXPECT_EQ(sent(bptt, Channel::kAdjoint), T * n);
  EXPECT_EQ(sent(bptt, Channel::kPost), a + T * N);
  EXPECT_EQ(sent(bptt, Channel::kAxon, true) + N, T * b + (T - 1) * w);
  EXPECT_EQ(bptt.stalled_ticks, T - 1);
  EXPECT_EQ(bptt.counts.rbegin()->first, std::pair(Channel::kAdjoint, static_cast<std::int32_t>(T - 1)));
  for (std::int32_t depth = 1; depth < T; ++depth) {
    const Answer tbptt = solved(of_kind(RuleKind::kTbptt, depth, 2));
    EXPECT_EQ(sent(tbptt, Channel::kTransport), a + (depth - 1) * w);
    EXPECT_EQ(sent(tbptt, Channel::kAdjoint), depth * n);
    EXPECT_EQ(sent(tbptt, Channel::kPost), a + depth * N);
    EXPECT_EQ(sent(tbptt, Channel::kAxon, true) + N, depth * N);
    EXPECT_EQ(tbptt.stalled_ticks, depth - 1);
  }
}

TEST_P(ClosedForms, Online) {
  const std::int64_t dendrites = T * (a + b) + (T - 1) * w;
  const Answer rflo = solved(of_kind(RuleKind::kRflo));
  EXPECT_EQ(sent(rflo, Channel::kPost), a + (GetParam().first == Activation::kIdentity ? N : T * N));
  EXPECT_EQ(sent(rflo, Channel::kFeedback), r);
  EXPECT_EQ(rflo.counts.size(), 5U);
  const Answer random = solved(of_kind(RuleKind::kEpropRandom));
  EXPECT_EQ(sent(random, Channel::kDendrite), dendrites + T * autapses);
  EXPECT_EQ(sent(random, Channel::kPost), a + T * N);
  EXPECT_EQ(sent(random, Channel::kFeedback), r);
  EXPECT_EQ(random.counts.size(), 5U);
  const Answer symmetric = solved(of_kind(RuleKind::kEprop));
  EXPECT_EQ(sent(symmetric, Channel::kDendrite), dendrites + T * autapses);
  EXPECT_EQ(sent(symmetric, Channel::kPost), a + T * N);
  EXPECT_EQ(sent(symmetric, Channel::kTransport), a);
  EXPECT_EQ(symmetric.counts.size(), 5U);
  const Answer rtrl = solved(of_kind(RuleKind::kRtrl));
  EXPECT_EQ(sent(rtrl, Channel::kTransport), a);
  EXPECT_EQ(sent(rtrl, Channel::kPost), a + N);
  EXPECT_EQ(sent(rtrl, Channel::kGather), (n - 1) * N);
  EXPECT_EQ(sent(rtrl, Channel::kInfluence), (T - 1) * w);
  EXPECT_EQ(rtrl.counts.at({Channel::kInfluence, 0}).scalars, (T - 1) * w * N);
  EXPECT_EQ(rtrl.counts.size(), 7U);
}

INSTANTIATE_TEST_SUITE_P(Networks, ClosedForms,
                         testing::Values(std::pair(Activation::kIdentity, false), std::pair(Activation::kIdentity, true),
                                         std::pair(Activation::kTanh, false), std::pair(Activation::kTanh, true),
                                         std::pair(Activation::kSigmoid, false), std::pair(Activation::kSigmoid, true)));

}  // namespace
}  // namespace locus
