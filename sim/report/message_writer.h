// A protobuf message as JSON or in its wire format, written piece by piece, with long lists that
// stand outside of it.
//
// Why: protobuf's printer of JSON with defaults builds a tree of some 400 bytes a number first, and
// its serialiser needs every number inside the message. Here a list of a result (its losses, its
// weights) is lent to the message as a span, and no form of the message takes memory for it.
// The bytes are those that protobuf 3.21 gives for the message with its lists inside
// (always_print_primitive_fields; add_whitespace where there are lines).
// Cost: one pass over the numbers (wire format: two, because lengths come first); 64 KiB.
// Limits: no maps, groups, bytes, floats or well-known types, which no message here has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <utility>
#include <variant>

#include <google/protobuf/message.h>

#include "sim/report/output.h"

namespace locus {

/// A repeated field of messages, which are made one at a time.
struct LentMessages {
  std::size_t size = 0;
  // writes message k into a cleared message of the field's type
  std::function<void(std::size_t k, google::protobuf::Message& to)> fill;
};

/// The values of a repeated field that stand elsewhere, and live as long as they are lent.
using LentList = std::variant<std::span<const double>, std::span<const std::int32_t>, LentMessages>;

/// The lists that are lent to a message and to the messages in it.
class LentLists {
 public:
  /// `field`: number of a repeated field of `owner`, which is empty there. The type is the field's
  /// (double, int32 or message). `owner` stays where it is in memory.
  void add(const google::protobuf::Message& owner, int field, LentList list) {
    lists_.insert_or_assign({&owner, field}, std::move(list));
  }
  /// Null where the field has its values itself.
  const LentList* find(const google::protobuf::Message& owner, int field) const {
    if (lists_.empty()) return nullptr;
    const auto found = lists_.find({&owner, field});
    return found == lists_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::pair<const google::protobuf::Message*, int>, LentList> lists_;
};

enum class JsonLayout { kOneLine, kLines };

/// The message as JSON; of kLines every value has a line of its own, and a newline ends the last.
void write_json(const google::protobuf::Message& message, const LentLists& lists, JsonLayout layout, Output& to);
void write_json(const google::protobuf::Message& message, JsonLayout layout, Output& to);

/// Bytes of the message in its wire format, also beyond what one message can be (2 GiB).
std::int64_t wire_size(const google::protobuf::Message& message, const LentLists& lists);

/// The message in its wire format, fields by ascending number. `delimited`: its length comes before
/// it. The message must not be larger than 2 GiB.
void write_wire(const google::protobuf::Message& message, const LentLists& lists, Output& to, bool delimited = false);

}  // namespace locus
