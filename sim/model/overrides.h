// Changes of a model by the command line: rules, number of updates, seed and locality budget.
//
// A rule is named by its name in the model, or by a short form with its numbers
// (core/protocol/rule.h): bptt, tbptt:DEPTH[:STRIDE], rflo[:DECAY], eprop, eprop:random, rtrl,
// rtrl:reach:REACH, rtrl:paths:PATHS, rtrl:core, uoro, none. A name in the model comes first.
// Weights are drawn when the network is built, so that a new seed changes them too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/model/spec.h"

namespace locus {

struct Overrides {
  // as on the command line; only these run, in this order; empty: the model's rules
  std::vector<std::string> rules;
  std::optional<std::int64_t> updates = std::nullopt;
  std::optional<std::uint64_t> seed = std::nullopt;
  std::optional<Locality> locality = std::nullopt;
};

/// Throws UsageError with the nearest correct name if a rule is neither one of the model nor a
/// short form, or cannot run on this model.
void apply(const Overrides& overrides, Spec& spec);

/// The rule of a short form, with its random feedback. Throws UsageError, which suggests the names
/// of `own` rules of a model too.
RuleSpec short_form(const std::string& typed, const NetworkSpec& network, const std::vector<RuleSpec>& own = {});

}  // namespace locus
