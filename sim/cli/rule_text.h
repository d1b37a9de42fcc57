// The rule table as text, for `locus rules` and docs/rules.md. Every word comes from the tables of
// rules (core/protocol/rule.h) and of channels (core/wire/channel.h).
#pragma once

#include <string>

#include "core/protocol/rule.h"

namespace locus {

/// One rule: its computation, its state and its messages; at most 80 columns.
std::string text_of(const Rule& rule);
/// A rule that a model writes itself: as a row of the table, with all that follows from its text.
std::string text_of(std::string_view name, const Learning& learning);
/// The text of docs/rules.md.
std::string rules_markdown();

}  // namespace locus
