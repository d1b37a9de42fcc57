#include "sim/model/parse.h"

#include <array>
#include <cctype>

#include <fmt/ranges.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/unknown_field_set.h>

#include "sim/model/parse_text.h"

namespace locus {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kDeepestWire = 32;  // levels; the schema has fewer than ten

constexpr std::array<std::string_view, 4> kTextExtensions = {".txtpb", ".textproto", ".textpb", ".pbtxt"};
constexpr std::array<std::string_view, 2> kWireExtensions = {".binpb", ".pb"};

/// Length of the UTF-8 character at the front of a text, 0 if there is none. (RFC 3629: no overlong
/// forms, no surrogates.)
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const bool overlong = first == 0xe0 && byte(1) < 0xa0;
    const bool surrogate = first == 0xed && byte(1) > 0x9f;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool overlong = first == 0xf0 && byte(1) < 0x90;
    const bool beyond = first == 0xf4 && byte(1) > 0x8f;
    return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

/// What both parsers let pass and the schema does not mean: unknown fields, enum numbers without a
/// name, strings that are no UTF-8.
void check_form(const Message& message, const FieldPath& where, FaultList& faults) {
  const auto& reflection = *message.GetReflection();
  const auto& unknown = reflection.GetUnknownFields(message);
  for (int i = 0; i < unknown.field_count(); ++i) {
    faults.error(
        where, "holds a field of number " + std::to_string(unknown.field(i).number()) + " that this version does not know",
        "it was written by another version, or is no " + message.GetDescriptor()->full_name());
  }
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (!field->is_repeated()) {
        check_form(reflection.GetMessage(message, field), where.at(field->name()), faults);
        continue;
      }
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        check_form(reflection.GetRepeatedMessage(message, field, i), where.at(field->name(), i), faults);
      }
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      const int value = reflection.GetEnumValue(message, field);
      if (field->enum_type()->FindValueByNumber(value) == nullptr) {
        faults.error(where.at(field->name()), "is " + std::to_string(value) + ", which has no name",
                     "must be one of " + names_of(*field->enum_type()));
      }
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      if (!is_utf8(reflection.GetString(message, field)))
        faults.error(where.at(field->name()), "is not UTF-8", "must be text in UTF-8");
    }
  }
}

bool looks_like_text(std::string_view bytes) {
  const std::string_view start = bytes.substr(0, 64);
  for (const char c : start) {
    if (static_cast<unsigned char>(c) < ' ' && std::isspace(static_cast<unsigned char>(c)) == 0) return false;
  }
  return !start.empty() && is_utf8(start.substr(0, start.size() < 64 ? start.size() : 0));
}

}  // namespace

std::optional<Format> format_of(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  for (const std::string_view known : kTextExtensions) {
    if (extension == known) return Format::kText;
  }
  for (const std::string_view known : kWireExtensions) {
    if (extension == known) return Format::kWire;
  }
  return std::nullopt;
}

std::string known_extensions() {
  return fmt::format("must end in {} (text) or {} (wire)", fmt::join(kTextExtensions, ", "),
                     fmt::join(kWireExtensions, ", "));
}

bool parse_text(std::string_view text, v1::Model& model, FaultList& faults) {
  if (!parse_text_message(text, model, faults)) return false;
  check_form(model, {}, faults);
  return true;
}

bool parse_wire(std::string_view bytes, v1::Model& model, FaultList& faults, WireArrays* arrays) {
  // protobuf would print; what it found is told by the fault
  const google::protobuf::LogSilencer silence;
  const std::optional<std::string> rest =
      arrays == nullptr ? std::nullopt : arrays->take_from(bytes, *v1::Model::descriptor());
  const std::string_view given = rest ? std::string_view(*rest) : bytes;
  google::protobuf::io::CodedInputStream input(reinterpret_cast<const std::uint8_t*>(given.data()),
                                               static_cast<int>(given.size()));
  input.SetRecursionLimit(kDeepestWire);
  if (!model.ParseFromCodedStream(&input) || !input.ConsumedEntireMessage()) {
    const std::string what = "is no locus.v1.Model in protobuf's wire form, or is damaged or cut short (" +
                             std::to_string(bytes.size()) + " bytes)";
    faults.error({}, what, looks_like_text(bytes) ? "a model in text form must be named .txtpb" : "");
    return false;
  }
  check_form(model, {}, faults);
  return true;
}

}  // namespace locus
