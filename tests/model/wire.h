// Messages with random content, for tests of what must come through unchanged.
#pragma once

#include <random>

#include <google/protobuf/message.h>

namespace locus {

/// Fills every field of the message, or leaves it out, at random: any bits of a double but those
/// that are no number, any integer, any UTF-8 text of a few letters.
void fill_at_random(google::protobuf::Message& message, std::mt19937_64& random);

}  // namespace locus
