// The certificate of a rule: what it needs, of whom, over which channel, and how often in a trial.
#pragma once

#include <string>

#include "sim/model/spec.h"

namespace locus {

/// JSON. `topology` is the spec's; `rule` is one of the spec's, or complete as those are.
/// messages: one entry for each kind of message of a trial, in the order of channels, with the
/// closed form of its count (exact if no activity, error, input or factor is 0, else an upper
/// bound). needs: what the text of a local rule uses, with its owner. state: what it keeps.
std::string certificate(const Spec& spec, const Topology& topology, const RuleSpec& rule);

}  // namespace locus
