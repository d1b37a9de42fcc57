#include "sim/model/set_fields.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include "core/base/check.h"
#include "sim/model/characters.h"
#include "sim/model/errors.h"
#include "sim/model/fault_list.h"
#include "sim/model/parse_text.h"
#include "sim/model/suggest.h"

namespace locus {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

/// Protobuf would print what is wrong with a value; what is refused says it.
class Silent : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int, int, const std::string&) override {}
};

/// One step of a path: "rules[2]", "rules[tbptt]", "leak".
struct PathStep {
  std::string name;
  std::optional<std::string> element;  // what stands in the brackets
};

[[noreturn]] void refuse(const Setting& setting, const std::string& why) {
  throw UsageError(fmt::format("{}: {}", setting.text(), why));
}

std::vector<PathStep> steps_of(const Setting& setting) {
  std::vector<PathStep> steps;
  const std::string& path = setting.path;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find_first_of(".[", at), path.size());
    PathStep& step = steps.emplace_back(PathStep{path.substr(at, end - at), {}});
    at = end;
    if (at < path.size() && path[at] == '[') {
      const std::size_t close = path.find(']', at);
      if (close == std::string::npos) refuse(setting, "a bracket is not closed");
      step.element = path.substr(at + 1, close - at - 1);
      at = close + 1;
    }
    if (step.name.empty() || (at < path.size() && path[at] != '.')) refuse(setting, "write field.field[0].field=value");
    if (at == path.size()) break;
    ++at;
  }
  return steps;
}

const FieldDescriptor& field_named(const Message& message, const std::string& name, const Setting& setting) {
  const auto& descriptor = *message.GetDescriptor();
  if (const FieldDescriptor* field = descriptor.FindFieldByName(name)) return *field;
  std::vector<std::string> known;
  for (int i = 0; i < descriptor.field_count(); ++i) known.push_back(descriptor.field(i)->name());
  refuse(setting, fmt::format("there is no field {}; {}", shown(std::string_view(name)), suggestion(name, known)));
}

/// The element that the brackets mean, by its index or its name.
int element_of(const Message& message, const FieldDescriptor& field, const std::string& element, const Setting& setting) {
  const Reflection& reflection = *message.GetReflection();
  const int size = reflection.FieldSize(message, &field);
  int index = -1;
  const auto [end, error] = std::from_chars(element.data(), element.data() + element.size(), index);
  if (error == std::errc() && end == element.data() + element.size()) {
    if (index >= 0 && index < size) return index;
    refuse(setting, fmt::format("{}[{}] does not exist; there are {}, counted from 0", field.name(), index, size));
  }
  std::vector<std::string> names;
  const FieldDescriptor* const name =
      field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE ? field.message_type()->FindFieldByName("name") : nullptr;
  for (int i = 0; name != nullptr && i < size; ++i) {
    const Message& one = reflection.GetRepeatedMessage(message, &field, i);
    names.push_back(one.GetReflection()->GetString(one, name));
    if (names.back() == element) return i;
  }
  refuse(setting, fmt::format("{}[{}] does not exist; {}", field.name(), element, suggestion(element, names)));
}

/// Whether a step goes to a list whose elements have names, and names none itself: the next step is
/// then the name (rules.rflo.learning_rate).
bool leaves_name_to_next(const Message& message, const PathStep& step) {
  const FieldDescriptor* const field = message.GetDescriptor()->FindFieldByName(step.name);
  return field != nullptr && field->is_repeated() && !step.element &&
         field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field->message_type()->FindFieldByName("name") != nullptr;
}

/// Goes one step down, into a message.
Message& below(Message& message, const PathStep& step, const Setting& setting) {
  const FieldDescriptor& field = field_named(message, step.name, setting);
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE)
    refuse(setting, fmt::format("{} has no fields of its own", field.name()));
  const Reflection& reflection = *message.GetReflection();
  if (field.is_repeated()) {
    if (!step.element)
      refuse(setting, fmt::format("{} are several; write {}[0] or {}[NAME]", field.name(), field.name(), field.name()));
    return *reflection.MutableRepeatedMessage(&message, &field, element_of(message, field, *step.element, setting));
  }
  if (step.element) refuse(setting, fmt::format("{} is one; leave out its brackets", field.name()));
  if (const auto* choice = field.real_containing_oneof()) {
    const FieldDescriptor* const given = reflection.GetOneofFieldDescriptor(message, choice);
    if (given != nullptr && given != &field)
      refuse(setting, fmt::format("the model gives {} there, not {}", given->name(), field.name()));
  }
  return *reflection.MutableMessage(&message, &field);
}

/// Whether a value gives a whole list or a whole message, as a model file writes it.
bool is_list(const std::string& value) { return value.starts_with('['); }
bool is_message(const std::string& value) { return value.starts_with('{'); }

/// "0,5", or what a sweep makes of it: "05".
bool has_decimal_comma(const std::string& value) {
  const auto digit = [&](std::size_t i) { return i < value.size() && value[i] >= '0' && value[i] <= '9'; };
  const std::size_t comma = value.find(',');
  return (comma != std::string::npos && comma > 0 && digit(comma - 1) && digit(comma + 1)) ||
         (value.starts_with('0') && digit(1));
}

/// The value as the text of a model file would be read, into a message of its own.
std::unique_ptr<Message> read_value(const Message& message, const FieldDescriptor& field, const Setting& setting) {
  std::unique_ptr<Message> read(message.New());
  google::protobuf::TextFormat::Parser parser;
  Silent silent;
  parser.RecordErrorsTo(&silent);
  const bool parsed = parser.ParseFromString(fmt::format("{}: {}", field.name(), setting.value), read.get());
  std::vector<const FieldDescriptor*> given;
  read->GetReflection()->ListFields(*read, &given);
  // an empty list gives no field
  if (parsed && (given.empty() || (given.size() == 1 && given.front() == &field))) return read;
  const bool comma = field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE && has_decimal_comma(setting.value);
  refuse(setting, fmt::format("{} {}{}", field.name(), takes(field), comma ? " with a decimal point, not a comma" : ""));
}

/// Sets one element of a list to the only one that was read.
void set_element(Message& message, const FieldDescriptor& field, int index, const Message& read) {
  const Reflection& to = *message.GetReflection();
  const Reflection& from = *read.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return to.SetRepeatedDouble(&message, &field, index, from.GetRepeatedDouble(read, &field, 0));
    case FieldDescriptor::CPPTYPE_INT32:
      return to.SetRepeatedInt32(&message, &field, index, from.GetRepeatedInt32(read, &field, 0));
    case FieldDescriptor::CPPTYPE_INT64:
      return to.SetRepeatedInt64(&message, &field, index, from.GetRepeatedInt64(read, &field, 0));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return to.MutableRepeatedMessage(&message, &field, index)->CopyFrom(from.GetRepeatedMessage(read, &field, 0));
    default: CHECK(false, "the lists of a model are of numbers and messages");
  }
}

void set_value(Message& message, const PathStep& step, const Setting& setting) {
  const FieldDescriptor& field = field_named(message, step.name, setting);
  const Reflection& reflection = *message.GetReflection();
  const bool several = field.is_repeated() && !step.element;
  if (!field.is_repeated() && step.element)
    refuse(setting, fmt::format("{} is one; leave out its brackets", field.name()));
  // a list of one number may be written without brackets, as in a model file
  const bool number = field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE;
  if (several && !number && !is_list(setting.value))
    refuse(setting, fmt::format("{} are several; write {}=[...] for all of them, or {}[0]=... for one", field.name(),
                                field.name(), field.name()));
  if (!several && field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !is_message(setting.value))
    refuse(setting,
           fmt::format("{} has fields; name one, or write {}={{...}} for all of them", field.name(), field.name()));
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING && !field.is_repeated())
    return reflection.SetString(&message, &field, setting.value);
  const std::unique_ptr<Message> read = read_value(message, field, setting);
  if (!field.is_repeated() || several) {
    reflection.ClearField(&message, &field);
    message.MergeFrom(*read);
    return;
  }
  const int count = read->GetReflection()->FieldSize(*read, &field);
  if (count != 1) refuse(setting, fmt::format("{} values are given for one of {}", count, field.name()));
  set_element(message, field, element_of(message, field, *step.element, setting), *read);
}

}  // namespace

Setting setting_of(std::string_view text) {
  const std::size_t at = text.find('=');
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size())
    throw UsageError(fmt::format("{} sets nothing; write field.field=value", shown(text)));
  if (!is_utf8(text)) throw UsageError(fmt::format("{} holds bytes that are no UTF-8", shown(text)));
  return {std::string(text.substr(0, at)), std::string(text.substr(at + 1))};
}

void set_fields(std::span<const Setting> settings, Message& message) {
  for (const Setting& setting : settings) {
    std::vector<PathStep> steps = steps_of(setting);
    Message* at = &message;
    std::size_t i = 0;
    for (; i + 1 < steps.size(); ++i) {
      if (leaves_name_to_next(*at, steps[i])) {
        steps[i + 1] = {steps[i].name, steps[i + 1].name};
        continue;
      }
      at = &below(*at, steps[i], setting);
    }
    set_value(*at, steps.back(), setting);
  }
}

}  // namespace locus
