// The tables of channels and phases as markdown: the tables of docs/locality.md. Every word that a
// table of core holds comes from there (core/wire/channel.h, core/protocol/phase.h).
#pragma once

#include <string>

namespace locus {

/// One row a channel, then one row a phase: over which wires, scalars, when, under which rules.
std::string messages_markdown();

}  // namespace locus
