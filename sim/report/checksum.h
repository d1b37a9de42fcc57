// The checksum of a result: a SHA-256 over all its fields but the checksum itself.
//
// A result carries fingerprints of what was learnt; the checksum covers the rest too (ledgers,
// ranks, rates, provenance), so that a number that was changed after the run is found by whoever
// reads the file. It is no protection against people, who can compute it again.
// result.binpb and result.json have the same checksum, also after a tool has laid out the JSON
// anew: it is over values, not over bytes. Zeros without regard to their sign, and every NaN as one
// NaN, because JSON keeps neither.
// Form under the hash, numbers little-endian: for each field that is not its default, by ascending
// number, the number (4 bytes), the count of values (8) and the values: integers, booleans and
// enumerators in 8 bytes, doubles in 8, texts by length (8) and bytes, messages in this form with a
// number 0 at their end.
// Cost: one pass, 8 KiB. Internal to sim/report.
#pragma once

#include <string>

#include <google/protobuf/message.h>

#include "sim/report/message_writer.h"

namespace locus {

/// Of all fields but the text field "checksum", if the message has one; 64 hex digits. Lists may be
/// in the message or lent to it.
std::string checksum_of(const google::protobuf::Message& message, const LentLists& lists = {});

}  // namespace locus
