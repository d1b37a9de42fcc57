#include "sim/model/read_synthetic.h"

#include <type_traits>
#include <utility>

#include "core/base/check.h"
#include "sim/model/check_basics.h"
#include "sim/model/checks.h"
#include "sim/model/teacher_of.h"

namespace locus {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

const FieldDescriptor& field_of(const Message& message, std::string_view name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(name));
  CHECK(field != nullptr, "a parameter of a task has its field in the schema");
  return *field;
}

/// The parameters that the message gives; the others keep their defaults.
template <class Kind>
void read_fields(const Message& message, Kind& task) {
  const Reflection& reflection = *message.GetReflection();
  Kind::fields(task, [&](std::string_view name, auto& value, const auto&) {
    const FieldDescriptor& field = field_of(message, name);
    if (!reflection.HasField(message, &field)) return;
    using Value = std::decay_t<decltype(value)>;
    if constexpr (std::is_same_v<Value, std::int32_t>) {
      value = reflection.GetInt32(message, &field);
    } else if constexpr (std::is_same_v<Value, double>) {
      value = reflection.GetDouble(message, &field);
    } else if constexpr (std::is_same_v<Value, bool>) {
      value = reflection.GetBool(message, &field);
    } else {
      value = static_cast<Value>(reflection.GetEnumValue(message, &field));
    }
  });
}

/// Makes `kind` the task of this name; false if there is none.
template <class... Kinds>
bool emplace_named(std::string_view name, std::variant<Kinds...>& kind) {
  const auto emplace = [&]<class Kind>(std::in_place_type_t<Kind>) {
    if (Kind::kName != name) return false;
    kind.template emplace<Kind>();
    return true;
  };
  return (emplace(std::in_place_type<Kinds>) || ...);
}

}  // namespace

std::string task_fields() {
  const google::protobuf::OneofDescriptor& kinds = *v1::Task::descriptor()->FindOneofByName("kind");
  std::string text;
  for (int i = 0; i < kinds.field_count(); ++i) text += (i == 0 ? "" : ", ") + kinds.field(i)->name();
  return text;
}

SyntheticTask read_synthetic(const v1::Task& message, const FieldPath& where, const v1::Training& given,
                             TrainingSpec& training, FaultList& faults) {
  const Reflection& reflection = *message.GetReflection();
  const FieldDescriptor* field =
      reflection.GetOneofFieldDescriptor(message, message.GetDescriptor()->FindOneofByName("kind"));
  CHECK(field != nullptr, "the kind of the task is known");
  SyntheticTask task;
  CHECK(emplace_named(field->name(), task.kind), "a kind of task without a reader of its own is synthetic");
  const Message& parameters = reflection.GetMessage(message, field);
  std::visit([&](auto& kind) { read_fields(parameters, kind); }, task.kind);
  const FieldDescriptor& patterns = field_of(parameters, "patterns");
  if (parameters.GetReflection()->HasField(parameters, &patterns)) {
    task.patterns = parameters.GetReflection()->GetInt32(parameters, &patterns);
    // in a Spec: each trial is drawn anew
    if (task.patterns == 0) check_range(0, 1, kMostPatterns, where.at(name(task)).at("patterns"), faults);
  }
  fill_in(task, !given.has_window() && !given.has_warmup_ticks(), training);
  if (training.ticks == 0 && !given.has_ticks())
    faults.silence(FieldPath().at("training").at("ticks"));  // they follow from the task's faults
  return task;
}

StudentTeacherTask read_mimic(const v1::MimicTask& message, const NetworkSpec& student, const FieldPath& where,
                              const TrainingSpec& training, FaultList& faults) {
  MimicTask task;
  read_fields(message, task);
  faults.respell(FieldPath().at("task").at("student_teacher"), where);
  if (!check_fields(task, where, faults)) {
    faults.silence(FieldPath().at("task").at("student_teacher"));
    return {};
  }
  return teacher_of(task, student, training.dt);
}

}  // namespace locus
