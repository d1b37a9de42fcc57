// Whether what the program left agrees with what the oracle says, and in words where it does not.
#pragma once

#include <initializer_list>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "sim/run/result.h"
#include "sim/run/run.h"
#include "tests/support/oracle.h"

namespace locus {

inline constexpr TransportKind kTransports[] = {TransportKind::kMailbox, TransportKind::kBatched};

const char* name(TransportKind transport);

RunResult run_with(const Spec& spec, TransportKind transport, int threads = 1);

/// The entries of every projection, as the file lists them (dense: row-major).
oracle::ByProjection weights_of(const Outcome& outcome);
oracle::ByProjection initial_weights(const Spec& spec);

/// (W_0 - W_K) / eta of every entry: with one update at a learning rate that is a power of two and
/// large, Delta to the last bits.
oracle::ByProjection change(const Spec& spec, const Outcome& outcome);

/// Every entry within `tolerance` times the largest of its projection's reference (0 where the
/// reference is 0).
testing::AssertionResult close(const oracle::ByProjection& actual, const oracle::ByProjection& reference, double tolerance);

/// Messages and scalars by channel and lag, stalled ticks, history and trace bytes, trials and
/// ticks: exactly.
testing::AssertionResult same_counts(const Spec& spec, const Outcome& outcome, const oracle::Answer& answer);

/// Completed; same counts; losses and weights within `tolerance` of their size; what is static has
/// not moved by a bit. Under float32 that size is the largest weight of the network, before or
/// after, and that of a loss its root: what cancels leaves the rounding of what was there before,
/// and a loss is the square of such a difference.
testing::AssertionResult agrees(const Spec& spec, const Outcome& outcome, const oracle::Answer& answer, double tolerance);

/// The two outcomes are the same to the last bit: losses, weights, ledger, fingerprint, status and
/// message.
testing::AssertionResult identical(const Outcome& one, const Outcome& other);

/// Every rule ends with the same bits on one thread and on so many; the first that does not is
/// named.
testing::AssertionResult same_for_threads(const Spec& spec, std::initializer_list<int> threads,
                                          std::span<const TransportKind> transports = kTransports);

}  // namespace locus
