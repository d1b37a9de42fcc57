#include "sim/report/checksum.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/reflection.h>

#include "core/base/check.h"
#include "sim/model/sha256.h"

namespace locus {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::uint64_t bits_of(double value) {
  if (std::isnan(value)) value = std::numeric_limits<double>::quiet_NaN();
  return std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value);
}

class Checksum {
 public:
  explicit Checksum(const LentLists& lists) : lists_(lists) {}

  void add(const Message& message) {
    std::vector<const FieldDescriptor*> fields;
    for (int i = 0; i < message.GetDescriptor()->field_count(); ++i)
      fields.push_back(message.GetDescriptor()->field(i));
    std::ranges::sort(fields, {}, &FieldDescriptor::number);
    for (const FieldDescriptor* field : fields) {
      if (field->name() == "checksum") continue;
      if (const LentList* lent = field->is_repeated() ? lists_.find(message, field->number()) : nullptr) {
        add_lent(*lent, message, *field);
      } else if (field->is_repeated()) {
        add_list(message, *field);
      } else if (has(message, *field)) {
        add_head(*field, 1);
        add_single(message, *field);
      }
    }
    add_number(0, 4);
  }

  std::string finish() {
    flush();
    return hex_digits(digest_.finish());
  }

 private:
  /// False for a default, which may be in a message or not, and for zeros of either sign.
  static bool has(const Message& message, const FieldDescriptor& field) {
    const Reflection& reflection = *message.GetReflection();
    if (!reflection.HasField(message, &field)) return false;
    const bool real = field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE;
    return !real || field.has_presence() || reflection.GetDouble(message, &field) != 0;
  }

  static std::size_t size_of(const LentList& lent) {
    if (const auto* reals = std::get_if<std::span<const double>>(&lent)) return reals->size();
    if (const auto* integers = std::get_if<std::span<const std::int32_t>>(&lent)) return integers->size();
    return std::get<LentMessages>(lent).size;
  }

  void add_head(const FieldDescriptor& field, std::int64_t count) {
    add_number(static_cast<std::uint64_t>(field.number()), 4);
    add_number(static_cast<std::uint64_t>(count), 8);
  }

  void add_single(const Message& message, const FieldDescriptor& field) {
    const Reflection& reflection = *message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32: return add_integer(reflection.GetInt32(message, &field));
      case FieldDescriptor::CPPTYPE_INT64: return add_integer(reflection.GetInt64(message, &field));
      case FieldDescriptor::CPPTYPE_UINT64: return add_number(reflection.GetUInt64(message, &field), 8);
      case FieldDescriptor::CPPTYPE_BOOL: return add_number(reflection.GetBool(message, &field) ? 1 : 0, 8);
      case FieldDescriptor::CPPTYPE_ENUM: return add_integer(reflection.GetEnumValue(message, &field));
      case FieldDescriptor::CPPTYPE_DOUBLE: return add_number(bits_of(reflection.GetDouble(message, &field)), 8);
      case FieldDescriptor::CPPTYPE_STRING: return add_text(reflection.GetString(message, &field));
      case FieldDescriptor::CPPTYPE_MESSAGE: return add(reflection.GetMessage(message, &field));
      default: CHECK(false, "a result has fields of these types only: " + field.full_name());
    }
  }

  void add_list(const Message& message, const FieldDescriptor& field) {
    const Reflection& reflection = *message.GetReflection();
    const int size = reflection.FieldSize(message, &field);
    if (size == 0) return;
    add_head(field, size);
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_DOUBLE:
        for (const double value : reflection.GetRepeatedFieldRef<double>(message, &field))
          add_number(bits_of(value), 8);
        return;
      case FieldDescriptor::CPPTYPE_INT32:
        for (const std::int32_t value : reflection.GetRepeatedFieldRef<std::int32_t>(message, &field))
          add_integer(value);
        return;
      case FieldDescriptor::CPPTYPE_INT64:
        for (const std::int64_t value : reflection.GetRepeatedFieldRef<std::int64_t>(message, &field))
          add_integer(value);
        return;
      case FieldDescriptor::CPPTYPE_UINT64:
        for (const std::uint64_t value : reflection.GetRepeatedFieldRef<std::uint64_t>(message, &field))
          add_number(value, 8);
        return;
      case FieldDescriptor::CPPTYPE_STRING:
        for (int i = 0; i < size; ++i) add_text(reflection.GetRepeatedString(message, &field, i));
        return;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        for (int i = 0; i < size; ++i) add(reflection.GetRepeatedMessage(message, &field, i));
        return;
      default: CHECK(false, "a result has lists of these types only: " + field.full_name());
    }
  }

  void add_lent(const LentList& lent, const Message& owner, const FieldDescriptor& field) {
    const std::size_t size = size_of(lent);
    if (size == 0) return;
    add_head(field, static_cast<std::int64_t>(size));
    if (const auto* reals = std::get_if<std::span<const double>>(&lent)) {
      for (const double value : *reals) add_number(bits_of(value), 8);
    } else if (const auto* integers = std::get_if<std::span<const std::int32_t>>(&lent)) {
      for (const std::int32_t value : *integers) add_integer(value);
    } else {
      const auto& messages = std::get<LentMessages>(lent);
      const Message* const kind = owner.GetReflection()->GetMessageFactory()->GetPrototype(field.message_type());
      const std::unique_ptr<Message> one(kind->New());
      for (std::size_t k = 0; k < size; ++k) {
        one->Clear();
        messages.fill(k, *one);
        add(*one);
      }
    }
  }

  void add_integer(std::int64_t value) { add_number(static_cast<std::uint64_t>(value), 8); }
  void add_text(std::string_view text) {
    add_number(text.size(), 8);
    flush();
    digest_.add(text);
  }
  void add_number(std::uint64_t number, std::size_t bytes) {
    constexpr std::size_t kEnough = 1 << 13;
    for (std::size_t i = 0; i < bytes; ++i) waiting_ += static_cast<char>(number >> (8 * i) & 0xFF);
    if (waiting_.size() >= kEnough) flush();
  }
  void flush() {
    digest_.add(waiting_);
    waiting_.clear();
  }

  const LentLists& lists_;
  Sha256 digest_;
  std::string waiting_;
};

}  // namespace

std::string checksum_of(const Message& message, const LentLists& lists) {
  Checksum checksum(lists);
  checksum.add(message);
  return checksum.finish();
}

}  // namespace locus
