// What the command line changes of a model: which rules run, how long, from which seed, under which
// locality budget.
//
// Rules are given by name: one of the model's rules, or a short form with its numbers
// (core/protocol/rule.h): bptt, tbptt:DEPTH[:STRIDE], rflo[:DECAY], eprop, eprop:random, rtrl,
// none. A name of the model wins. Weights are drawn when the network is built, so a new seed
// changes them too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/model/spec.h"

namespace locus {

struct Overrides {
  std::vector<std::string> rules;  // as typed; only these run, in this order; empty: the model's
  std::optional<std::int64_t> updates = std::nullopt;
  std::optional<std::uint64_t> seed = std::nullopt;
  std::optional<Locality> locality = std::nullopt;
};

/// Throws UsageError, naming the nearest right one, where a rule is neither the model's nor a short
/// form, or cannot run on this model.
void apply(const Overrides& overrides, Spec& spec);

/// The rule of a short form, its drawn feedback included. Throws UsageError.
RuleSpec short_form(const std::string& typed, const NetworkSpec& network);

}  // namespace locus
