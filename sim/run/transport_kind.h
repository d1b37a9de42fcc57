// The transports that a run can choose from.
#pragma once

namespace locus {

enum class TransportKind {
  kBatched,  // columns of actors at once
  kMailbox,  // every message exists and is handled alone
};

}  // namespace locus
