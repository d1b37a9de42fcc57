// Messages with random content, for tests of unchanged transport.
#pragma once

#include <random>

#include <google/protobuf/message.h>

namespace locus {

/// Fills or omits every field of the message at random: any bits of a double except those of NaN,
/// any integer, any UTF-8 text of a few letters.
void fill_at_random(google::protobuf::Message& message, std::mt19937_64& random);

}  // namespace locus
