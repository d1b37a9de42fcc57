// The rule table as text: for `locus rules`, and as docs/rules.md. Every word comes from the table
// (core/protocol/rule.h) and the channels' (core/wire/channel.h).
#pragma once

#include <string>

#include "core/protocol/rule.h"

namespace locus {

/// One rule: what it computes, what it keeps, what it may send; at most 80 columns.
std::string text_of(const Rule& rule);
/// docs/rules.md.
std::string rules_markdown();

}  // namespace locus
