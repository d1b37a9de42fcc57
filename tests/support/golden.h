// The golden figures of tests/data/golden_rate.txt: small networks with each rule's update and
// messages, computed by another program.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/wire/channel.h"
#include "sim/model/spec.h"

namespace locus {

struct GoldenRule {
  RuleSpec rule;
  std::int64_t history_bytes = 0;
  std::int64_t trace_bytes = 0;
  std::int64_t stalled_ticks = 0;
  double loss = 0;
  // of B, W, A; entries in the order of the projection's list
  std::vector<std::vector<double>> delta;
  std::map<std::pair<Channel, std::int32_t>, std::int64_t> messages;  // by (channel, lag)
};

struct GoldenCase {
  // projections B, W, A in this order; its rules are those of `rules`; one trial, one update,
  // learning rate 1
  Spec spec;
  std::vector<GoldenRule> rules;
};

/// Throws std::runtime_error if the file is missing or malformed.
std::vector<GoldenCase> read_golden(const std::string& path);

}  // namespace locus
