#include "tests/support/agreement.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace locus {
namespace {

std::vector<double> values_of(const std::variant<DenseMatrix, SparseMatrix>& matrix) {
  return std::visit([](const auto& form) { return form.values; }, matrix);
}

double largest(const std::vector<double>& values) {
  double result = 0;
  for (const double value : values) result = std::max(result, std::abs(value));
  return result;
}

bool same_bits(const std::vector<double>& one, const std::vector<double>& other) {
  const auto bits = [](double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); };
  return std::ranges::equal(one, other, bits);
}

testing::AssertionResult same_number(const char* what, std::int64_t found, std::int64_t expected) {
  if (found == expected) return testing::AssertionSuccess();
  return testing::AssertionFailure() << what << ": program " << found << ", oracle " << expected;
}

/// True if each entry of each projection is within its bound.
testing::AssertionResult within(const oracle::ByProjection& actual, const oracle::ByProjection& reference,
                                const std::vector<double>& bounds) {
  if (actual.size() != reference.size())
    return testing::AssertionFailure() << actual.size() << " projections, not " << reference.size();
  for (std::size_t p = 0; p < actual.size(); ++p) {
    if (actual[p].size() != reference[p].size()) {
      return testing::AssertionFailure() << "projection " << p << ": " << actual[p].size() << " entries, not "
                                         << reference[p].size();
    }
    for (std::size_t k = 0; k < actual[p].size(); ++k) {
      if (std::abs(actual[p][k] - reference[p][k]) <= bounds[p]) continue;
      return testing::AssertionFailure() << "projection " << p << ", entry " << k << ": "
                                         << testing::PrintToString(actual[p][k]) << ", expected "
                                         << testing::PrintToString(reference[p][k]) << ", off by "
                                         << actual[p][k] - reference[p][k] << " of " << bounds[p];
    }
  }
  return testing::AssertionSuccess();
}

testing::AssertionResult same_losses(const std::vector<double>& found, const std::vector<double>& expected,
                                     Precision precision, double tolerance) {
  if (found.size() != expected.size())
    return testing::AssertionFailure() << found.size() << " losses, oracle has " << expected.size();
  for (std::size_t k = 0; k < found.size(); ++k) {
    const double size = precision == Precision::kFloat32 ? std::max(expected[k], std::sqrt(expected[k])) : expected[k];
    // a loss is a sum of squares of numbers of order 1
    const double bound = tolerance * std::max(size, 1e-6);
    if (!(std::abs(found[k] - expected[k]) <= bound)) {
      return testing::AssertionFailure() << "loss of update " << k << ": program " << found[k] << ", oracle "
                                         << expected[k];
    }
  }
  return testing::AssertionSuccess();
}

}  // namespace

const char* name(TransportKind transport) { return transport == TransportKind::kMailbox ? "mailbox" : "batched"; }

RunResult run_with(const Spec& spec, TransportKind transport, int threads) {
  RunOptions options;
  options.transport = transport;
  options.threads = threads;
  return run(spec, options);
}

oracle::ByProjection weights_of(const Outcome& outcome) {
  oracle::ByProjection result;
  for (const ProjectionWeights& weights : outcome.weights) result.push_back(values_of(weights.matrix));
  return result;
}

oracle::ByProjection initial_weights(const Spec& spec) {
  oracle::ByProjection result;
  for (std::size_t p = 0; p < spec.network.projections.size(); ++p)
    result.emplace_back(oracle::entries_of(spec, p), 0.0);
  const oracle::Net net = oracle::flatten(spec, RuleSpec{});
  for (const std::vector<oracle::Synapse>* block : {&net.b, &net.w, &net.a, &net.d}) {
    for (const oracle::Synapse& synapse : *block)
      result[static_cast<std::size_t>(synapse.projection)].at(synapse.entry) = synapse.weight;
  }
  return result;
}

oracle::ByProjection change(const Spec& spec, const Outcome& outcome) {
  oracle::ByProjection result = initial_weights(spec);
  const oracle::ByProjection after = weights_of(outcome);
  for (std::size_t p = 0; p < result.size(); ++p) {
    for (std::size_t k = 0; k < result[p].size(); ++k)
      result[p][k] = (result[p][k] - after.at(p).at(k)) / spec.training.learning_rate.value();
  }
  return result;
}

testing::AssertionResult close(const oracle::ByProjection& actual, const oracle::ByProjection& reference, double tolerance) {
  std::vector<double> bounds;
  for (const std::vector<double>& projection : reference) bounds.push_back(tolerance * largest(projection));
  return within(actual, reference, bounds);
}

testing::AssertionResult same_counts(const Spec& spec, const Outcome& outcome, const oracle::Answer& answer) {
  const Ledger& ledger = outcome.ledger;
  oracle::Counts counts;
  for (const LedgerEntry& entry : ledger.entries())
    counts[{entry.channel, entry.lag}] = {entry.tally.messages, entry.tally.scalars};
  oracle::Counts all = answer.counts;
  all.insert(counts.begin(), counts.end());
  for (const auto& [key, unused] : all) {
    const auto find = [&key = key](const oracle::Counts& from) {
      return from.contains(key) ? from.at(key) : oracle::Count{};
    };
    if (find(counts) == find(answer.counts)) continue;
    return testing::AssertionFailure() << name(key.first) << " lag " << key.second << ": program " << find(counts).messages
                                       << " messages of " << find(counts).scalars << " scalars, oracle "
                                       << find(answer.counts).messages << " of " << find(answer.counts).scalars;
  }
  if (auto same = same_number("stalled ticks", ledger.stalled_ticks(), answer.stalled_ticks); !same) return same;
  if (auto same = same_number("history bytes", ledger.history_bytes(), answer.history_bytes); !same) return same;
  if (auto same = same_number("trace bytes", ledger.trace_bytes(), answer.trace_bytes); !same) return same;
  if (auto same = same_number("trials", ledger.trials(), answer.trials); !same) return same;
  return same_number("ticks", ledger.ticks(), answer.trials * spec.training.ticks);
}

testing::AssertionResult agrees(const Spec& spec, const Outcome& outcome, const oracle::Answer& answer, double tolerance) {
  if (outcome.status != Status::kCompleted) return testing::AssertionFailure() << "not completed: " << outcome.message;
  if (auto same = same_counts(spec, outcome, answer); !same) return same;
  if (auto same = same_losses(outcome.losses, answer.losses, spec.precision, tolerance); !same) return same;
  for (std::size_t k = 0; k < outcome.accuracies.size(); ++k) {
    const double wanted = answer.accuracies.at(k);
    if (outcome.accuracies[k] != wanted && !(std::isnan(outcome.accuracies[k]) && std::isnan(wanted)))
      return testing::AssertionFailure() << "accuracy " << k << " is " << outcome.accuracies[k] << ", expected " << wanted;
  }
  const oracle::ByProjection weights = weights_of(outcome);
  oracle::ByProjection before = initial_weights(spec);
  if (spec.precision == Precision::kFloat32) {
    for (std::vector<double>& projection : before) {
      for (double& value : projection) value = static_cast<double>(static_cast<float>(value));
    }
  }
  for (std::size_t p = 0; p < before.size(); ++p) {
    const bool still = !spec.network.projections[p].plastic || outcome.kind == RuleKind::kNone;
    if (still && !same_bits(weights.at(p), before[p]))
      return testing::AssertionFailure() << "projection " << p << " is static but moved";
  }
  if (spec.precision == Precision::kFloat64) return close(weights, answer.weights, tolerance);
  double size = 0;
  for (const oracle::ByProjection* all : std::initializer_list<const oracle::ByProjection*>{&before, &answer.weights}) {
    for (const std::vector<double>& projection : *all) size = std::max(size, largest(projection));
  }
  return within(weights, answer.weights, std::vector<double>(weights.size(), tolerance * size));
}

testing::AssertionResult identical(const Outcome& one, const Outcome& other) {
  if (one.fingerprint != other.fingerprint) {
    return testing::AssertionFailure() << "fingerprints " << one.fingerprint << " and " << other.fingerprint;
  }
  if (one.status != other.status || one.message != other.message) {
    return testing::AssertionFailure() << "ends: \"" << one.message << "\" and \"" << other.message << "\"";
  }
  if (!(one.ledger == other.ledger)) return testing::AssertionFailure() << "ledgers differ";
  if (!same_bits(one.losses, other.losses)) return testing::AssertionFailure() << "losses differ";
  if (!same_bits(one.accuracies, other.accuracies)) return testing::AssertionFailure() << "accuracies differ";
  if (one.confusions != other.confusions || one.evaluation_confusion != other.evaluation_confusion)
    return testing::AssertionFailure() << "confusions differ";
  const oracle::ByProjection left = weights_of(one);
  const oracle::ByProjection right = weights_of(other);
  for (std::size_t p = 0; p < left.size(); ++p) {
    if (!same_bits(left[p], right.at(p)))
      return testing::AssertionFailure() << "weights of projection " << p << " differ";
  }
  return testing::AssertionSuccess();
}

testing::AssertionResult same_for_threads(const Spec& spec, std::initializer_list<int> threads,
                                          std::span<const TransportKind> transports) {
  for (const TransportKind transport : transports) {
    const RunResult one = run_with(spec, transport, 1);
    for (const int many : threads) {
      const RunResult other = run_with(spec, transport, many);
      for (std::size_t k = 0; k < spec.rules.size(); ++k) {
        if (const testing::AssertionResult same = identical(one.outcomes.at(k), other.outcomes.at(k)); !same)
          return testing::AssertionFailure() << name(transport) << ", " << many << " threads, " << spec.rules[k].name
                                             << ": " << same.message() << '\n';
      }
    }
  }
  return testing::AssertionSuccess();
}

}  // namespace locus
