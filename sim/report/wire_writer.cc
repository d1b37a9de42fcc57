#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>

#include "core/base/check.h"
#include "sim/report/message_writer.h"

namespace locus {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::io::CodedOutputStream;

static_assert(std::endian::native == std::endian::little, "the wire format has doubles as they stand in memory");

enum WireType : std::uint32_t { kVarint = 0, kFixed64 = 1, kDelimited = 2 };

std::int64_t varint_size(std::uint64_t value) {
  return static_cast<std::int64_t>(CodedOutputStream::VarintSize64(value));
}

/// A negative int32 is a varint of ten bytes.
std::uint64_t varint_of(std::int64_t value) { return static_cast<std::uint64_t>(value); }

std::unique_ptr<Message> new_message(const Message& owner, const FieldDescriptor& field) {
  return std::unique_ptr<Message>(owner.GetReflection()->GetMessageFactory()->GetPrototype(field.message_type())->New());
}

/// The number as its varint, of a field that is no double, string or message.
std::uint64_t varint_in(const Message& message, const FieldDescriptor& field, int k) {
  const Reflection& at = *message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return varint_of(many ? at.GetRepeatedInt32(message, &field, k) : at.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return varint_of(many ? at.GetRepeatedInt64(message, &field, k) : at.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return many ? at.GetRepeatedUInt64(message, &field, k) : at.GetUInt64(message, &field);
    case FieldDescriptor::CPPTYPE_BOOL:
      return (many ? at.GetRepeatedBool(message, &field, k) : at.GetBool(message, &field)) ? 1 : 0;
    case FieldDescriptor::CPPTYPE_ENUM:
      return varint_of(many ? at.GetRepeatedEnumValue(message, &field, k) : at.GetEnumValue(message, &field));
    default: CHECK(false, "no message has a field of this type: " + field.full_name());
  }
}

/// Lengths stand before what they measure, so a first pass notes them: `sizes` of every message by
/// its address, lists and all.
class WireWriter {
 public:
  explicit WireWriter(const LentLists& lists) : lists_(lists) {}

  std::int64_t measure(const Message& message) {
    std::int64_t size = 0;
    each_field(message, [&](const FieldDescriptor& field) { size += measure(message, field); });
    return sizes_[&message] = size;
  }

  void write(const Message& message, Output& to) {
    each_field(message, [&](const FieldDescriptor& field) { write(message, field, to); });
  }

  static void varint(std::uint64_t value, Output& to) {
    while (value >= 0x80) {
      to.put(static_cast<char>(value | 0x80));
      value >>= 7;
    }
    to.put(static_cast<char>(value));
  }

 private:
  /// The fields that are there, by ascending number: those of the message, and those lent to it.
  template <class Visit>
  void each_field(const Message& message, Visit visit) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    const auto& descriptor = *message.GetDescriptor();
    for (int i = 0; i < descriptor.field_count(); ++i) {
      if (lists_.find(message, descriptor.field(i)->number()) != nullptr) fields.push_back(descriptor.field(i));
    }
    std::ranges::sort(fields, {}, &FieldDescriptor::number);
    for (const FieldDescriptor* field : fields) visit(*field);
  }

  static std::int64_t tag_size(const FieldDescriptor& field) {
    return varint_size(static_cast<std::uint64_t>(field.number()) << 3);
  }
  static void tag(const FieldDescriptor& field, WireType type, Output& to) {
    varint(static_cast<std::uint64_t>(field.number()) << 3 | type, to);
  }

  // --- lists ----------------------------------------------------------------------------------

  static std::int64_t packed_size(std::span<const double> numbers) { return 8 * std::ssize(numbers); }
  static std::int64_t packed_size(std::span<const std::int32_t> numbers) {
    std::int64_t size = 0;
    for (const std::int32_t number : numbers) size += varint_size(varint_of(number));
    return size;
  }
  static void put_packed(std::span<const double> numbers, Output& to) {
    to.put(std::string_view(reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()));
  }
  static void put_packed(std::span<const std::int32_t> numbers, Output& to) {
    for (const std::int32_t number : numbers) varint(varint_of(number), to);
  }

  template <class Number>
  std::int64_t measure_lent(std::span<const Number> numbers, const Message&, const FieldDescriptor& field) {
    if (numbers.empty()) return 0;
    const std::int64_t size = packed_size(numbers);
    return tag_size(field) + varint_size(varint_of(size)) + size;
  }
  std::int64_t measure_lent(const LentMessages& lent, const Message& owner, const FieldDescriptor& field) {
    const std::unique_ptr<Message> one = new_message(owner, field);
    std::int64_t size = 0;
    for (std::size_t k = 0; k < lent.size; ++k) {
      one->Clear();
      lent.fill(k, *one);
      const auto length = static_cast<std::int64_t>(one->ByteSizeLong());
      size += tag_size(field) + varint_size(varint_of(length)) + length;
    }
    return size;
  }
  template <class Number>
  void write_lent(std::span<const Number> numbers, const Message&, const FieldDescriptor& field, Output& to) {
    if (numbers.empty()) return;
    tag(field, kDelimited, to);
    varint(varint_of(packed_size(numbers)), to);
    put_packed(numbers, to);
  }
  void write_lent(const LentMessages& lent, const Message& owner, const FieldDescriptor& field, Output& to) {
    const std::unique_ptr<Message> one = new_message(owner, field);
    for (std::size_t k = 0; k < lent.size; ++k) {
      one->Clear();
      lent.fill(k, *one);
      tag(field, kDelimited, to);
      varint(one->ByteSizeLong(), to);
      to.put(one->SerializeAsString());
    }
  }

  // --- fields ---------------------------------------------------------------------------------

  static int count(const Message& message, const FieldDescriptor& field) {
    return field.is_repeated() ? message.GetReflection()->FieldSize(message, &field) : 1;
  }
  static const Message& message_in(const Message& message, const FieldDescriptor& field, int k) {
    const Reflection& at = *message.GetReflection();
    return field.is_repeated() ? at.GetRepeatedMessage(message, &field, k) : at.GetMessage(message, &field);
  }
  static std::string string_in(const Message& message, const FieldDescriptor& field, int k) {
    const Reflection& at = *message.GetReflection();
    return field.is_repeated() ? at.GetRepeatedString(message, &field, k) : at.GetString(message, &field);
  }
  static double double_in(const Message& message, const FieldDescriptor& field, int k) {
    const Reflection& at = *message.GetReflection();
    return field.is_repeated() ? at.GetRepeatedDouble(message, &field, k) : at.GetDouble(message, &field);
  }
  static std::int64_t number_size(const Message& message, const FieldDescriptor& field, int k) {
    return field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE ? 8 : varint_size(varint_in(message, field, k));
  }
  static std::int64_t numbers_size(const Message& message, const FieldDescriptor& field) {
    std::int64_t size = 0;
    for (int k = 0; k < count(message, field); ++k) size += number_size(message, field, k);
    return size;
  }
  static void put_number(const Message& message, const FieldDescriptor& field, int k, Output& to) {
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_DOUBLE) return varint(varint_in(message, field, k), to);
    std::array<char, 8> bytes = {};
    const double number = double_in(message, field, k);
    std::memcpy(bytes.data(), &number, sizeof number);
    to.put(std::string_view(bytes.data(), bytes.size()));
  }
  static bool is_delimited(const FieldDescriptor& field) {
    return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE || field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
  }

  std::int64_t measure(const Message& message, const FieldDescriptor& field) {
    if (const LentList* lent = lists_.find(message, field.number()))
      return std::visit([&](const auto& list) { return measure_lent(list, message, field); }, *lent);
    if (!is_delimited(field)) {
      const std::int64_t size = numbers_size(message, field);
      return tag_size(field) + size + (field.is_packed() ? varint_size(varint_of(size)) : 0);
    }
    std::int64_t sum = 0;
    for (int k = 0; k < count(message, field); ++k) {
      const std::int64_t size = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE
                                    ? measure(message_in(message, field, k))
                                    : std::ssize(string_in(message, field, k));
      sum += tag_size(field) + varint_size(varint_of(size)) + size;
    }
    return sum;
  }

  void write(const Message& message, const FieldDescriptor& field, Output& to) {
    if (const LentList* lent = lists_.find(message, field.number()))
      return std::visit([&](const auto& list) { write_lent(list, message, field, to); }, *lent);
    if (field.is_packed()) {
      tag(field, kDelimited, to);
      varint(varint_of(numbers_size(message, field)), to);
    }
    for (int k = 0; k < count(message, field); ++k) {
      if (!is_delimited(field)) {
        if (!field.is_packed())
          tag(field, field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE ? kFixed64 : kVarint, to);
        put_number(message, field, k, to);
        continue;
      }
      tag(field, kDelimited, to);
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        const std::string text = string_in(message, field, k);
        varint(text.size(), to);
        to.put(text);
      } else {
        const Message& part = message_in(message, field, k);
        varint(varint_of(sizes_.at(&part)), to);
        write(part, to);
      }
    }
  }

  const LentLists& lists_;
  std::unordered_map<const Message*, std::int64_t> sizes_;
};

}  // namespace

std::int64_t wire_size(const Message& message, const LentLists& lists) { return WireWriter(lists).measure(message); }

void write_wire(const Message& message, const LentLists& lists, Output& to, bool delimited) {
  WireWriter writer(lists);
  const std::int64_t size = writer.measure(message);
  if (delimited) WireWriter::varint(varint_of(size), to);
  writer.write(message, to);
}

}  // namespace locus
