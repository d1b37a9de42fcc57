#include "tests/model/wire.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include <google/protobuf/descriptor.h>

namespace locus {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

double any_double(std::mt19937_64& random) {
  constexpr std::array<double, 8> kSpecial = {0.0,
                                              -0.0,
                                              0.1,
                                              -1.0 / 3,
                                              std::numeric_limits<double>::denorm_min(),
                                              std::numeric_limits<double>::max(),
                                              std::numeric_limits<double>::infinity(),
                                              -std::numeric_limits<double>::infinity()};
  if (random() % 3 == 0) return kSpecial[random() % kSpecial.size()];
  const double value = std::bit_cast<double>(random());
  return std::isnan(value) ? 1e-300 : value;
}

std::string any_text(std::mt19937_64& random) {
  constexpr std::array<const char*, 8> kLetters = {"a", "\"", "\\", "神", "ü", "'", "€", " "};
  std::string text;
  for (std::uint64_t i = random() % 6; i > 0; --i) text += kLetters[random() % kLetters.size()];
  return text;
}

void set_one(Message& message, const FieldDescriptor* field, std::mt19937_64& random) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const bool many = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      fill_at_random(many ? *reflection.AddMessage(&message, field) : *reflection.MutableMessage(&message, field), random);
      return;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      many ? reflection.AddDouble(&message, field, any_double(random))
           : reflection.SetDouble(&message, field, any_double(random));
      return;
    case FieldDescriptor::CPPTYPE_INT32: {
      const auto value = static_cast<std::int32_t>(random());
      many ? reflection.AddInt32(&message, field, value) : reflection.SetInt32(&message, field, value);
      return;
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      const auto value = static_cast<std::int64_t>(random());
      many ? reflection.AddInt64(&message, field, value) : reflection.SetInt64(&message, field, value);
      return;
    }
    case FieldDescriptor::CPPTYPE_UINT64: reflection.SetUInt64(&message, field, random()); return;
    case FieldDescriptor::CPPTYPE_BOOL: reflection.SetBool(&message, field, random() % 2 == 0); return;
    case FieldDescriptor::CPPTYPE_STRING:
      many ? reflection.AddString(&message, field, any_text(random))
           : reflection.SetString(&message, field, any_text(random));
      return;
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* type = field->enum_type();
      reflection.SetEnum(&message, field,
                         type->value(static_cast<int>(random() % static_cast<std::uint64_t>(type->value_count()))));
      return;
    }
    default: throw std::logic_error("the schema has a new kind of field: " + field->full_name());
  }
}

}  // namespace

void fill_at_random(Message& message, std::mt19937_64& random) {
  const google::protobuf::Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    const std::uint64_t times = random() % 4;
    if (times == 0) continue;
    for (std::uint64_t k = 0; k < (field->is_repeated() ? times : 1); ++k) set_one(message, field, random);
  }
}

}  // namespace locus
