// Comparison of the program's result with the oracle's, with a description of the difference.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "sim/run/result.h"
#include "sim/run/run.h"
#include "tests/support/oracle.h"

namespace locus {

/// Of a long row of cases one in so many is tried: all, but some under a sanitiser, which looks at
/// memory and takes thirty times as long.
#ifdef LOCUS_SANITIZED
constexpr std::size_t kTriedOneIn = 4;
#else
constexpr std::size_t kTriedOneIn = 1;
#endif

inline constexpr TransportKind kTransports[] = {TransportKind::kMailbox, TransportKind::kBatched};

const char* name(TransportKind transport);

RunResult run_with(const Spec& spec, TransportKind transport, int threads = 1);

/// The entries of every projection in the order of the file (dense: row-major).
oracle::ByProjection weights_of(const Outcome& outcome);
oracle::ByProjection initial_weights(const Spec& spec);

/// (W_0 - W_K) / eta of every entry. With one update and a large learning rate that is a power of
/// two, this is Delta to the last bits.
oracle::ByProjection change(const Spec& spec, const Outcome& outcome);

/// True if every entry is within `tolerance` times the largest of its projection's reference (0 if
/// the reference is 0).
testing::AssertionResult close(const oracle::ByProjection& actual, const oracle::ByProjection& reference, double tolerance);

/// Compares exactly: messages and scalars by channel and lag, stalled ticks, bytes of history and
/// traces, trials and ticks.
testing::AssertionResult same_counts(const Spec& spec, const Outcome& outcome, const oracle::Answer& answer);

/// True if the outcome is completed, its counts are the same, its losses and weights are within
/// `tolerance` of their size, and no static weight has changed by a bit. For float32 the size of a
/// weight is the largest weight of the network, before or after, and the size of a loss is its
/// root: cancellation leaves the rounding of the numbers before it, and a loss is the square of a
/// difference.
testing::AssertionResult agrees(const Spec& spec, const Outcome& outcome, const oracle::Answer& answer, double tolerance);

/// True if the two outcomes are the same to the last bit: losses, weights, ledger, fingerprint,
/// status and message.
testing::AssertionResult identical(const Outcome& one, const Outcome& other);

/// True if every rule ends with the same bits on one thread and on these numbers of threads;
/// otherwise the message names the first difference.
testing::AssertionResult same_for_threads(const Spec& spec, std::initializer_list<int> threads,
                                          std::span<const TransportKind> transports = kTransports);

}  // namespace locus
