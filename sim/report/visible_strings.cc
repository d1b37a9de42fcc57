#include "sim/report/visible_strings.h"

#include <vector>

#include <fmt/format.h>

#include "sim/model/characters.h"
#include "sim/model/fault_list.h"

namespace locus {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string invisible_in(const Message& message, const FieldPath& where) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool text = field->type() == FieldDescriptor::TYPE_STRING;
    if (!text && field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const FieldPath place = where.at(field->name(), field->is_repeated() ? i : -1);
      if (!text) {
        const Message& below = field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                                    : reflection.GetMessage(message, field);
        if (std::string found = invisible_in(below, place); !found.empty()) return found;
        continue;
      }
      const std::string value =
          field->is_repeated() ? reflection.GetRepeatedString(message, field, i) : reflection.GetString(message, field);
      if (printable_lines(value) != value) return fmt::format("{} is {}", place.text(), shown(std::string_view(value)));
    }
  }
  return {};
}

}  // namespace

std::string invisible_string(const Message& message) { return invisible_in(message, {}); }

}  // namespace locus
