#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/wrappers.pb.h>

#include "core/base/check.h"
#include "sim/report/message_writer.h"

namespace locus {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

/// As printf's %.15g, or %.17g where 15 digits are another number.
std::string_view digits_of(double number, std::array<char, 32>& place) {
  char* const begin = place.data();
  const auto print = [&](int precision) {
    const char* end = std::to_chars(begin, begin + place.size(), number, std::chars_format::general, precision).ptr;
    return std::string_view(begin, static_cast<std::size_t>(end - begin));
  };
  const std::string_view digits = print(15);
  double read = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), read);
  return read == number ? digits : print(17);
}

/// Characters that stand for themselves in protobuf's JSON: ASCII but for quotes, backslashes,
/// controls and what could end an element of HTML.
bool is_plain(char character) {
  return character >= 0x20 && character < 0x7F && character != '"' && character != '\\' && character != '<' &&
         character != '>';
}

class JsonWriter {
 public:
  JsonWriter(const LentLists& lists, JsonLayout layout, Output& to)
      : lists_(lists), lines_(layout == JsonLayout::kLines), to_(to) {}

  /// Fields in the order of protobuf: messages, lists and values with a default as the schema lists
  /// them, then the optional values and those of a oneof that are there, by ascending number.
  void object(const Message& message) {
    open('{');
    bool any = false;
    const auto& descriptor = *message.GetDescriptor();
    for (int i = 0; i < descriptor.field_count(); ++i) {
      const FieldDescriptor& field = *descriptor.field(i);
      if (is_optional_value(field)) continue;
      if (field.is_repeated() || !field.has_presence() || message.GetReflection()->HasField(message, &field))
        member(message, field, any);
    }
    std::vector<const FieldDescriptor*> there;
    if (descriptor.oneof_decl_count() > 0) message.GetReflection()->ListFields(message, &there);
    for (const FieldDescriptor* field : there) {
      if (is_optional_value(*field)) member(message, *field, any);
    }
    close('}', any);
  }

  void end_line() {
    if (lines_) to_.put('\n');
  }

 private:
  static bool is_optional_value(const FieldDescriptor& field) {
    return field.containing_oneof() != nullptr && field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE;
  }

  void open(char bracket) {
    to_.put(bracket);
    ++level_;
  }
  void close(char bracket, bool any) {
    --level_;
    if (any) new_line();
    to_.put(bracket);
  }
  void begin_value(bool& any) {
    if (any) to_.put(',');
    any = true;
    new_line();
  }
  void new_line() {
    if (!lines_) return;
    to_.put('\n');
    for (int i = 0; i < level_; ++i) to_.put(' ');
  }

  void member(const Message& message, const FieldDescriptor& field, bool& any) {
    begin_value(any);
    to_.put('"');
    to_.put(field.json_name());
    to_.put(lines_ ? "\": " : "\":");
    if (field.is_repeated()) {
      list(message, field);
    } else {
      single(message, field);
    }
  }

  void list(const Message& message, const FieldDescriptor& field) {
    open('[');
    bool any = false;
    if (const LentList* lent = lists_.find(message, field.number())) {
      std::visit([&](const auto& values) { each(values, message, field, any); }, *lent);
    } else {
      const int size = message.GetReflection()->FieldSize(message, &field);
      for (int k = 0; k < size; ++k) {
        begin_value(any);
        repeated(message, field, k);
      }
    }
    close(']', any);
  }

  template <class Number>
  void each(std::span<const Number> numbers, const Message&, const FieldDescriptor&, bool& any) {
    for (const Number one : numbers) {
      begin_value(any);
      number(one);
    }
  }
  void each(const LentMessages& lent, const Message& message, const FieldDescriptor& field, bool& any) {
    const std::unique_ptr<Message> one(
        message.GetReflection()->GetMessageFactory()->GetPrototype(field.message_type())->New());
    for (std::size_t k = 0; k < lent.size; ++k) {
      one->Clear();
      lent.fill(k, *one);
      begin_value(any);
      object(*one);
    }
  }

  void single(const Message& message, const FieldDescriptor& field) {
    const Reflection& at = *message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE: return object(at.GetMessage(message, &field));
      case FieldDescriptor::CPPTYPE_STRING: return string(at.GetString(message, &field));
      case FieldDescriptor::CPPTYPE_DOUBLE: return number(at.GetDouble(message, &field));
      case FieldDescriptor::CPPTYPE_INT32: return number(at.GetInt32(message, &field));
      case FieldDescriptor::CPPTYPE_INT64: return quoted(at.GetInt64(message, &field));
      case FieldDescriptor::CPPTYPE_UINT64: return quoted(at.GetUInt64(message, &field));
      case FieldDescriptor::CPPTYPE_BOOL: return to_.put(at.GetBool(message, &field) ? "true" : "false");
      case FieldDescriptor::CPPTYPE_ENUM: return enumerator(field, at.GetEnumValue(message, &field));
      default: CHECK(false, "no message has a field of this type: " + field.full_name());
    }
  }

  void repeated(const Message& message, const FieldDescriptor& field, int k) {
    const Reflection& at = *message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE: return object(at.GetRepeatedMessage(message, &field, k));
      case FieldDescriptor::CPPTYPE_STRING: return string(at.GetRepeatedString(message, &field, k));
      case FieldDescriptor::CPPTYPE_DOUBLE: return number(at.GetRepeatedDouble(message, &field, k));
      case FieldDescriptor::CPPTYPE_INT32: return number(at.GetRepeatedInt32(message, &field, k));
      case FieldDescriptor::CPPTYPE_INT64: return quoted(at.GetRepeatedInt64(message, &field, k));
      case FieldDescriptor::CPPTYPE_UINT64: return quoted(at.GetRepeatedUInt64(message, &field, k));
      case FieldDescriptor::CPPTYPE_BOOL: return to_.put(at.GetRepeatedBool(message, &field, k) ? "true" : "false");
      case FieldDescriptor::CPPTYPE_ENUM: return enumerator(field, at.GetRepeatedEnumValue(message, &field, k));
      default: CHECK(false, "no message has a list of this type: " + field.full_name());
    }
  }

  void number(double value) {
    std::array<char, 32> place = {};
    if (std::isnan(value)) return to_.put("\"NaN\"");
    if (std::isinf(value)) return to_.put(value < 0 ? "\"-Infinity\"" : "\"Infinity\"");
    to_.put(digits_of(value, place));
  }
  void number(std::int32_t value) {
    const fmt::format_int text(value);
    to_.put(std::string_view(text.data(), text.size()));
  }
  /// 64 bits are more than the numbers of JavaScript hold, so JSON has them as strings.
  template <class Integer>
  void quoted(Integer value) {
    const fmt::format_int text(value);
    to_.put('"');
    to_.put(std::string_view(text.data(), text.size()));
    to_.put('"');
  }
  void enumerator(const FieldDescriptor& field, int value) {
    const auto* known = field.enum_type()->FindValueByNumber(value);
    if (known == nullptr) return number(value);
    to_.put('"');
    to_.put(known->name());
    to_.put('"');
  }
  void string(const std::string& text) {
    if (std::all_of(text.begin(), text.end(), is_plain)) {
      to_.put('"');
      to_.put(text);
      return to_.put('"');
    }
    google::protobuf::StringValue value;
    value.set_value(text);
    std::string escaped;
    const auto status = google::protobuf::util::MessageToJsonString(value, &escaped);
    CHECK(status.ok(), "a text can be printed as JSON: " + status.ToString());
    to_.put(escaped);
  }

  const LentLists& lists_;
  bool lines_;
  Output& to_;
  int level_ = 0;
};

}  // namespace

void write_json(const Message& message, const LentLists& lists, JsonLayout layout, Output& to) {
  JsonWriter writer(lists, layout, to);
  writer.object(message);
  writer.end_line();
}

void write_json(const Message& message, JsonLayout layout, Output& to) { write_json(message, {}, layout, to); }

}  // namespace locus
