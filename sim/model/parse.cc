#include "sim/model/parse.h"

#include <array>
#include <utility>

#include <fmt/ranges.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/unknown_field_set.h>

#include "locus/v1/result.pb.h"
#include "sim/model/characters.h"
#include "sim/model/files.h"
#include "sim/model/parse_text.h"

namespace locus {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kDeepestWire = 32;  // levels; the schema has fewer than ten

constexpr std::array<std::string_view, 4> kTextExtensions = {".txtpb", ".textproto", ".textpb", ".pbtxt"};
constexpr std::array<std::string_view, 2> kWireExtensions = {".binpb", ".pb"};

/// The strings of one field.
std::vector<std::string> strings_of(const Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  if (!field.is_repeated()) return {reflection.GetString(message, &field)};
  std::vector<std::string> strings;
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i)
    strings.push_back(reflection.GetRepeatedString(message, &field, i));
  return strings;
}

void check_strings(const Message& message, const FieldDescriptor& field, const FieldPath& where, FaultList& faults) {
  const std::vector<std::string> strings = strings_of(message, field);
  for (std::size_t i = 0; i < strings.size(); ++i) {
    const FieldPath place = where.at(field.name(), field.is_repeated() ? static_cast<int>(i) : -1);
    if (!is_utf8(strings[i])) {
      faults.refuse(place, "is not UTF-8", "must be text in UTF-8");
    } else if (!is_visible(strings[i])) {
      faults.refuse(place, "is " + shown(std::string_view(strings[i])), visible_text());
    }
  }
}

}  // namespace

namespace {

/// Numbers without a name, of a field or of each of its elements.
void check_enums(const Message& message, const FieldDescriptor& field, const FieldPath& where, FaultList& faults) {
  const auto& reflection = *message.GetReflection();
  const auto check = [&](int value, const FieldPath& at) {
    if (field.enum_type()->FindValueByNumber(value) == nullptr) {
      faults.error(at, "is " + std::to_string(value) + ", which has no name",
                   "must be one of " + names_of(*field.enum_type()));
    }
  };
  if (!field.is_repeated()) return check(reflection.GetEnumValue(message, &field), where.at(field.name()));
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i)
    check(reflection.GetRepeatedEnumValue(message, &field, i), where.at(field.name(), i));
}

}  // namespace

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
      check_enums(message, *field, where, faults);
    } else if (field->type() == FieldDescriptor::TYPE_STRING) {
      check_strings(message, *field, where, faults);
    }
  }
}

namespace {

/// True if the first bytes are text; a character that is cut off at their end is none.
bool looks_like_text(std::string_view bytes) {
  constexpr std::size_t kStart = 4096;
  const std::string_view start = bytes.substr(0, kStart);
  for (std::size_t at = 0; at < start.size();) {
    const Character character = character_at(start, at);
    const bool blank =
        character.code == '\n' || character.code == '\t' || character.code == '\r' || character.code == 0xfeff;
    const bool cut = bytes.size() > kStart && at + 4 > kStart;
    if (!character.is_visible && !blank && !cut) return false;
    at += character.bytes;
  }
  return !start.empty();
}

/// What a file of another kind is, and what can be done with it; empty if it is none that we know.
std::pair<std::string, std::string> other_kind(std::string_view bytes) {
  if (bytes.starts_with("\x89locus\r\n")) return {"is a checkpoint, not a model", "`locus resume` goes on with it"};
  v1::Result result;
  if (result.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) &&
      result.schema() == v1::Result::descriptor()->full_name())
    return {"is a result, not a model", "`locus report` makes its page; result.json beside it has its contents as text"};
  return {};
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

std::optional<Format> format_of(const std::filesystem::path& path, std::string_view bytes) {
  const std::optional<Format> named = format_of(path);
  if (named || !is_stream(path)) return named;
  return bytes.empty() || looks_like_text(bytes) ? Format::kText : Format::kWire;
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
  const bool parsed = model.ParseFromCodedStream(&input) && input.ConsumedEntireMessage();
  if (!parsed || !model.GetReflection()->GetUnknownFields(model).empty()) {
    if (auto [what, hint] = other_kind(bytes); !what.empty()) {
      faults.error({}, std::move(what), std::move(hint));
      return false;
    }
  }
  if (!parsed) {
    const std::string what = "is no locus.v1.Model in protobuf's wire form, or is damaged or cut short (" +
                             std::to_string(bytes.size()) + " bytes)";
    faults.error({}, what, looks_like_text(bytes) ? "a model in text form must be named .txtpb" : "");
    return false;
  }
  check_form(model, {}, faults);
  return true;
}

}  // namespace locus
